"""Roll-forward: opening, what moved the balance by cause, closing; every cell opens the entries that it is made of.

Worked example: `/roll-forward?period=2026-03&by=customer` has one row for Acme in March with billings of 1,200.00,
which leads to `/journals?period=2026-03&role=deferred_revenue&movement=billings&customer=acme`, whose total is
1,200.00.
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from ratable.core import periods
from ratable.ledger import books
from ratable.reports import names, rendering, roll_forward
from ratable.web import charts, downloads, filters, frame, state, tables, why

Address = Callable[[str], str]

_TITLES = {
    "opening": "Opening", "billings": "Billed", "recognized": "Recognized", "credit_notes": "Credit notes",
    "modifications": "Modifications", "reclassified": "Reclassified", "fx": "FX", "closing": "Closing",
}  # fmt: skip
ACCOUNTS = {
    "deferred_revenue": "Deferred revenue", "unbilled_receivable": "Unbilled receivable",
    "contract_asset": "Contract asset",
}  # fmt: skip
KINDS = {
    "deferred_revenue": "deferred", "unbilled_receivable": "billed", "contract_asset": "asset",
}  # fmt: skip
_CHARTED = {"billings": "billed", "recognized": "recognized"}


@dataclass(frozen=True)
class Asked:
    """What the address asks of the roll-forward."""

    account: str
    by: tuple[str, ...]
    grain: str
    whole: bool

    @classmethod
    def of(cls, asked: state.State) -> "Asked":
        """What the address says; deferred revenue by month of the chosen month alone, unless said otherwise."""
        account = names.one_of(asked.get("account", "deferred_revenue"), names.ROLLED_ACCOUNTS, "account")
        grain = names.one_of(asked.get("grain", "month"), names.PERIOD_GRAINS, "grain")
        return cls(account, names.dimensions(asked.get("by")), grain, asked.get("since") == "first")


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The screen, or its table as a file."""
    choice = Asked.of(asked)
    ledger = books.books(asked.through, known_on=asked.known_on, entity=asked.entity)
    if chosen := asked.some(*(name for name in names.DIMENSIONS if name != "currency")):
        ledger = ledger.of(**chosen)
    report = ledger.roll_forward(by=choice.by, account=choice.account, grain=choice.grain)
    if format_ := downloads.wanted(request):
        given = {"through": asked.through.isoformat()} | asked.some("by", "account", "grain", "known_on", "entity")
        heading = rendering.Heading("roll-forward", given, ledger.findings, ledger.notes)
        return downloads.file(format_, [report], heading)
    shown = report if choice.whole else report.filter(pl.col("period") == pl.col("period").max())
    part, more = filters.cut(shown, asked)
    table = tables.Table(
        "roll-forward", f"Roll-forward of {ACCOUNTS[choice.account].lower()}", tuple(_columns(asked, choice)), part,
        totals=None if choice.whole else _sums(shown), count=shown.height, more=more,
    )  # fmt: skip
    if asked.get("cursor") and request.htmx:
        return HttpResponse(table.body(asked.scale))
    bridges = [_chart(row, asked, choice) for row in _sums(report).iter_rows(named=True)]
    return frame.page(request, "web/roll_forward.html", {
        "table": table, "asked": choice, "accounts": ACCOUNTS, "dimensions": names.DIMENSIONS[:-1],
        "grains": names.PERIOD_GRAINS, "chosen": chosen, "notes": ledger.notes, "charts": bridges,
    })  # fmt: skip


def bridge(row: tables.Row, address: Address, account: str) -> SafeString:
    """Opening to closing of one row as a chart."""
    moved = [name for name in roll_forward.KINDS if row[name]]
    points = [
        charts.Point(_TITLES[name], row[name], href=address(name), kind=_CHARTED.get(name, "total"))
        for name in moved
    ]  # fmt: skip
    kind = KINDS[account]
    first = charts.Point("Opening", row["opening"], href=address("opening"), kind=kind)
    last = charts.Point("Closing", row["closing"], href=address("closing"), kind=kind)
    title = f"{ACCOUNTS[account]} in {row['currency']}, from opening to closing"
    return charts.bridge([first, *points, last], currency=row["currency"], title=title)


def leads(asked: state.State, account: str, name: str, by: tuple[str, ...] = ()) -> tables.Link:
    """Where a figure of a roll-forward leads: to the entries that it sums."""

    def address(row: tables.Row) -> str:
        parts: dict[str, object] = {"role": account, "currency": row["currency"]}
        parts |= asked.some(*names.DIMENSIONS) | {dimension: row[dimension] or state.WITHOUT for dimension in by}
        first, last = _months(str(row["period"]))
        if name in ("opening", "closing"):
            parts |= {"until": last if name == "closing" else periods.shifted(first, -1), "movement": "all"}
        elif first == last:
            parts |= {"period": first, "movement": name}
        else:
            parts |= {"since": first, "until": last, "movement": name}
        return asked.link("/journals", **parts)

    return address


def _columns(asked: state.State, choice: Asked) -> list[tables.Column]:
    dimensions = [tables.Column(name, name.capitalize()) for name in choice.by if name != "currency"]
    months = tables.Column("period", "Period", "period")
    first = [*dimensions, months] if not choice.whole else [months, *dimensions]
    amounts = [
        tables.Column(
            name,
            title,
            "money",
            leads(asked, choice.account, name, choice.by),
            leads(asked, choice.account, name),
            why=why.figure(asked, name, role=choice.account),
        )
        for name, title in _TITLES.items()
    ]
    return [*first, tables.Column("currency", "Currency"), *amounts]


def _sums(report: pl.DataFrame) -> pl.DataFrame:
    """The last period of each currency, over all groups."""
    last = report.filter(pl.col("period") == pl.col("period").max())
    return tables.sums(last, *_TITLES).join(last.select("period").unique(), how="cross")


def _chart(row: dict[str, object], asked: state.State, choice: Asked) -> dict[str, object]:
    def address(name: str) -> str:
        return leads(asked, choice.account, name)(row)

    return {"currency": row["currency"], "svg": bridge(row, address, choice.account)}


def _months(period: str) -> tuple[str, str]:
    """First and last month of a month, quarter or year by its label."""
    year, _, part = period.partition("-")
    if not part:
        return f"{year}-01", f"{year}-12"
    if part.startswith("Q"):
        quarter = int(part[1:])
        return f"{year}-{quarter * 3 - 2:02}", f"{year}-{quarter * 3:02}"
    return period, period
