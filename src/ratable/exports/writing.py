"""Write the journal of a month as the files that a ledger imports, with control totals beside each file.

Worked example: `write(journal, bundle, options.Options(layout="xero", period="2026-01", out=Path("out")))` writes
`out/xero-2026-01-USD-001.csv` and, beside it, `xero-2026-01-USD-001.control.json` with its SHA-256, the numbers of
journals and rows, the sums of debits and credits, and what was left out because the ERP has posted it itself.

Only entries posted in the month are written; journals are whole and never span two files. Nothing is written unless
all of it can be. Refuses an unbalanced journal, a line that the ledger would refuse, and to replace a different file.
"""

import csv
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ratable.core import bundles
from ratable.exports import cells, control, erp_billing, grouping, layout, options


@dataclass(frozen=True)
class File:
    """One import file as written: `totals` is the content of the control file beside it."""

    path: Path
    control: Path
    totals: dict[str, object]


@dataclass(frozen=True)
class Written:
    """What an export wrote. `left_out` and `restated` are as in `erp_billing.Division`; `notes` are for the user."""

    files: tuple[File, ...]
    left_out: pl.DataFrame
    restated: pl.DataFrame
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
    division = erp_billing.divide(journal, bundle, period=asked.period)
    lines = grouping.journals(division.ours, grouping.Grouping(asked.book, shape.entries, shape.lines_per_journal))
    _refuse_unbalanced(lines, division.ours)
    chart = bundle["accounts"] if accounts is None else accounts
    texts = _as_asked(cells.fields(lines, bundle, chart=chart, dates=shape.dates), shape, asked)
    _refuse_what_the_ledger_refuses(texts, shape)
    contents: dict[Path, bytes] = {}
    files: list[File] = []
    for name, part, cell in _placed(lines, _columns(texts, shape, asked), shape, asked):
        content = _csv(cell, shape)
        totals = control.totals(part, division, asked, name=name, content=content)
        path, beside = asked.out / name, asked.out / name.replace(".csv", ".control.json")
        contents |= {path: content, beside: (json.dumps(totals, indent=2, ensure_ascii=False) + "\n").encode()}
        files.append(File(path, beside, totals))
    _save(contents, asked)
    return Written(tuple(files), division.left_out, division.restated, (*shape.notes, *control.notes(division)))


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


def _refuse_what_the_ledger_refuses(texts: pl.DataFrame, shape: layout.Layout) -> None:
    """All rules of the ledger on single lines, all reported at once."""
    by_name_alone = "account_name" in shape.fields and "account" not in shape.fields
    unnamed = layout.Refusal(
        pl.col("account_name").is_null() & pl.lit(by_name_alone),
        "the chart has no name for the account, and the file identifies accounts by name; name it in accounts",
    )
    faults = []
    for refusal in (*shape.refusals, unnamed):
        lines = texts.filter(refusal.broken)
        if not lines.is_empty():
            first = lines.row(0, named=True)
            place = f"journal {first['key']}, account {first['account']}, amount {first['amount']} {first['currency']}"
            faults.append(f"{place}: {refusal.says} ({lines.height} such lines).")
    if faults:
        raise layout.ExportError("\n".join(faults))


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
    marks = [re.sub(r"[^A-Za-z0-9]+", "_", mark) for mark in apart if mark]
    return "-".join([_stem(asked), *marks, f"{number:03}"]) + ".csv"


def _stem(asked: options.Options) -> str:
    return f"{asked.layout}-{asked.period}"


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
            f"the ledger. Choose another folder, or allow overwriting."
        )
