"""Findings that still wait for a person, and with them the rows that wait outside the books.

Worked example: an import leaves contract C-9 out for a float amount (finding 4) and warns of a missing price (finding
5). Finding 4 waits until a later import brings C-9, or somebody accepts that it stays out; finding 5 until somebody
accepts the assumption. Where a later file has the same faults again, what was accepted stays accepted.

A finding that names no row, such as a row without an id, is over when a later import states again every row that its
own import brought of the table, and has nothing alike: that is the same file, put right. That of next month is another.

Findings are alike when code, table, row, column and value are. "Accepted" answers all that are alike, those to come
too; "resolved" answers those noticed so far, so that a fault which comes back is seen again.
"""

import polars as pl

from ratable.ledger import facts, knowledge, rows, versions

_ALIKE = ["code", "table", "id", "column", "value"]
_ANSWERS: dict[str, pl.DataType] = {"disposed": pl.Int64(), **dict.fromkeys(["verdict", *_ALIKE], pl.String())}


def findings() -> pl.DataFrame:
    """The findings that stand and that nobody has answered, each fault once, as it was noticed last.

    Returns:
        the columns of `knowledge.standing`, in the order of `no`; `left_out` marks those that keep rows outside.
    """
    standing = knowledge.standing()
    counts = (pl.col("disposed") >= pl.col("no")) | (pl.col("verdict") == "accepted")
    answered = standing.join(_answers(), on=_ALIKE, nulls_equal=True).filter(counts)
    waiting = standing.join(answered, on="no", how="anti")
    return waiting.unique(_ALIKE, keep="last", maintain_order=True).sort("no")


def kept() -> pl.DataFrame:
    """The findings that stand and are not said to be resolved: a fault of theirs need not be kept a second time."""
    standing = knowledge.standing()
    over = standing.join(_answers(), on=_ALIKE, nulls_equal=True).filter(
        (pl.col("verdict") == "resolved") & (pl.col("disposed") >= pl.col("no"))
    )
    return standing.join(over, on="no", how="anti")


def over(stated: knowledge.Tables, found: pl.DataFrame) -> pl.Series:
    """The findings without a row id that a file shows to be over: their numbers.

    Args:
        stated: every table as the file states it.
        found: what is noticed about the file (core.findings.SCHEMA).
    """
    unnamed = knowledge.standing().filter(pl.col("id").is_null() & pl.col("table").is_in(list(stated)))
    gone = unnamed.join(found, on=_ALIKE, how="anti", nulls_equal=True)
    numbers = [pl.Series("no", dtype=pl.Int64)]
    for (table, number), told in gone.group_by("table", "import_no", maintain_order=True):
        query = f"SELECT key FROM {facts.PREFIX}{table} WHERE import_no = %s"  # noqa: S608  a table of our own
        brought = rows.select(query, [number], {"key": pl.String()})["key"]
        again = versions.keys(str(table), stated[str(table)])
        if brought.len() and brought.is_in(again.implode()).all():
            numbers.append(told["no"])
    return pl.concat(numbers).sort()


def _answers() -> pl.DataFrame:
    """Every answer with the finding that it was given to."""
    query = (
        'SELECT d.finding_no, d.verdict, f.code, f."table", f.row_id, f."column", f.value '
        "FROM dispositions d JOIN findings f ON f.no = d.finding_no ORDER BY d.no"
    )
    return rows.select(query, [], _ANSWERS)
