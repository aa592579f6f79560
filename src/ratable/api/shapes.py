"""The shapes of answers and of what is sent, each with an example. Amounts are text with the decimals of the currency.

Worked example: an entry of 1,200.00 USD is `{"amount": "1200.00", "currency": "USD", ...}`; no shape has a number that
is an amount, so that no program reads one as a float.
"""

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from ratable.core import tables
from ratable.operations import disposing
from ratable.reports import names

HASH = "9b1c6f1e0f3c2a5d4e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c6d"
Row = dict[str, Any]


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


Day = Annotated[
    str,
    StringConstraints(pattern=r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-9]|3[01])$"),
    AfterValidator(_day),
    Field(json_schema_extra={"format": "date"}),
]
"""A day as text, YYYY-MM-DD; `date.fromisoformat` reads it."""

Month = Annotated[str, StringConstraints(pattern=r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$")]
"""A month as text, YYYY-MM."""

Text = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""Words without signs that no person types."""

Reason = Annotated[Text, Field(description="Why, in words; kept in the event log.")]
Number = Annotated[int, Field(ge=1, le=2**53)]


_ROW = {
    "entry": "5f1c0d3e9a8b7c6d", "date": "2026-01-31", "period": "2026-01", "origin_period": "2026-01", "entity": None,
    "currency": "USD", "kind": "recognition", "contract": "C-1", "line": "C-1-1", "customer": "acme",
    "product": "platform", "source": None, "debit": "2400", "credit": "4000", "debit_role": "deferred_revenue",
    "credit_role": "revenue", "amount": "1019.18", "narrative": "31 of 365 days of 12,000.00 USD.",
}  # fmt: skip


def shown(**example: Any) -> ConfigDict:
    """The configuration of a shape with an example."""
    return ConfigDict(json_schema_extra={"examples": [example]})


class Sent(Schema):
    """What is sent to an act; a name that there is not is refused."""

    model_config = ConfigDict(extra="forbid")


def sent(**example: Any) -> ConfigDict:
    """The configuration of what is sent: with an example, and without names that there are not."""
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [example]})


class Problem(Schema):
    """Why a call was not done, after RFC 9457."""

    model_config = shown(
        type="urn:ratable:problem:refused", title="The books do not allow this", status=409,
        detail="ben prepared run 3 and cannot approve it; another person has to.", instance="/api/v1/runs/3/approve",
    )  # fmt: skip
    type: str
    title: str
    status: int
    detail: str
    instance: str
    findings: Annotated[list[Row], Field(default_factory=list)]


class Finding(Schema):
    """What an import noticed and nobody has answered."""

    model_config = shown(
        no=5, import_no=1, code="service_period_missing", severity="warns", table="invoice_lines", id="I-1-2",
        column="service_start", value=None, left_out=False, message="invoice_lines I-1-2, service_start: ...",
    )  # fmt: skip
    no: int
    import_no: int
    code: str
    severity: str
    table: str | None
    id: str | None
    column: str | None
    value: str | None
    left_out: bool
    message: str


class Findings(Schema):
    """A page of findings."""

    rows: list[Finding]
    next: str | None


class Disposal(Sent):
    """The answer to a finding."""

    model_config = sent(verdict="accepted", reason="The negotiated price is the standalone selling price.")
    verdict: Annotated[str, Field(json_schema_extra={"enum": list(disposing.VERDICTS)})]
    reason: Reason


class Import(Schema):
    """An import; `totals` are its control totals in minor units, by table and currency."""

    model_config = shown(
        no=3, name="march.yaml", kind="facts", reason="", by="ben", at="2026-04-01T09:00:04.000000Z",
        known_on="2026-04-01", files={"march.yaml": HASH}, totals={"contracts": {"USD": {"rows": "1"}}},
        counts={"contracts": {"added": "1", "known": "0", "corrected": "0", "left_out": "0"}},
    )  # fmt: skip
    no: int
    name: str
    kind: str
    reason: str
    by: str
    at: str
    known_on: date
    files: dict[str, str]
    totals: dict[str, dict[str, dict[str, str]]]
    counts: dict[str, dict[str, str]]


class Imports(Schema):
    """A page of imports."""

    rows: list[Import]
    next: str | None


class Job(Schema):
    """Work behind a request: queued, running, done, refused or failed; `result` is what came of it, or a problem."""

    model_config = shown(
        no=7, kind="import", person="ben", state="done", step="", made_at="2026-04-01T09:00:04Z",
        ended_at="2026-04-01T09:00:05Z", result={"import": 3, "added": 2, "known": 38, "corrected": 0, "left_out": 0},
    )  # fmt: skip
    no: int
    kind: str
    person: str
    state: str
    step: str
    result: Row | None
    made_at: datetime
    ended_at: datetime | None


class TableNames(Schema):
    """The tables of a bundle."""

    model_config = shown(rows=[{"table": "customers", "says": "Who buys.", "columns": ["id", "name"]}])
    rows: list[Row]


class TablePage(Schema):
    """A page of the facts of a table as known; cells are text as in a bundle, or null."""

    model_config = shown(table="customers", rows=[{"id": "acme", "name": "Acme", "region": None}], next=None)
    table: str
    rows: list[dict[str, str | None]]
    next: str | None


TABLES = tuple(tables.TABLES)
REPORTS = tuple(names.REPORTS)


class Proposal(Sent):
    """Through which day to propose."""

    model_config = sent(through="2026-03-31")
    through: Day


class Proposed(Schema):
    """The run that a proposal made; `run` is null where nothing is to be posted."""

    model_config = shown(run=3, rows=42, totals={"USD": "12345.67"}, hash=HASH, approvers=["dana"])
    run: int | None
    rows: int
    totals: dict[str, str]
    hash: str
    approvers: list[str]


class Decision(Schema):
    """What was decided on a run."""

    verb: str
    by: str
    at: str
    reason: str
    override: bool


class Run(Schema):
    """A run: draft, review, approve, post, reject or replace; an approval names its hash."""

    model_config = shown(
        no=3, kind="proposal", state="draft", through="2026-03-31", prepared_by="ben", rows=42,
        totals={"USD": "12345.67"}, hash=HASH, memo="", support="", known_on="2026-04-01", decisions=[],
        approvers=["dana"],
    )  # fmt: skip
    no: int
    kind: str
    state: str
    through: date
    prepared_by: str
    rows: int
    totals: dict[str, str]
    hash: str
    memo: str
    support: str
    known_on: date
    decisions: list[Decision]
    approvers: list[str]


class Runs(Schema):
    """A page of runs."""

    rows: list[Run]
    next: str | None


class Approval(Sent):
    """Which rows are approved: those of the hash that was shown."""

    model_config = sent(hash=HASH)
    hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    override: Annotated[bool, Field(description="Alone, where the company allows it; takes a reason.")] = False
    despite: Annotated[bool, Field(description="Despite flags that block it; takes a reason.")] = False
    reason: Reason = ""


class Because(Sent):
    """A reason."""

    model_config = sent(reason="The order form says 35.00.")
    reason: Reason


class Said(Sent):
    """A reason, where there is one."""

    model_config = sent(reason="")
    reason: Reason = ""


class Posted(Schema):
    """The entries that a run became."""

    model_config = shown(run=3, first=101, last=142, rows=42, totals={"USD": "12345.67"})
    run: int
    first: int
    last: int
    rows: int
    totals: dict[str, str]


class JournalRow(Schema):
    """One debit account, one credit account, one amount above zero."""

    model_config = shown(**_ROW)
    entry: str
    date: date
    period: str
    origin_period: str
    entity: str | None
    currency: str
    kind: str
    contract: str | None
    line: str | None
    customer: str | None
    product: str | None
    source: str | None
    debit: str
    credit: str
    debit_role: str
    credit_role: str
    amount: str
    narrative: str


class JournalRows(Schema):
    """A page of the rows of a run."""

    rows: list[JournalRow]
    next: str | None


class Entry(JournalRow):
    """A posted entry."""

    model_config = shown(
        **_ROW, no=101, run=3, book="main", functional_currency="USD", functional_amount="1019.18", rate="1",
        known_on="2026-02-03",
    )  # fmt: skip
    no: int
    run: int
    book: str
    functional_currency: str
    functional_amount: str
    rate: str
    known_on: date


class Entries(Schema):
    """A page of entries."""

    rows: list[Entry]
    next: str | None


class Link(Schema):
    """One step behind an entry."""

    step: str
    says: list[str]
    figures: dict[str, str]


class Explanation(Schema):
    """The chain behind an entry, from the amount to its evidence."""

    model_config = shown(
        entry="5f1c0d3e9a8b7c6d",
        chain=[{"step": "span", "says": ["31 of 365 days of 12,000.00 USD."], "figures": {"due": "1019.18"}}],
    )
    entry: str
    chain: list[Link]
