"""Trial balance: every account with opening, debits, credits and closing; each figure leads to its entries.

Worked example: `/trial-balance?period=2026-03` shows 4000 Revenue with credits of 41,200.00, which lead to
`/journals?period=2026-03&code=4000&side=credit`, whose total is 41,200.00. `role=revenue` shows the revenue accounts
alone, and what they earned: what the footer of the triangle is held against.
"""

import polars as pl
from django.http import HttpRequest, HttpResponse

from ratable.core import periods
from ratable.ledger import books
from ratable.reports import names, rendering
from ratable.web import downloads, filters, frame, revenue, state, tables

_SPANS = ("month", "all")
_ROLES = ("", "revenue")


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The screen, or its table as a file."""
    span = names.one_of(asked.get("span", "month"), _SPANS, "span")
    role = names.one_of(asked.get("role"), _ROLES, "role")
    ledger = books.books(asked.through, known_on=asked.known_on, entity=asked.entity)
    every = ledger.outcome.lines
    chosen = {name: value for name, value in filters.said(asked).items() if name != filters.BOOKED_IN}
    own = ledger.of(**chosen) if chosen else ledger
    balance = own.trial_balance()
    if role:
        balance = balance.filter(pl.col("account").is_in(revenue.accounts(own)))
    if code := asked.get("code"):
        balance = balance.filter(account=code)
    if format_ := downloads.wanted(request):
        given = {"through": asked.through.isoformat()} | asked.some("known_on", "role", "code", *filters.NAMES)
        return downloads.file(format_, [balance], rendering.Heading("trial-balance", given, ledger.findings, own.notes))
    shown = balance if span == "all" else balance.filter(period=asked.period)
    rows, more = filters.cut(shown, asked)
    table = tables.Table(
        "trial-balance", "Trial balance", _columns(asked, span), rows, totals=_sums(shown, span), count=shown.height,
        more=more,
    )  # fmt: skip
    if asked.get("cursor") and request.htmx:
        return HttpResponse(table.body(asked.scale))
    earned = revenue.moved(own).filter(pl.lit(span == "all") | (pl.col("period") == asked.period)) if role else None
    return frame.page(request, "web/trial_balance.html", {
        "table": table, "span": span, "of_role": role, "notes": own.notes, "filtered": filters.said(asked),
        "fields": filters.fields(every, asked), "code": code,
        "earned": [] if earned is None else tables.sums(earned, "amount").to_dicts(),
    })  # fmt: skip


def leads(asked: state.State, name: str) -> tables.Link:
    """Where a figure of an account and month leads: to the entries that it sums."""

    def address(row: tables.Row) -> str:
        period = str(row["period"])
        parts = asked.some(*filters.NAMES) | {"code": row["account"], "currency": row["currency"]}
        if row["entity"]:
            parts["entity"] = row["entity"]
        if name in ("debit", "credit"):
            return asked.link("/journals", **parts, period=period, side=name)
        return asked.link("/journals", **parts, until=periods.shifted(period, -1) if name == "opening" else period)

    return address


def _columns(asked: state.State, span: str) -> tuple[tables.Column, ...]:
    def of_account(row: tables.Row) -> str:
        return asked.here(code=row["account"], span="all", role=None, cursor=None)

    titles = {"opening": "Opening", "debit": "Debits", "credit": "Credits", "closing": "Closing"}
    return (
        tables.Column("account", "Account", "id", of_account),
        tables.Column("name", "Name"),
        *([tables.Column("period", "Month", "period")] if span == "all" else []),
        *([tables.Column("entity", "Entity")] if asked.months.entities != ("",) else []),
        tables.Column("currency", "Currency"),
        *(
            tables.Column(name, title, "money", leads(asked, name), _in_all(asked, name, span))
            for name, title in titles.items()
        ),
    )


def _in_all(asked: state.State, name: str, span: str) -> tables.Link | None:
    """Where the debits or credits of all accounts lead: to every entry, which has one of each."""
    if name not in ("debit", "credit") or asked.get("role") or asked.get("code"):
        return None
    return filters.leading(asked, "/journals", **({"until": asked.period} if span == "all" else {}))


def _sums(shown: pl.DataFrame, span: str) -> pl.DataFrame:
    """Totals by currency; over several months debits and credits alone, since balances of each month are no sum."""
    return tables.sums(shown, *(("debit", "credit") if span == "all" else ("opening", "debit", "credit", "closing")))
