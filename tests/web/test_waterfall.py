"""The waterfall and its triangle: figures of the reports, and every one leads to a page with the same total."""

from pathlib import Path

import polars as pl
import pytest
from django.test import Client

from ratable.ledger import books, models
from ratable.operations import decide, manual
from ratable.reports import books as reports
from ratable.web import filters
from tests.ledger import closing
from tests.stores import Store
from tests.web import companies, drilling, pages
from tests.web.conftest import SignedIn

PERIOD = f"{companies.LAST:%Y-%m}"
COMPANY = Path(__file__).parents[2] / "examples/company"


@pytest.fixture
def cora(store: Store, tmp_path: Path, signed_in: SignedIn) -> Client:
    companies.posted(store, tmp_path)
    return signed_in("cora")


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "asked", ["by=customer", "by=contract,line", "by=product&basis=deferred", "region=east", "shape=triangle"]
)
def test_every_figure_leads_to_what_it_is_made_of(cora: Client, asked: str) -> None:
    page = cora.get(f"/waterfall?period={PERIOD}&{asked}")
    found = drilling.figures(page, "triangle" if "triangle" in asked else "waterfall")

    assert len(found) > 10
    for value, link in found:
        assert drilling.holds(drilling.worth(cora, link), value), (value, link)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_the_company_of_the_demo_drills_down_too(store: Store, signed_in: SignedIn) -> None:
    closing.bring(store, COMPANY)
    closing.post(store, "2026-03-31")
    cora = signed_in("cora")
    found = drilling.figures(cora.get("/waterfall?period=2026-03&shape=triangle"), "triangle")
    found += drilling.figures(cora.get("/waterfall?period=2026-03&by=contract&basis=deferred"), "waterfall")

    for value, link in found[::61]:
        assert drilling.holds(drilling.worth(cora, link), value), (value, link)


def test_the_files_are_those_of_the_command_line(cora: Client) -> None:
    ledger = books.books(companies.LAST)
    for address, frame in (
        ("by=customer&basis=deferred", ledger.waterfall(by="customer", basis="deferred")),
        ("shape=triangle", reports.report(ledger, "triangle")),
    ):
        answer = cora.get(f"/waterfall?period={PERIOD}&{address}&format=csv")
        header, *lines = answer.content.decode().splitlines()

        assert header.split(",") == frame.columns
        assert len(lines) == frame.height > 0


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_the_triangle_ties_until_somebody_posts_revenue_by_hand(cora: Client, store: Store) -> None:
    assert "ties</span>" in cora.get(f"/waterfall?period={PERIOD}&shape=triangle").content.decode()

    row = {"date": companies.LAST, "entity": "us", "currency": "USD", "line": None, "debit": "2400", "credit": "4000",
           "debit_role": "deferred_revenue", "credit_role": "revenue", "amount": 25_000}  # fmt: skip
    manual.enter(store.actor("ben"), pl.DataFrame([row], schema=manual.JOURNAL), manual.Ground("agreed", b"mail"))
    run = models.Run.objects.latest("no")
    decide.approve(store.actor("dana"), run.no, run.hash)
    decide.post(store.actor("dana"), run.no)
    page = cora.get(f"/waterfall?period={PERIOD}&shape=triangle")

    assert "differs</span>" in page.content.decode()
    by_hand = f"/journals?period={PERIOD}&role=revenue&until={PERIOD}&movement=by_hand"
    assert drilling.totals(cora.get(by_hand), "journal", "Adds") == {"USD": "250.00"}


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_months_say_whether_they_are_locked_and_whether_they_are_to_come(cora: Client) -> None:
    page = cora.get(f"/waterfall?period={PERIOD}&shape=triangle").content.decode()

    assert "Jan 2026<small>open</small>" in page
    assert "Mar 2026<small>to come</small>" in page
    assert 'class="num now first' in page
    assert "heat4" in page
    assert "style=" not in page


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_what_has_no_contract_is_asked_for_by_its_own_sign(cora: Client) -> None:
    page = cora.get(f"/waterfall?period={PERIOD}&by=contract")

    left = [
        link for _, link in pages.figures(page, "waterfall") if "/scheduled" in link and "contract=%E2%88%85" in link
    ]
    assert pages.table(cora.get(left[0]), "scheduled")["Line"] == ["I-7-1"]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_hostile_names_are_text_and_unknown_words_a_sentence(cora: Client) -> None:
    page = cora.get(f"/waterfall?period={PERIOD}&by=customer&customer={companies.HOSTILE}")
    assert companies.HOSTILE not in page.content.decode()
    assert "No line fits these filters" in page.content.decode()

    for address, says in (("basis=billed", "basis: saw"), ("shape=square", "shape: saw"), ("by=moon", "by: saw")):
        refused = cora.get(f"/waterfall?{address}")
        assert refused.status_code == 409
        assert says in refused.content.decode()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_long_reports_come_a_part_at_a_time(cora: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "AT_A_TIME", 1)
    first = cora.get(f"/waterfall?period={PERIOD}&by=contract")

    assert "More rows" in first.content.decode()
    assert len(pages.table(first, "waterfall")["Contract"]) == 1
    rest = cora.get(f"/waterfall?period={PERIOD}&by=contract&cursor=1", headers={"hx-request": "true"})
    assert rest.content.decode().startswith("<tr>")
