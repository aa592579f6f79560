"""Workloads for the benchmarks: one size gives one bundle, whatever the day, the machine or the versions around it.

Worked example: `annual_lines(8)` is two invoices of four lines each. Invoice I-0 is issued on 2023-01-01 for service
from 2023-01-01 to 2023-12-31, 365 days; its first line I-0-0 is 100.00 and its second, I-0-1, 29397.77. Invoice I-1 is
issued on 2023-07-31 and its lines run to 2024-07-30, 366 days. Amounts and days follow from the row number by
multiplication and remainder, so that no random generator of any version can change them.

Run as `python -m bench.workload NAME SIZE`: makes the bundle in bench/build/ unless it is there already, and prints
its folder: Parquet, or CSV for what is imported into the store. A size below one is refused.
"""

import argparse
import hashlib
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

Tables = dict[str, pl.DataFrame]

BUILD = Path(__file__).parent / "build"
FIRST_START = date(2023, 1, 1)
LINES_PER_INVOICE = 4
INVOICES_PER_CUSTOMER = 10
LEAST_CENTS = 10_000
CENTS_RANGE = 4_990_000
CENTS_STEP = 7_919_777  # prime to CENTS_RANGE, so that amounts repeat only after that many lines
START_STEP = 211  # prime to 365 and to 31, so that consecutive rows start on days far apart


def annual_lines(lines: int) -> Tables:
    """Invoices alone: that many lines, each a year of service recognized straight-line by days, four to an invoice.

    Args:
        lines: how many invoice lines. The last invoice has fewer than four where the number is no multiple of four.

    Returns:
        Tables customers, products, invoices and invoice_lines as `core.tables` declares them in a file: amounts are
        decimal text in US dollars, 100.00 to 50000.00; days are Date; starts are spread over 2023.
    """
    return _invoiced(lines, days=365)


def january_lines(lines: int) -> Tables:
    """As `annual_lines`, with all starts in January 2023: what one month brings to the store."""
    return _invoiced(lines, days=31)


def january_corrections(lines: int) -> Tables:
    """Every thousandth line of `january_lines`, a hundred dollars dearer, as a correction states it."""
    number = pl.col("number")
    changed = _numbered(lines).filter(number % 1000 == 0)
    return {"invoice_lines": _invoice_lines(changed, 31, 10_000 + _cents(number))}


def three_year_contracts(contracts: int) -> Tables:
    """Contracts of 36 months with one line each, billed in advance: monthly every second one, the others yearly.

    Args:
        contracts: how many contracts.

    Returns:
        Tables customers, products, contracts and contract_lines as `core.tables` declares them in a file; ten contracts
        to a customer, prices 3600.00 to 1800000.00 US dollars, starts on the first 28 days of 2022.
    """
    number = pl.col("number")
    start = pl.lit(date(2022, 1, 1)) + pl.duration(days=number % 28)
    terms = _numbered(contracts).select(
        id=pl.format("C-{}", number),
        customer=pl.format("K-{}", number // INVOICES_PER_CUSTOMER),
        currency=pl.lit("USD"),
        signed_on=start,
        start=start,
        end=start.dt.offset_by("3y") - pl.duration(days=1),
        invoicing=pl.lit("generate"),
    )
    lines = _numbered(contracts).select(
        id=pl.format("C-{}-1", number),
        contract=pl.format("C-{}", number),
        product=pl.format("P-{}", number % 3),
        price=_amount(36 * _cents(number)),
        **{
            "billing.frequency": pl.when(number % 2 == 0).then(pl.lit("monthly")).otherwise(pl.lit("annual")),
            "billing.timing": pl.lit("advance"),
        },
    )
    return {
        "customers": _customers(terms["customer"]),
        "products": _subscriptions(),
        "contracts": terms,
        "contract_lines": lines,
    }


def amended_contracts(contracts: int) -> Tables:
    """Contracts of a year with three lines, one amendment and one credit note each, and imported invoices.

    Line 0 is straight-line by days, line 1 straight-line `monthly_prorated`, line 2 recognized at a point in time, on
    the 31st day. The whole price is invoiced on the first day. On the 91st day an amendment adds a fifth to the price
    of line 0 and a second invoice bills it; on the 181st day a credit note takes a tenth off the price of line 1.

    Args:
        contracts: how many contracts.

    Returns:
        The ten tables that this takes, as `core.tables` declares them in a file; starts are spread over 2023.
    """
    start = _start(pl.col("number"))
    terms = _numbered(contracts).with_columns(
        id=pl.format("C-{}", pl.col("number")),
        start=start,
        end=_year_end(start),
        amended_on=start + pl.duration(days=90),
        credited_on=start + pl.duration(days=180),
    )
    lines = (
        terms.join(_numbered(3).rename({"number": "place"}), how="cross")
        .with_columns(cents=_cents(3 * pl.col("number") + pl.col("place")))
        .with_columns(contract=pl.col("id"), id=pl.format("{}-{}", "id", "place"), product=pl.format("P-{}", "place"))
    )
    number = pl.col("number")
    customer = pl.format("K-{}", number // INVOICES_PER_CUSTOMER)
    contract_rows = terms.select(
        "id", "start", "end", customer=customer, currency=pl.lit("USD"), signed_on="start", invoicing=pl.lit("import")
    )
    delivered_on = pl.when(pl.col("place") == 2).then(pl.col("start") + pl.duration(days=30))
    return {
        "customers": _customers(contract_rows["customer"]),
        "products": _three_methods(),
        "contracts": contract_rows,
        "contract_lines": lines.select(
            "id",
            "contract",
            "product",
            price=_amount(pl.col("cents")),
            ssp=_amount(pl.col("cents") * (pl.col("place") + 5) // 5),
            delivered_on=delivered_on,
        ),
        **_amendments(lines.filter(pl.col("place") == 0)),
        **_invoices(terms.with_columns(customer=customer), lines),
        **_credit_notes(lines.filter(pl.col("place") == 1)),
    }


WORKLOADS: dict[str, Callable[[int], Tables]] = {
    "annual-lines": annual_lines,
    "amended-contracts": amended_contracts,
    "january-lines": january_lines,
    "january-corrections": january_corrections,
    "three-year-contracts": three_year_contracts,
}
IMPORTED = ("january-lines", "january-corrections", "three-year-contracts")  # As CSV, which billing systems write.


def write(tables: Tables, folder: Path, *, form: str = "parquet") -> None:
    """Write a bundle as one TABLE.parquet or TABLE.csv per table into a folder, which is made."""
    folder.mkdir(parents=True)
    for name, table in tables.items():
        file = folder / f"{name}.{form}"
        table.write_csv(file) if form == "csv" else table.write_parquet(file)


def build(name: str, size: int) -> Path:
    """The folder of a workload, made unless it is there.

    The folder is named after this file's content too, so that an edited workload never meets an old copy, and it
    appears under its name only when it is whole.
    """
    version = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    folder = BUILD / f"{name}-{size}-{version}"
    if not folder.exists():
        draft = BUILD / f"{folder.name}.{os.getpid()}.draft"
        write(WORKLOADS[name](size), draft, form="csv" if name in IMPORTED else "parquet")
        draft.rename(folder)
    return folder


def main() -> None:
    """Make the workload named on the command line and print its folder."""
    parser = argparse.ArgumentParser(prog="python -m bench.workload", description="Make a workload for the benchmarks.")
    parser.add_argument("name", choices=WORKLOADS)
    parser.add_argument("size", type=int, help="invoice lines, or contracts")
    asked = parser.parse_args()
    if asked.size < 1:
        parser.error(f"size is {asked.size}; expected 1 or more")
    sys.stdout.write(f"{build(asked.name, asked.size)}\n")


def _numbered(rows: int) -> pl.DataFrame:
    return pl.DataFrame({"number": pl.int_range(rows, eager=True)})


def _invoiced(lines: int, *, days: int) -> Tables:
    """Invoices whose service starts on one of the first days of 2023."""
    number = pl.col("number")
    invoices = _numbered(-(-lines // LINES_PER_INVOICE)).select(
        id=pl.format("I-{}", number),
        customer=pl.format("K-{}", number // INVOICES_PER_CUSTOMER),
        currency=pl.lit("USD"),
        issued_on=_start(number, days),
    )
    return {
        "customers": _customers(invoices["customer"]),
        "products": _subscriptions(),
        "invoices": invoices,
        "invoice_lines": _invoice_lines(_numbered(lines), days, _cents(number)),
    }


def _invoice_lines(numbered: pl.DataFrame, days: int, cents: pl.Expr) -> pl.DataFrame:
    number, invoice = pl.col("number"), pl.col("number") // LINES_PER_INVOICE
    return numbered.select(
        id=pl.format("I-{}-{}", invoice, number % LINES_PER_INVOICE),
        invoice=pl.format("I-{}", invoice),
        amount=_amount(cents),
        product=pl.format("P-{}", number % 3),
        service_start=_start(invoice, days),
        service_end=_year_end(_start(invoice, days)),
    )


def _subscriptions() -> pl.DataFrame:
    number = pl.col("number")
    return _numbered(3).select(
        id=pl.format("P-{}", number),
        name=pl.format("Subscription {}", number),
        method=pl.lit("straight_line"),
        stream=pl.lit("subscription"),
    )


def _start(number: pl.Expr, days: int = 365) -> pl.Expr:
    return pl.lit(FIRST_START) + pl.duration(days=number * START_STEP % days)


def _year_end(start: pl.Expr) -> pl.Expr:
    return start.dt.offset_by("1y") - pl.duration(days=1)


def _cents(number: pl.Expr) -> pl.Expr:
    return LEAST_CENTS + number * CENTS_STEP % CENTS_RANGE


def _amount(cents: pl.Expr) -> pl.Expr:
    return pl.format("{}.{}", cents // 100, (cents % 100).cast(pl.String).str.zfill(2))


def _customers(named: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"id": named.unique(maintain_order=True)}).with_columns(name=pl.format("Customer {}", "id"))


def _three_methods() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "id": ["P-0", "P-1", "P-2"],
            "name": ["Platform Access", "Support", "Implementation"],
            "method": ["straight_line", "straight_line", "point_in_time"],
            "proration": ["daily", "monthly_prorated", None],
        }
    )


def _amendments(first_lines: pl.DataFrame) -> Tables:
    amendment = pl.format("A-{}", "number")
    return {
        "amendments": first_lines.select("contract", id=amendment, effective_on="amended_on", approved_on="amended_on"),
        "amendment_changes": first_lines.select(
            amendment=amendment, op=pl.lit("change"), line="id", price_change=_amount(pl.col("cents") // 5)
        ),
    }


def _invoices(terms: pl.DataFrame, lines: pl.DataFrame) -> Tables:
    heads = [
        terms.select(
            "customer",
            id=pl.format("I-{}-{}", "number", pl.lit(part)),
            currency=pl.lit("USD"),
            issued_on=on,
            contract="id",
        )
        for part, on in enumerate(("start", "amended_on"))
    ]
    first = lines.select(
        id=pl.format("I-{}-0-{}", "number", "place"),
        invoice=pl.format("I-{}-0", "number"),
        amount=_amount(pl.col("cents")),
        contract_line="id",
        service_start="start",
        service_end="end",
    )
    added = lines.filter(pl.col("place") == 0).select(
        id=pl.format("I-{}-1-0", "number"),
        invoice=pl.format("I-{}-1", "number"),
        amount=_amount(pl.col("cents") // 5),
        contract_line="id",
        service_start="amended_on",
        service_end="end",
    )
    return {"invoices": pl.concat(heads), "invoice_lines": pl.concat([first, added])}


def _credit_notes(second_lines: pl.DataFrame) -> Tables:
    note = pl.format("N-{}", "number")
    return {
        "credit_notes": second_lines.select(
            id=note, invoice=pl.format("I-{}-0", "number"), issued_on="credited_on", cause=pl.lit("price_reduction")
        ),
        "credit_note_lines": second_lines.select(
            credit_note=note, invoice_line=pl.format("I-{}-0-1", "number"), amount=_amount(pl.col("cents") // 10)
        ),
    }


if __name__ == "__main__":
    main()
