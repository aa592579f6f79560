"""What a ledger would not take, book by book: an entity and a currency go out whole or not at all.

Worked example: March has entries of us in USD and of uk in GBP and BHD. NetSuite holds two decimals, so uk BHD is
refused with the first line at fault named, and us USD and uk GBP go out. Half a book is never written: its accounts
in the ledger would agree with nothing.

Refuses the whole export where no book is left.
"""

import polars as pl

from ratable.exports import layout

SCHEMA: dict[str, pl.DataType] = {
    "entity": pl.String(),
    "currency": pl.String(),
    "entries": pl.UInt32(),
    "amount": pl.Int64(),
    "reason": pl.String(),
}
BOOK = ["entity", "currency"]


def books(lines: pl.DataFrame, texts: pl.DataFrame, *, rows: pl.DataFrame, shape: layout.Layout) -> pl.DataFrame:
    """The books that break a rule of the ledger, with all reasons at once.

    Args:
        lines: journal lines as `grouping.journals` returns them.
        texts: their fields as `cells.fields` returns them, in the same order.
        rows: the entries that the lines were made of.
        shape: the layout and its rules.

    Returns:
        one row per book refused, as in SCHEMA: how many entries it has, their amount in minor units, and why; sorted.

    Raises:
        layout.ExportError: every book is refused.
    """
    placed = texts.with_columns(lines["entity"].alias("of_entity"), lines["currency"].alias("of_currency"))
    faults = [_faults(placed.filter(rule.broken), rule.says) for rule in (*shape.refusals, _unnamed(shape))]
    reasons = pl.concat(faults).group_by(BOOK, maintain_order=True).agg(pl.col("reason").str.join("\n"))
    held = rows.group_by(BOOK).agg(entries=pl.len(), amount=pl.col("amount").sum())
    found = reasons.join(held, on=BOOK, nulls_equal=True).select(*SCHEMA).sort(BOOK)
    if not found.is_empty() and found.height == held.height:
        raise layout.ExportError("\n".join(found["reason"]))
    return found


def without(refused: pl.DataFrame, frame: pl.DataFrame, *, like: pl.DataFrame) -> pl.DataFrame:
    """The rows of a frame whose book is not refused; `like` has the books of its rows, in the same order."""
    of_row = like.select(BOOK).join(
        refused.select(*BOOK, refused=pl.lit(value=True)), on=BOOK, how="left", nulls_equal=True, maintain_order="left"
    )
    return frame.filter(of_row["refused"].is_null())


def _unnamed(shape: layout.Layout) -> layout.Refusal:
    by_name_alone = "account_name" in shape.fields and "account" not in shape.fields
    return layout.Refusal(
        pl.col("account_name").is_null() & pl.lit(by_name_alone),
        "the chart has no name for the account, and the file identifies accounts by name; name it in accounts",
    )


def _faults(broken: pl.DataFrame, says: str) -> pl.DataFrame:
    """One sentence for each book: the first line at fault, the rule, and how many such lines there are."""
    firsts = broken.group_by(entity="of_entity", currency="of_currency", maintain_order=True).agg(
        pl.col("key", "account", "amount").first(), lines=pl.len()
    )
    reason = pl.format("journal {}, account {}, amount {} {}: ", "key", "account", "amount", "currency")
    return firsts.select(*BOOK, reason=pl.concat_str(reason, pl.lit(says), pl.format(" ({} such lines).", "lines")))
