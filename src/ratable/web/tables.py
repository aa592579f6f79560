"""The money table: one component for every table of every screen.

Worked example: the row {"period": "2026-03", "currency": "USD", "closing": -123450} under the columns
`Column("period", "Month", "period")` and `Column("closing", "Closing", "money", link=...)` becomes a row whose header
is "Mar 2026" and whose one figure is "(1,234.50)", right-aligned, with the bracket outside the column, read aloud as
"minus 1,234.50", and a link to what it is made of. In thousands it is "(1)", the header says so, and whoever points at
it, focuses it or hears it has the whole amount; where rounded rows do not add up to a total, a note says by how much.

Cells are written here and nowhere else, in Python rather than in a template: a table of 5,000 cells takes ten
milliseconds, and everything that comes from data is escaped in one place.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from ratable.web import figures

Row = Mapping[str, Any]
Link = Callable[[Row], str]

_FIT_ON_PAPER = 12  # As many columns as stand on a sheet at the size of text.
_OF_AN_ID = 8  # As many characters of an entry's id as people read.
_SORTED = {"ascending": ' <span aria-hidden="true">↑</span>', "descending": ' <span aria-hidden="true">↓</span>'}
_HANGING = '<span class="hang" aria-hidden="true">)</span>'
_LOOKS = {"money": "num", "count": "num", "id": "id", "entry": "id", "day": "day", "period": "day", "text": "text"}
_ON_PAPER = '<span class="on-paper">More rows follow. The file of this table has them all.</span>'
_MINUS = '<span class="sr">minus </span><span aria-hidden="true">(</span>'


@dataclass(frozen=True)
class Column:
    """A column of a table: the frame's column, its title, how its cells are written, and where they lead.

    `kind` is text, words, id, entry, day, period, money, count or status; `link` gives the address of a cell from its
    row, or nothing, and `sum_link` that of a total; `panel` opens it beside the table. `head` is the address that sorts
    by the column, and `order` how it is sorted now: ascending, descending or not. `note` stands under the title; `tone`
    names classes of the whole column, and `shade` those of a cell by its row; `why` is the address of the question that
    explains it.
    """

    name: str
    title: str
    kind: str = "text"
    link: Link | None = None
    sum_link: Link | None = None
    panel: bool = False
    wide: bool = False
    head: str = ""
    order: str = ""
    note: str = ""
    tone: str = ""
    shade: Link | None = None
    why: Link | None = None


@dataclass(frozen=True)
class Table:
    """What is shown of a frame.

    Args:
        name: of the table within its page.
        caption: said to who cannot see the page.
        columns: the first one is the header of its row.
        rows: the rows shown, amounts in minor units of the row's `currency`.
        totals: one row for each currency with the sums over all rows, shown or not.
        count: the number of all rows; None: those shown.
        more: the address of the rows that follow; empty: there are none.
        soft: a column of truths that marks rows whose figures are not final.
        short: whether the table is as high as its rows.
        ids: a column with a name for each row, by which a part of a page may put another row in its place.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: pl.DataFrame
    totals: pl.DataFrame | None = None
    count: int | None = None
    more: str = ""
    soft: str = ""
    short: bool = False
    ids: str = ""

    @property
    def height(self) -> int:
        """The number of all rows, shown or not."""
        return self.rows.height if self.count is None else self.count

    def html(self, scale: str = "") -> SafeString:
        """The table, its amounts in full or in a scale of `figures.SCALES`."""
        return _safe("".join(self._parts(scale)))

    def body(self, scale: str = "") -> SafeString:
        """The rows alone, to be put below those that are there already."""
        return _safe("".join(self._rows(scale)))

    def _parts(self, scale: str) -> Iterator[str]:
        name, caption = escape(self.name), escape(self.caption)
        yield f'<div class="sheet{" short" if self.short else ""}" role="region" aria-label="{caption}" tabindex="0">'
        dense = ' class="dense"' if len(self.columns) > _FIT_ON_PAPER else ""
        yield f'<table id="{name}"{dense} data-grid><caption class="sr">{caption}</caption><thead><tr>'
        for column in self.columns:
            yield _heading(column, scale)
        yield "</tr></thead><tbody>"
        yield from self._rows(scale)
        yield "</tbody>"
        if self.totals is not None and not self.totals.is_empty():
            yield "<tfoot>"
            for row in self.totals.iter_rows(named=True):
                yield "<tr>"
                yield from (self._total(column, row, place, scale) for place, column in enumerate(self.columns))
                yield "</tr>"
            yield "</tfoot>"
        yield "</table></div>"
        yield self._rounding(scale)

    def swapped(self) -> SafeString:
        """The rows alone, each to be put in the place of the one with its name."""
        return _safe("".join(self._rows(how=' hx-swap-oob="true"')))

    def _rows(self, scale: str = "", *, how: str = "") -> Iterator[str]:
        for row in self.rows.iter_rows(named=True):
            named = f' id="{escape(row[self.ids])}"{how}' if self.ids else ""
            yield f'<tr class="soft"{named}>' if self.soft and row[self.soft] else f"<tr{named}>"
            yield from (cell(column, row, header=place == 0, scale=scale) for place, column in enumerate(self.columns))
            yield "</tr>"
        if self.more:
            yield (
                f'<tr class="more" hx-get="{escape(self.more)}" hx-trigger="revealed" hx-swap="outerHTML">'
                f'<td colspan="{len(self.columns)}"><a href="{escape(self.more)}">More rows</a>{_ON_PAPER}</td></tr>'
            )

    def _total(self, column: Column, row: Row, place: int, scale: str) -> str:
        if column.name in row and (place == 0 or row[column.name] is not None):
            total = replace(column, link=column.sum_link, shade=None, why=None)
            return cell(total, row, header=place == 0, scale=scale)
        return '<th scope="row">Total</th>' if place == 0 else f"<td{_class(replace(column, kind=''))}></td>"

    def _rounding(self, scale: str) -> str:
        """Where the rows that are shown do not add up to a total as it is shown, though in full they do."""
        if not scale or self.totals is None or self.height > self.rows.height:
            return ""
        amounts = [column for column in self.columns if column.kind == "money"]
        found = (self._apart(one, total, scale) for total in self.totals.iter_rows(named=True) for one in amounts)
        apart = "; ".join(filter(None, found))
        return f'<p class="quiet" role="note">Rounding: {escape(apart)}.</p>' if apart else ""

    def _apart(self, column: Column, total: Row, scale: str) -> str:
        amount, currency = total.get(column.name), total["currency"]
        rows = self.rows.filter(pl.col("currency") == currency)[column.name]
        if amount is None or rows.sum() != amount:
            return ""
        least = figures.step(currency, scale)
        # Row by row, as the cells above were written.
        off = figures.rounded(amount, least) - sum(figures.rounded(one, least) for one in rows.drop_nulls())
        more = "less" if off > 0 else "more"
        size = figures.plain(off * least, currency)
        return f"the rows of {column.title} show {size} {currency} {more} than their total" if off else ""


def _heading(column: Column, scale: str) -> str:
    title, sort = escape(column.title), f' aria-sort="{escape(column.order)}"' if column.order else ""
    if column.head:
        title = f'<a href="{escape(column.head)}">{title}{_SORTED.get(column.order, "")}</a>'
    said = ", ".join(filter(None, (column.note, scale if column.kind == "money" else "")))
    note = f"<small>{escape(said)}</small>" if said else ""
    return f'<th scope="col"{_class(column)}{sort}>{title}{note}</th>'


def cell(column: Column, row: Row, *, header: bool = False, scale: str = "") -> str:
    """One cell as HTML, its amount in full or in a scale; everything that comes from the row is escaped."""
    value = row[column.name]
    look = _class(column, row)
    if value is None or (header and value == ""):
        return f"<td{look}></td>"  # A header says something, or is none.
    if column.why is not None and value and (asks := column.why(row)):
        look += f' data-why="{escape(asks)}"'
    tag, end = ('th scope="row"', "th") if header else ("td", "td")
    said, data = _written(column.kind, value, row, scale)
    # Zero is made of nothing.
    if column.link is not None and value != 0 and (address := column.link(row)):
        panel = ' data-panel=""' if column.panel else ""
        said = f'<a href="{escape(address)}"{panel}>{said}</a>'
    return f"<{tag}{look}{data}>{said}</{end}>"


def _written(kind: str, value: Any, row: Row, scale: str) -> tuple[str, str]:
    """The inside of a cell, and what a copy of it is made of."""
    if kind == "money":
        return _money(value, str(row["currency"]), scale)
    if kind == "status":
        sign, word = value if isinstance(value, tuple | list) else ("quiet", value)
        return f'<span class="status {escape(sign)}">{escape(word)}</span>', ""
    said = {
        "entry": lambda: str(value)[:_OF_AN_ID],
        "words": lambda: str(value).replace("_", " "),
        "count": lambda: f"{value:,}",
        "period": lambda: figures.month(str(value)),
    }.get(kind, lambda: str(value))()
    if said == str(value):
        return escape(said), ""
    whole = f' title="{escape(value)}"' if kind == "entry" else ""
    return escape(said), f' data-v="{escape(value)}"{whole}'


def _money(amount: int, currency: str, scale: str) -> tuple[str, str]:
    size = figures.plain(amount, currency)
    data = f' data-v="{figures.raw(amount, currency)}" data-c="{escape(currency)}"'
    if scale and amount:
        return _rounded(amount, currency, scale), f'{data} title="{figures.money(amount, currency)} {escape(currency)}"'
    return (f"{_MINUS}{size}{_HANGING}" if amount < 0 else figures.money(amount, currency)), data


def _rounded(amount: int, currency: str, scale: str) -> str:
    """What is seen of an amount in a scale, and what is heard, which is all of it."""
    size, minus = figures.scaled(amount, currency, scale), amount < 0
    seen = f'({size}<span class="hang">)</span>' if minus else size
    heard = f"{'minus ' if minus else ''}{figures.plain(amount, currency)}"
    return f'<span aria-hidden="true">{seen}</span><span class="sr">{heard}</span>'


def _class(column: Column, row: Row | None = None) -> str:
    shade = column.shade(row) if column.shade is not None and row is not None else ""
    names = " ".join(filter(None, (_LOOKS.get(column.kind, ""), "wide" if column.wide else "", column.tone, shade)))
    return f' class="{names}"' if names else ""


def _safe(html: str) -> SafeString:
    return mark_safe(html)  # noqa: S308  every value in it went through `escape`, which tests/web/test_tables.py tries


def sums(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    """Totals by currency of some columns of amounts: one row for each currency."""
    return frame.group_by("currency", maintain_order=True).agg(pl.col(names).sum()).sort("currency")
