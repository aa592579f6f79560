"""UI-21: every amount of every screen leads somewhere that answers, and that shows the same amount.

The crawler follows each link of an amount: in a table, a key figure or a chart. A page that does not show the amount
again, as a figure of its own or as the total of a list, is one on which nobody can check it.

What leads nowhere is made of what stands beside it, and that is added up: a total of the rows above it, an amount of
the others of its row. What is made of nothing that could be shown is listed with the reason, and with nothing else.
"""

import re
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from ratable.ledger import models
from tests.browser.screens import SCREENS
from tests.stores import Store
from tests.web import companies, pages
from tests.web.conftest import SignedIn

_LINKED = re.compile(
    r'<a href="([^"]+)"[^>]* data-v="(-?[\d.]+)" data-c="|data-v="(-?[\d.]+)" data-c="[^"]*"[^>]*><a href="([^"]+)"'
)
_SHOWN = re.compile(r'data-v="-?([\d.]+)"')
_TABLE = re.compile(r'<table id="([^"]+)"')
_CONTROL = re.compile(r'<a href="([^"]+)">\(?([\d,]+\.\d\d)\)?</a>')
_SAID = re.compile(r"\d[\d,]*\.\d\d")


OF_NO_COMPANY = ("/components",)
MORE = (
    "/contracts/C-1?period=2026-03&amendment=A-1", "/contracts/C-1/months/2026-05", "/contracts/C-2/months/2026-05",
    "/exports/preview?period=2026-02&layout=generic", "/exports/preview?period=2026-02&layout=xero",
    "/imports/1?rows=contract_lines", "/imports/1?rows=invoice_lines", "/review/2", "/review/2/entries/1", "/entries/4",
)  # fmt: skip
"""Pages below the screens: `/entries/4` is the fourth entry, by its id."""

ADDS = {
    "comparison": ("Before", "Change", "After"),  # Worked out for this page alone: no entry and no schedule holds it.
    "balances": ("Posted", "This run", "After it"),
}
"""Table to three columns of which the first two are the third; those that can be followed are."""

SAME = {"files": ("Debits", "Credits")}
"""Table to two columns that are equal: sums of a file that nobody has written yet, whose first rows stand below."""

MADE_OF_NOTHING = {
    "days": "a day is the least that recognition over time is made of",
    "left-out": "what the ERP has posted is told by invoice and account, which no filter of the journal says",
    "restated": "what the ERP has posted is told by invoice and account, which no filter of the journal says",
    "terms": "a price is a fact as it was agreed, beside the clause that says it",
    "payments": "a payment is a fact as it came",
    "month": "what is recognized at a delivery or by use has no arithmetic of days",
}
"""Table to the reason why its amounts lead nowhere."""


def amounts(page: str) -> set[tuple[str, str]]:
    """The amounts of a page that lead somewhere: what each is, without its sign, and the address."""
    found = ((one or other, amount or more) for one, amount, more, other in _LINKED.findall(page))
    return {(amount.removeprefix("-"), unescape(address)) for address, amount in found}


def shows(page: str, amount: str) -> bool:
    """Whether a page shows an amount, of either sign, as a figure or in its words."""
    said = {word.replace(",", "") for word in _SAID.findall(page)}
    return amount in _SHOWN.findall(page) or amount in said


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("address", [address for address in (*SCREENS, *MORE) if address not in OF_NO_COMPANY])
def test_every_amount_leads_to_where_it_is_shown_again(
    store: Store, signed_in: SignedIn, tmp_path: Path, address: str
) -> None:
    companies.proposed(store, tmp_path)
    client = signed_in("cora")
    answer = client.get(_spelled(address))
    assert answer.status_code == 200, address
    page = answer.content.decode()
    found = sorted(amounts(page))

    assert "\n".join(f"{amount} {link}" for amount, link in found if not resolves(client, amount, link, page)) == ""
    assert [said for name in _TABLE.findall(page) for said in astray(name, pages.amounts(answer, name))] == []


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_control_total_leads_to_rows_that_add_up_to_it(store: Store, signed_in: SignedIn, tmp_path: Path) -> None:
    companies.imported(store, tmp_path)
    client = signed_in("cora")
    page = client.get("/imports/1").content.decode()
    said = _CONTROL.findall(page.partition('id="totals"')[2].partition("</table>")[0])

    assert len(said) >= 5
    for link, amount in said:
        assert shows(client.get(unescape(link)).content.decode(), amount.replace(",", "")), (link, amount)


def _spelled(address: str) -> str:
    entry = re.fullmatch("/entries/([0-9]+)", address)
    return f"/entries/{models.Entry.objects.get(no=entry[1]).entry}" if entry else address


Rows = list[tuple[str, dict[str, dict[str, str]]]]


def astray(name: str, rows: Rows) -> list[str]:
    """The amounts of a table that lead nowhere and that nothing beside them adds up to."""
    return [
        f"{name}, {title}: {cell['value']} {cell['currency']}"
        for part, row in rows
        for title, cell in row.items()
        if Decimal(cell["value"]) and not cell["link"] and not _made(name, title, cell, (part, row), rows)
    ]


def _made(
    name: str, title: str, cell: dict[str, str], place: tuple[str, dict[str, dict[str, str]]], rows: Rows
) -> bool:
    part, row = place
    if part == "tfoot":
        above = [other[title] for of, other in rows if of == "tbody" and title in other]
        own = [Decimal(one["value"]) for one in above if one["currency"] == cell["currency"]]
        return sum(own) == Decimal(cell["value"])
    if title in (three := ADDS.get(name, ())):
        first, second, third = (Decimal(row[one]["value"]) for one in three)
        return first + second == third
    if title in (two := SAME.get(name, ())):
        return len({row[one]["value"] for one in two}) == 1
    return name in MADE_OF_NOTHING


def resolves(client: Client, amount: str, link: str, page: str) -> bool:
    """Whether an address answers with a page, or names a place of this one, that shows the amount."""
    if link.startswith("#"):
        # Further down, past the figure itself, in a table or in the words of an arithmetic.
        below = page.partition(f'id="{link[1:]}"')[2]
        return shows(below, amount)
    answer = client.get(link, follow=True)
    return bool(answer.status_code == 200) and shows(answer.content.decode(), amount)


def test_a_figure_that_is_not_shown_again_is_seen() -> None:
    page = '<td class="num" data-v="-12.50" data-c="USD"><a href="/journals?a=1&amp;b=2">'

    assert amounts(page) == {("12.50", "/journals?a=1&b=2")}
    assert not shows(page, "12.51")


def test_a_total_that_its_rows_do_not_add_up_to_is_seen() -> None:
    def amount(value: str, link: str = "") -> dict[str, dict[str, str]]:
        return {"Amount": {"value": value, "currency": "USD", "link": link}}

    rows = [("tbody", amount("1.00", "/a")), ("tbody", amount("2.00", "/b")), ("tfoot", amount("3.00"))]

    assert astray("t", rows) == []
    assert astray("t", [*rows, ("tfoot", amount("3.01"))]) == ["t, Amount: 3.01 USD"]
    assert astray("t", [("tbody", amount("1.00"))]) == ["t, Amount: 1.00 USD"]
    assert astray("days", [("tbody", amount("1.00"))]) == []
