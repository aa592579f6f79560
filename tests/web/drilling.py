"""Follows a figure to the page that it leads to, and reads what that page sums to.

Worked example: the cell 1,000.00 of April in a waterfall leads to `/scheduled?...&month=2026-04&currency=USD`, whose
total in USD is 1,000.00: `worth(browser, link)` is "1000.00", and `holds` of the two is true.
"""

from urllib.parse import parse_qs, urlsplit

from django.http import HttpResponse
from django.test import Client

from tests.web import pages

SUMS = {
    "/journals": ("journal", "Adds"), "/scheduled": ("scheduled", "Amount"), "/waterfall": ("waterfall", "Booked"),
}  # fmt: skip
"""Page to its table and to the column in which a figure that leads there is summed."""


def figures(answer: HttpResponse, table: str) -> list[tuple[str, str]]:
    """The figures of a table that lead to a page of SUMS: what each is worth, and where it leads."""
    return [(value, link) for value, link in pages.figures(answer, table) if urlsplit(link).path in SUMS]


def totals(answer: HttpResponse, table: str, title: str) -> dict[str, str]:
    """The totals of a column by currency."""
    rows = pages._read(answer, table).rows
    titles = [cell["text"] for part, row in rows if part == "thead" for cell in row]
    feet = [row for part, row in rows if part == "tfoot"]
    return {row[titles.index("Currency")]["text"]: row[titles.index(title)]["value"] for row in feet}


def worth(browser: Client, link: str, title: str = "") -> str:
    """What the page that a figure leads to sums to, in the currency of the figure; empty where it has no rows."""
    place = urlsplit(link)
    table, column = SUMS[place.path]
    (currency,) = parse_qs(place.query)["currency"]
    return totals(browser.get(link), table, title or column).get(currency, "")


def holds(one: str, other: str) -> bool:
    """Whether two figures are the same; a page without rows sums to nothing."""
    return (one or "0").strip("0.") == (other or "0").strip("0.")
