"""A change of the company's own data is written here: the fields of one row, or a small file, and why.

Worked example: `/revisions/new?table=products&is.id=setup` is filled in with the product setup as it is known now. Ben
sets its method to straight_line, says "delivered as a service since May", and gets to revision 3, which waits for
somebody else, while what it moves by month is worked out.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ratable.access import requests
from ratable.api import jobs, uploads
from ratable.bundle import joining, reading, rules
from ratable.core import accounts, currencies
from ratable.core import tables as bundle
from ratable.engine import outcome
from ratable.ledger import facts, impact, knowledge, rows
from ratable.operations import acts, clock, people, revisions
from ratable.web import frame, own, received, state

_IS = "is."
_LISTED = 200  # As many ids as a person still picks from a list.


@dataclass(frozen=True)
class Field:
    """One cell of the row: what it is, what it may be, and what it is now."""

    name: str
    says: str
    required: bool
    kind: str
    choices: tuple[str, ...]
    value: str


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """The form, filled in with the row that the address names; or the revision that was sent."""
    name = own.table_of(asked)
    if request.method != "POST":
        return _page(request, asked, name, _values(asked, name))
    names = [column.name for column in bundle.TABLES[name].columns]
    typed = {column: request.POST.get(f"cell.{column}", "").strip() for column in names}
    try:
        return _proposed(request, _sent(request, name, typed))
    except (acts.Refused, reading.Unreadable) as refused:
        return _page(request, asked, name, typed, refused=str(refused))


def _sent(request: HttpRequest, name: str, typed: dict[str, str]) -> dict[str, list[dict[str, str | None]]]:
    """The rows that were sent: those of a file where there is one, else the one of the form."""
    sent = request.FILES.getlist("files")
    if not sent:
        return {name: [dict(typed)]}
    made = received.keep(requests.person(request), sent)
    source = uploads.opened(received.files(made)).source
    made.delete()
    return {table: frame_.drop("row").cast(pl.String).to_dicts() for table, frame_ in source.tables.items()}


def _proposed(request: HttpRequest, said: dict[str, list[dict[str, str | None]]]) -> HttpResponse:
    no = revisions.propose(requests.actor(request), said, request.POST.get("memo", ""))
    return started(request, no)


def started(request: HttpRequest, no: int) -> HttpResponse:
    """Begin to work out what a revision moves, and go there."""
    source = revisions.document(no).source
    day = acts.ledger_day(clock.now().isoformat())

    def work(step: jobs.Step) -> dict[str, Any]:
        step("Working out both sets of books")
        found = impact.of(source, day)
        return {
            "says": f"Revision {no} waits for another person.", "through": found.through.isoformat(),
            "months": found.months.to_dicts(), "accounts": found.accounts.to_dicts(),
        }  # fmt: skip

    job = jobs.start(f"impact of revision {no}", requests.actor(request), work, reads=True)
    return HttpResponseRedirect(f"/jobs/{job}?{urlencode({'next': f'/revisions/{no}'})}", status=303)


def _values(asked: state.State, name: str) -> dict[str, str]:
    """The cells of the row whose key the address has; the key alone where there is no such row, or nothing."""
    key = {part.removeprefix(_IS): value for part, value in asked.asked.items() if part.startswith(_IS)}
    if not key:
        return {}
    said = own.texts(name, own.known())
    found = [row for row in said.to_dicts() if all((row[c] or "") == key.get(c, "") for c in joining.key(name))]
    return {column: text for column, text in found[0].items() if text} if found else key


def _page(
    request: HttpRequest, asked: state.State, name: str, values: dict[str, str], *, refused: str = ""
) -> HttpResponse:
    person = requests.person(request)
    return frame.page(request, "web/revision_new.html", {
        "table": name, "says": bundle.TABLES[name].says, "fields": _fields(name, values), "refused": refused,
        "denied": people.denial(person, "propose a revision"), "memo": request.POST.get("memo", ""),
        "existing": any(part.startswith(_IS) for part in asked.asked), "suffixes": ",".join(received.SUFFIXES),
        "policies": rules.POLICY_VALUES if name == "policies" else {},
    })  # fmt: skip


def _fields(name: str, values: dict[str, str]) -> list[Field]:
    fields = []
    for column in bundle.TABLES[name].columns:
        if column.name == "known_on":
            continue  # When it became known is for the books to say.
        kind = "date" if column.kind == "day" else "text"
        choices = _choices(column)
        fields.append(
            Field(column.name, column.says, column.required, kind, choices, str(values.get(column.name) or ""))
        )
    return fields


def _choices(column: bundle.Column) -> tuple[str, ...]:
    """What a cell may be, where that is a list."""
    if column.choices:
        return column.choices
    if column.name == "role":
        return tuple(outcome.ROLES.categories)
    if column.name == "currency":
        return tuple(_distinct("contracts", "currency") or sorted(currencies.EXPONENTS))
    if column.kind != "reference":
        return ()
    if column.to == "accounts":
        chart = accounts.Chart(knowledge.current("accounts"), knowledge.current("account_rules"))
        return tuple(accounts.in_force(chart)["code"].unique().sort())
    ids = _distinct(column.to, "id")
    return tuple(ids) if len(ids) <= _LISTED else ()


def _distinct(table: str, column: str) -> list[str]:
    """What a column of facts holds, and one more than is listed at most."""
    query = f'SELECT DISTINCT "{column}" FROM {facts.PREFIX}{table} ORDER BY 1 LIMIT {_LISTED + 1}'  # noqa: S608  names of our own schema
    return rows.select(query, [], {column: pl.String()})[column].to_list()
