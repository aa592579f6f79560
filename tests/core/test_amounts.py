import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratable.core import amounts


def text_of(amount: int, currency: str, separator: str = "") -> str:
    frame = pl.DataFrame({"amount": [amount], "currency": [currency]})
    found = amounts.text(pl.col("amount"), amounts.decimals_present(frame), separator=separator)
    return str(frame.select(found).item())


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        (123456, "USD", "1234.56"),
        (123456, "JPY", "123456"),
        (123456, "BHD", "123.456"),
        (5, "USD", "0.05"),
        (-5, "USD", "-0.05"),
        (-10000, "USD", "-100.00"),
        (9223372036854775807, "USD", "92233720368547758.07"),
    ],
)
def test_amounts_have_exactly_the_decimals_of_their_currency(amount: int, currency: str, expected: str) -> None:
    assert text_of(amount, currency) == expected


@given(amount=st.integers(-(2**62), 2**62), currency=st.sampled_from(["JPY", "USD", "BHD", "CLF"]))
def test_an_amount_reads_back_as_itself(amount: int, currency: str) -> None:
    assert int(text_of(amount, currency).replace(".", "")) == amount
    assert text_of(amount, currency, ",").replace(",", "") == text_of(amount, currency)


@pytest.mark.parametrize(
    ("amount", "expected"), [(99900, "999.00"), (-123456789, "-1,234,567.89"), (10**5, "1,000.00")]
)
def test_thousands_are_separated_for_people(amount: int, expected: str) -> None:
    assert text_of(amount, "USD", ",") == expected


def test_currencies_stand_side_by_side() -> None:
    frame = pl.DataFrame({"currency": ["USD", "JPY", "BHD"], "amount": [1, 1, 1], "line": ["a", "b", "c"]})

    assert amounts.written(frame).rows() == [("USD", "0.01", "a"), ("JPY", "1", "b"), ("BHD", "0.001", "c")]


def test_no_rows_are_no_text() -> None:
    frame = pl.DataFrame(schema={"currency": pl.String, "amount": pl.Int64})

    assert amounts.written(frame).is_empty()
