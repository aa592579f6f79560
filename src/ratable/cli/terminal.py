"""A report as a table for people: aligned figures, parentheses for negatives, a total for each currency that foots.

Worked example: opening 0, billings 120000, recognized -10000, closing 110000 in USD is shown as a dash, 1,200.00,
(100.00) and 1,100.00. The total of a roll-forward opens with what came before all of its rows, which is nothing, adds
up the movements, and closes with the last period; so it foots like every row above it.

Long reports are cut after the first rows, and say so; the total is of all rows.
"""

import os
import shutil
import sys
from collections.abc import Iterable
from typing import IO

import polars as pl
from rich import box, console, measure, table, text

from ratable.core import amounts
from ratable.reports import rendering

MOST_ROWS = 500
_DASH = "\N{EN DASH}"
_JOURNAL = ("date", "kind", "contract", "line", "debit", "credit", "amount", "currency", "narrative")
_FINDINGS = ("code", "severity", "table", "id", "column", "message")
_MAY_BE_LEFT_OUT = ("credit_notes", "modifications", "reclassified", "fx")
_AT_THE_END = ("closing",)
_AT_THE_BEGINNING = ("opening",)
_UNBOUNDED = 10_000
_GAP = 2  # Between columns.
_SHORT = 12  # Text that is never broken.


def write(out: IO[bytes], parts: Iterable[pl.DataFrame], heading: rendering.Heading) -> None:
    """The report as text, as wide as the terminal; where nobody is looking, as wide as it needs to be."""
    head, sums, count = _gathered(parts)
    screen = _console(to_terminal=out is sys.stdout.buffer and sys.stdout.isatty())
    head, sums, unmoved = _narrowed(head, sums, screen.width)
    drawn = _table(head, sums)
    # A figure is never cut: where the terminal is too narrow for all of them, it breaks the lines itself.
    screen.width = max(screen.width, measure.Measurement.get(screen, screen.options, drawn).minimum)
    with screen.capture() as captured:
        screen.print(text.Text(_title(heading), style="bold"))
        screen.print(drawn if count else _nothing(heading))
        if unmoved and count:
            screen.print(f"Nothing in {', '.join(unmoved)}.".replace("_", " "))
        for note in heading.notes:
            screen.print(text.Text(note))
        if count > head.height:
            screen.print(f"{count - head.height:,} more rows are not shown; --out FILE.csv writes them all.")
    out.write(captured.get().encode())


def _nothing(heading: rendering.Heading) -> str:
    """Why a report has no rows, as far as the findings tell."""
    blocking = heading.findings.filter(pl.col("severity") == "blocks").height
    if not blocking:
        return "Nothing to show."
    return f"Nothing to show: what {blocking} blocking finding{'s' if blocking > 1 else ''} named was left out."


def _gathered(parts: Iterable[pl.DataFrame]) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """The first rows, the totals by currency of all rows, and the number of rows."""
    heads: list[pl.DataFrame] = []
    sums: list[pl.DataFrame] = []
    count = 0
    for part in parts:
        if count < MOST_ROWS:
            heads.append(part.head(MOST_ROWS - count))
        sums.append(totals(part))
        count += part.height
    together = pl.concat(sums)
    if len(sums) > 1:
        together = together.group_by("currency").agg(pl.all().sum()).sort("currency")
    return pl.concat(heads), together, count


def totals(report: pl.DataFrame) -> pl.DataFrame:
    """One row for each currency with the total of every amount; no rows for a report without amounts."""
    summed = amounts.columns(report)
    if not summed:
        return pl.DataFrame(schema={"currency": pl.String()})
    closing = report
    if "period" in report.columns:
        # The last period of the report, so that each currency closes on the same day.
        closing = report.filter(pl.col("period") == pl.col("period").max())
    final = [name for name in summed if name in _AT_THE_END]
    moved = report.group_by("currency").agg(pl.col(name).sum() for name in summed if name not in final)
    ended = closing.group_by("currency").agg(pl.col(final).sum())
    joined = moved.join(ended, on="currency", how="left").with_columns(pl.col(final).fill_null(0))
    none = [pl.lit(0, dtype=pl.Int64).alias(name) for name in summed if name in _AT_THE_BEGINNING]
    return joined.with_columns(none).select("currency", *summed).sort("currency")


def _narrowed(head: pl.DataFrame, sums: pl.DataFrame, width: int) -> tuple[pl.DataFrame, pl.DataFrame, list[str]]:
    """The columns that a person reads, and the names of those left out because nothing moved in them."""
    for readable in (_JOURNAL, _FINDINGS):
        if set(readable) <= set(head.columns):
            return head.select(readable), sums, []
    unmoved = [name for name in _MAY_BE_LEFT_OUT if name in head.columns and not (head[name] != 0).any()]
    unmoved = [name for name in unmoved if not (sums[name] != 0).any()]
    return *_with_later(head.drop(unmoved), sums.drop(unmoved), width), unmoved


def _with_later(head: pl.DataFrame, sums: pl.DataFrame, width: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Months of a waterfall that do not fit become one column `later`."""
    months = [name for name in amounts.columns(head) if name[:4].isdigit()]
    if head.is_empty() or not months:
        return head, sums
    others = [name for name in head.columns if name not in months]
    widths = cells(head).select(pl.all().str.len_chars().max()).row(0, named=True)
    taken = sum(max(len(name), widths[name] or 0) + _GAP for name in others)
    each = max(len("YYYY-MM"), *(widths[name] or 0 for name in amounts.columns(head))) + _GAP
    fitting = max(1, (width - taken) // each - 1)
    if len(months) <= fitting + 1:
        return head, sums
    shown, rest = months[:fitting], months[fitting:]

    def cut(frame: pl.DataFrame) -> pl.DataFrame:
        later = frame.with_columns(later=pl.sum_horizontal(rest))
        kept = [name for name in frame.columns if name not in rest]
        place = kept.index(shown[-1]) + 1
        return later.select(*kept[:place], "later", *kept[place:])

    return cut(head), cut(sums)


def _table(head: pl.DataFrame, sums: pl.DataFrame) -> table.Table:
    drawn = table.Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    money = amounts.columns(head)
    for name in head.columns:
        title = name.replace("_", " ")
        short = name in money or max((len(str(cell)) for cell in head[name]), default=0) <= _SHORT
        drawn.add_column(title, justify="right" if name in money else "left", no_wrap=short, overflow="fold")
    for row in cells(head).rows():
        drawn.add_row(*(text.Text(cell or "") for cell in row))
    if money and not sums.is_empty() and head.height > 1:
        drawn.add_section()
        first = next((name for name in head.columns if name not in (*money, "currency")), None)
        lines = sums.with_columns(pl.lit("total").alias(first)) if first else sums
        for total in cells(lines).rows(named=True):
            drawn.add_row(*(text.Text(total.get(name) or "", style="bold") for name in head.columns))
    return drawn


def cells(frame: pl.DataFrame) -> pl.DataFrame:
    """Every cell as text: amounts as accountants write them, and no control characters."""
    money = amounts.columns(frame)
    if money:
        present = amounts.decimals_present(frame)
        frame = frame.with_columns(_figure(name, present).alias(name) for name in money)
    plain = [pl.col(name).cast(pl.String).str.replace_all(r"[[:cntrl:]]", "?") for name in frame.columns]
    return frame.with_columns(plain)


def _figure(name: str, present: dict[int, list[str]]) -> pl.Expr:
    """1,200.00 with room for a closing parenthesis, (100.00), or a dash for nothing."""
    amount = pl.col(name)
    size = amounts.text(amount.abs(), present, separator=",")
    negative = pl.concat_str(pl.lit("("), size, pl.lit(")"))
    positive = pl.concat_str(size, pl.lit(" "))
    return pl.when(amount == 0).then(pl.lit(f"{_DASH} ")).when(amount < 0).then(negative).otherwise(positive)


def _title(heading: rendering.Heading) -> str:
    asked = dict(heading.parameters)
    through = f" through {asked.pop('through')}" if "through" in asked else ""
    asked.pop("bundle", None)
    rest = "".join(f", {name.replace('_', ' ')} {_listed(value)}" for name, value in asked.items())
    return f"{heading.report}{through}{rest}"


def _listed(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _console(*, to_terminal: bool) -> console.Console:
    wide = shutil.get_terminal_size().columns if to_terminal or "COLUMNS" in os.environ else _UNBOUNDED
    return console.Console(width=wide, force_terminal=to_terminal, no_color=not to_terminal or "NO_COLOR" in os.environ)
