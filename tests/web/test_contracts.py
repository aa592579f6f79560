"""Contracts on the screen: the list, one contract, its months; every figure leads to what it is made of."""

import html
from pathlib import Path

import polars as pl
import pytest
from django.test import Client

from ratable.core import amounts
from ratable.ledger import books, schedules
from ratable.operations import periods
from ratable.reports import contracts, rendering
from ratable.web import downloads, figures, places
from tests.ledger import closing
from tests.stores import Store
from tests.web import companies, pages
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
MONTH = "period=2026-02"
PAGE = f"/contracts/C-1?{MONTH}"
STRANGE = "C/9 ü?#%<b>"


@pytest.fixture
def cora(store: Store, signed_in: SignedIn, tmp_path: Path) -> Client:
    """The controller of books with two months posted, looking at them."""
    companies.posted(store, tmp_path)
    return signed_in("cora")


def key_figures(page: str) -> list[tuple[str, str]]:
    """Each key figure of a page as it is written, and where it leads."""
    parts = page.split('<div class="figure">')[1:]
    return [
        (part.split("</a>")[0].rpartition(">")[2], html.unescape(part.split('href="')[1].split('"')[0]))
        for part in parts
    ]


def test_the_list_is_the_report(cora: Client) -> None:
    report = amounts.written(books.books(companies.LAST).contracts)
    shown = pages.table(cora.get(f"/contracts?{MONTH}"), "contracts")

    assert shown["Contract ↑"] == report["contract"].to_list() == ["C-1", "C-2"]
    for title, name in (("Transaction price", "transaction_price"), ("Remaining", "remaining")):
        assert shown[title] == report[name].to_list()


def test_the_transaction_price_is_recognized_or_remains(cora: Client) -> None:
    rows = contracts.table(books.books(companies.LAST).outcome)

    assert rows.filter(pl.col("transaction_price") != pl.col("recognized") + pl.col("remaining")).is_empty()
    assert rows["transaction_price"].to_list() == [17_200_00, 6_000_00]


def test_every_balance_of_the_list_leads_to_its_entries(cora: Client) -> None:
    found = [each for each in pages.figures(cora.get(f"/contracts?{MONTH}"), "contracts") if "/journals" in each[1]]

    assert len(found) >= 4
    for amount, address in found:
        assert float(pages.total(cora.get(address), "journal", "Adds") or 0) == float(amount), address


@pytest.mark.parametrize(("asked", "named"), [
    ("customer=acme", ["C-1"]), ("product=setup", ["C-1"]), ("region=east", ["C-2"]), ("words=BOLT", ["C-2"]),
    ("entity=eu", ["C-2"]), ("stream=services", ["C-1"]), ("currency=EUR", ["C-2"]), ("words=nothing", []),
])  # fmt: skip
def test_filters_select(cora: Client, asked: str, named: list[str]) -> None:
    answer = cora.get(f"/contracts?{MONTH}&{asked}")

    assert next(iter(pages.table(answer, "contracts").values()), []) == named
    assert ("No contract fits" in answer.content.decode()) == (not named)


def test_a_filter_by_product_keeps_contracts_whole(cora: Client) -> None:
    shown = pages.table(cora.get(f"/contracts?{MONTH}&product=setup"), "contracts")

    assert shown["Transaction price"] == ["17200.00"]


def test_sorting_is_in_the_address(cora: Client) -> None:
    down = cora.get(f"/contracts?{MONTH}&sort=-remaining")

    assert pages.table(down, "contracts")["Contract"] == ["C-1", "C-2"]
    assert pages.table(cora.get(f"/contracts?{MONTH}&sort=remaining"), "contracts")["Contract"] == ["C-2", "C-1"]
    assert 'aria-sort="descending"' in down.content.decode()
    assert cora.get("/contracts?sort=color").status_code == 409


def test_the_file_is_what_the_command_line_writes(cora: Client, tmp_path: Path) -> None:
    with (tmp_path / "own.csv").open("wb") as file:
        rendering.write_csv(
            file, [books.books(companies.LAST).contracts], rendering.Heading("contracts", {}, downloads.NO_FINDINGS)
        )

    assert cora.get(f"/contracts?{MONTH}&format=csv").content == (tmp_path / "own.csv").read_bytes()


def test_every_key_figure_leads_to_a_total_that_is_the_same(cora: Client) -> None:
    page = cora.get(PAGE).content.decode()
    found = key_figures(page)

    assert [said for said, _ in found][:3] == ["17,200.00", "17,200.00", "5,752.92"]
    for said, address in found:
        if address.startswith("/journals"):
            total = pages.total(cora.get(address), "journal", "Adds") or "0"
            assert said.replace(",", "") in (total, figures.ZERO), address
    assert pages.total(cora.get(PAGE), "allocation", "Allocated") == "17200.00"
    remains = pages.total(cora.get(PAGE), "schedule", "To come")
    assert remains == pages.total(cora.get(PAGE), "allocation", "Remaining") == found[-1][0].replace(",", "")


def test_every_month_leads_to_what_it_is_made_of(cora: Client) -> None:
    found = pages.figures(cora.get(PAGE), "schedule")

    assert {address.partition("?")[0] for _, address in found} > {"/journals", "/contracts/C-1/months/2026-03"}
    for amount, address in found:
        answer = cora.get(address)
        table, columns = ("journal", ["Adds"]) if "/journals" in address else ("month", ["To bill", "To recognize"])
        totals = [pages.total(answer, table, title) or "0.00" for title in columns]
        assert any(float(total) == float(amount) for total in totals), address


def test_past_and_future_together_are_what_was_contracted(cora: Client) -> None:
    rows = schedules.of_contract("C-1", companies.LAST)

    assert rows.select(pl.sum_horizontal("recognized", "to_come").sum()).item() == 17_200_00
    assert rows.select(pl.sum_horizontal("billed", "to_bill").sum()).item() == 17_200_00


def test_a_month_to_come_says_how_it_will_be_worked_out(cora: Client) -> None:
    page = cora.get(f"/contracts/C-1/months/2026-03?{MONTH}").content.decode()

    assert "earned through 2026-03-31, less" in page
    assert cora.get(f"/contracts/C-1/months/2020-01?{MONTH}").status_code == 404


def test_an_amendment_shows_each_month_before_and_after(cora: Client) -> None:
    answer = cora.get(f"{PAGE}&amendment=A-1")

    assert pages.total(answer, "comparison", "Change") == "2200.00"
    assert pages.table(answer, "comparison")[""][:2] == ["same", "changed"]
    assert pages.table(answer, "amendments")["Treatment"] == ["prospective"]


def test_locked_months_are_gray(store: Store, cora: Client) -> None:
    periods.lock(store.actor("cora"), "2026-01")
    page = cora.get(f"{PAGE}&amendment=A-1").content.decode()

    assert page.split('id="comparison"')[-1].count('<tr class="soft">') == 1


def test_since_the_last_close_is_one_address(store: Store, cora: Client, tmp_path: Path) -> None:
    assert "nothing is locked yet" in cora.get(f"{PAGE}&since=close").content.decode()
    periods.lock(store.actor("cora"), "2026-01")
    change = {"op": "change", "line": "C-1-1", "price_change": "100.00"}
    own = {"id": "A-2", "contract": "C-1", "effective_on": "2026-03-01", "approved_on": "2026-03-01"}
    late = own | {"treatment": "prospective", "changes": [change]}
    closing.bring(store, closing.written(tmp_path, {"amendments": [late]}))

    answer = cora.get("/contracts/C-1?period=2026-03&since=close")
    assert pages.total(answer, "changes", "Revenue") == "100.00"
    assert set(pages.table(answer, "changes")["Cause"]) == {"amendment"}


def test_the_timeline_has_both_days_and_the_origin(store: Store, cora: Client) -> None:
    told = pages.table(cora.get(PAGE), "timeline")

    assert "amended" in told["What"]
    assert "signed" in told["What"]
    at = told["What"].index("amended")
    assert (told["Effective"][at], told["Of"][at]) == ("2026-02-01", "A-1")
    assert told["Origin"][at].startswith("import 1 (bundle-0.yaml)")


def test_a_correction_is_a_version_with_its_reason(store: Store, cora: Client, tmp_path: Path) -> None:
    whole = companies.FACTS["contracts"][1] | {"end": "2027-01-31"}
    closing.bring(
        store, closing.written(tmp_path, {"contracts": [whole]}), reason="the copy says January", correction=True
    )
    told = pages.table(cora.get(f"/contracts/C-2?{MONTH}"), "versions")

    assert (told["What"], told["Before"], told["After"]) == (["end"], ["2026-12-31"], ["2027-01-31"])
    assert told["Reason"] == ["the copy says January"]


@pytest.mark.parametrize("name", ["allocation", "schedule", "amendments", "timeline", "terms", "versions"])
def test_each_table_is_a_file(cora: Client, name: str) -> None:
    answer = cora.get(f"{PAGE}&format=csv&table={name}")

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/csv")


def test_hostile_names_stay_text_and_strange_ids_have_pages(store: Store, signed_in: SignedIn, tmp_path: Path) -> None:
    companies.imported(store, tmp_path)
    strange = companies.FACTS["contracts"][1] | {"id": STRANGE}
    strange["lines"] = [strange["lines"][0] | {"id": f"{STRANGE}-1", "clause": "@cmd()"}]
    closing.bring(store, closing.written(tmp_path, {"contracts": [strange]}))
    closing.post(store, companies.LAST)
    cora = signed_in("cora")

    answer = cora.get(f"/contracts?{MONTH}&words=C/9")
    address = next(link for _, link in pages.figures(answer, "contracts") if link.startswith("/contracts/"))
    page = cora.get(address.partition("#")[0])
    assert page.status_code == 200
    assert html.escape(STRANGE) in page.content.decode()
    assert "<b>" not in page.content.decode().split("<main")[1].split('id="routes"')[0]
    for amount, link in pages.figures(page, "schedule"):
        assert cora.get(link).status_code == 200, (amount, link)
    assert cora.get(f"{places.contract(STRANGE, 'amend')}?{MONTH}").status_code == 200
    assert companies.HOSTILE not in cora.get(PAGE).content.decode()
    assert "'@cmd()" in cora.get(f"{places.contract(STRANGE)}?{MONTH}&format=csv&table=terms").content.decode()


def test_what_is_not_there_says_so(cora: Client) -> None:
    assert cora.get("/contracts/C-404").status_code == 404
    assert "is signed on 2026-01-10" in cora.get("/contracts/C-2?period=2025-12").content.decode()


def test_without_facts_the_list_says_what_will_stand_there(store: Store, signed_in: SignedIn) -> None:
    assert "No contracts yet" in signed_in("vic").get("/contracts").content.decode()
