"""Decimal texts become exact integers or nothing, and come back as they were."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratable.bundle import decimals


def parsed(text: str, places: int) -> int | None:
    frame = pl.DataFrame({"text": [text]})
    value: int | None = frame.select(decimals.parse(pl.col("text"), pl.String(), places)).item()
    return value


@pytest.mark.parametrize(
    ("text", "places", "value"),
    [("1200.5", 2, 120050), ("-0.01", 2, -1), ("007", 0, 7), ("1.500", 3, 1500), ("0.00000001", 8, 1), ("-0", 2, 0)],
)
def test_an_exact_text_has_a_value(text: str, places: int, value: int) -> None:
    assert parsed(text, places) == value


FAULTS = {
    "1200,50": "decimal_comma",
    "1,200.50": "thousands_mark",
    "1 200": "thousands_mark",
    "1'200.50": "thousands_mark",
    "1.200,50": "thousands_mark",
    "1.200.000": "thousands_mark",
    "$12": "currency_sign",
    "12 €": "currency_sign",
    "USD 12": "currency_sign",
    "(12.00)": "parentheses",
    "12.005": "too_many_decimals",
    "9" * 19: "out_of_range",
    "1e3": "malformed_number",
    "+5": "malformed_number",
    ".5": "malformed_number",
    "5.": "malformed_number",
    "1_000.5.1": "malformed_number",
    "twelve": "malformed_number",
    "\uff11\uff12": "malformed_number",
}


@pytest.mark.parametrize(("text", "code"), FAULTS.items())
def test_any_other_text_has_none_and_a_reason(text: str, code: str) -> None:
    frame = pl.DataFrame({"text": [text]})

    assert parsed(text, 2) is None
    assert frame.select(decimals.fault(pl.col("text"), pl.lit(2))).item() == code


@given(st.integers(-(10**15), 10**15), st.sampled_from([0, 2, 3, 4, 8]))
def test_a_value_comes_back_from_its_text(value: int, places: int) -> None:
    text = pl.DataFrame({"value": [value]}).select(decimals.texts(pl.col("value"), places)).item()

    assert parsed(text, places) == value


def test_the_decimals_of_a_text_are_those_of_its_row() -> None:
    frame = pl.DataFrame({"value": [120050, -5, 7, None], "places": [2, 2, 0, 3]})

    assert frame.select(decimals.texts(pl.col("value"), pl.col("places"))).to_series().to_list() == [
        "1200.50", "-0.05", "7", None,
    ]  # fmt: skip
