"""Decimal texts and the scaled integers that stand for them.

Worked example, 2 places: "1200.5" is 120050, "-0.01" is -1; "1200,50", "1 200", "$12", "(12)", "1e3" and "1200.505" are
no decimal text of 2 places, and `fault` says for each of them why.

Refuses rounding: a text with more decimals than the places asked has no value here.
"""

import polars as pl

LARGEST = 10**15
"""The largest absolute value of an amount, in minor units."""

_LARGEST_SCALED = 10**18


def parse(cell: pl.Expr, dtype: pl.DataType, places: int, largest: int = _LARGEST_SCALED) -> pl.Expr:
    """The cell as an integer of 1 / 10**places; null where it is not exactly one, or beyond the largest.

    Args:
        cell: a column of `dtype`: text, whole numbers or decimals; a float never has a value.
        dtype: the type of the cell.
        places: decimals that count.
        largest: the largest absolute value.
    """
    value: pl.Expr
    if dtype == pl.String:
        value = pl.when(cell.str.contains(pattern(places))).then(cell.cast(pl.Decimal(38, places), strict=False))
    elif dtype.is_integer():
        value = pl.when(cell.is_between(-largest, largest)).then(cell.cast(pl.Decimal(38, places), strict=False))
    elif isinstance(dtype, pl.Decimal):
        exact = cell.cast(pl.Decimal(38, places), strict=False)
        value = exact if dtype.scale <= places else pl.when(exact.cast(dtype, strict=False) == cell).then(exact)
    else:
        return pl.lit(None, pl.Int64)
    scaled = value.to_physical().cast(pl.Int64, strict=False)
    return pl.when(scaled.is_between(-largest, largest)).then(scaled)


def pattern(places: int) -> str:
    """The form of a decimal text with at most that many decimals."""
    return r"^-?[0-9]{1,18}$" if places == 0 else rf"^-?[0-9]{{1,18}}(\.[0-9]{{1,{places}}})?$"


def fault(text: pl.Expr, places: pl.Expr) -> pl.Expr:
    """The code of the finding for a text that `parse` gave no value to.

    Args:
        text: the cell as text.
        places: decimals that count, Int64.
    """
    decimals = text.str.extract(r"\.([0-9]+)$").str.len_bytes().cast(pl.Int64)
    return (
        pl.when(text.str.contains(r"^\(.*\)$"))
        .then(pl.lit("parentheses"))
        .when(text.str.contains(r"\p{Sc}|^[A-Z]{3}\b|\b[A-Z]{3}$"))
        .then(pl.lit("currency_sign"))
        .when(
            text.str.contains(
                r"^-?[0-9]{1,3}([,\s'\u2019_][0-9]{3})+(\.[0-9]+)?$|^-?[0-9]{1,3}(\.[0-9]{3}){2,}$|^-?[0-9]{1,3}(\.[0-9]{3})+,[0-9]+$"
            )
        )
        .then(pl.lit("thousands_mark"))
        .when(text.str.contains(r"^-?[0-9]+,[0-9]+$"))
        .then(pl.lit("decimal_comma"))
        .when(~text.str.contains(r"^-?[0-9]+(\.[0-9]+)?$"))
        .then(pl.lit("malformed_number"))
        .when(decimals > places)
        .then(pl.lit("too_many_decimals"))
        .otherwise(pl.lit("out_of_range"))
    )


def texts(value: pl.Expr, places: pl.Expr | int) -> pl.Expr:
    """The decimal text of an integer of 1 / 10**places, with exactly that many decimals: 120050 of 2 is "1200.50"."""
    places = pl.lit(places, pl.Int64) if isinstance(places, int) else places
    digits = value.abs().cast(pl.String)
    digits = digits.str.pad_start(places + 1, "0")
    whole = digits.str.head(digits.str.len_chars().cast(pl.Int64) - places)
    sign = pl.when(value < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    fraction = pl.when(places > 0).then(pl.lit(".") + digits.str.tail(places)).otherwise(pl.lit(""))
    return pl.when(value.is_not_null()).then(pl.concat_str(sign, whole, fraction))
