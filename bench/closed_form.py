"""What the store has to hold, by the closed form of `bench.rivals` and without ratable.

Worked example: 100.00 over 365 days from 2023-01-01 comes to round_half_even(10000 * 31 / 365) = 849 cents of revenue
by the end of January.

Run as `python -m bench.closed_form NAME SIZE THROUGH`: prints the revenue through a day of a workload, in cents;
of corrections, that of the month that they correct.
"""

import argparse
import sys
from datetime import date

import polars as pl

from bench import rivals, workload


def revenue(tables: workload.Tables, through: date) -> int:
    """Revenue through a day, in cents: each line straight-line by the days of its service.

    Args:
        tables: a workload of invoice lines without contracts, or of contracts with their lines.
        through: the last day that counts.
    """
    spans = _spans(tables)
    end = pl.min_horizontal("last", pl.lit(through))
    counted = spans.with_columns(end=end).filter(pl.col("end") >= pl.col("first"))
    days, passed = (counted.select(_days(last)).to_series().to_numpy() for last in ("last", "end"))
    return int(rivals.half_even(counted["cents"].to_numpy() * passed, days).sum())


def main() -> None:
    """Print the revenue of the workload named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.closed_form", description="Revenue of a workload, in cents.")
    parser.add_argument("name", choices=workload.IMPORTED)
    parser.add_argument("size", type=int)
    parser.add_argument("through", type=date.fromisoformat)
    asked = parser.parse_args()
    sys.stdout.write(f"{revenue(_stated(asked.name, asked.size), asked.through)}\n")


def _stated(name: str, size: int) -> workload.Tables:
    """The tables of a workload; corrections in the place of what they correct."""
    tables = workload.WORKLOADS[name](size)
    if name != "january-corrections":
        return tables
    before, changed = workload.january_lines(size), tables["invoice_lines"]
    kept = before["invoice_lines"].join(changed, on="id", how="anti")
    return before | {"invoice_lines": pl.concat([kept, changed])}


def _spans(tables: workload.Tables) -> pl.DataFrame:
    """Each line as cents, first and last day."""
    if "contracts" in tables:
        lines = tables["contract_lines"].join(tables["contracts"], left_on="contract", right_on="id")
        return lines.select(_cents("price"), first="start", last="end")
    return tables["invoice_lines"].select(_cents("amount"), first="service_start", last="service_end")


def _cents(amount: str) -> pl.Expr:
    return pl.col(amount).str.replace(".", "", literal=True).cast(pl.Int64).alias("cents")


def _days(last: str) -> pl.Expr:
    return (pl.col(last) - pl.col("first")).dt.total_days() + 1


if __name__ == "__main__":
    main()
