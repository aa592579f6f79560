"""Invoices and credit notes on the screen, and the override of a line: figures, where they lead, what is signed."""

import html
from pathlib import Path

import polars as pl
import pytest
from django.test import Client

from ratable.ledger import bills, books, knowledge, models
from tests.ledger import closing
from tests.stores import Store
from tests.web import companies, pages
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
MONTH = "period=2026-02"
PAGE = f"/invoices/I-7?{MONTH}"
OVERRIDE = {"period": "2026-02", "line": "I-7-1", "service_end": "2026-02-28", "step": "compare"}
STRANGE = "I/9 ü?#%<b>"


@pytest.fixture
def ben(store: Store, signed_in: SignedIn, tmp_path: Path) -> Client:
    """The preparer of books with two months posted."""
    companies.posted(store, tmp_path)
    return signed_in("ben")


def test_the_list_has_what_came_in_and_what_was_made_here(ben: Client) -> None:
    rows = bills.table(books.books(companies.LAST))
    shown = pages.table(ben.get(f"/invoices?{MONTH}&sort=invoice"), "invoices")

    assert shown["Invoice ↑"] == ["C-1/2026-01-01", "C-1/2026-02-01", "I-7"] == sorted(rows["invoice"])
    assert shown["Amount"] == ["15000.00", "2200.00", "900.00"]
    assert shown["Credited"][-1] == "90.00"


@pytest.mark.parametrize(("asked", "named"), [
    ("words=i-7", ["I-7"]), ("issued=month", ["C-1/2026-02-01"]), ("made=came+in", ["I-7"]), ("customer=bolt", []),
    ("contract=C-1", ["C-1/2026-02-01", "C-1/2026-01-01"]), ("entity=eu", []), ("currency=USD&words=I-7", ["I-7"]),
])  # fmt: skip
def test_filters_select(ben: Client, asked: str, named: list[str]) -> None:
    answer = ben.get(f"/invoices?{MONTH}&{asked}")

    assert next(iter(pages.table(answer, "invoices").values()), []) == named


def test_each_invoice_opens_with_the_amount_that_led_there(ben: Client) -> None:
    answer = ben.get(f"/invoices?{MONTH}&sort=invoice")
    shown = pages.table(answer, "invoices")

    for name, amount in zip(shown["Invoice ↑"], shown["Amount"], strict=True):
        assert pages.total(ben.get(f"/invoices/{name}?{MONTH}"), "lines", "Amount") == amount


def test_every_figure_of_an_invoice_leads_to_its_entries(ben: Client) -> None:
    answer = ben.get(PAGE)
    found = [*pages.figures(answer, "lines"), *pages.figures(answer, "recognition")]
    posted = [(amount, link) for amount, link in found if link.startswith("/journals")]

    assert len(posted) == 3
    for amount, link in posted:
        assert pages.total(ben.get(link), "journal", "Adds") == amount, link


def test_recognized_and_to_come_are_the_invoice_less_its_credit(ben: Client) -> None:
    rows = bills.recognition(books.books(companies.LAST), ["I-7-1"])

    assert rows.select(pl.sum_horizontal("recognized", "to_come").sum()).item() == 810_00
    assert pages.total(ben.get(PAGE), "recognition", "To come") == f"{rows['to_come'].sum() / 100:.2f}"


def test_a_credit_note_says_what_it_took_out_of_what(ben: Client) -> None:
    answer = ben.get(f"/credit-notes/N-1?{MONTH}")

    assert pages.total(answer, "effect", "Amount") == "-90.00"
    assert "foots" in answer.content.decode()
    assert pages.table(answer, "effect")["Out of"] == ["Deferred revenue"]
    for amount, link in pages.figures(answer, "effect"):
        assert pages.total(ben.get(link), "journal", "Adds") == amount, link


def test_a_credit_note_that_is_not_posted_says_so(store: Store, signed_in: SignedIn, tmp_path: Path) -> None:
    companies.imported(store, tmp_path)

    assert "Nothing of it is posted yet" in signed_in("vic").get("/credit-notes/N-1").content.decode()


def test_an_override_shows_its_effect_before_it_is_signed(ben: Client) -> None:
    before = models.Import.objects.count()
    answer = ben.get("/invoices/I-7", OVERRIDE)

    assert pages.total(answer, "comparison", "Change") == "0.00"
    assert pages.table(answer, "comparison")[""][-1] == "removed"
    assert models.Import.objects.count() == before


def test_a_signed_override_is_a_correction_with_its_reason(ben: Client) -> None:
    reason = "The order form ends in February."
    answer = ben.post(f"/invoices/I-7?{MONTH}", OVERRIDE | {"step": "sign", "reason": reason})

    assert answer.status_code == 303
    line = knowledge.current("invoice_lines").row(0, named=True)
    assert str(line["service_end"]) == "2026-02-28"
    assert line["amount"] == 900_00
    kept = models.Import.objects.order_by("-no").first()
    assert kept is not None
    assert (kept.kind, kept.reason) == ("correction", reason)


@pytest.mark.parametrize(("typed_in", "says"), [
    ({"service_end": "2025-12-31"}, "expected an end on or after the start"),
    ({"ssp": "12,5"}, "expected a point before the decimals"),
    ({"step": "sign", "reason": " "}, "Say why the source is not right."),
])  # fmt: skip
def test_what_is_wrong_with_an_override_is_said_and_changes_nothing(
    ben: Client, typed_in: dict[str, str], says: str
) -> None:
    before = models.Import.objects.count()
    answer = ben.post(f"/invoices/I-7?{MONTH}", OVERRIDE | typed_in)

    assert says in html.unescape(answer.content.decode())
    assert models.Import.objects.count() == before


def test_a_viewer_may_not_override(store: Store, signed_in: SignedIn, tmp_path: Path) -> None:
    companies.posted(store, tmp_path)
    vic = signed_in("vic")
    answer = vic.post(f"/invoices/I-7?{MONTH}", OVERRIDE | {"step": "sign", "reason": "so it is"})

    assert "vic is a viewer here and may not correct" in html.unescape(answer.content.decode())
    assert models.Import.objects.filter(kind="correction").count() == 0


def test_strange_ids_have_pages(store: Store, signed_in: SignedIn, tmp_path: Path) -> None:
    line = {"id": f"{STRANGE}-1", "product": "platform", "amount": "31.00", "service_start": "2026-02-01",
            "service_end": "2026-02-28"}  # fmt: skip
    own = {"id": STRANGE, "customer": "acme", "currency": "USD", "issued_on": "2026-02-05", "lines": [line]}
    note = {"id": f"N{STRANGE}", "invoice": STRANGE, "issued_on": "2026-02-06",
            "lines": [{"invoice_line": f"{STRANGE}-1", "amount": "1.00"}]}  # fmt: skip
    companies.imported(store, tmp_path)
    closing.bring(store, closing.written(tmp_path, {"invoices": [own], "credit_notes": [note]}))
    closing.post(store, companies.LAST)
    ben = signed_in("ben")
    link = next(link for _, link in pages.figures(ben.get(f"/invoices?{MONTH}&words=I/9"), "invoices"))
    page = ben.get(link)

    assert pages.total(page, "lines", "Amount") == "31.00"
    assert html.escape(STRANGE) in page.content.decode()
    (_, note_at), *_ = pages.figures(page, "notes")
    assert pages.total(ben.get(note_at), "effect", "Amount") == "-1.00"


def test_what_is_not_there_says_so(ben: Client) -> None:
    for address in ("/invoices/I-404", "/invoices/C-1/2020-01-01", "/credit-notes/N-404"):
        assert ben.get(address).status_code == 404


@pytest.mark.parametrize(
    "address", [f"/invoices?{MONTH}", PAGE, f"/credit-notes/N-1?{MONTH}", f"/invoices/C-1/2026-01-01?{MONTH}"]
)
def test_each_table_is_a_file(ben: Client, address: str) -> None:
    answer = ben.get(f"{address}&format=csv")

    assert answer["Content-Type"].startswith("text/csv")
    assert b"USD" in answer.content
