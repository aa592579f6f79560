"""The months of a contract: a chart and a table of what is billed and recognized, and one month that is to come.

Worked example: C-1 of 12,000.00 for 2026, billed by the quarter, through March: three bars of 3,000.00 above the zero,
of which January's is solid and the rest outlined; below it twelve of 1,000.00. April leads to
`/contracts/C-1/months/2026-04`: 12,000.00 x 120/365 less what was earned before, line by line.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from ratable.core import periods
from ratable.ledger import arithmetic, books, closed, knowledge, schedules, scope, tracing, whatif
from ratable.reports import rendering
from ratable.web import charts, downloads, figures, frame, places, state, tables
from ratable.web.screens import contracts

_STATES = {closed.LOCKED: "", closed.SOFT: "open", closed.OPEN: "open", closed.ASKED: "open"}
_POSTED = {"billed": ("receivable", "tax_payable"), "recognized": ("revenue", "")}
_TITLES = {"billed": "Billed", "recognized": "Recognized", "to_bill": "To bill", "to_come": "To come"}


@dataclass(frozen=True)
class Months:
    """The months of a contract as they are asked for; `line` in the address restricts them to one obligation."""

    contract: str
    asked: state.State
    ledger: books.Posted

    @cached_property
    def rows(self) -> pl.DataFrame:
        """period, state, currency and the figures of ledger.schedules, a row for each month."""
        found = schedules.of_contract(self.contract, self.asked.through, known_on=self.asked.known_on)
        if line := self.asked.get("line"):
            found = found.filter(pl.col("line") == line)
        sums = found.group_by("period", "currency").agg(pl.col(schedules.FIGURES).sum()).sort("period", "currency")
        return sums.with_columns(
            state=pl.Series([self._state(one) for one in sums["period"]], dtype=pl.List(pl.String))
        )

    def table(self) -> tables.Table:
        """The months; what is posted opens its entries, what is to come says how it will be worked out."""
        columns = (
            tables.Column("period", "Month", "period"), tables.Column("state", "State", "status"),
            tables.Column("currency", "Currency"),
            *(tables.Column(name, title, "money", self._link(name), self._sum(name))
              for name, title in _TITLES.items()),
        )  # fmt: skip
        ahead = pl.col("period") > self.asked.period
        return tables.Table(
            "schedule", "Billing and recognition by month", columns, self.rows.with_columns(ahead=ahead),
            tables.sums(self.rows, *schedules.FIGURES), soft="ahead", short=True,
        )  # fmt: skip

    def drawn(self) -> list[dict[str, Any]]:
        """For each currency, billing above the zero and recognition below it."""
        return [
            {"currency": currency, "svg": self._chart(str(currency), own)}
            for (currency,), own in self.rows.group_by("currency", maintain_order=True)
        ]

    def _chart(self, currency: str, own: pl.DataFrame) -> SafeString:
        by_month = {row["period"]: row for row in own.iter_rows(named=True)}
        above, below = [], []
        for period in _span(own["period"][0], own["period"][-1]):
            row = by_month.get(period, {"period": period, "currency": currency} | dict.fromkeys(schedules.FIGURES, 0))
            above.append(self._point(row, "billed", "to_bill"))
            below.append(self._point(row, "recognized", "to_come"))
        title = f"Billed above and recognized below the line, {currency}"
        return charts.pairs(above, below, currency=currency, title=title)

    def _point(self, row: tables.Row, posted: str, ahead: str) -> charts.Point:
        label = figures.month(row["period"])
        if row["period"] > self.asked.period:
            return charts.Point(label, row[ahead], "future", self._link(ahead)(row), posted)
        month = self.asked.months.month(row["period"], self._entity)
        return charts.Point(label, row[posted], _STATES[month.state], self._link(posted)(row), posted)

    def _link(self, name: str) -> tables.Link:
        """Where a figure of a month leads."""
        line = self.asked.get("line")

        def posted(row: tables.Row) -> str:
            role, without = _POSTED[name]
            given = {"until": None, "period": row["period"], "without": without, "line": line}
            return contracts.posted(self.asked, role, {**row, "contract": self.contract}, **given)

        def ahead(row: tables.Row) -> str:
            place = places.contract(self.contract, "months", row["period"])
            return self.asked.link(place, line=line) if row[name] else ""

        return posted if name in _POSTED else ahead

    def _sum(self, name: str) -> tables.Link | None:
        if name not in _POSTED:
            return None
        role, without = _POSTED[name]
        line = self.asked.get("line")
        return lambda row: contracts.posted(
            self.asked, role, {**row, "contract": self.contract}, without=without, line=line
        )  # fmt: skip

    @property
    def _entity(self) -> str | None:
        return next(iter(self.ledger.outcome.lines["entity"]), None)

    def _state(self, period: str) -> list[str]:
        if period > self.asked.period:
            return ["quiet", "to come"]
        month = self.asked.months.month(period, self._entity)
        return [month.sign, month.state]


@frame.screen
def view(request: HttpRequest, asked: state.State, contract: str, month: str) -> HttpResponse:
    """What of one month is to come, line by line, with the arithmetic filled in."""
    found = schedules.of_contract(contract, asked.through, known_on=asked.known_on).filter(pl.col("period") == month)
    if line := asked.get("line"):
        found = found.filter(pl.col("line") == line)
    if found.is_empty():
        raise tracing.Unknown(f"contract {contract!r} has nothing to come in {month!r} after {asked.through}.")
    says = _worked_out(asked, contract, month)
    by_day = {line for line, _ in says}
    columns = (
        tables.Column("line", "Obligation", "id"), tables.Column("currency", "Currency"),
        tables.Column("to_bill", "To bill", "money"),
        tables.Column("to_come", "To recognize", "money", lambda row: "#how" if row["line"] in by_day else ""),
    )  # fmt: skip
    table = tables.Table(
        "month", f"To come in {month}", columns, found, tables.sums(found, "to_bill", "to_come"), short=True
    )
    if format_ := downloads.wanted(request):
        given = {"through": asked.through.isoformat()} | dict(asked.asked)
        heading = rendering.Heading("contract-month", given, downloads.NO_FINDINGS)
        return downloads.file(format_, [found], heading)
    return frame.page(request, "web/contract_month.html", {
        "table": table, "contract": contract, "of": figures.month(month), "says": says,
        "back": asked.link(places.contract(contract)),
    })  # fmt: skip


def _worked_out(asked: state.State, contract: str, month: str) -> list[tuple[str, list[str]]]:
    """For each line that is served over time, the closed form of the month with its numbers."""
    stated = knowledge.stated(asked.known_on, scope.of_account(f"contract {contract}"))
    through = periods.last_day(month)
    made, first = whatif.outcome_of(stated, through), date.fromisoformat(f"{month}-01")
    own = made.lines.filter(pl.col("contract") == contract).sort("line")
    return [
        (line, [earned.sentence(currency) for earned in spans])
        for no, line, currency in own.select("line_no", "line", "currency").iter_rows()
        if (spans := arithmetic.of_month(made.spans.filter(pl.col("line_no") == no), first, through))
    ]  # fmt: skip


def _span(first: str, last: str) -> list[str]:
    days = pl.date_range(date.fromisoformat(f"{first}-01"), date.fromisoformat(f"{last}-01"), "1mo", eager=True)
    return days.dt.to_string("%Y-%m").to_list()
