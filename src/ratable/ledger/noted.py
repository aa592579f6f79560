"""What people noted about the entries of a run while it waited: marks, and words.

Worked example: Dana flags entry 5f1c of run 4, "why 5,000.00?". Ben comments "two seats were added, see A-7": the flag
is answered. Dana marks the entry as reviewed: `marks(4)` says reviewed, by Dana. When run 5 replaces run 4 all of it
stays in the log, and no mark of run 4 counts for run 5.

A flag is answered by a comment of somebody else, or by a later mark.
"""

import polars as pl

from ratable.ledger import rows

REVIEWED, FLAGGED, WITHDRAWN, COMMENT = "reviewed", "flagged", "withdrawn", "comment"
MARKS = (REVIEWED, FLAGGED, WITHDRAWN)

NOTES: dict[str, pl.DataType] = {
    "no": pl.Int64(), "run_no": pl.Int64(), "entry": pl.String(), "kind": pl.String(), "words": pl.String(),
    "by": pl.String(), "at": pl.String(),
}  # fmt: skip
_NOTES = """SELECT n.no, n.run_no, n.entry, n.kind, n.words, n."by", e.at
  FROM review_notes n JOIN events e ON e.no = n.event_no WHERE """


def marks(run: int) -> pl.DataFrame:
    """The mark that counts of each entry of a run that has one.

    Returns:
        entry, mark (reviewed or flagged), by, words, answered (of a flag: whether somebody said something to it).
    """
    notes = rows.select(f"{_NOTES}n.run_no = %s ORDER BY n.no", [run], NOTES)
    last = notes.filter(pl.col("kind").is_in(MARKS)).unique("entry", keep="last", maintain_order=True)
    counts = last.filter(pl.col("kind") != WITHDRAWN)
    said = notes.filter(pl.col("kind") == COMMENT).select("entry", said="no", other="by")
    to_it = (pl.col("said") > pl.col("no")) & (pl.col("other") != pl.col("by"))
    answers = counts.join(said, on="entry").filter(to_it).select("entry", answered=pl.lit(value=True)).unique()
    found = counts.join(answers, on="entry", how="left", maintain_order="left")
    return found.select("entry", "by", "words", pl.col("answered").fill_null(value=False), mark="kind")


def unanswered(run: int) -> list[str]:
    """The entries of a run that are flagged and that nobody has answered, in the order in which they were."""
    found = marks(run).filter((pl.col("mark") == FLAGGED) & ~pl.col("answered"))
    return found["entry"].to_list()


def of_entry(run: int, entry: str) -> pl.DataFrame:
    """All that was noted about one entry of a run, in order (NOTES)."""
    return rows.select(f"{_NOTES}n.run_no = %s AND n.entry = %s ORDER BY n.no", [run, entry], NOTES)


def of_the_like(entry: str, *, contract: str | None, kind: str, but: int, most: int = 5) -> pl.DataFrame:
    """What was said with words about the same entry in other runs, and about posted ones of its contract and kind.

    Args:
        entry: the id.
        contract: its contract; None: it has none.
        kind: its kind.
        but: the run that does not count.
        most: as many as are asked for, the newest first.
    """
    query = f"""{_NOTES}n.run_no <> %s AND n.words <> '' AND (n.entry = %s OR n.entry IN
      (SELECT p.entry FROM entries p WHERE p.contract = %s AND p.kind = %s)) ORDER BY n.no DESC LIMIT %s"""  # noqa: S608  words of our own
    return rows.select(query, [but, entry, contract or "", kind, most], NOTES)
