"""Journals: what is posted or drafted, by any filter, with totals over all that the filter selects.

Worked example: `/journals?period=2026-03&role=deferred_revenue&movement=billings` lists the bills of March and says
under them what they add to deferred revenue, which is the cell of the roll-forward that led here.
"""

from dataclasses import replace

import polars as pl
from django.http import HttpRequest, HttpResponse

from ratable.ledger import books, differences, listing
from ratable.reports import journal, names, rendering, roll_forward
from ratable.web import downloads, filters, frame, places, state, tables, why

_AT_A_TIME = 200
_TABLES = {"posted": "entries", "draft": "drafts"}
_BY_LINE = ("region", "stream", "booked_in")  # What an entry does not carry itself.
_SIDES = ("debit", "credit")
_BY_HAND = "by_hand"
ROLES = (*names.ROLLED_ACCOUNTS, "revenue", "receivable")
FILTERS = ("customer", "product", "contract", "line", "entity", "currency", "kind", "source", "account")
_COLUMNS = (
    tables.Column("date", "Date", "day"),
    tables.Column("entry", "Entry", "entry", lambda row: f"/entries/{row['entry']}", panel=True),
    tables.Column("kind", "Kind", "words"),
    tables.Column("customer", "Customer"),
    tables.Column("contract", "Contract", "id", lambda row: places.contract(row["contract"])),
    tables.Column("line", "Line", "id"),
    tables.Column("debit", "Debit", "id"),
    tables.Column("credit", "Credit", "id"),
    tables.Column("origin_period", "For", "period"),
    tables.Column("currency", "Currency"),
    tables.Column("amount", "Amount", "money", lambda row: f"/entries/{row['entry']}", panel=True),
)
_EFFECT = tables.Column("effect", "Adds", "money", lambda row: f"/entries/{row['entry']}", panel=True)


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The screen, more rows of its table, or the table as a file."""
    shown = names.one_of(asked.get("stage", "posted"), tuple(_TABLES), "stage")
    wanted = selected(asked, _TABLES[shown])
    if format_ := downloads.wanted(request):
        return _file(format_, wanted, asked)
    after = asked.get("cursor", "0")
    rows = listing.page(
        wanted, after=int(after) if after.isdecimal() else 0, limit=filters.at_a_time(asked, _AT_A_TIME)
    )
    table = _table(asked, wanted, rows)
    if asked.get("cursor") and request.htmx:
        return HttpResponse(table.body(asked.scale))
    return frame.page(request, "web/journals.html", {
        "table": table, "shown": shown, "filters": asked.some(*FILTERS, *_BY_LINE), "role": wanted.role, "roles": ROLES,
        "movement": asked.get("movement"), "movements": tuple(roll_forward.KINDS), "words": wanted.words,
        "code": wanted.code,
        "kinds": _kinds(), "texts": {name: asked.get(name) for name in ("customer", "contract", "product", "line")},
    })  # fmt: skip


def selected(asked: state.State, table: str) -> listing.Filter:
    """The filter that an address says; the month of the address where it names no others.

    Raises:
        names.Refused: a role or movement that there is not.
    """
    role, movement = asked.get("role"), asked.get("movement")
    if role:
        names.one_of(role, ROLES, "role")
    if side := asked.get("side"):
        names.one_of(side, _SIDES, "side")
    kinds = _moving(movement) if movement else ()
    spans = bool(asked.get("since") or asked.get("until"))
    said = {name: value.replace(state.WITHOUT, "") for name, value in asked.some(*FILTERS).items()}
    equal = said | ({} if spans else {"period": asked.period})
    among: dict[str, tuple[str, ...]] = {}
    if asked.some(*_BY_LINE):
        every = books.books(asked.through, known_on=asked.known_on, entity=asked.entity).outcome.lines
        among["line"] = tuple(filters.lines(every, asked)["line"].unique().sort())
    run = asked.get("run")
    return listing.Filter(
        table, int(run) if run.isdecimal() else None, asked.get("since"), asked.get("until"), asked.known_on, role,
        kinds, equal, among, asked.get("words"), asked.get("without"), asked.get("code"), side,
    )  # fmt: skip


def _table(asked: state.State, wanted: listing.Filter, rows: pl.DataFrame) -> tables.Table:
    sums = listing.totals(wanted)
    more = asked.here(cursor=rows["no"][-1]) if rows.height == filters.at_a_time(asked, _AT_A_TIME) else ""
    explain = why.entry(asked)
    # A draft has no page of its own yet: it may be replaced by the next proposal.
    shown = (*_COLUMNS, _EFFECT) if wanted.role or wanted.code else _COLUMNS
    posted = wanted.table == "entries"
    columns = tuple(replace(one, why=explain) if posted and one.link and one.panel else one for one in shown)
    rows = rows.with_columns(soft=pl.lit(wanted.table == "drafts"))
    return tables.Table(
        "journal", "Journal entries", columns, rows, totals=sums.drop("rows"), count=int(sums["rows"].sum()),
        more=more, soft="soft",
    )  # fmt: skip


def _file(format_: str, wanted: listing.Filter, asked: state.State) -> HttpResponse:
    """All that the filter selects, in the columns of the journal report."""
    rows = listing.page(wanted, limit=listing.ALL)
    parts = [rows.select(*journal.COLUMNS)]
    heading = rendering.Heading(
        "journal", {"through": asked.through.isoformat()} | dict(asked.asked), downloads.NO_FINDINGS
    )
    return downloads.file(format_, parts, heading)


def _moving(movement: str) -> tuple[str, ...]:
    """The kinds of a movement; `all` is all but what was written by hand, as in the reports by line."""
    kinds = roll_forward.KINDS | {"all": _kinds()[: -len(differences.BY_HAND)], _BY_HAND: differences.BY_HAND}
    return kinds[names.one_of(movement, tuple(kinds), "movement")]


def _kinds() -> tuple[str, ...]:
    return (*(kind for kinds in roll_forward.KINDS.values() for kind in kinds), *differences.BY_HAND)
