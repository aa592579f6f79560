"""`ratable demo`: three months of an example company, closed one after the other and handed to the ledgers.

Worked example: January is closed as it was known when it was locked, then February, then March; the entries of January
are then found again, each with its id, in the books of March. Nothing is shown that was not computed just now.

Refuses nothing but a place to write: where the folder cannot be made, a temporary one is taken and named.
"""

import importlib.resources
import importlib.util
import os
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
from rich import box, console, measure, table, text

import ratable
from ratable.cli import demo_ledger, demo_review, refusals, terminal
from ratable.core import accounts, amounts
from ratable.core.bundles import Bundle
from ratable.exports import layout, options, writing
from ratable.reports.books import Books

# Month, its last day, and the day on which the company locked it.
CLOSES = (
    ("2026-01", date(2026, 1, 31), date(2026, 2, 4)),
    ("2026-02", date(2026, 2, 28), date(2026, 3, 4)),
    ("2026-03", date(2026, 3, 31), None),
)
PERIOD, THROUGH, _ = CLOSES[-1]
_QUARTERS = ("2026-Q2", "2026-Q3", "2026-Q4")
_UNBOUNDED = 1_000
_LESS_COMMON = ("credit_notes", "modifications", "reclassified", "fx")


def run(out: Path) -> None:
    """Close January, February and March 2026, report on them, and write the files of March into a folder.

    Raises:
        refusals.Refusal: the example company is not there, or its files cannot be written.
    """
    screen = console.Console(highlight=False)
    company = example()
    bundle = ratable.read_bundle(company)
    _introduce(screen, bundle)
    closes = [ratable.recognize(bundle, last, known_on=locked_on) for _, last, locked_on in CLOSES]
    books = closes[-1]
    _tell_findings(screen, books)
    _tell_closes(screen, closes)
    _report(screen, books)
    folder = writable(screen, out)
    try:
        _export(screen, books, bundle, folder)
    except (layout.ExportError, OSError) as fault:
        raise refusals.Refusal(f"the demo cannot write to {folder}: {fault}") from fault
    _head(screen, "7. The same company with a memory: three people, one store")
    if importlib.util.find_spec("django"):
        demo_ledger.run(screen, company, folder)
        _head(screen, "8. The agent reads a run before a person does, and answers questions")
        demo_review.run(screen, example("planted"))
    else:
        screen.print("The store is not installed here: pip install 'ratable[store]' brings it.")
    _say_what_next(screen, _as_typed(company), folder)


def example(name: str = "company") -> Path:
    """The example company, or what comes in later: inside an installed package, or beside the sources in a checkout."""
    inside = Path(str(importlib.resources.files("ratable"))) / "examples" / name
    beside = Path(__file__).resolve().parents[3] / "examples" / name
    for folder in (inside, beside):
        if folder.is_dir():
            return folder
    raise refusals.Refusal(f"demo: saw no example at {inside} or {beside}; install ratable again.")


def _introduce(screen: console.Console, bundle: Bundle) -> None:
    _head(screen, "Quillmere Software, an invented company")
    books = bundle["contracts"].select("currency").n_unique()
    screen.print(
        f"A folder of CSV files: {bundle['entities'].height} entities, {bundle['customers'].height} customers, "
        f"{bundle['contracts'].height} contracts in {books} currencies, invoices, credit notes, amendments, usage and "
        "locks. Three months will be closed from them, first from the files alone, then in a store. No network is used."
    )


def _tell_findings(screen: console.Console, books: Books) -> None:
    found = books.findings.sort("severity", maintain_order=True)
    _head(screen, f"1. Findings: {found.height} faults in the data, put there on purpose")
    for severity, message in found.select("severity", "message").rows():
        style = "red" if severity == "blocks" else "yellow"
        screen.print(text.Text.assemble((f"{severity:6} ", style), message))
    screen.print("What blocks is left out until someone puts it right; what warns is in, on an assumption.")


def _tell_closes(screen: console.Console, closes: Sequence[Books]) -> None:
    """What each month came to as it was closed, and that it is still there in the books of the last."""
    _head(screen, "2. Close January, February and March")
    last = closes[-1]
    for (month, _, locked_on), books in zip(CLOSES, closes, strict=True):
        closed = _entries(books, month)
        kept = closed.is_in(_entries(last, month).implode()).sum()
        unchanged = f"locked on {locked_on}; {kept} of them stand unchanged in the books of {PERIOD}"
        screen.print(f"{month}  {len(closed)} balanced entries, {unchanged if locked_on else 'still open'}")
    late = last.journal.filter((pl.col("period") != pl.col("origin_period")) & (pl.col("kind") == "catch_up"))
    screen.print(f"What is learned after a lock is posted on the first open day ({late.height} times here), such as:")
    screen.print(text.Text(late["narrative"][0], style="italic"))


def _entries(books: Books, month: str) -> pl.Series:
    return books.journal.filter(period=month)["entry"]


def _report(screen: console.Console, books: Books) -> None:
    _head(screen, "3. Deferred revenue: opening + movements = closing, currency by currency")
    other = pl.sum_horizontal(_LESS_COMMON).alias("other")
    month = pl.format("{} {}", "currency", "period").alias("month")
    moved = books.roll_forward().filter(pl.col("period") >= CLOSES[0][0]).with_columns(other, month).sort("month")
    _draw(screen, moved, ["month", "opening", "billings", "recognized", "other", "closing"])
    screen.print("other: credit notes, modifications, and what moved to or from receivables and contract assets.")

    _head(screen, "4. Signed and not yet earned, by the quarter that will earn it")
    waterfall = books.waterfall()
    months = [name for name in waterfall.columns if name[:4].isdigit()]
    of_quarter = {name: f"{name[:4]}-Q{(int(name[5:]) + 2) // 3}" for name in months}
    quarters = [
        pl.sum_horizontal(name for name in months if of_quarter[name] == quarter).alias(quarter)
        for quarter in _QUARTERS
    ]
    later = pl.sum_horizontal(name for name in months if of_quarter[name] not in _QUARTERS).alias("later")
    _draw(screen, waterfall.with_columns(*quarters, later), ["currency", "remaining", *_QUARTERS, "later"])

    _head(screen, "5. Remaining performance obligations, as disclosed (606-10-50-13)")
    _draw(screen, books.rpo(), ["currency", "total", "within_12_months", "13_to_24_months", "later"])


def _export(screen: console.Console, books: Books, bundle: Bundle, folder: Path) -> None:
    """The files of March in every layout, with the debits of each currency, which equal the credits."""
    _head(screen, f"6. Hand {PERIOD} to the ledgers")
    chart = accounts.in_force(books.chart)
    totals = books.journal.filter(period=PERIOD).select("entity", "currency").unique().sort("entity", "currency")
    said: list[str] = []
    count = 0
    for name in options.LAYOUTS:
        asked = options.Options(layout=name, period=PERIOD, out=folder / name, overwrite=True)
        done = writing.write(books.journal, bundle, asked, accounts=chart)
        count += len(done.files)
        ours = done.division.ours.group_by("entity", "currency").agg(pl.col("amount").sum().alias(name))
        totals = totals.join(ours, on=["entity", "currency"], how="left", nulls_equal=True, maintain_order="left")
        said += [f"{name}: {note}" for note in done.notes]
    screen.print("Debits, which equal the credits, of each entity and currency that went into the files:")
    _draw(screen, totals, totals.columns, missing="refused")
    for note in said:
        screen.print(text.Text(note))
    screen.print(
        f"{count} files, each with its control totals beside it: journals, rows, debits, credits, what is not in it, "
        "and a checksum."
    )


def _draw(screen: console.Console, frame: pl.DataFrame, columns: Sequence[str], *, missing: str = "") -> None:
    """A table of figures, which are never cut, however narrow the terminal is."""
    drawn = table.Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True, show_edge=False)
    money = amounts.columns(frame)
    for name in columns:
        drawn.add_column(name.replace("_", " "), justify="right" if name in money else "left", no_wrap=True)
    for row in terminal.cells(frame).select(columns).rows():
        drawn.add_row(*(text.Text(missing if cell is None else cell) for cell in row))
    needed = measure.Measurement.get(screen, screen.options.update(width=_UNBOUNDED), drawn).maximum
    screen.print(drawn, width=max(screen.width, needed), crop=False)


def writable(screen: console.Console, out: Path) -> Path:
    """The folder asked for; where it cannot be written, a temporary one."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        if os.access(out, os.W_OK):
            return out
    except OSError:
        pass  # Said below, with the place that is used.
    instead = Path(tempfile.mkdtemp(prefix="ratable-demo-"))
    screen.print(f"\n{out} cannot be written, so the files go to {instead}.")
    return instead


def _as_typed(path: Path) -> str:
    """The path as one would type it here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _say_what_next(screen: console.Console, company: str, folder: Path) -> None:
    run_it = f"ratable run {company} --through {THROUGH}"
    _head(screen, "Look around")
    for line in (
        f"ls {folder}/*",
        f"{run_it} --report journal",
        f"{run_it} --report waterfall --by customer",
        f"{run_it} --report trial-balance --out trial-balance.xlsx",
        f"{run_it} --known-on 2026-02-11",
        f"export RATABLE_DATABASE_URL=sqlite:///{(folder / demo_ledger.BOOKS).resolve()}",
        "ratable report journal --through 2026-04-30",
        "ratable changes --since-close",
        "ratable demo --serve  # the company on screens",
        "ratable init          # a first bundle of your own",
        "ratable --help",
    ):
        screen.print(text.Text(f"  {line}"), soft_wrap=True)


def _head(screen: console.Console, words: str) -> None:
    screen.print()
    screen.print(text.Text(words, style="bold"))
