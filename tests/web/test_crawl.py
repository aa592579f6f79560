"""UI-21: every amount of every screen leads somewhere that answers, and that shows the same amount.

The crawler follows each link of an amount: in a table, a key figure or a chart. A page that does not show the amount
again, as a figure of its own or as the total of a list, is one on which nobody can check it.
"""

import re
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from tests.browser.screens import SCREENS
from tests.stores import Store
from tests.web import companies
from tests.web.conftest import SignedIn

_LINKED = re.compile(
    r'<a href="([^"]+)"[^>]* data-v="(-?[\d.]+)" data-c="|data-v="(-?[\d.]+)" data-c="[^"]*"[^>]*><a href="([^"]+)"'
)
_SHOWN = re.compile(r'data-v="-?([\d.]+)"')
_SAID = re.compile(r"\d[\d,]*\.\d\d")


OF_NO_COMPANY = ("/components",)


def amounts(page: str) -> set[tuple[str, str]]:
    """The amounts of a page that lead somewhere: what each is, without its sign, and the address."""
    found = ((one or other, amount or more) for one, amount, more, other in _LINKED.findall(page))
    return {(amount.removeprefix("-"), unescape(address)) for address, amount in found}


def shows(page: str, amount: str) -> bool:
    """Whether a page shows an amount, of either sign, as a figure or in its words."""
    said = {word.replace(",", "") for word in _SAID.findall(page)}
    return amount in _SHOWN.findall(page) or amount in said


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("address", [address for address in SCREENS if address not in OF_NO_COMPANY])
def test_every_amount_leads_to_where_it_is_shown_again(
    store: Store, signed_in: SignedIn, tmp_path: Path, address: str
) -> None:
    companies.proposed(store, tmp_path)
    client = signed_in("cora")
    answer = client.get(address)
    assert answer.status_code == 200, address
    page = answer.content.decode()
    found = sorted(amounts(page))

    assert "\n".join(f"{amount} {link}" for amount, link in found if not resolves(client, amount, link, page)) == ""


def resolves(client: Client, amount: str, link: str, page: str) -> bool:
    """Whether an address answers with a page, or names a place of this one, that shows the amount."""
    if link.startswith("#"):
        return f'id="{link[1:]}"' in page
    answer = client.get(link, follow=True)
    return bool(answer.status_code == 200) and shows(answer.content.decode(), amount)


def test_a_figure_that_is_not_shown_again_is_seen() -> None:
    page = '<td class="num" data-v="-12.50" data-c="USD"><a href="/journals?a=1&amp;b=2">'

    assert amounts(page) == {("12.50", "/journals?a=1&b=2")}
    assert not shows(page, "12.51")
