"""The shapes of a close, of reports and of what leaves the books, each with an example; see `shapes`."""

from datetime import date
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field, StringConstraints

from ratable.api import shapes
from ratable.exports import options
from ratable.operations import people

_LAYOUTS = tuple(name for name in options.NAMES if name in options.LAYOUTS)


class Period(Schema):
    """Where an entity stands: the state of the month of its last act, and the day through which it is locked."""

    entity: str
    state: str
    period: str
    locked: str
    through: date | None


class Periods(Schema):
    """Where each entity stands."""

    model_config = shapes.shown(
        rows=[{"entity": "", "state": "locked", "period": "2026-03", "locked": "2026-03", "through": "2026-03-31"}]
    )
    rows: list[Period]


class Item(Schema):
    """One condition of a close."""

    name: str
    done: bool
    says: str


class Checklist(Schema):
    """What has to be true before a month is locked."""

    model_config = shapes.shown(
        period="2026-03", entity=None, ready=False,
        items=[{"name": "drafts posted", "done": False, "says": "117 entries are due through 2026-03-31."}],
    )  # fmt: skip
    period: str
    entity: str | None
    ready: bool
    items: list[Item]


class Softened(Schema):
    """The entities whose month is being closed from now on."""

    model_config = shapes.shown(period="2026-03", entities=[""])
    period: str
    entities: list[str]


class Statement(Schema):
    """A report that a lock signed."""

    entity: str
    report: str
    rows: int
    sha256: str


class Closed(Schema):
    """What was locked or reopened; `differences` counts the rows that differ from what was signed before."""

    model_config = shapes.shown(
        period="2026-03", entities=[""], differences=0,
        statements=[{"entity": "", "report": "roll-forward", "rows": 3, "sha256": shapes.HASH}],
    )  # fmt: skip
    period: str
    entities: list[str]
    differences: int
    statements: list[Statement]


class ReportNames(Schema):
    """The reports, each with the choices that it takes."""

    model_config = shapes.shown(rows=[{"report": "journal", "takes": {"grain": ["month", "day"]}}])
    rows: list[shapes.Row]


class Report(Schema):
    """A report as `ratable report --format json` prints it."""

    model_config = shapes.shown(
        report="rpo", parameters={"through": "2026-03-31", "known_on": "2026-04-01"}, findings=[],
        rows=[{"as_of": "2026-03-31", "currency": "USD", "total": "9000.00", "within_12_months": "9000.00",
               "13_to_24_months": "0.00", "later": "0.00"}],
    )  # fmt: skip
    report: str
    parameters: dict[str, Any]
    rows: list[dict[str, str | None]]
    findings: list[dict[str, str | None]]
    notes: Annotated[list[str], Field(default_factory=list)]


class ExportAsked(shapes.Sent):
    """The layout of a ledger and a month; what is left empty is as the layout has it."""

    model_config = shapes.sent(layout="netsuite", period="2026-03", fixed={"Exchange Rate": "1"})
    layout: Annotated[str, Field(json_schema_extra={"enum": list(_LAYOUTS)})]
    period: shapes.Month
    known_on: shapes.Day | None = None
    entity: shapes.Text = ""
    detail: Annotated[str, Field(json_schema_extra={"enum": ["", *options.DETAILS]})] = ""
    accounts_by: Annotated[str, Field(json_schema_extra={"enum": ["", *options.ACCOUNTS_BY]})] = ""
    date_format: Annotated[str, StringConstraints(max_length=40)] = ""
    lines_per_journal: Annotated[int, Field(ge=2, le=1_000_000)] | None = None
    rows_per_file: Annotated[int, Field(ge=2, le=1_000_000)] | None = None
    fixed: Annotated[dict[str, shapes.Text], Field(default_factory=dict)]
    reason: shapes.Reason = ""


class ExportFile(Schema):
    """A file as it was written."""

    file: str
    rows: int
    sha256: str


class Export(Schema):
    """An export: the number of its event, its files with their hashes, and where they are downloaded."""

    model_config = shapes.shown(
        no=31, at="2026-04-02T10:00:00.000000Z", by="ben", what="netsuite 2026-03", notes=[],
        files=[{"file": "netsuite-2026-03-USD-001.csv", "rows": 84, "sha256": shapes.HASH}],
        download="/api/v1/exports/31/files",
    )  # fmt: skip
    no: int
    at: str
    by: str
    what: str
    files: list[ExportFile]
    notes: list[str]
    download: str | None


class Exports(Schema):
    """A page of exports."""

    rows: list[Export]
    next: str | None


class Change(Schema):
    """What one cause does to a line in a month."""

    contract: str | None
    line: str
    period: str
    currency: str
    cause: str
    import_no: str
    revenue: str
    billed: str


class Changes(Schema):
    """Every difference since a day, by cause."""

    model_config = shapes.shown(
        since="2026-02-04", through="2026-03-31",
        rows=[{"contract": "C-9", "line": "C-9-1", "period": "2026-01", "currency": "USD", "cause": "new contract",
               "import_no": "4", "revenue": "1000.00", "billed": "0.00"}],
    )  # fmt: skip
    since: date
    through: date
    rows: list[Change]


class Event(Schema):
    """One act, chained to the one before by hash; `body` is all of it as it was hashed."""

    model_config = shapes.shown(
        no=7, at="2026-04-01T09:00:07.000000Z", actor="dana", on_behalf_of="", action="approve", subject="run 3",
        reason="", body={"action": "approve"}, previous="0" * 64, hash=shapes.HASH,
    )  # fmt: skip
    no: int
    at: str
    actor: str
    on_behalf_of: str
    action: str
    subject: str
    reason: str
    body: shapes.Row
    previous: str
    hash: str


class Events(Schema):
    """A page of the event log."""

    rows: list[Event]
    next: str | None


class Fault(Schema):
    """The first bad row that a check found."""

    says: str


class Verification(Schema):
    """Whether the books are as they were written."""

    model_config = shapes.shown(sound=True, events=31, faults=[])
    sound: bool
    events: int
    faults: list[Fault]


class Person(Schema):
    """A person of the books; `entities` is null where they see all; limits are what one approval may total."""

    model_config = shapes.shown(person="dana", role="approver", limits={"USD": "50000.00"}, entities=None)
    person: str
    role: Annotated[str, Field(json_schema_extra={"enum": list(people.ROLES)})]
    limits: dict[str, str]
    entities: list[str] | None


class People(Schema):
    """Whoever has a role here."""

    rows: list[Person]


class Me(Person):
    """The caller, and the scopes that count."""

    model_config = shapes.shown(
        person="ben", role="preparer", limits={}, entities=None, scopes=["import", "propose", "read"], key="nightly"
    )
    scopes: list[str]
    key: str
