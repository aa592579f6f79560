"""The roll-forward on the screen: the report's figures, each leading to the entries that it sums."""

import html
import re
from pathlib import Path

import polars as pl
import pytest
from django.test import Client

from ratable.core import amounts
from ratable.ledger import books
from ratable.operations import periods
from tests.stores import Store
from tests.web import companies, pages
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
PAGE = "/roll-forward?period=2026-02"


@pytest.fixture
def cora(store: Store, signed_in: SignedIn, tmp_path: Path) -> Client:
    """The controller of books with two months posted, looking at them."""
    companies.posted(store, tmp_path)
    return signed_in("cora")


def test_the_figures_are_those_of_the_report(cora: Client) -> None:
    report = amounts.written(books.books(companies.LAST).roll_forward(by="customer"))
    shown = pages.table(cora.get(f"{PAGE}&by=customer&since=first"), "roll-forward")

    assert shown["Closing"] == report["closing"].to_list()
    assert shown["Billed"] == report["billings"].to_list()


def test_every_figure_leads_to_entries_that_sum_to_it(cora: Client) -> None:
    answer = cora.get(f"{PAGE}&by=customer")
    cells = pages.figures(answer, "roll-forward")

    assert len(cells) > 8
    for amount, address in cells:
        listed = pages.total(cora.get(address), "journal", "Adds")
        assert listed == amount, address


def test_the_file_is_the_report(cora: Client) -> None:
    answer = cora.get(f"{PAGE}&by=customer&format=csv")

    assert (
        answer.content.decode() == amounts.written(books.books(companies.LAST).roll_forward(by="customer")).write_csv()
    )
    assert answer["Content-Disposition"] == 'attachment; filename="roll-forward-2026-02-28.csv"'


def test_a_month_without_entries_says_what_will_stand_there(store: Store, signed_in: SignedIn) -> None:
    assert "Nothing has moved yet" in signed_in("cora").get(PAGE).content.decode()


@pytest.mark.parametrize(("part", "says"), [
    ("period=2026-13", "period: saw '2026-13'; expected a month such as 2026-03."),
    ("account=cash", "account: saw 'cash'; expected deferred_revenue, unbilled_receivable or contract_asset."),
    ("by=regoin", "by: saw 'regoin'; expected customer, product,"),
])  # fmt: skip
def test_an_address_that_cannot_be_read_says_what_was_expected(cora: Client, part: str, says: str) -> None:
    answer = cora.get(f"/roll-forward?{part}")

    assert answer.status_code in (404, 409)
    assert says in html.unescape(answer.content.decode())


def test_a_locked_month_says_so_on_the_page(store: Store, cora: Client) -> None:
    periods.lock(store.actor("cora"), "2026-01")

    assert re.search(r'class="status good">locked<', cora.get("/roll-forward?period=2026-01").content.decode())


def test_a_day_in_the_past_shows_what_was_known_then(cora: Client) -> None:
    page = cora.get(f"{PAGE}&known_on=2026-01-01").content.decode()

    assert "As it was known on 2026-01-01" in page
    assert pl.DataFrame(pages.table(cora.get(f"{PAGE}&known_on=2026-01-01"), "roll-forward")).is_empty()
