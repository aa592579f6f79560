"""What a line would cost if it were sold alone, and which policies apply to it.

Worked example: the SSP book says 6,000.00 a year for `platform`; a line of it runs for two years and states no SSP:
its standalone selling price is 6,000.00 x 24 / 12 = 12,000.00.
"""

from datetime import date
from fractions import Fraction

from ratable.core import currencies, tables
from ratable.oracle import curves, rounding
from ratable.oracle.facts import Facts, Row

MILLIONTHS = 10**tables.QUANTITY_DECIMALS


def minor_units(unit_price: int, currency: str) -> Fraction:
    """A unit price in minor units of a currency, exact."""
    return Fraction(unit_price * 10 ** currencies.EXPONENTS[currency], 10**tables.UNIT_PRICE_DECIMALS)


def selling_price(line: Row, price: int, facts: Facts, *, on: date, currency: str) -> tuple[int, bool]:
    """The standalone selling price of a whole line: its own, the book's, the list price, else its own price.

    Args:
        line: terms of the line, with `start` and `end` filled in.
        price: its price before contract-level discounts, minor units.
        facts: products and the SSP book as known.
        on: the day whose book applies.
        currency: of the line.

    Returns:
        minor units, and whether the line's own price stands in for a missing SSP.
    """
    if line["ssp"] is not None:
        return line["ssp"], False
    entries = [
        row
        for row in facts["ssps"]
        if row["product"] == line["product"] and row["currency"] == currency and row["from"] <= on
    ]
    if entries:
        return _from_book(max(entries, key=lambda row: row["from"]), line, price), False
    product = facts.index("products")[line["product"]]
    if product["list_price"] is not None:
        return rounding.half_even(minor_units(product["list_price"], currency)), False
    return price, True


def _from_book(entry: Row, line: Row, price: int) -> int:
    months = curves.by_time(line["start"], line["end"], "monthly_prorated").whole
    units = Fraction(MILLIONTHS if line["quantity"] is None else line["quantity"], MILLIONTHS)
    scale = {"year": months / 12, "month": months, "unit": units}.get(entry["per"], Fraction(1))
    low, high = (None if entry[k] is None else rounding.half_even(entry[k] * scale) for k in ("low", "high"))
    has_range = low is not None or high is not None
    if has_range and (low is None or low <= price) and (high is None or price <= high):
        return price
    return rounding.half_even(entry["amount"] * scale)


def policy(name: str, facts: Facts, *, product: str | None, entity: str | None, on: date) -> str | None:
    """The value of a policy for a product and an entity on a day: most conditions first, then the latest."""
    rows = [
        row
        for row in facts["policies"]
        if row["name"] == name
        and row["product"] in (None, product)
        and row["entity"] in (None, entity)
        and (row["from"] or date.min) <= on
    ]
    best = max(
        rows,
        key=lambda row: ((row["product"] is not None) + (row["entity"] is not None), row["from"] or date.min),
        default=None,
    )
    return best["value"] if best else None
