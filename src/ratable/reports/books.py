"""The books of one bundle: every report on them, by name or by method.

Worked example: `books.roll_forward(by=["customer"])` and `report(books, "roll-forward", by="customer")` give the same
frame; the command line, an interface and a screen all ask by name, a notebook by method.

Figures are Int64 minor units of the row's `currency`; `rendering` writes them as people read them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Self

import polars as pl

from ratable.core import accounts
from ratable.core import findings as noticed
from ratable.engine.outcome import Outcome
from ratable.reports import (
    allocation,
    amendments,
    balances,
    contracts,
    findings,
    journal,
    names,
    narratives,
    roll_forward,
    rpo,
    schedule,
    trial_balance,
    triangle,
    waterfall,
)


@dataclass(frozen=True)
class Books:
    """One outcome, the chart that its rows post to, what its sentences quote, and a way to ask for another day."""

    outcome: Outcome
    chart: accounts.Chart
    facts: narratives.Facts
    recompute: Callable[[date], Outcome]

    @cached_property
    def journal(self) -> pl.DataFrame:
        """Every movement as a pair of accounts, recognition by month; see `reports.journal`."""
        return self.journal_by("month")

    @cached_property
    def schedule(self) -> pl.DataFrame:
        """Revenue by line and month; see `reports.schedule`."""
        return self.schedule_by("month")

    @cached_property
    def contracts(self) -> pl.DataFrame:
        """Where each contract stands; see `reports.contracts`."""
        return contracts.table(self.outcome)

    @cached_property
    def findings(self) -> pl.DataFrame:
        """What was wrong with the data or had to be assumed, of the bundle, the engine and the chart of accounts."""
        return findings.table(self.noticed)

    @property
    def blocked(self) -> bool:
        """Whether a finding took something out of the books."""
        return bool((self.findings["severity"] == "blocks").any())

    @cached_property
    def noticed(self) -> pl.DataFrame:
        """The findings with the place of each row in its source."""
        charted = accounts.assign(self.chart, self.outcome.lines).findings
        return noticed.combine([self.outcome.findings, charted])

    def of(self, **chosen: str) -> Self:
        """The books of some lines alone: of one customer, product, contract or any other of `names.DIMENSIONS`.

        Empty text chooses the lines of which the dimension is not known.

        Raises:
            names.Refused: there is no such dimension.
        """
        for name in chosen:
            names.one_of(name, names.DIMENSIONS, "of")
        wanted = pl.all_horizontal(
            pl.lit(value=True), *(pl.col(name).fill_null("") == value for name, value in chosen.items())
        )
        return replace(
            self,
            outcome=self.outcome.of(self.outcome.lines.filter(wanted)),
            recompute=lambda day: (whole := self.recompute(day)).of(whole.lines.filter(wanted)),
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences that belong under every report on these books."""
        return ()

    def journal_by(self, grain: str) -> pl.DataFrame:
        """The journal with recognition by month or by day."""
        return pl.concat(list(self.journal_slices(grain)))

    def journal_slices(self, grain: str) -> Iterator[pl.DataFrame]:
        """The journal part by part, where it may be too long to hold as text."""
        return journal.slices(self.outcome, self.chart, facts=self.facts, grain=grain)

    def schedule_by(self, grain: str) -> pl.DataFrame:
        """The schedule by month or by day."""
        return schedule.table(self.outcome, grain=grain)

    def allocation(self) -> pl.DataFrame:
        """How the transaction price was shared; see `reports.allocation`."""
        return allocation.table(self.outcome)

    def balances(self) -> pl.DataFrame:
        """Billed, recognized and the sides of the difference; see `reports.balances`."""
        return balances.table(self.outcome)

    def roll_forward(
        self, *, by: str | Sequence[str] = (), account: str = "deferred_revenue", grain: str = "month"
    ) -> pl.DataFrame:
        """Opening, movements and closing of an account; see `reports.roll_forward`."""
        return roll_forward.table(self.outcome, by=by, account=account, grain=grain)

    def waterfall(self, *, by: str | Sequence[str] = (), basis: str = "contracted") -> pl.DataFrame:
        """Booked, recognized and the months to come; see `reports.waterfall`."""
        return waterfall.table(self.outcome, by=by, basis=basis)

    def triangle(self) -> pl.DataFrame:
        """What was booked in each month, by the month that recognizes it; see `reports.triangle`."""
        return triangle.table(self.outcome)

    def rpo(self, *, as_of: date | str | None = None, by: str | Sequence[str] = ()) -> pl.DataFrame:
        """Remaining performance obligations at the end of the books, or of another day; see `reports.rpo`."""
        day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
        if day is None or day == self.outcome.through:
            return rpo.table(self.outcome, by=by)
        return rpo.table(self.recompute(day), by=by)

    def trial_balance(self) -> pl.DataFrame:
        """Every account by month; see `reports.trial_balance`."""
        return trial_balance.table(self.outcome, self.chart)

    def amendments(self) -> pl.DataFrame:
        """How each amendment was treated, and why; see `reports.amendments`."""
        return amendments.table(self.outcome)


def report(books: Books, name: str, choices: names.Choices | None = None) -> pl.DataFrame:
    """A report by its name.

    Raises:
        names.Refused: there is no such report, or it does not understand a choice.
        identities.DoesNotFoot: its figures disagree.
    """
    asked = choices or names.Choices()
    names.check(name, asked)
    grain = asked.grain or "month"
    makers: dict[str, Callable[[], pl.DataFrame]] = {
        "allocation": books.allocation,
        "schedule": lambda: books.schedule_by(grain),
        "journal": lambda: books.journal_by(grain),
        "balances": books.balances,
        "roll-forward": lambda: books.roll_forward(
            by=asked.by, account=asked.account or "deferred_revenue", grain=grain
        ),
        "waterfall": lambda: books.waterfall(by=asked.by, basis=asked.basis or "contracted"),
        "triangle": books.triangle,
        "rpo": lambda: books.rpo(by=asked.by),
        "trial-balance": books.trial_balance,
        "amendments": books.amendments,
        "findings": lambda: books.findings,
    }
    return makers[name]()


def parts(books: Books, name: str, choices: names.Choices | None = None) -> Iterator[pl.DataFrame]:
    """A report part by part: the journal in slices, every other report whole; raises what `report` raises."""
    asked = choices or names.Choices()
    if name == "journal":
        names.check(name, asked)
        yield from books.journal_slices(asked.grain or "month")
    else:
        yield report(books, name, asked)
