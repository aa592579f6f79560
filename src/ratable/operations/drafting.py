"""Makes a run of drafts: rows that wait, as one, for somebody to approve and post them.

Worked example: 42 rows over 12,345.67 USD become run 3 with drafts 1 to 42; its hash is SHA-256 over the digests of the
42 drafts in order, so that an approval of that hash is an approval of these rows and no others. The event says that
draft 1 is the first: once the drafts are gone, `verify` finds the hash again from the 42 entries that they became.
"""

import json
from dataclasses import dataclass
from datetime import date

import polars as pl

from ratable.ledger import canonical, covering, differences, events, models, rows
from ratable.operations import acts

_RATE = "1"  # Of the functional currency, which is the currency of the row until there is another.


@dataclass(frozen=True)
class Purpose:
    """What a run is for: its kind, its book, the last day that it covers, and the words behind a manual journal."""

    kind: str
    book: str
    through: date
    memo: str = ""
    support: str = ""


@dataclass(frozen=True)
class Proposed:
    """A run as it was made; `run` is None where there was nothing to post. Totals are minor units by currency."""

    run: int | None
    rows: int
    totals: dict[str, int]
    hash: str


NOTHING = Proposed(None, 0, {}, "")


def draft(act: events.Act, proposed: pl.DataFrame, purpose: Purpose) -> Proposed:
    """Keep rows as the drafts of a new run.

    Args:
        act: the act that makes the run.
        proposed: at least one row (differences.ROWS), in the order in which they will be posted.
        purpose: what the run is for.
    """
    run = rows.count("runs") + 1
    kept = proposed.select(*differences.ROWS).with_columns(
        book=pl.lit(purpose.book),
        run_no=pl.lit(run, pl.Int64),
        functional_currency="currency",
        functional_amount="amount",
        rate=pl.lit(_RATE),
    )
    drafts = covering.sealed("drafts", kept)
    rows.add("drafts", drafts)
    made = Proposed(run, drafts.height, totals(drafts), canonical.of_all(drafts["digest"]))
    covering.cover(act, "runs", pl.DataFrame([{
        "kind": purpose.kind, "book": purpose.book, "through": purpose.through, "prepared_by": act.actor,
        "rows": made.rows, "totals": canonical.text(as_text(made.totals)), "hash": made.hash, "memo": purpose.memo,
        "support": purpose.support, "known_on": acts.ledger_day(act.at),
    }]))  # fmt: skip
    act.subject = f"run {run}"
    # With the number of the first draft, what was approved can be computed again from the entries that came of it.
    act.body["run"] = {
        "no": str(run), "first": str(drafts["no"][0]), "rows": str(made.rows), "totals": as_text(made.totals),
        "hash": made.hash,
    }  # fmt: skip
    return made


def totals(journal: pl.DataFrame) -> dict[str, int]:
    """Sum of the amounts of rows by currency, in minor units."""
    return dict(journal.group_by("currency").agg(pl.col("amount").sum()).sort("currency").iter_rows())


def totals_of(run: models.Run) -> dict[str, int]:
    """The totals that a run was prepared with, by currency in minor units."""
    return {currency: int(total) for currency, total in json.loads(run.totals).items()}


def as_text(sums: dict[str, int]) -> dict[str, str]:
    """Totals as events and runs keep them: whole numbers as text."""
    return {currency: str(total) for currency, total in sums.items()}


def drop(run: int) -> None:
    """Remove the drafts of a run that is over."""
    models.Draft.objects.filter(run=run).delete()
