"""RPO, trial balance, balances and what is scheduled: the reports themselves, and where each figure leads."""

from pathlib import Path

import pytest
from django.test import Client

from ratable.ledger import books
from tests.stores import Store
from tests.web import companies, drilling, pages
from tests.web.conftest import SignedIn

PERIOD = f"{companies.LAST:%Y-%m}"
SCREENS = {"rpo": "/rpo", "trial-balance": "/trial-balance", "balances": "/balances"}

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def cora(store: Store, tmp_path: Path, signed_in: SignedIn) -> Client:
    companies.posted(store, tmp_path)
    return signed_in("cora")


@pytest.mark.parametrize("address", ["/rpo?by=customer", "/rpo?region=west", "/balances?", "/balances?customer=bolt"])
def test_every_figure_leads_to_what_it_is_made_of(cora: Client, address: str) -> None:
    table = address[1:].partition("?")[0]
    found = drilling.figures(cora.get(f"{address}&period={PERIOD}"), table)

    assert found
    for value, link in found:
        assert drilling.holds(drilling.worth(cora, link), value), (value, link)


@pytest.mark.parametrize("filters", ["", "&customer=bolt", "&span=all"])
def test_balances_of_accounts_lead_to_their_entries(cora: Client, filters: str) -> None:
    found = drilling.figures(cora.get(f"/trial-balance?period={PERIOD}{filters}"), "trial-balance")

    assert len(found) >= 10
    for value, link in found:
        title = "Amount" if "side=" in link or "code=" not in link else "Adds"
        assert drilling.holds(drilling.worth(cora, link, title), value), (value, link)


def test_revenue_of_the_trial_balance_is_that_of_the_journal(cora: Client) -> None:
    page = cora.get(f"/trial-balance?period={PERIOD}&role=revenue").content.decode()
    link = f"/journals?period={PERIOD}&role=revenue&currency=EUR"

    assert drilling.totals(cora.get(link), "journal", "Adds")["EUR"] == "460.27"
    assert "460.27" in page
    assert "4000" in page
    assert "2400" not in page


@pytest.mark.parametrize("name", list(SCREENS))
def test_a_file_holds_the_report_with_all_its_rows(cora: Client, name: str) -> None:
    ledger = books.books(companies.LAST)
    report = {"rpo": ledger.rpo, "trial-balance": ledger.trial_balance, "balances": ledger.balances}[name]()
    header, *lines = cora.get(f"{SCREENS[name]}?period={PERIOD}&format=csv").content.decode().splitlines()

    assert (header.split(","), len(lines)) == (report.columns, report.height)


def test_what_is_scheduled_is_asked_for_by_months(cora: Client) -> None:
    months = pages.table(cora.get(f"/scheduled?period={PERIOD}&since=2026-03&until=2026-04&contract=C-2"), "scheduled")
    assert months["To be recognized in"] == ["2026-03", "2026-04"]

    assert "Nothing is still to be recognized here" in cora.get("/scheduled?month=2031-01").content.decode()
    assert cora.get("/scheduled?basis=moon").status_code == 409


def test_empty_books_say_what_will_stand_here(signed_in: SignedIn) -> None:
    cora = signed_in("cora")
    for address in (*SCREENS.values(), "/waterfall", "/waterfall?shape=triangle", "/scheduled", "/exports"):
        answer = cora.get(address)
        assert answer.status_code == 200
        assert 'class="empty"' in answer.content.decode(), address
