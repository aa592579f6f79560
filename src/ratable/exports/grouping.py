"""From journal rows to whole journals: what one import document of the ledger holds, and the key it is known by.

Worked example: 31 January, one entity, USD, three recognitions (two of customer acme on product platform, one of
customer birch) make one journal with four lines: Dr 2400 and Cr 4000 for acme x platform with the sum of two entries,
and the same for birch. Its key is a hash of book, entity, currency, period, day and group, so a second export gives the
same key and the ledger can refuse the repetition.

Journals never mix entities, currencies, days or groups of kinds. One with too many lines becomes several: the cut
falls between pairs, each of which balances, so every part balances; part 2 and later carry -2, -3 ... behind the key.

Refuses a journal of more than 9999 parts, whose key would outgrow the 21 characters that QuickBooks takes.
"""

import hashlib
import json
from dataclasses import dataclass

import polars as pl

from ratable.exports import layout

GROUPS: dict[str, tuple[str, ...]] = {
    "Billing": ("billing", "credit_note"),
    "Revenue": ("recognition", "true_up", "catch_up", "modification", "breakage", "termination"),
    "Balance sheet": ("reclassification", "fx"),
    "Other": ("manual", "reversal"),
}
GROUP_OF_KIND: dict[str, str] = {kind: group for group, kinds in GROUPS.items() for kind in kinds}
MOST_PARTS = 9999
JOURNAL = ["entity", "currency", "period", "date", "group"]
_PAIR = ["debit", "credit", "debit_role", "credit_role", "customer", "product"]
_ENTRY = ["kind", "contract", "line", "source", "entry", "origin_period"]


@dataclass(frozen=True)
class Grouping:
    """How to group: for which book, one pair of lines for each entry or a summary, and the most lines of a journal."""

    book: str
    entries: bool
    most_lines: int | None


def journals(rows: pl.DataFrame, grouping: Grouping) -> pl.DataFrame:
    """Whole journals of balanced lines.

    Args:
        rows: one row per pair, with the columns of the journal; amounts in minor units, above zero.
        grouping: the book, the detail and the limit.

    Returns:
        one row per line: JOURNAL, part (from 0), key, line_no (from 1), side (debit or credit), account, role,
        customer, product, amount (minor units, above zero), entries (how many it sums), narrative, and the columns
        of a single entry (null in a summary). Each key balances; the order does not depend on the order of `rows`.
    """
    group = pl.col("kind").replace_strict(GROUP_OF_KIND, default="Other", return_dtype=pl.String)
    pairs = rows.with_columns(group=group, entries=pl.lit(1, pl.UInt32))
    if not grouping.entries:
        pairs = _summarized(pairs, [*JOURNAL, *_PAIR]).with_columns(
            pl.lit(None, pl.String).alias(name) for name in _ENTRY
        )
    pairs = pairs.sort(*JOURNAL, *_PAIR, *_ENTRY, "amount", "narrative", nulls_last=False)
    pairs_in_a_part = (grouping.most_lines or 2 * max(pairs.height, 1)) // 2
    place = pl.int_range(pl.len(), dtype=pl.Int64).over(JOURNAL)
    pairs = pairs.with_columns(part=place // pairs_in_a_part, place=place)
    return _numbered(_lines(_with_keys(pairs, grouping.book), entries=grouping.entries))


def _summarized(rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """One row for each combination; the narrative survives where it belongs to a single entry."""
    count = pl.col("entries").sum()
    narrative = pl.when(count == 1).then(pl.col("narrative").first())
    return rows.group_by(by).agg(pl.col("amount").sum(), count, narrative=narrative)


def _with_keys(pairs: pl.DataFrame, book: str) -> pl.DataFrame:
    documents = pairs.group_by(JOURNAL, maintain_order=True).agg(parts=pl.col("part").max() + 1)
    most = documents["parts"].max()
    if isinstance(most, int) and most > MOST_PARTS:
        raise layout.ExportError(
            f"a journal has {most} parts, more than {MOST_PARTS}. Raise the number of lines in a journal."
        )
    keys = [external_key(book, *names) for names in documents.select(pl.col(JOURNAL).cast(pl.String)).iter_rows()]
    keyed = documents.select(JOURNAL).with_columns(whole=pl.Series(keys, dtype=pl.String))
    key = pl.when(pl.col("part") == 0).then("whole").otherwise(pl.format("{}-{}", "whole", pl.col("part") + 1))
    return pairs.join(keyed, on=JOURNAL, how="left", nulls_equal=True, maintain_order="left").with_columns(key=key)


def external_key(*content: str | None) -> str:
    """A key of 16 characters from content alone; it starts with a letter, so that no spreadsheet reads a number."""
    text = json.dumps(content, ensure_ascii=False)
    return "R" + hashlib.blake2b(text.encode(), digest_size=8).hexdigest()[1:]


def _lines(pairs: pl.DataFrame, *, entries: bool) -> pl.DataFrame:
    """Two lines of each pair; in a summary, equal account, customer and product of a side become one line."""
    drop = ["debit", "credit", "debit_role", "credit_role"]
    sides = [
        pairs.with_columns(side=pl.lit(side), account=pl.col(side), role=pl.col(f"{side}_role")).drop(drop)
        for side in ("debit", "credit")
    ]
    lines = pl.concat(sides)
    if entries:
        return lines.sort(*JOURNAL, "place", pl.col("side") == "credit", nulls_last=False)
    by = [*JOURNAL, "part", "key", "side", "account", "role", "customer", "product", *_ENTRY]
    return _summarized(lines, by).sort(
        *JOURNAL, "part", pl.col("side") == "credit", "account", "customer", "product", "role", nulls_last=False
    )


def _numbered(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.with_columns(line_no=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("key"))
