"""Every currency has the decimals that ISO 4217 gives it."""

import polars as pl
import pytest

from ratable.core import currencies


@pytest.mark.parametrize(("code", "decimals"), [("USD", 2), ("JPY", 0), ("BHD", 3), ("CLF", 4), ("EUR", 2), ("HRK", 2)])
def test_a_currency_has_its_decimals(code: str, decimals: int) -> None:
    assert currencies.EXPONENTS[code] == decimals


def test_codes_are_three_capitals_and_each_stands_once() -> None:
    listed = [
        code
        for table in (currencies._CODES_BY_EXPONENT, currencies._WITHDRAWN_BY_EXPONENT)
        for codes in table.values()
        for code in codes.split()
    ]

    assert len(listed) == len(set(listed)) == len(currencies.EXPONENTS)
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in listed)


def test_an_unknown_code_has_no_decimals() -> None:
    frame = pl.DataFrame({"currency": ["USD", "US", "XAU", None]})

    assert frame.select(currencies.exponent(pl.col("currency"))).to_series().to_list() == [2, None, None, None]
