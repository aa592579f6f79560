"""The shapes of what the agent says and of what people make of it, each with an example; see `shapes`."""

from datetime import date
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from ratable.api import shapes
from ratable.ledger import flagged
from ratable.review.ask import query

_FLAG = {
    "id": "42b942af7a52d30e", "check": "JC-49D", "version": 1, "kind": "flags", "title": "Invoice or entry came twice",
    "table": "invoices", "subject": "I-8107", "period": "2026-04", "entity": None, "contract": None, "line": "I-8107-1",
    "customer": "marlow", "currency": "USD", "amount": "6600.00", "expected": "one invoice",
    "actual": "I-8101 and I-8107",
    "says": "Invoice I-8107 bills 6,600.00 USD of platform again; I-8101 has billed it.",
    "formula": "6,600.00 + 6,600.00 for one service of 6,600.00", "rows": ["invoices/I-8107", "invoices/I-8101"],
    "next": "Compare the two documents; credit the second if it is a copy.", "proposal": True, "review": 3,
    "state": "open", "verdict": None, "reason": None, "by": None, "at": None, "until": None,
}  # fmt: skip
_NAMES: shapes.Row = {"propertyNames": {"enum": [*query.TYPES]}}
_ANSWER = {
    "no": 17, "kind": "answered", "query": "balance", "parameters": {"customer": "acme", "to": "2026-03"},
    "understood": [{"name": "query", "value": "balance", "shown": "A balance at the end of a month", "words": ""}],
    "sentences": [{"text": "The deferred revenue of Acme stood at 45,166.45 USD.", "cites": ["entries/5f1c"],
                   "withheld": []}],
    "figures": {"closing": {"kind": "amount", "value": "45166.45", "currency": "USD"}}, "checks": [], "tables": [],
    "chart": None, "alternatives": [], "missing": [], "contradicts": False, "snapshot": shapes.HASH,
}  # fmt: skip


class Flag(Schema):
    """A flag as the last review raised it, with the answer that counts now; `rows` are what it rests on, table/id."""

    model_config = shapes.shown(**_FLAG)
    id: str
    check: str
    version: int
    kind: Annotated[str, Field(description="blocks, flags or informs.")]
    title: str
    table: str
    subject: str
    period: str | None
    entity: str | None
    contract: str | None
    line: str | None
    customer: str | None
    currency: str | None
    amount: str | None
    expected: str
    actual: str
    says: str
    formula: str
    rows: list[str]
    next: str
    proposal: bool
    review: int
    state: str
    verdict: str | None
    reason: str | None
    by: str | None
    at: str | None
    until: date | None


class Flags(Schema):
    """The flags of a run or a month in the order in which to read them, and what the review of a run covered."""

    model_config = shapes.shown(rows=[_FLAG], reviewed=True, checks=69, ran=65)
    rows: list[Flag]
    reviewed: bool
    checks: int | None
    ran: int | None


class Verdict(shapes.Sent):
    """What is said to a flag; an error has no last day."""

    model_config = shapes.sent(verdict="false_alarm", reason="As the order form says.", until="2026-09-28")
    verdict: Annotated[str, Field(json_schema_extra={"enum": list(flagged.VERDICTS)})]
    reason: shapes.Reason
    until: Annotated[shapes.Day | None, Field(description="Last day; none: 180 days from now.")] = None


class Moved(Schema):
    """Revenue of a month before and after a proposal, and by how much its bills change."""

    period: str
    currency: str
    before: str
    after: str
    change: str
    billed: str


class Preview(Schema):
    """What a proposal would do, in words, as a document where it is an import, and by month."""

    model_config = shapes.shown(
        kind="credit", says="A credit note takes back all of the invoice.", document="{}",
        months=[{"period": "2026-04", "currency": "USD", "before": "1100.00", "after": "550.00", "change": "-550.00",
                 "billed": "-6600.00"}],
    )  # fmt: skip
    kind: str
    says: str
    document: str
    months: list[Moved]


class Accepted(Schema):
    """What an accepted proposal became."""

    model_config = shapes.shown(flag="42b942af7a52d30e", became="import 9")
    flag: str
    became: str


class Asking(shapes.Sent):
    """A question in words, of the books through the end of a month."""

    model_config = shapes.sent(question="What is the deferred revenue balance of Acme?", period="2026-03")
    question: Annotated[shapes.Text, Field(min_length=1)]
    period: Annotated[shapes.Month | None, Field(description="None: the last month that is posted.")] = None


class Parameters(shapes.Sent):
    """The parameters of a query as text, of the books through the end of a month."""

    model_config = shapes.sent(parameters={"customer": "acme", "to": "2026-03"}, period="2026-03")
    parameters: Annotated[dict[str, shapes.Text], Field(default_factory=dict, json_schema_extra=_NAMES)]
    period: Annotated[shapes.Month | None, Field(description="None: the last month that is posted.")] = None


class Answer(Schema):
    """An answer: verified sentences with what each rests on, figures as decimal text, tables; `no` is its number."""

    model_config = shapes.shown(**_ANSWER)
    no: int
    kind: str
    query: str
    parameters: dict[str, str]
    understood: list[shapes.Row]
    sentences: list[shapes.Row]
    figures: dict[str, shapes.Row]
    checks: list[shapes.Row]
    tables: list[shapes.Row]
    chart: shapes.Row | None
    alternatives: list[shapes.Row]
    missing: list[str]
    contradicts: bool
    snapshot: str


class Queries(Schema):
    """The queries that can be asked, with what each takes and what one of it needs."""

    model_config = shapes.shown(rows=[{
        "id": "balance", "title": "A balance at the end of a month", "takes": ["customer", "to"], "needs": [],
        "example": "What is the deferred revenue balance of Acme?",
    }])  # fmt: skip
    rows: list[dict[str, Any]]


class Action(Schema):
    """One act of the agent, or one decision of a person on what it said; `event` is where the log has it."""

    model_config = shapes.shown(
        event=41, at="2026-05-04T09:31:00.000000Z", kind="review", no=3, subject="run 7", by="agent:review",
        on_behalf_of="ben", began_at="2026-05-04T09:30:00.000000Z", snapshot=shapes.HASH, entries=412, ran=61,
        checked=63, flags=3, blocks=0, proposals=1, says="", state="done",
    )  # fmt: skip
    event: int
    at: str
    kind: str
    no: int | None
    subject: str
    by: str
    on_behalf_of: str | None
    began_at: str | None
    snapshot: str | None
    entries: int | None
    ran: int | None
    checked: int | None
    flags: int | None
    blocks: int | None
    proposals: int | None
    says: str
    state: str


class Actions(Schema):
    """A page of what the agent did, the newest first."""

    rows: list[Action]
    next: str | None
