"""Text that a spreadsheet would run as a formula, made harmless for every file that we write.

Worked example: a customer called `=HYPERLINK(...)` becomes `'=HYPERLINK(...)`; `Acme = Birch` and `a@b` stay as is.

Only text is guarded: a negative amount begins with a minus sign too, and stays a number.
"""

import polars as pl

# A spreadsheet takes a cell that begins with one of these (also in full width) for a formula.
BEGINS = "^[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"


def disarmed(text: pl.Expr) -> pl.Expr:
    """The text with an apostrophe in front where it begins like a formula."""
    return pl.when(text.str.contains(BEGINS)).then(pl.concat_str(pl.lit("'"), text)).otherwise(text)
