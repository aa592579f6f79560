"""An answer: sentences with typed slots, the figures that fill them, tables, citations and checks that foot.

Worked example: the sentence "{customer} had {closing} deferred at the end of {month}." with the figures customer (name
"Acme"), closing (amount "44047.79", USD) and month ("2026-03") is shown as "Acme had 44,047.79 USD deferred at the end
of March 2026.", and cites `entries/5f1c...`. A sentence never holds a digit of its own.

Names and quoted words come from outside. They are data: without control characters, of bounded length, and put into a
sentence in one pass, so that nothing inside them is ever read as a slot.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from ratable.core import amounts, currencies

ANSWERED, ASKS_BACK, REFUSED = "answered", "asks_back", "refused"
MOST_CITED = 25
"""Most facts that one sentence names, the largest first; the table beside it has the rest."""
_LONGEST_NAME, _LONGEST_QUOTE = 120, 400


@dataclass(frozen=True)
class Figure:
    """One typed value: `kind` is amount, day, month, count, percent, name or quote; `value` is its exact text."""

    kind: str
    value: str
    currency: str = ""


@dataclass(frozen=True)
class Citation:
    """A fact: a row of a table, and for words of a document the column and the characters of it (end exclusive)."""

    table: str
    id: str
    column: str = ""
    start: int = 0
    end: int = 0

    def __str__(self) -> str:
        """entries/5f1c, or contract_lines/C-1-1#clause:0-23."""
        return f"{self.table}/{self.id}" + (f"#{self.column}:{self.start}-{self.end}" if self.column else "")


@dataclass(frozen=True)
class Sentence:
    """Text with slots in braces, the figure for each slot, and what it rests on."""

    text: str
    figures: Mapping[str, Figure]
    cites: tuple[Citation, ...]


@dataclass(frozen=True)
class Table:
    """A table under a title; Int64 columns are minor units of the row's `currency`."""

    title: str
    rows: pl.DataFrame


@dataclass(frozen=True)
class Chart:
    """A chart of one column of a table by another: `kind` is bars or line."""

    kind: str
    table: int
    x: str
    y: str


@dataclass(frozen=True)
class Check:
    """Parts that must sum to a whole, each under its name; one currency."""

    title: str
    parts: tuple[tuple[str, Figure], ...]
    whole: tuple[str, Figure]


@dataclass(frozen=True)
class Chip:
    """How one part of the question was understood: what it is, the value, the words that said it ("" if assumed)."""

    name: str
    value: str
    shown: str
    words: str = ""


@dataclass(frozen=True)
class Choice:
    """Another way to understand the question: a query and parameters that can be asked directly."""

    shown: str
    query: str
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Told:
    """A sentence as it is shown; `text` is empty where the verifier withheld it, and `missed` says for what."""

    text: str
    cites: tuple[Citation, ...]
    missed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What the library says to a question.

    `figures` are the named figures of its sentences, and of what it computed beside them; where several sentences use
    one name, the first counts. `contradicts` says that the question assumes something that is not so. `told` is what a
    person reads: filled by `asking`, after the verifier.
    """

    kind: str
    query: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    sentences: tuple[Sentence, ...] = ()
    figures: Mapping[str, Figure] = field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    chart: Chart | None = None
    checks: tuple[Check, ...] = ()
    chips: tuple[Chip, ...] = ()
    alternatives: tuple[Choice, ...] = ()
    missing: tuple[str, ...] = ()
    contradicts: bool = False
    snapshot: str = ""
    told: tuple[Told, ...] = ()

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every fact that a sentence names, once."""
        return tuple(dict.fromkeys(cite for sentence in self.sentences for cite in sentence.cites))

    def document(self) -> dict[str, Any]:
        """The answer as plain values: amounts are decimal text, citations are `table/id`."""
        return {
            "kind": self.kind,
            "query": self.query,
            "parameters": dict(self.parameters),
            "understood": [vars(chip) for chip in self.chips],
            "sentences": [
                {"text": told.text, "cites": [str(cite) for cite in told.cites], "withheld": list(told.missed)}
                for told in self.told
            ],
            "figures": {name: vars(figure) for name, figure in self.figures.items()},
            "checks": [
                {
                    "title": check.title,
                    "parts": [{"name": name} | vars(figure) for name, figure in check.parts],
                    "whole": {"name": check.whole[0]} | vars(check.whole[1]),
                }
                for check in self.checks
            ],
            "tables": [{"title": table.title, "rows": plain(table.rows)} for table in self.tables],
            "chart": vars(self.chart) if self.chart else None,
            "alternatives": [vars(choice) | {"parameters": dict(choice.parameters)} for choice in self.alternatives],
            "missing": list(self.missing),
            "contradicts": self.contradicts,
            "snapshot": self.snapshot,
        }


def answered(
    sentences: Iterable[Sentence | None],
    *,
    tables: Iterable[Table] = (),
    checks: Iterable[Check] = (),
    more: Mapping[str, Figure] | None = None,
) -> Answer:
    """An answer of sentences (None is left out), with their figures gathered; `more` are figures beside them."""
    said = tuple(sentence for sentence in sentences if sentence is not None)
    figures: dict[str, Figure] = {}
    for sentence in said:
        figures = dict(sentence.figures) | figures
    return Answer(
        ANSWERED, sentences=said, figures=dict(more or {}) | figures, tables=tuple(tables), checks=tuple(checks)
    )


def refused(text: str, missing: str, **figures: Figure) -> Answer:
    """A refusal that names what is missing."""
    return replace(answered([Sentence(text, figures, ())]), kind=REFUSED, missing=(missing,))


def asks_back(text: str, choices: Iterable[Choice], missing: str, **figures: Figure) -> Answer:
    """A question back to the person, with the choices that there are."""
    asked = replace(answered([Sentence(text, figures, ())]), kind=ASKS_BACK, missing=(missing,))
    return replace(asked, alternatives=tuple(choices))


def amount(minor: int, currency: str) -> Figure:
    """Minor units of a currency as an exact figure."""
    decimals = currencies.EXPONENTS.get(currency, 0)
    whole, rest = divmod(abs(minor), 10**decimals)
    text = f"{whole}.{rest:0{decimals}}" if decimals else str(whole)
    return Figure("amount", f"-{text}" if minor < 0 else text, currency)


def total(column: pl.Series) -> int:
    """The sum of a column of minor units; nothing sums to zero."""
    return int(str(column.sum()))


def minor(value: str, currency: str) -> int:
    """Decimal text of a currency as minor units.

    Raises:
        ValueError: it has more decimals than the currency.
    """
    scaled = Decimal(value).scaleb(currencies.EXPONENTS.get(currency, 0))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{value} has more decimals than {currency}")
    return int(scaled)


def day(value: date) -> Figure:
    """A day."""
    return Figure("day", value.isoformat())


def month(value: object) -> Figure:
    """A month YYYY-MM."""
    return Figure("month", str(value))


def count(value: int) -> Figure:
    """A whole number."""
    return Figure("count", str(value))


def number(value: Decimal) -> Figure:
    """A quantity, price or rate without a currency, without trailing zeros."""
    return Figure("count", format(value.normalize() if value else Decimal(0), "f"))


def percent(part: int, whole: int) -> Figure:
    """A part of a whole in percent, to a tenth, rounded half up."""
    return Figure("percent", str(Decimal((2000 * part + whole) // (2 * whole)).scaleb(-1)) if whole else "0")


def name(value: object) -> Figure:
    """A name or an id, as data."""
    return Figure("name", _clean(value, _LONGEST_NAME) or "(no name)")


def quote(value: object) -> Figure:
    """Words of a document or a person, as data; shown in quotation marks."""
    return Figure("quote", _clean(value, _LONGEST_QUOTE).rstrip(".") or "(no words)")


def _clean(value: object, most: int) -> str:
    """Without control, format and line characters, and not longer than is read."""
    kept = (" " if sign.isspace() else sign for sign in str(value) if sign.isspace() or _shown(sign))
    text = " ".join("".join(kept).split())
    return text if len(text) <= most else text[: most - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _shown(sign: str) -> bool:
    return unicodedata.category(sign)[0] != "C"


def cite(table: str, ids: Iterable[object]) -> tuple[Citation, ...]:
    """Citations of rows of one table, each once, at most MOST_CITED."""
    return tuple(Citation(table, str(one)) for one in dict.fromkeys(ids) if one is not None)[:MOST_CITED]


def plain(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain values, with amounts as exact decimal text and days in ISO 8601."""
    if rows.is_empty():
        return []
    text = amounts.written(rows) if "currency" in rows.columns else rows
    days = [column for column, kind in text.schema.items() if kind == pl.Date()]
    return text.with_columns(pl.col(days).dt.to_string("%Y-%m-%d")).to_dicts()


def charted(answer: Answer, kind: str, x: str, y: str) -> Answer:
    """The answer with a chart of its first table, where that has more than one row."""
    return replace(answer, chart=Chart(kind, 0, x, y)) if answer.tables and answer.tables[0].rows.height > 1 else answer
