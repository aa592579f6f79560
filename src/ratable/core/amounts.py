"""Amounts as text: whole columns of minor units written with exactly the decimals of their currency.

Worked example: 120000 in USD is "1200.00" in a file and "1,200.00" in a sentence; -5 in USD is "-0.05"; 100000 in JPY
is "100000"; 1500 in BHD is "1.500".

In every report a column of type Int64 is an amount in minor units of the row's `currency`, and nothing else is.
Refuses nothing: a currency that is none of ISO 4217 was a finding when the bundle was read.
"""

import polars as pl

from ratable.core import currencies

MOST_DECIMALS = 4  # No currency of ISO 4217 has more.


def columns(frame: pl.DataFrame) -> list[str]:
    """The columns that hold amounts."""
    return [name for name, dtype in frame.schema.items() if dtype == pl.Int64]


def written(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every amount as plain decimal text in major units: no separators, a minus for negatives."""
    found = columns(frame)
    if not found:
        return frame
    present = decimals_present(frame)
    return frame.with_columns(text(pl.col(name), present).alias(name) for name in found)


def decimals_present(frame: pl.DataFrame) -> dict[int, list[str]]:
    """Number of decimals to the currencies of the frame that have it."""
    found: dict[int, list[str]] = {}
    for currency in frame["currency"].unique().drop_nulls().sort().to_list():
        found.setdefault(currencies.EXPONENTS[currency], []).append(currency)
    return found


def text(amount: pl.Expr, present: dict[int, list[str]], *, currency: str = "currency", separator: str = "") -> pl.Expr:
    """One amount as text, by the decimals of the currency that stands in its row.

    Args:
        amount: Int64 minor units.
        present: what `decimals_present` says of the frame.
        currency: the column with the currency.
        separator: between thousands.
    """
    forms = {decimals: _with_decimals(amount, decimals, separator) for decimals in sorted(present)}
    if len(forms) == 1:
        return next(iter(forms.values()))
    chosen = pl.lit(None, dtype=pl.String)
    for decimals, form in forms.items():
        chosen = pl.when(pl.col(currency).is_in(present[decimals])).then(form).otherwise(chosen)
    return chosen


def _with_decimals(amount: pl.Expr, decimals: int, separator: str) -> pl.Expr:
    unit = 10**decimals
    size = amount.abs()
    whole = (size // unit).cast(pl.String)
    if separator:
        grouped = whole.str.reverse().str.replace_all(r"(\d{3})", "${1}" + separator).str.reverse()
        whole = grouped.str.strip_chars_start(separator)
    sign = pl.when(amount < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    if not decimals:
        return pl.concat_str(sign, whole)
    return pl.concat_str(sign, whole, pl.lit("."), (size % unit).cast(pl.String).str.zfill(decimals))
