"""The facts of every table of a bundle, as they are known."""

from datetime import date
from typing import Annotated, Literal

import polars as pl
from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import Field

from ratable.api import pages, routing, shapes
from ratable.bundle import writing
from ratable.core import tables
from ratable.ledger import knowledge
from ratable.operations import people

router = Router(tags=["tables"])

_NAMES = Literal[shapes.TABLES]  # type: ignore[valid-type]  # One value for each table, whichever there are.


class Asked(pages.Ask):
    """Which page, as known on which day."""

    known_on: Annotated[shapes.Day | None, Field(description="As known by the end of this day.")] = None


@routing.read(router, "/tables", shapes.TableNames)
def list_tables(request: HttpRequest) -> shapes.TableNames:
    """List the tables of a bundle with their columns."""
    every = tables.TABLES.values()
    return shapes.TableNames(
        rows=[{"table": t.name, "says": t.says, "columns": [c.name for c in t.columns]} for t in every]
    )


@routing.read(router, "/tables/{table}", shapes.TablePage)
def get_table(request: routing.Asking, table: Path[_NAMES], ask: Query[Asked]) -> HttpResponse:
    """Read the facts of a table, each row in its last version."""
    known = knowledge.stated(date.fromisoformat(ask.known_on) if ask.known_on else None)
    own = people.entities(request.auth.person)
    rows = writing.texts(known, table) if known[table].height else pl.DataFrame()
    if own is not None and rows.height:
        rows = rows.filter(_visible(known, table, own))
    shown, following = pages.of_frame(rows, ask)
    page = shapes.TablePage(table=table, rows=shown.to_dicts(), next=following)
    return routing.listed(request, page, following)


# Table: the column by which its rows hang on those of another.
_HANGS: dict[str, tuple[str, str]] = {
    "contract_lines": ("contract", "contracts"),
    "amendments": ("contract", "contracts"),
    "amendment_changes": ("amendment", "amendments"),
    "milestones": ("contract_line", "contract_lines"),
    "milestones_reached": ("contract_line", "contract_lines"),
    "price_tiers": ("contract_line", "contract_lines"),
    "usage": ("contract_line", "contract_lines"),
    "opening_balances": ("contract_line", "contract_lines"),
    "minimums": ("contract", "contracts"),
    "minimum_lines": ("minimum", "minimums"),
    "invoice_lines": ("invoice", "invoices"),
    "credit_notes": ("invoice", "invoices"),
    "credit_note_lines": ("credit_note", "credit_notes"),
    "payments": ("invoice", "invoices"),
}


def _visible(known: knowledge.Tables, table: str, own: frozenset[str]) -> pl.Series:
    """Which rows belong to one of some entities, by their own column or by what they hang on; others are shared."""
    rows = known[table]
    if table == "entities":
        return rows["id"].is_in(list(own))
    if "entity" in rows.columns:
        shared = rows["entity"].is_null() if table in ("accounts", "account_rules", "policies", "locks") else False
        stated = rows["entity"].fill_null("").is_in(list(own))
        return stated | shared
    if table in _HANGS:
        column, holder = _HANGS[table]
        held = known[holder].filter(_visible(known, holder, own))["id"]
        return rows[column].is_in(held.implode())
    return pl.Series([True] * rows.height, dtype=pl.Boolean)
