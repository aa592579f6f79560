"""One contract: what was agreed, where it stands, its months, its amendments before and after, and all its history.

Worked example: `/contracts/C-1?period=2026-03`: transaction price 12,000.00, of which 3,000.00 is recognized, which
opens its twelve entries, and 9,000.00 remains, which is the sum of the months to come.
`/contracts/C-1?amendment=A-1` shows what A-1 did to each month; `?since=close` what changed since the last close.

A contract is never edited here; the page names the lawful ways.
"""

from dataclasses import dataclass
from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse

from ratable.access import requests
from ratable.ledger import books, changes, knowledge, scope, tracing
from ratable.operations import people
from ratable.reports import names, rendering
from ratable.web import downloads, frame, places, state, tables
from ratable.web.screens import contract_history, contract_months, contracts

_SIDES = {
    "deferred_revenue": ("Deferred revenue", "deferred"), "unbilled_receivable": ("Unbilled receivable", "billed"),
    "contract_asset": ("Contract asset", "asset"),
}  # fmt: skip
_CHANGES = (
    tables.Column("period", "Month", "period"),
    tables.Column("line", "Line", "id"),
    tables.Column("cause", "Cause", "words"),
    tables.Column("import", "Import", "id", lambda row: f"/imports/{row['import']}"),
    tables.Column("currency", "Currency"),
    tables.Column("revenue", "Revenue", "money", lambda row: f"/imports/{row['import']}"),
    tables.Column("billed", "Billed", "money", lambda row: f"/imports/{row['import']}"),
)


@dataclass(frozen=True)
class Figure:
    """A key figure: its name, amount in minor units, where it leads, and the color of what it means."""

    title: str
    amount: int
    currency: str
    href: str
    kind: str = ""


@frame.screen
def view(request: HttpRequest, asked: state.State, contract: str) -> HttpResponse:
    """The page, or one of its tables as a file: `format` and `table` say which."""
    ledger = books.books(asked.through, known_on=asked.known_on, entity=None)
    within = scope.of_account(f"contract {contract}")
    stated = knowledge.stated(asked.known_on, within)
    terms = stated["contracts"].filter(pl.col("id") == contract)
    if terms.is_empty():
        raise tracing.Unknown(f"contract {contract!r} is not in the books, or was not known then.")
    part = ledger.of(contract=contract)
    entity = next(iter(part.outcome.lines["entity"]), None)
    asked.allow(entity)
    shown = contract_months.Months(contract, asked, part)
    parts = {"terms": contract_history.terms(part.outcome.lines, stated)}
    if not part.outcome.lines.is_empty():
        parts |= {"allocation": _allocation(asked, part), "schedule": shown.table()}
    parts |= contract_history.tables_of(asked, contract, part, stated)
    since = _since(asked, contract)
    if isinstance(since, tables.Table):
        parts["changes"] = since
    if format_ := downloads.wanted(request):
        return _file(format_, asked, parts)
    return frame.page(request, "web/contract.html", parts | {
        "contract": contract, "facts": terms.row(0, named=True), "customer": _customer(stated),
        "figures": _figures(asked, ledger, contract), "charts": shown.drawn(), "line": asked.get("line"),
        "not_closed": since if isinstance(since, str) else "", "lines": part.outcome.lines,
        "comparison": contract_history.comparison(asked, contract, stated, part.outcome.lines),
        "amend": asked.link(places.contract(contract, "amend")), "all": asked.link("/contracts"),
        "denied": people.denial(requests.person(request), "import"), "notes": part.notes,
        "entity": entity, "may_adjust": asked.link("/journals/new"),
    })  # fmt: skip


def _figures(asked: state.State, ledger: books.Posted, contract: str) -> list[Figure]:
    """Where the contract stands, each figure with what it is made of."""
    found: list[Figure] = []
    for row in ledger.contracts.filter(pl.col("contract") == contract).iter_rows(named=True):
        here, currency = asked.here(since=None, amendment=None, line=None), str(row["currency"])
        bills = contracts.posted(asked, "receivable", row, without="tax_payable")
        found += [
            Figure("Transaction price", row["transaction_price"], currency, f"{here}#allocation"),
            Figure("Billed", row["billed"], currency, bills, "billed"),
            Figure("Recognized", row["recognized"], currency, contracts.posted(asked, "revenue", row), "recognized"),
            *(Figure(title, row[name], currency, contracts.posted(asked, name, row), kind)
              for name, (title, kind) in _SIDES.items()),
            Figure("Remaining", row["remaining"], currency, f"{here}#schedule"),
        ]  # fmt: skip
    return found


def _allocation(asked: state.State, part: books.Posted) -> tables.Table:
    """The obligations, with what each was priced at and allocated; the last row is the transaction price."""
    lines = part.outcome.lines.sort("line")
    own = part.balances().select("line", "currency", "recognized")
    left = part.outcome.remaining().group_by("line_no").agg(remaining=pl.col("amount").sum())
    rows = lines.join(own, on=["line", "currency"], how="left").join(left, on="line_no", how="left").with_columns(
        pl.col("remaining", "recognized").fill_null(0), allocated=pl.when("fixed").then("contracted")
    )  # fmt: skip

    def of_line(row: tables.Row) -> str:
        return asked.here(line=row["line"], since=None, amendment=None) + "#schedule"

    def origin(_: tables.Row) -> str:
        return "#terms"

    columns = (
        tables.Column("line", "Obligation", "id", of_line), tables.Column("product", "Product"),
        tables.Column("method", "Method", "words"), tables.Column("start", "Start", "day"),
        tables.Column("end", "End", "day"), tables.Column("currency", "Currency"),
        tables.Column("ssp", "SSP", "money", origin, origin), tables.Column("price", "Price", "money", origin, origin),
        tables.Column("allocated", "Allocated", "money", of_line, lambda _: asked.here(line=None) + "#schedule"),
        tables.Column("recognized", "Recognized", "money",
                      lambda row: contracts.posted(asked, "revenue", row, line=row["line"]),
                      lambda row: contracts.posted(asked, "revenue", {**row, "contract": lines["contract"][0]})),
        tables.Column("remaining", "Remaining", "money", of_line, lambda _: asked.here(line=None) + "#schedule"),
    )  # fmt: skip
    shown = rows.select("contract", *(column.name for column in columns))
    sums = tables.sums(shown, "ssp", "price", "allocated", "recognized", "remaining")
    return tables.Table("allocation", "Obligations and allocation", columns, shown, sums, short=True)


def _since(asked: state.State, contract: str) -> tables.Table | str | None:
    """What changed since the last close, a sentence where nothing is closed, None where nobody asks."""
    if asked.get("since") != "close":
        return None
    try:
        rows = changes.since_close(through=asked.through).rows.filter(pl.col("contract") == contract)
    except changes.NotClosed as missing:
        return str(missing)
    return tables.Table(
        "changes", "Since the last close", _CHANGES, rows, tables.sums(rows, "revenue", "billed"), short=True
    )  # fmt: skip


def _customer(stated: knowledge.Tables) -> dict[str, Any]:
    own = stated["customers"].join(stated["contracts"], left_on="id", right_on="customer", how="semi")
    return own.row(0, named=True) if own.height else {}


def _file(format_: str, asked: state.State, parts: dict[str, tables.Table]) -> HttpResponse:
    """One table of the page as a file.

    Raises:
        names.Refused: there is no such table.
    """
    name = names.one_of(asked.get("table", "schedule"), tuple(parts), "table")
    shown = parts[name]
    kinds = {column.name: column.kind for column in shown.columns}
    # Numbers that are no amounts, such as versions, are texts in a file.
    plain = shown.rows.select(
        pl.col(one) if kind in ("money", "day") else pl.col(one).cast(pl.String)
        for one, kind in kinds.items()
        if shown.rows.schema[one] != pl.List(pl.String)
    )
    given = {"through": asked.through.isoformat()} | dict(asked.asked)
    heading = rendering.Heading(f"contract-{name}", given, downloads.NO_FINDINGS)
    return downloads.file(format_, [plain], heading)
