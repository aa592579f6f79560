"""Manual journals and reversals: entries that the engine does not make, prepared for another person to approve.

Worked example: `POST /manual-journals` with one row of 250.00 USD from deferred revenue to revenue, a memo and the
e-mail behind it makes run 5 with one draft; it is approved and posted at its hash, as any other run.

Refused: an amount that its currency cannot have, a document that is none or too large, and what the books refuse.
"""

import base64
import binascii
from datetime import date
from typing import Annotated, Any

import polars as pl
from ninja import Router
from pydantic import AfterValidator, Field, StringConstraints

from ratable.api import problems, routing, shapes
from ratable.api.routes import runs
from ratable.core import currencies
from ratable.operations import manual

router = Router(tags=["manual journals"])

MOST_BYTES = 2**20
_MOST_ROWS = 1_000
_ROW = {
    "date": "2026-03-31", "currency": "USD", "line": "C-1-1", "debit": "2400", "credit": "4000",
    "debit_role": "deferred_revenue", "credit_role": "revenue", "amount": "250.00",
}  # fmt: skip
_GROUND = {"memo": "Rounding agreed with the customer.", "document": "RGVhciBBY21l"}


def _content(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error as fault:
        raise ValueError("expected the bytes of a document in base64") from fault
    return text


Amount = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,15}(\.[0-9]{1,4})?$")]
"""An amount above zero as text, such as 1200.00."""

Document = Annotated[
    str,
    StringConstraints(min_length=4, max_length=-(-MOST_BYTES // 3) * 4, pattern=r"^[A-Za-z0-9+/]+={0,2}$"),
    AfterValidator(_content),
    Field(description="The bytes of the document that shows it, in base64; at most 1 MiB.",
          json_schema_extra={"contentEncoding": "base64"}),
]  # fmt: skip


class Ground(shapes.Sent):
    """Why it is right: in words, and the document that shows it."""

    memo: Annotated[shapes.Text, Field(description="Why, in words; it stands in the journal for good.")]
    document: Document


class ManualRow(shapes.Sent):
    """One debit account, one credit account, one amount above zero, on one day."""

    model_config = shapes.sent(**_ROW)
    date: shapes.Day
    entity: Annotated[shapes.Text | None, Field(description="None: the only one of a company that names none.")] = None
    currency: shapes.Text
    line: Annotated[shapes.Text | None, Field(description="A line that has entries; null: of none.")] = None
    debit: Annotated[shapes.Text, Field(description="Code of the account.")]
    credit: Annotated[shapes.Text, Field(description="Code of the account.")]
    debit_role: shapes.Text
    credit_role: shapes.Text
    amount: Amount


class ManualJournal(Ground):
    """Entries that a person writes."""

    model_config = shapes.sent(rows=[_ROW], **_GROUND)
    rows: Annotated[list[ManualRow], Field(min_length=1, max_length=_MOST_ROWS)]


class Reversal(Ground):
    """Posted entries that are taken back, and the day of it."""

    model_config = shapes.sent(entries=["5f1c0d3e9a8b7c6d"], date="2026-04-01", **_GROUND)
    entries: Annotated[list[shapes.Text], Field(min_length=1, max_length=_MOST_ROWS, description="Ids of entries.")]
    date: shapes.Day


@routing.act(router, "/manual-journals", shapes.Proposed, verb="enter manually")
def enter_journal(request: routing.Asking, said: ManualJournal) -> shapes.Proposed:
    """Prepare a manual journal.

    It becomes a run that another person approves and posts, as any other.
    """
    return runs.proposed(manual.enter(request.auth.actor(), _journal(said.rows), _ground(said)))


@routing.act(router, "/reversals", shapes.Proposed, verb="enter manually")
def reverse_entries(request: routing.Asking, said: Reversal) -> shapes.Proposed:
    """Prepare the reversal of posted entries.

    Each is taken back by one with its sides swapped and its id as source. An entry is reversed once.
    """
    made = manual.reverse(request.auth.actor(), said.entries, date.fromisoformat(said.date), _ground(said))
    return runs.proposed(made)


def _ground(said: Ground) -> manual.Ground:
    return manual.Ground(said.memo, base64.b64decode(said.document))


def _journal(said: list[ManualRow]) -> pl.DataFrame:
    """The rows as manual.JOURNAL has them."""
    # Row by row, since each is checked against its own currency and named by its place.
    rows: list[dict[str, Any]] = [
        row.dict() | {"date": date.fromisoformat(row.date), "entity": row.entity or "", "amount": _minor(place, row)}
        for place, row in enumerate(said)
    ]
    return pl.DataFrame(rows, schema=manual.JOURNAL)


def _minor(place: int, row: ManualRow) -> int:
    """The amount of a row in minor units.

    Raises:
        problems.Problem: there is no such currency, or it has fewer decimals.
    """
    whole, _, part = row.amount.partition(".")
    decimals = currencies.EXPONENTS.get(row.currency)
    if decimals is None:
        raise problems.Problem(
            "invalid", f"rows, {place}, currency: saw {row.currency!r}; expected one of ISO 4217, such as USD."
        )
    if len(part) > decimals:
        raise problems.Problem(
            "invalid",
            f"rows, {place}, amount: saw {row.amount}; expected {decimals} decimals at most in {row.currency}.",
        )
    return int(whole + part.ljust(decimals, "0"))
