"""What entries add to an account, by cause and by line: the arithmetic that most answers rest on.

Worked example: three entries of line C-1-1 in March, a bill of 1,200.00, a month of 100.00 and a credit of 50.00, add
1,200.00 (billed), -100.00 (recognized) and -50.00 (credits) to deferred revenue; with an opening of 0.00 it closes at
1,050.00, and the parts are the whole because every kind of entry has its part.
"""

from collections.abc import Iterable
from typing import Any

import polars as pl

from ratable.reports import postings
from ratable.review.ask import answers, query

PARTS: dict[str, tuple[str, ...]] = {
    "billed": ("billing",),
    "recognized": ("recognition", "true_up", "breakage", "catch_up"),
    "credits": ("credit_note",),
    "modifications": ("modification", "termination"),
    "reclassified": ("reclassification",),
    "fx": ("fx",),
    "by_hand": ("manual", "reversal"),
}
"""What a movement is called, by the kinds of entry that it sums."""
SHOWN = {
    "billed": "billed", "recognized": "recognized", "credits": "credits", "modifications": "modifications",
    "reclassified": "reclassified", "fx": "foreign exchange", "by_hand": "entries by hand",
}  # fmt: skip
ROLES = {
    "deferred_revenue": "deferred revenue", "contract_asset": "contract asset",
    "unbilled_receivable": "unbilled receivable", "receivable": "receivable", "revenue": "revenue",
    "refund_liability": "refund liability", "tax_payable": "tax payable", "cash": "cash",
    "fx_gain_loss": "foreign exchange gain and loss",
}  # fmt: skip
_PART = {kind: part for part, kinds in PARTS.items() for kind in kinds}


def to(entries: pl.DataFrame, role: str) -> pl.DataFrame:
    """The entries that touch a role, with `change`: what each adds to it on its own side, and `part` (of PARTS)."""
    side = 1 if role in postings.DEBIT_SIDED else -1
    sign = (pl.col("debit_role") == role).cast(pl.Int64) - (pl.col("credit_role") == role).cast(pl.Int64)
    part = pl.col("kind").replace_strict(_PART, default="by_hand", return_dtype=pl.String)
    touched = entries.filter((pl.col("debit_role") == role) | (pl.col("credit_role") == role))
    return touched.with_columns(change=side * sign * pl.col("amount"), part=part)


def rolled(asked: query.Asked, role: str, by: Iterable[str] = ()) -> pl.DataFrame:
    """Opening, parts and closing of an account for the scope and months asked.

    Returns:
        currency, the columns of `by`, opening, one column for each of PARTS, closing (minor units); rows without any
        figure left out, sorted by currency and `by`.
    """
    moved = to(asked.entries.filter(pl.col("period") <= asked.last), role)
    inside = pl.col("period") >= asked.first
    keys = ["currency", *by]
    rows = moved.group_by(keys).agg(
        pl.col("change").filter(~inside).sum().alias("opening"),
        *(pl.col("change").filter(inside & (pl.col("part") == part)).sum().alias(part) for part in PARTS),
        pl.col("change").sum().alias("closing"),
    )
    moving = pl.any_horizontal(pl.col(name) != 0 for name in ("opening", *PARTS, "closing"))
    return rows.filter(moving).sort(keys, nulls_last=True)


def shown(row: dict[str, Any], before: tuple[str, ...] = ("opening",)) -> tuple[tuple[str, answers.Figure], ...]:
    """The parts of a row of `rolled` that are not zero, behind its opening: what a check line sums."""
    names = [*before, *(part for part in PARTS if row[part] or not before)]
    return tuple((SHOWN.get(name, name), answers.amount(row[name], row["currency"])) for name in names)


def ids(entries: pl.DataFrame) -> tuple[answers.Citation, ...]:
    """Citations of entries, those of the largest amounts first."""
    return answers.cite("entries", entries.sort("amount", "entry", descending=[True, False])["entry"].head(30))


def currencies(frame: pl.DataFrame) -> list[str]:
    """The currencies of a frame, in order."""
    return [str(code) for code in frame["currency"].unique().drop_nulls().sort()]


def suffix(currency: str, among: list[str]) -> str:
    """What is added to the names of figures where an answer has several currencies."""
    return f"_{currency}" if len(among) > 1 else ""


def subject(asked: query.Asked) -> answers.Figure:
    """Whom or what the scope is about, in words."""
    said = []
    for name, value in asked.scope.items():
        if name == "customer":
            said.append(_named(asked, "customers", value))
        elif name == "product":
            said.append(_named(asked, "products", value))
        elif name == "currency":
            continue
        else:
            said.append(f"{name} {value}")
    return answers.name(", ".join(said) or "the company")


def _named(asked: query.Asked, table: str, key: str) -> str:
    found = asked.table(table).filter(pl.col("id") == key)["name"]
    return str(found[0]) if len(found) else key


def named(asked: query.Asked, table: str, key: object) -> answers.Figure:
    """The name of a customer, product or entity by its id."""
    return answers.name(_named(asked, table, str(key)))


def called(asked: query.Asked, dimension: str, key: object) -> answers.Figure:
    """What a value of a dimension is called: customers, products and entities by their names, others by their ids."""
    table = {"customer": "customers", "product": "products", "entity": "entities"}.get(dimension)
    return named(asked, table, key) if table and key else answers.name(key or "none")


def when(asked: query.Asked, *, prefix: str = "") -> tuple[str, dict[str, answers.Figure]]:
    """The months asked as words with slots: "March 2026", or "January 2026 to March 2026"."""
    first, last = answers.month(asked.first), answers.month(asked.last)
    if asked.first == asked.last:
        return f"{{{prefix}month}}", {f"{prefix}month": last}
    return f"{{{prefix}first}} to {{{prefix}last}}", {f"{prefix}first": first, f"{prefix}last": last}
