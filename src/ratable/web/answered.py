"""An answer of the agent as a page shows it: sentences with their facts, chips that can be changed, tables, a chart.

Worked example: "The deferred revenue of Acme stood at 45,166.45 USD." cites 25 entries: its amount leads to the table
below, the first three entries are chips that lead to their traces, and "22 more" opens the rest. The chips above say:
query "Why revenue was deferred", customer Acme ("Acme"), from March 2026 ("this month"); each is a field of a form
whose address is the changed question.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
from django.utils.safestring import SafeString

from ratable.core import currencies
from ratable.reports import names
from ratable.review.ask import answers, library, query, rendering
from ratable.review.snapshot import Snapshot
from ratable.web import behind, charts, citations, figures, places, state, tables

_SLOT = re.compile(r"(\{\w+\})")
_CITED = 3  # As many facts stand beside a sentence; the rest is one click away.
_FEW = 80  # As many values as a person still picks from a list.
_KINDS = {"contract_asset": "asset", "deferred_revenue": "deferred", "receivable": "billed", "billed": "billed"}


@dataclass(frozen=True)
class Piece:
    """A part of a sentence; `href` where it is an amount that leads to what it is made of."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Said:
    """A sentence with what it rests on; `missed` says why the verifier withheld it."""

    pieces: tuple[Piece, ...]
    first: list[citations.Cited]
    rest: list[citations.Cited]
    missed: tuple[str, ...]


@dataclass(frozen=True)
class Chip:
    """One part of how the question was understood, as a field: its name, value, the words that said it, its values."""

    name: str
    title: str
    value: str
    words: str
    values: tuple[tuple[str, str], ...]
    without: str


@dataclass(frozen=True)
class Shown:
    """A table of an answer with its number, by which it is asked for as a file."""

    title: str
    table: tables.Table


def sentences(answer: answers.Answer, asked: state.State) -> list[Said]:
    """The sentences as they were verified, the lines that show that sums foot among them."""
    every = {str(cite) for told in answer.told for cite in told.cites}
    where = {one.text: one for one in citations.found(sorted(every), asked)}
    plain = dict(zip(answer.told, answer.sentences, strict=False))
    said = []
    for told in answer.told:
        cites = [where[str(cite)] for cite in told.cites if cite.table != "snapshot"]
        own = plain.get(told)
        pieces = _pieces(own, told.text, _behind(cites, answer)) if own else (Piece(told.text),)
        said.append(Said(pieces, cites[:_CITED], cites[_CITED:], told.missed))
    return said


def _behind(cites: list[citations.Cited], answer: answers.Answer) -> str:
    """Where the amounts of a sentence lead: to the one fact that it rests on, else to the table."""
    if len(cites) == 1:
        return cites[0].href
    return "#answer-1" if cites and any(table.rows.height for table in answer.tables) else ""


def _pieces(own: answers.Sentence, text: str, href: str) -> tuple[Piece, ...]:
    """The text cut at its amounts; what does not come to the text that was verified is shown uncut."""
    made = []
    for part in _SLOT.split(own.text):
        slot = part[1:-1] if _SLOT.fullmatch(part) else ""
        figure = own.figures.get(slot)
        led = href if figure is not None and figure.kind == "amount" else ""
        made.append(Piece(rendering.figure(figure) if figure is not None else part, led))
    return tuple(made) if "".join(piece.text for piece in made) == text else (Piece(text),)


def chips(answer: answers.Answer, snapshot: Snapshot, asked: state.State) -> list[Chip]:
    """How the question was understood, one field for each parameter that it has."""
    words = {chip.name: chip.words for chip in answer.chips}
    return [
        _chip(name, str(value), words.get(name, ""), (answer, snapshot, asked))
        for name, value in answer.parameters.items()
        if f"which {name}" not in answer.missing
    ]


def others(answer: answers.Answer, snapshot: Snapshot, asked: state.State) -> list[Chip]:
    """The fields by which the question could be narrowed further."""
    known = library.QUERIES.get(answer.query)
    left = [name for name in (known.takes if known else ()) if name not in answer.parameters]
    return [_chip(name, "", "", (answer, snapshot, asked)) for name in left]


def _chip(name: str, value: str, words: str, within: tuple[answers.Answer, Snapshot, state.State]) -> Chip:
    answer, snapshot, asked = within
    rest = {other: said for other, said in answer.parameters.items() if other != name}
    values = _values(name, snapshot, asked)
    if value and values and value not in dict(values):
        values = ((value, value), *values)
    title = name.replace("_", " ")
    return Chip(name, title, value, words, values, asked.link("/ask", query=answer.query, **rest))


def _values(name: str, snapshot: Snapshot, asked: state.State) -> tuple[tuple[str, str], ...]:
    """The values of a parameter with their names, where they are few."""
    if query.TYPES[name] == query.MONTH:
        return tuple((one.period, one.title) for one in asked.months.months(asked.period))
    found: Iterable[tuple[str, str]] = ()
    if name in ("customer", "product"):
        found = snapshot.bundle[f"{name}s"].select("id", "name").sort("name").iter_rows()
    elif name == "role":
        found = ((role, role.replace("_", " ")) for role in (*names.ROLLED_ACCOUNTS, "revenue", "receivable"))
    elif name in ("entity", "region", "stream", "currency"):
        found = ((str(one), str(one)) for one in snapshot.lines[name].drop_nulls().unique().sort())
    values = tuple(found)
    return values if len(values) <= _FEW else ()


def queries() -> list[tuple[str, tuple[query.Query, ...]]]:
    """Every query of the library, by subject."""
    return [(room.title, room.queries) for room in library.ROOMS]


def parts(answer: answers.Answer, asked: state.State) -> list[Shown]:
    """The tables of an answer, each under its title."""
    return [
        Shown(one.title, _table(f"answer-{number}", one, answer, asked))
        for number, one in enumerate(answer.tables, 1)
        if one.rows.height
    ]


def _table(name: str, one: answers.Table, answer: answers.Answer, asked: state.State) -> tables.Table:
    """A table of an answer: ids lead to their screens, amounts to what they are made of where one filter gives that."""

    def column(title: str) -> tables.Column:
        looks = _column(title, one.rows)
        if looks.kind != "money" or looks.link is not None:
            return looks
        return replace(looks, link=behind.cell(answer, asked, one.rows.columns, title))

    return tables.Table(name, one.title, tuple(map(column, one.rows.columns)), plain(one.rows), short=True)


def plain(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with lists as text."""
    lists = [column for column, kind in rows.schema.items() if isinstance(kind, pl.List)]
    return rows.with_columns(pl.col(lists).cast(pl.List(pl.String)).list.join(", ")) if lists else rows


_LINKS = {"entry": places.entry, "contract": places.contract, "invoice": places.invoice,
          "credit_note": places.credit_note}  # fmt: skip


def _column(name: str, rows: pl.DataFrame) -> tables.Column:
    title, kind = name.replace("_", " ").capitalize(), rows.schema[name]
    if name in _LINKS:
        look = "entry" if name == "entry" else "id"
        return tables.Column(name, title, look, _led(name), panel=name == "entry")
    if name in ("period", "month", "origin_period"):
        return tables.Column(name, title, "period")
    if kind == pl.Date:
        return tables.Column(name, title, "day")
    if kind == pl.Int64 and "currency" in rows.columns and not rows["currency"].null_count():
        return tables.Column(name, title, "money", _led("entry") if "entry" in rows.columns else None)
    if kind.is_integer():
        return tables.Column(name, title, "count")
    return tables.Column(name, title, "id" if name in ("line", "id", "run", "account") else "text", wide=name == "says")


def _led(name: str) -> tables.Link:
    return lambda row: _LINKS[name](row[name]) if row[name] else ""


def chart(answer: answers.Answer) -> list[tuple[str, SafeString]]:
    """The chart of an answer, one for each currency of its table: title and drawing."""
    wanted = answer.chart
    if wanted is None or "currency" not in answer.tables[wanted.table].rows.columns:
        return []
    of = answer.tables[wanted.table]
    draw = charts.balance if wanted.kind == "line" else charts.bars
    kind = _KINDS.get(wanted.y, "recognized")
    drawn = []
    for (currency,), rows in of.rows.drop_nulls(["currency", wanted.x, wanted.y]).group_by(
        "currency", maintain_order=True
    ):
        if currency not in currencies.EXPONENTS or rows.height < 2:
            continue
        points = [charts.Point(_label(x), y) for x, y in rows.select(wanted.x, wanted.y).iter_rows()]
        title = f"{of.title}, {currency}"
        drawn.append((title, draw(points, currency=str(currency), kind=kind, title=title)))
    return drawn


def _label(value: Any) -> str:
    text = str(value)
    return figures.month(text) if re.fullmatch(r"\d{4}-\d{2}", text) else text


def choices(answer: answers.Answer, asked: state.State) -> list[tuple[str, str]]:
    """What else could be meant, each with its address."""
    return [(one.shown, asked.link("/ask", query=one.query, **one.parameters)) for one in answer.alternatives]
