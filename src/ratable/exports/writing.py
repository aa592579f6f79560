"""Write the journal of a month as the files that a ledger imports, with control totals beside each file.

Worked example: `write(journal, bundle, options.Options(layout="xero", period="2026-01", out=Path("out")))` writes
`out/xero-2026-01-USD-001.csv` and, beside it, `xero-2026-01-USD-001.control.json` with its SHA-256, the numbers of
journals and rows, the sums of debits and credits, and what was left out because the ERP has posted it itself.

Only entries posted in the month are written; journals are whole and never span two files. Nothing is written unless
all of it can be. A book (entity and currency) that the ledger would not take stays out whole, and is said to; the rest
goes out. Refuses an unbalanced journal, an export of which nothing is left, and to replace a different file.
"""

import csv
import dataclasses
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ratable.core import bundles
from ratable.exports import cells, control, erp_billing, grouping, layout, options, refusing


@dataclass(frozen=True)
class File:
    """One import file as written: `totals` is the content of the control file beside it."""

    path: Path
    control: Path
    totals: dict[str, object]


@dataclass(frozen=True)
class Written:
    """What an export wrote: how the journal was divided, with what was left out and refused, and notes for the user."""

    files: tuple[File, ...]
    division: erp_billing.Division
    notes: tuple[str, ...]


def write(
    journal: pl.DataFrame, bundle: bundles.Bundle, asked: options.Options, *, accounts: pl.DataFrame | None = None
) -> Written:
    """Write the entries posted in a month in the layout of a ledger.

    Args:
        journal: the journal report, one row per pair, amounts in minor units; all periods, not only the one asked for.
        bundle: policies, imported invoices and credit notes, names of customers and entities.
        asked: layout, month, folder and options.
        accounts: the chart in force (code, name, entity); default: the bundle's.

    Returns:
        the files, at least one: with nothing to post it has a header and no rows, and its control totals say why.

    Raises:
        layout.ExportError: see the modules; nothing has been written then.
    """
    shape = options.resolve(asked)
    division = erp_billing.divide(_of_entity(journal, asked), bundle, period=asked.period)
    lines = grouping.journals(division.ours, grouping.Grouping(asked.book, shape.entries, shape.lines_per_journal))
    _refuse_unbalanced(lines, division.ours)
    chart = bundle["accounts"] if accounts is None else accounts
    texts = _as_asked(cells.fields(lines, bundle, chart=chart, dates=shape.dates), shape, asked)
    refused = refusing.books(lines, texts, rows=division.ours, shape=shape)
    division = dataclasses.replace(
        division, ours=refusing.without(refused, division.ours, like=division.ours), refused=refused
    )
    texts, lines = (refusing.without(refused, frame, like=lines) for frame in (texts, lines))
    contents: dict[Path, bytes] = {}
    files: list[File] = []
    for name, part, cell in _placed(lines, _columns(texts, shape, asked), shape, asked):
        content = _csv(cell, shape)
        totals = control.totals(part, division, asked, name=name, content=content)
        path, beside = asked.out / name, asked.out / name.replace(".csv", ".control.json")
        contents |= {path: content, beside: (json.dumps(totals, indent=2, ensure_ascii=False) + "\n").encode()}
        files.append(File(path, beside, totals))
    _save(contents, asked)
    return Written(tuple(files), division, (*shape.notes, *control.notes(division)))


def _of_entity(journal: pl.DataFrame, asked: options.Options) -> pl.DataFrame:
    if not asked.entity:
        return journal
    known = journal["entity"].drop_nulls().unique().sort()
    if asked.entity not in known:
        raise layout.ExportError(f"entity: saw {asked.entity}; expected one of {', '.join(known) or 'none'}.")
    return journal.filter(pl.col("entity") == asked.entity)


def _refuse_unbalanced(lines: pl.DataFrame, rows: pl.DataFrame) -> None:
    """Proof before writing: each journal balances, and the journals together are the entries they were made of."""
    signed = pl.when(pl.col("side") == "debit").then("amount").otherwise(-pl.col("amount"))
    broken = lines.group_by("key").agg(rest=signed.sum()).filter(pl.col("rest") != 0)
    if not broken.is_empty():
        raise layout.ExportError(
            f"journal {broken['key'].sort().item(0)} does not balance. Nothing was written; report this as a bug."
        )
    if lines.filter(pl.col("side") == "debit")["amount"].sum() != rows["amount"].sum():
        raise layout.ExportError(
            "the journals do not add up to their entries. Nothing was written; report this as a bug."
        )


def _as_asked(texts: pl.DataFrame, shape: layout.Layout, asked: options.Options) -> pl.DataFrame:
    """The fields with the fixed values of their columns, and long texts cut to what the ledger takes."""
    fixed = {
        name: asked.fixed[header] for header, name in shape.columns if header in asked.fixed and name != layout.EMPTY
    }
    without_commas = (pl.col(name).str.replace_all(",", ";") for name in shape.plain)
    cut = (pl.col(name).str.slice(0, most) for name, most in shape.longest)
    filled = texts.with_columns(cells.safe_text(pl.lit(value)).alias(name) for name, value in fixed.items())
    return filled.with_columns(without_commas).with_columns(cut)


def _columns(texts: pl.DataFrame, shape: layout.Layout, asked: options.Options) -> pl.DataFrame:
    """The cells of the file in the order of its header, columns named by their place, since headers may repeat."""
    first_alone = pl.col("line_no") == "1"
    columns = []
    for place, (header, name) in enumerate(shape.columns):
        if name == layout.EMPTY:
            cell = cells.safe_text(pl.lit(asked.fixed.get(header), dtype=pl.String))
        else:
            cell = pl.when(first_alone).then(name) if name in shape.first_line_only else pl.col(name)
        columns.append(cell.alias(str(place)))
    return texts.with_columns(columns).select(str(place) for place in range(len(shape.columns)))


def _placed(
    lines: pl.DataFrame, columns: pl.DataFrame, shape: layout.Layout, asked: options.Options
) -> list[tuple[str, pl.DataFrame, pl.DataFrame]]:
    """Name, lines and cells of each file: whole journals in order, as many as fit, what must stay apart kept apart."""
    documents = lines.group_by("key", *shape.a_file_for, maintain_order=True).len()
    if documents.is_empty():
        return [(_name(asked, (), 1), lines, columns)]
    numbers: list[int] = []
    files: list[tuple[str | None, ...]] = []
    rows_in_file = 0
    for _, *apart, rows in documents.iter_rows():
        full = shape.rows_per_file is not None and rows_in_file + rows > shape.rows_per_file
        if full or not files or tuple(apart) != files[-1]:
            files.append(tuple(apart))
            rows_in_file = 0
        rows_in_file += rows
        numbers.append(len(files))
    in_file = documents.select("key").with_columns(file=pl.Series(numbers, dtype=pl.Int64))
    file = lines.select("key").join(in_file, on="key", how="left", maintain_order="left")["file"]
    names = [_name(asked, apart, number) for number, apart in enumerate(files, start=1)]
    parts = (frame.with_columns(file=file).partition_by("file", include_key=False) for frame in (lines, columns))
    return list(zip(names, *parts, strict=True))


def _name(asked: options.Options, apart: tuple[str | None, ...], number: int) -> str:
    """The running number alone would do; entity and currency are there for the person who loads the file."""
    marks = [_mark(name) for name in apart if name and name != asked.entity]
    return "-".join([_stem(asked), *marks, f"{number:03}"]) + ".csv"


def _stem(asked: options.Options) -> str:
    return "-".join([asked.layout, asked.period, *([_mark(asked.entity)] if asked.entity else [])])


def _mark(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", name)


def _csv(columns: pl.DataFrame, shape: layout.Layout) -> bytes:
    """UTF-8 without a byte order mark; empty cells are empty, quotes only where a cell needs them."""
    first = io.StringIO()
    csv.writer(first, delimiter=shape.separator, lineterminator="\n").writerow([header for header, _ in shape.columns])
    return (first.getvalue() + columns.write_csv(include_header=False, separator=shape.separator)).encode()


def _save(contents: dict[Path, bytes], asked: options.Options) -> None:
    """Write all files or none: each beside its place first, then moved there."""
    _refuse_to_replace(contents, asked)
    asked.out.mkdir(parents=True, exist_ok=True)
    unfinished = {path: path.with_name(path.name + ".unfinished") for path in contents}
    try:
        for path, beside in unfinished.items():
            beside.write_bytes(contents[path])
        for path, beside in unfinished.items():
            beside.replace(path)
    finally:
        for beside in unfinished.values():
            beside.unlink(missing_ok=True)


def _refuse_to_replace(contents: dict[Path, bytes], asked: options.Options) -> None:
    stale = sorted(path for path in asked.out.glob(f"{_stem(asked)}-*.csv") if path not in contents)
    if stale:
        raise layout.ExportError(
            f"{stale[0]}: left by an earlier export of the month and not part of this one, so that loading the folder "
            f"would post it twice. Move it away ({len(stale)} such files) and export again."
        )
    if asked.overwrite:
        return
    different = [path for path, content in contents.items() if path.exists() and path.read_bytes() != content]
    if different:
        raise layout.ExportError(
            f"{different[0]}: exists with other content ({len(different)} such files); it may have been loaded into "
            f"the ledger. Choose another folder, or allow overwriting (--overwrite)."
        )
