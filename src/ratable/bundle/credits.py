"""Refuses credits above what was billed, on imported invoices.

Worked example: an invoice line of 31.00 is credited 20.00 on the 10th, 15.00 on the 11th and 11.00 on the 12th: the
second note would pass 31.00 and is refused whole; since it does not count, the third is accepted and the line is
credited in full.

What a line was billed is its amount less its share of the invoice's discount. Credits on bills of our own are checked
where those bills are made.
"""

import polars as pl

from ratable.bundle import faults
from ratable.core import findings
from ratable.core import invoices as bills

Tables = dict[str, pl.DataFrame]


def refused(typed: Tables, raw: Tables) -> pl.DataFrame:
    """Findings for credit notes that would credit more than is left of a line, in order of issue.

    Args:
        typed: sound tables.
        raw: the tables as they came.

    Findings:
        `over_credit`, blocks: one for each line of a note at fault, in `amount` or `tax`.
    """
    if typed["credit_note_lines"].is_empty() or typed["invoice_lines"].is_empty():
        return findings.none()
    credits = _suspects(_credits(typed))
    parts = [
        faults.report(raw, "over_credit", "credit_note_lines", column, rows=rows)
        for column, rows in zip(("amount", "tax"), _over(credits), strict=True)
    ]
    return findings.combine(parts)


def _credits(typed: Tables) -> pl.DataFrame:
    """Credit lines on imported invoices: row, note, invoice, line, amount, tax, billed, billed_tax, turn.

    `turn` counts the notes of an invoice from 1: first those that are kept already (bundle.joining), then the others,
    each in order of issue.
    """
    notes = typed["credit_notes"].select("invoice", "issued_on", note="id")
    lines = typed["credit_note_lines"].select(
        "row", "amount", pl.col("tax").fill_null(0), note="credit_note", line="invoice_line"
    )
    named = lines.join(notes, on="note").join(billed(typed, invoices=notes["invoice"]), on=["invoice", "line"])
    turn = pl.struct(pl.col("row") > 0, "issued_on", "note").rank("dense").over("invoice")
    return named.with_columns(turn=turn.cast(pl.Int64))


def billed(typed: Tables, *, invoices: pl.Series) -> pl.DataFrame:
    """What each line of these invoices bills, net of its share of the invoice's discount.

    Args:
        typed: tables with sound invoices.
        invoices: ids; other invoices are not looked at.

    Returns:
        invoice, line, billed and billed_tax (Int64 minor units); per invoice, billed sums to its lines less its
        discount. A discount is shared by SSP, or amount where a line has none, ties by line id.
    """
    asked = pl.DataFrame({"invoice": invoices.unique()})
    headers = typed["invoices"].join(asked, left_on="id", right_on="invoice", how="semi")
    lines = typed["invoice_lines"].join(headers.select(invoice="id"), on="invoice", how="semi")
    net = bills.net_lines(headers, lines)["net"]
    return lines.select("invoice", line="id", billed=net, billed_tax=pl.col("tax").fill_null(0))


def _suspects(credits: pl.DataFrame) -> pl.DataFrame:
    """The credits of invoices of which some line is credited more than it billed, all notes taken together."""
    over = (pl.col("amount").sum().over("invoice", "line") > pl.col("billed")) | (
        pl.col("tax").sum().over("invoice", "line") > pl.col("billed_tax")
    )
    return credits.filter(over.any().over("invoice"))


def _over(credits: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Rows over the amount and rows over the tax, folding the k-th notes of all invoices together."""
    over_amount, over_tax = [pl.Series(dtype=pl.Int64)], [pl.Series(dtype=pl.Int64)]
    left = credits.select("invoice", "line", "billed", "billed_tax").unique(["invoice", "line"])
    for turn in credits["turn"].unique().sort():
        notes = credits.filter(pl.col("turn") == turn).drop("billed", "billed_tax").join(left, on=["invoice", "line"])
        amount, tax = pl.col("amount") > pl.col("billed"), pl.col("tax") > pl.col("billed_tax")
        over_amount.append(notes.filter(amount)["row"])
        over_tax.append(notes.filter(tax)["row"])
        accepted = notes.filter(~(amount | tax).any().over("note")).select("invoice", "line", "amount", "tax")
        left = left.join(accepted, on=["invoice", "line"], how="left").select(
            "invoice", "line",
            billed=pl.col("billed") - pl.col("amount").fill_null(0),
            billed_tax=pl.col("billed_tax") - pl.col("tax").fill_null(0),
        )  # fmt: skip
    return pl.concat(over_amount), pl.concat(over_tax)
