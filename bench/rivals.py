"""The rivals: what an analyst would write in place of ratable, for the same Parquet files and the same cents.

Worked example: 10.00 over 4 days. Recognized through day k is `round_half_even(1000 * k / 4)`: 250, 500, 750, 1000; a
day is the difference, 250. Every rival keeps that rule, so that all of them and ratable print one roll-forward.

Run as `python -m bench.rivals NAME FOLDER [--out FILE]`. A rival of the roll-forward prints it as the JSON of
`ratable run --report roll-forward` (without the columns that stay zero here); a rival of the daily journal writes FILE,
one row per line and day: line, date, amount in cents, debit, credit. `totals FILE` reads such a file back.

Only invoice-only workloads with positive amounts and straight-line by days are understood (`bench.workload`,
annual-lines): no contracts, amendments or credit notes, which ratable carries all the while.
"""
# ruff: noqa: PLC0415 - each rival runs in its own process and must not pay for the imports of another

import argparse
import json
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

Cents = dict[str, int]  # month as YYYY-MM to cents

POLARS_CHUNK = 5_000  # lines; daily rows of so many at a time keep the memory flat and cost no speed
NUMPY_CHUNK = 2_048

SPANS = """
    CREATE TEMP TABLE spans AS
    SELECT CAST(replace(amount, '.', '') AS BIGINT) AS cents,
           service_start AS first, service_end AS last, service_end - service_start + 1 AS days
    FROM invoice_lines
"""
HALF_EVEN = """
    CREATE TEMP MACRO half_even(share, days) AS
        share // days + CAST(2 * (share % days) + (share // days) % 2 > days AS BIGINT)
"""
BILLED = """
    SELECT strftime(issued_on, '%Y-%m'), CAST(sum(CAST(replace(amount, '.', '') AS BIGINT)) AS BIGINT)
    FROM invoice_lines JOIN invoices ON invoice = invoices.id
    GROUP BY ALL
"""
DAILY = """
    SELECT strftime(month, '%Y-%m'), CAST(sum(cents) AS BIGINT)
    FROM (SELECT date_trunc('month', first + CAST(k - 1 AS INTEGER)) AS month,
                 half_even(cents * k, days) - half_even(cents * (k - 1), days) AS cents
          FROM (SELECT cents, first, days, unnest(generate_series(1, days)) AS k FROM spans))
    GROUP BY month
"""
MONTH_EDGES = """
    WITH bounds AS (SELECT min(first) AS first, max(last) AS last FROM spans),
         months AS (SELECT unnest(generate_series(date_trunc('month', first), last, INTERVAL 1 MONTH)) AS month
                    FROM bounds),
         edges AS (SELECT last_day(month) AS edge FROM months),
         through AS (SELECT edge, sum(half_even(cents * (least(edge, last) - first + 1), days)) AS cents
                     FROM spans JOIN edges ON first <= edge GROUP BY edge)
    SELECT strftime(edge, '%Y-%m'), CAST(cents - coalesce(lag(cents) OVER (ORDER BY edge), 0) AS BIGINT) FROM through
"""


def half_even(share: Any, days: Any) -> Any:
    """`share / days` rounded half to even, for columns of whole numbers: 5 / 2 is 2, 7 / 2 is 4."""
    whole = share // days
    return whole + (2 * (share - whole * days) + whole % 2 > days)


def pandas_explode(folder: Path) -> tuple[Cents, Cents]:
    """The notebook: `date_range` for each line, `explode`, `groupby`."""
    import pandas as pd

    invoices = pd.read_parquet(folder / "invoices.parquet", columns=["id", "issued_on"])
    lines = pd.read_parquet(folder / "invoice_lines.parquet")
    lines["cents"] = lines["amount"].str.replace(".", "", regex=False).astype("int64")
    lines["date"] = [
        pd.date_range(first, last) for first, last in zip(lines["service_start"], lines["service_end"], strict=True)
    ]
    lines["days"] = lines["date"].map(len)
    daily = lines[["cents", "days", "date"]].explode("date")
    day = daily.groupby(level=0).cumcount() + 1
    before = half_even(daily["cents"] * (day - 1), daily["days"])
    daily["recognized"] = half_even(daily["cents"] * day, daily["days"]) - before
    recognized = daily.groupby(pd.to_datetime(daily["date"]).dt.to_period("M"))["recognized"].sum()
    billed_lines = lines.merge(invoices, left_on="invoice", right_on="id")
    billed = billed_lines.groupby(pd.to_datetime(billed_lines["issued_on"]).dt.to_period("M"))["cents"].sum()
    return billed.rename(str).to_dict(), recognized.rename(str).to_dict()


def duckdb_daily(folder: Path) -> tuple[Cents, Cents]:
    """The warehouse query: `generate_series` to daily rows, then a sum by month."""
    return _duckdb(folder, DAILY)


def duckdb_month_edges(folder: Path) -> tuple[Cents, Cents]:
    """The closed form: recognized through each month's last day, and the difference of neighbors; no daily rows."""
    return _duckdb(folder, MONTH_EDGES)


def polars_explode(folder: Path) -> tuple[Cents, Cents]:
    """Polars: a range of days for each line, `explode`, `group_by`, some thousand lines at a time."""
    import polars as pl

    spans = _polars_spans(folder)
    invoices = pl.read_parquet(folder / "invoices.parquet").select(invoice="id", month=_month("issued_on"))
    billed = spans.join(invoices, on="invoice").group_by("month").agg(pl.col("cents").sum())
    chunks = spans.select("first", "cents", "days").iter_slices(POLARS_CHUNK)
    days = pl.concat(_polars_daily(chunk).group_by("date").agg(pl.col("amount").sum()) for chunk in chunks)
    recognized = days.group_by(_month("date")).agg(pl.col("amount").sum())
    return dict(billed.iter_rows()), dict(recognized.iter_rows())


def polars_journal(folder: Path, out: Path) -> None:
    """Polars: explode to days and write them, some thousand lines at a time."""
    import polars as pl
    import pyarrow.parquet as pq

    roles = pl.Enum(["deferred_revenue", "revenue"])
    debit, credit = pl.lit("deferred_revenue", roles), pl.lit("revenue", roles)
    writer = None
    for chunk in _polars_spans(folder).select("line", "first", "cents", "days").iter_slices(POLARS_CHUNK):
        part = _polars_daily(chunk).select("line", "date", "amount", debit=debit, credit=credit).to_arrow()
        writer = writer or pq.ParquetWriter(out, part.schema, compression="zstd")
        writer.write_table(part)
    if writer:
        writer.close()


def numpy_journal(folder: Path, out: Path) -> None:
    """The floor: a bare numpy kernel and a Parquet writer, all that a daily journal cannot do without."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    lines = pq.read_table(folder / "invoice_lines.parquet", columns=["id", "amount", "service_start", "service_end"])
    cents = np.asarray(pc.cast(pc.replace_substring(lines["amount"], ".", ""), pa.int64()))
    first = np.asarray(pc.cast(lines["service_start"], pa.int32()))
    days = np.asarray(pc.cast(lines["service_end"], pa.int32())) - first + np.int64(1)
    names = lines["id"].combine_chunks().cast(pa.string())
    debit, credit = pa.array(["deferred_revenue"]), pa.array(["revenue"])
    text = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema({"line": text, "date": pa.date32(), "amount": pa.int64(), "debit": text, "credit": text})
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for begin in range(0, len(cents), NUMPY_CHUNK):
            part = slice(begin, begin + NUMPY_CHUNK)
            line = np.repeat(np.arange(len(days[part]), dtype=np.int32), days[part])
            day = np.arange(len(line)) - np.repeat(np.cumsum(days[part]) - days[part], days[part])
            through = half_even(cents[part][line] * (day + 1), days[part][line])
            amount = through.copy()
            amount[1:] -= np.where(day[1:] > 0, through[:-1], 0)
            zero = pa.array(np.zeros(len(line), dtype=np.int32))
            columns = [
                pa.DictionaryArray.from_arrays(pa.array(line), names[part]),
                pa.array((first[part][line] + day).astype(np.int32)).cast(pa.date32()),
                pa.array(amount),
                pa.DictionaryArray.from_arrays(zero, debit),
                pa.DictionaryArray.from_arrays(zero, credit),
            ]
            writer.write_table(pa.table(columns, schema=schema))


ROLL_FORWARDS: dict[str, Callable[[Path], tuple[Cents, Cents]]] = {
    "pandas-explode": pandas_explode,
    "duckdb-daily": duckdb_daily,
    "duckdb-month-edges": duckdb_month_edges,
    "polars-explode": polars_explode,
}
JOURNALS: dict[str, Callable[[Path, Path], None]] = {
    "polars-journal": polars_journal,
    "numpy-journal": numpy_journal,
}


def roll_forward(billed: Cents, recognized: Cents) -> list[dict[str, str]]:
    """The roll-forward of deferred revenue, one row per month, from what was billed and recognized in each."""
    rows, closing = [], 0
    for month in sorted(billed.keys() | recognized.keys()):
        opening = closing
        closing = opening + billed.get(month, 0) - recognized.get(month, 0)
        cents = (opening, billed.get(month, 0), -recognized.get(month, 0), closing)
        texts = (f"{Decimal(int(amount)).scaleb(-2):.2f}" for amount in cents)
        named = dict(zip(("opening", "billings", "recognized", "closing"), texts, strict=True))
        rows.append({"period": month} | named)
    return rows


def totals(journal: Path) -> dict[str, Any]:
    """How many rows a daily journal has, and its amounts summed by month, in cents.

    Whole numbers are taken as cents, and text or decimals as major units.
    """
    import duckdb

    rows = duckdb.read_parquet(str(journal / "days-*.parquet" if journal.is_dir() else journal))
    kind = str(dict(zip(rows.columns, rows.types, strict=True))["amount"])
    cents = "amount" if kind.endswith("INT") or kind.endswith("INTEGER") else "CAST(amount AS DECIMAL(18, 2)) * 100"
    months = rows.aggregate(f"strftime(date, '%Y-%m') AS month, count(*), CAST(sum({cents}) AS BIGINT)")
    found = sorted(months.fetchall())
    return {"rows": sum(rows for _, rows, _ in found), "recognized": {month: amount for month, _, amount in found}}


def main() -> None:
    """Run the rival named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.rivals", description="Run one rival of the benchmarks.")
    parser.add_argument("name", choices=[*ROLL_FORWARDS, *JOURNALS, "totals"])
    parser.add_argument("source", type=Path, help="folder of a workload; for `totals`, a journal")
    parser.add_argument("--out", type=Path, help="the journal to write")
    asked = parser.parse_args()
    if asked.name in ROLL_FORWARDS:
        sys.stdout.write(json.dumps({"rows": roll_forward(*ROLL_FORWARDS[asked.name](asked.source))}) + "\n")
    elif asked.name == "totals":
        sys.stdout.write(json.dumps(totals(asked.source)) + "\n")
    elif asked.out is None:
        parser.error(f"{asked.name} writes a journal: say where with --out")
    else:
        JOURNALS[asked.name](asked.source, asked.out)


def _duckdb(folder: Path, query: str) -> tuple[Cents, Cents]:
    import duckdb

    with duckdb.connect() as database:
        for table in ("invoices", "invoice_lines"):
            database.read_parquet(str(folder / f"{table}.parquet")).create_view(table)
        database.execute(HALF_EVEN)
        database.execute(SPANS)
        billed = dict(database.execute(BILLED).fetchall())
        return billed, dict(database.execute(query).fetchall())


def _polars_spans(folder: Path) -> Any:
    import polars as pl

    first, last = pl.col("service_start"), pl.col("service_end")
    return pl.read_parquet(folder / "invoice_lines.parquet").select(
        "invoice",
        line="id",
        first=first,
        cents=pl.col("amount").str.replace(".", "", literal=True).cast(pl.Int64),
        days=(last - first).dt.total_days() + 1,
    )


def _polars_daily(spans: Any) -> Any:
    import polars as pl

    # Day 0 of each line holds nothing recognized, so that one difference down the column gives every day its amount.
    day, days, whole = pl.col("day"), pl.col("days"), pl.col("whole")
    share = pl.col("cents") * day
    return (
        spans.with_columns(day=pl.int_ranges(0, days + 1))
        .explode("day", empty_as_null=False, keep_nulls=False)
        .with_columns(whole=share // days)
        .with_columns(through=whole + (2 * (share - whole * days) + whole % 2 > days).cast(pl.Int64))
        .with_columns(
            amount=pl.col("through").diff(),
            date=(pl.col("first").cast(pl.Int32) + day.cast(pl.Int32) - 1).cast(pl.Date),
        )
        .filter(day > 0)
    )


def _month(day: str) -> Any:
    import polars as pl

    return pl.col(day).dt.strftime("%Y-%m")


if __name__ == "__main__":
    main()
