"""What stands behind figures of lines, as sentences that many answers share: method, window, release, clause, source.

Worked example: line C-001-2 of Acme: "Line C-001-2, Platform Access: 40,680.00 USD; straight line from 2026-01-01 to
2026-12-31, 51,840.00 USD allocated.", with the words of its clause and the place of them.
"""

from typing import Any

import polars as pl

from ratable.reports import scheduled
from ratable.review.ask import answers, posted, query

MOST_SAID = 8
_METHODS = {
    "straight_line": "straight line", "usage": "as used", "point_in_time": "when delivered",
    "milestone": "by milestones reached",
}  # fmt: skip
_LISTED = (
    "entry", "date", "period", "origin_period", "kind", "state", "customer", "contract", "line", "debit", "credit",
    "amount", "currency", "narrative",
)  # fmt: skip
_SOURCES = ("amendments", "credit_notes", "minimums", "invoice_lines")


def listed(entries: pl.DataFrame, most: int = 500) -> pl.DataFrame:
    """Entries as the table of an answer."""
    return entries.select(_LISTED).sort("date", "entry").head(most)


def sentences(asked: query.Asked, of_lines: pl.DataFrame, column: str) -> list[answers.Sentence | None]:
    """A sentence for each line with the largest figures: the figure, method, window and clause.

    Args:
        asked: the question.
        of_lines: currency, line and the figure (minor units).
        column: the figure.
    """
    known = asked.snapshot.lines.unique("line")
    rows = of_lines.filter((pl.col(column) != 0) & pl.col("line").is_not_null())
    rows = rows.sort(pl.col(column).abs(), "line", descending=[True, False]).head(MOST_SAID)
    both = rows.select("line", figure=column).join(known, on="line", maintain_order="left")
    said: list[answers.Sentence | None] = []
    for row in both.iter_rows(named=True):
        said += [_of_line(asked, row, answers.amount(row["figure"], row["currency"])), clause(asked, row)]
    return said


def terms(asked: query.Asked, lines: pl.DataFrame) -> list[answers.Sentence | None]:
    """The terms of lines, with their clauses."""
    said: list[answers.Sentence | None] = []
    for row in lines.sort("line").head(MOST_SAID).iter_rows(named=True):
        said += [_of_line(asked, row, None), clause(asked, row)]
    return said


def _of_line(asked: query.Asked, row: dict[str, Any], figure: answers.Figure | None) -> answers.Sentence:
    method = row["method"] or ""
    figures = {"line": answers.name(row["line"]), "product": posted.named(asked, "products", row["product"])}
    text = "Line {line}, {product}: "
    if figure:
        figures["figure"] = figure
        text += "{figure}; "
    text += _METHODS.get(method, "by its own method")
    if row["start"] and row["end"]:
        figures |= {"start": answers.day(row["start"]), "end": answers.day(row["end"])}
        text += " from {start} to {end}"
    if row["fixed"] and row["allocated"] is not None:
        figures["allocated"] = answers.amount(row["allocated"], row["currency"])
        text += ", {allocated} allocated"
    return answers.Sentence(f"{text}.", figures, of_line(asked, row["line"]))


def of_line(asked: query.Asked, line: str) -> tuple[answers.Citation, ...]:
    """The row that a line comes from: of a contract, of an amendment that adds it, or of an invoice."""
    if line in asked.table("contract_lines")["id"]:
        return answers.cite("contract_lines", [line])
    added = asked.table("amendment_changes").filter((pl.col("line") == line) & (pl.col("op") == "add"))
    if added.height:
        return answers.cite("amendments", [added["amendment"][0]])
    return answers.cite("invoice_lines", [line])


def clause(asked: query.Asked, row: dict[str, Any]) -> answers.Sentence | None:
    """The words that a line rests on, with their place in the clause."""
    words = row["clause"]
    if not words:
        return None
    places = of_line(asked, row["line"])
    if places[0].table == "contract_lines":
        places = (answers.Citation("contract_lines", row["line"], "clause", 0, len(words)),)
    figures = {"line": answers.name(row["line"]), "clause": answers.quote(words)}
    return answers.Sentence("Line {line} rests on the words {clause}.", figures, places)


def release(asked: query.Asked) -> list[answers.Table]:
    """When what is deferred at the end of the books will be recognized; nothing for another month."""
    if asked.last != asked.snapshot.through.isoformat()[:7] or asked.lines.is_empty():
        return []
    rows = scheduled.table(asked.snapshot.books.outcome.of(asked.lines), basis="deferred")
    return [answers.Table("Release of what is deferred", rows)] if rows.height else []


def released(tables: list[answers.Table]) -> answers.Sentence | None:
    """From which month to which the balance of a release table becomes revenue."""
    dated = tables[0].rows.filter(pl.col("period").is_not_null()) if tables else pl.DataFrame()
    if dated.is_empty():
        return None
    figures = {
        "release_first": answers.month(dated["period"].min()),
        "release_last": answers.month(dated["period"].max()),
    }
    text = "It is released from {release_first} to {release_last}."
    return answers.Sentence(text, figures, answers.cite("contract_lines", dated["line"].unique().sort()))


def entry(asked: query.Asked) -> dict[str, Any]:
    """The one entry whose id begins as asked.

    Raises:
        query.Unanswerable: there is none, or several.
    """
    begun = asked.get("entry").lower()
    found = asked.snapshot.entries.filter(pl.col("entry").str.starts_with(begun)).sort("entry")
    if found.height == 1:
        return found.row(0, named=True)
    shown = answers.name(begun)
    if found.is_empty():
        text = "No entry has an id that begins with {entry}."
        raise query.Unanswerable(answers.refused(text, f"an entry {begun}", entry=shown))
    choices = [answers.Choice(f"entry {one}", "why-entry", {"entry": one}) for one in found["entry"].head(8)]
    text = "{count} entries have an id that begins with {entry}; which one?"
    counted = answers.count(found.height)
    raise query.Unanswerable(answers.asks_back(text, choices, "one entry", entry=shown, count=counted))


def source(asked: query.Asked, row: dict[str, Any]) -> answers.Sentence | None:
    """The fact behind an entry, where it has one that is a row."""
    key = row["source"]
    for table in _SOURCES:
        if key and key in asked.table(table)["id"]:
            figures = {"source": answers.name(key)}
            return answers.Sentence(
                f"Its cause is {{source}} of {table.replace('_', ' ')}.", figures, answers.cite(table, [key])
            )
    return None
