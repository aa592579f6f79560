"""Tables of the store beside the facts. Each is only ever added to, but for `Draft`, which the next run replaces.

Worked example: the close of January leaves an `Import`, a `Run` with its `Draft` rows, the `Decision` rows "approve" by
Dana and "post" by Ben, the `Entry` rows that came of the drafts, a `Lock` through 2026-01-31 with its `Statement` rows,
and one `Event` for each of these acts.

Amounts are minor units. Moments are UTC text to the microsecond, "2026-02-03T09:30:00.000000Z", so that every database
gives back what was hashed. `known_on` is the day of the ledger (see `operations.acts`). An entity of "" is the only one
of a company that names none. JSON is canonical text (ledger.canonical).
"""

from django.db import models

from ratable.ledger import facts, review_tables

__all__ = ["facts", "review_tables"]  # Their models belong to this application too.

_BOOK = "main"


class _Kept(models.Model):
    """A row with a number of its own that is given out without gaps."""

    no = models.BigIntegerField(primary_key=True)

    class Meta:
        abstract = True


class Company(models.Model):
    """The one company of this database; its id is inside every hash of the event log."""

    id = models.TextField(primary_key=True)
    name = models.TextField()
    created_at = models.TextField()

    class Meta:
        db_table = "company"


class Event(_Kept):
    """One act: who did what, when, on whose behalf and why; chained to the event before it by hash."""

    at = models.TextField()
    actor = models.TextField()
    on_behalf_of = models.TextField(default="")
    action = models.TextField()
    subject = models.TextField()
    reason = models.TextField(default="")
    body = models.TextField(help_text="all of the act as canonical JSON: what changed, counts and digests of its rows")
    previous = models.TextField(help_text="hash of the event before; 64 zeros for the first")
    hash = models.TextField(unique=True)

    class Meta:
        db_table = "events"


class Checkpoint(_Kept):
    """The root of the event log before an event, signed by a key that the database does not hold."""

    event = models.OneToOneField(Event, models.PROTECT, db_column="event_no")
    root = models.TextField(help_text="Merkle root of the hashes of all events before event_no")
    key = models.TextField(help_text="public key, hexadecimal")
    signature = models.TextField(help_text="Ed25519 over the words of ledger.checkpoints, hexadecimal")

    class Meta:
        db_table = "checkpoints"


class Grant(_Kept):
    """A role given to a person; the last row of a person counts. The role "none" ends all access."""

    person = models.TextField()
    role = models.TextField()
    limits = models.TextField(help_text='JSON: most that one approval may total, {"USD":"5000000"}; {}: no limit')
    entities = models.TextField(default="[]", help_text='JSON: the entities it is held for, ["DE","US"]; []: all')
    until = models.DateField(null=True, help_text="its last day; null: until another row")
    event = models.ForeignKey(Event, models.PROTECT, db_column="event_no")

    class Meta:
        db_table = "grants"


class File(models.Model):
    """A file as it was imported or attached, kept by its SHA-256."""

    sha256 = models.TextField(primary_key=True)
    size = models.BigIntegerField()
    content = models.BinaryField()

    class Meta:
        db_table = "files"


class Import(_Kept):
    """One import: its files, what came in, and whether it is history or a correction."""

    name = models.TextField()
    files = models.TextField(help_text='JSON: name to SHA-256, {"contracts.csv":"..."}')
    kind = models.TextField(help_text="opening, facts or correction")
    reason = models.TextField(default="")
    totals = models.TextField(help_text="JSON: rows and sums of amounts by table and currency")
    known_on = models.DateField()
    event = models.ForeignKey(Event, models.PROTECT, db_column="event_no")

    class Meta:
        db_table = "imports"


class Finding(_Kept):
    """What an import noticed; a blocking one names a row that waits outside the books."""

    import_no = models.ForeignKey(Import, models.PROTECT, db_column="import_no")
    code = models.TextField()
    severity = models.TextField()
    table = models.TextField(null=True)
    row_id = models.TextField(null=True)
    row = models.BigIntegerField(null=True)
    column = models.TextField(null=True)
    value = models.TextField(null=True)
    message = models.TextField()
    left_out = models.BooleanField(default=False)

    class Meta:
        db_table = "findings"


class Disposition(_Kept):
    """What a person decided about a finding: resolved or accepted, and why."""

    finding = models.ForeignKey(Finding, models.PROTECT, db_column="finding_no")
    verdict = models.TextField()
    reason = models.TextField()
    event = models.ForeignKey(Event, models.PROTECT, db_column="event_no")

    class Meta:
        db_table = "dispositions"


class Run(_Kept):
    """A set of draft entries that is approved and posted as one: what the engine proposes, or a manual journal."""

    kind = models.TextField(help_text="proposal or manual")
    book = models.TextField(default=_BOOK)
    through = models.DateField()
    prepared_by = models.TextField()
    rows = models.BigIntegerField()
    totals = models.TextField(help_text="JSON: sum of amounts by currency")
    hash = models.TextField(help_text="SHA-256 over the digests of the drafts in order; an approval is bound to it")
    memo = models.TextField(default="")
    support = models.TextField(default="", help_text="SHA-256 of the document behind a manual journal")
    known_on = models.DateField()
    event = models.ForeignKey(Event, models.PROTECT, db_column="event_no")

    class Meta:
        db_table = "runs"


class Decision(_Kept):
    """What happened to a run: review, approve, reject, replace or post. The last one is its state."""

    run = models.ForeignKey(Run, models.PROTECT, db_column="run_no")
    verb = models.TextField()
    by = models.TextField()
    reason = models.TextField(default="")
    hash = models.TextField(help_text="of the run as it was shown to the person")
    override = models.BooleanField(default=False, help_text="one person in both roles, by the company's own choice")
    event = models.ForeignKey(Event, models.PROTECT, db_column="event_no")

    class Meta:
        db_table = "decisions"
        constraints = [
            models.UniqueConstraint(fields=["run"], condition=models.Q(verb="post"), name="a_run_is_posted_once"),
        ]


class ReviewNote(_Kept):
    """What a person said about one entry of a run that waits; the last mark of an entry counts."""

    run = models.ForeignKey(Run, models.PROTECT, db_column="run_no")
    entry = models.TextField(help_text="id of the draft, and of the entry that it becomes")
    kind = models.TextField(help_text="reviewed, flagged, withdrawn or comment")
    words = models.TextField(default="")
    by = models.TextField()
    event = models.ForeignKey(Event, models.PROTECT, db_column="event_no")

    class Meta:
        db_table = "review_notes"
        indexes = [models.Index(fields=["entry"], name="review_notes_by_entry")]


class _JournalRow(models.Model):
    """One pair of accounts: one debit, one credit, one amount above zero."""

    entry = models.TextField()
    book = models.TextField(default=_BOOK)
    entity = models.TextField(default="")
    date = models.DateField()
    period = models.TextField()
    origin_period = models.TextField()
    currency = models.TextField()
    kind = models.TextField()
    contract = models.TextField(null=True)
    line = models.TextField(null=True)
    account = models.TextField(null=True, help_text="what nets, in words: contract C-1, or invoice I-1")
    customer = models.TextField(null=True)
    product = models.TextField(null=True)
    source = models.TextField(null=True)
    debit = models.TextField()
    credit = models.TextField()
    debit_role = models.TextField()
    credit_role = models.TextField()
    amount = models.BigIntegerField()
    functional_currency = models.TextField()
    functional_amount = models.BigIntegerField()
    rate = models.TextField(default="1")
    narrative = models.TextField()
    digest = models.TextField(help_text="SHA-256 of all that precedes, as canonical JSON")

    class Meta:
        abstract = True


class Draft(_JournalRow):
    """A proposed entry; deleted when its run is posted, replaced or rejected, never changed."""

    no = models.BigIntegerField(primary_key=True)
    run = models.ForeignKey(Run, models.PROTECT, db_column="run_no")

    class Meta:
        db_table = "drafts"


class Entry(_JournalRow):
    """A posted entry. Nothing ever changes it."""

    no = models.BigIntegerField(primary_key=True)
    run = models.ForeignKey(Run, models.PROTECT, db_column="run_no")
    known_on = models.DateField(help_text="day of the ledger on which it was posted")

    class Meta:
        db_table = "entries"
        constraints = [
            models.UniqueConstraint(fields=["book", "entry"], name="an_entry_is_posted_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="an_amount_is_above_zero"),
            models.CheckConstraint(condition=~models.Q(debit=models.F("credit")), name="two_different_accounts"),
        ]
        indexes = [
            models.Index(fields=["book", "entity", "period"], name="entries_by_period"),
            models.Index(fields=["book", "account"], name="entries_by_account"),
            models.Index(fields=["customer"], name="entries_by_customer"),
        ]


class Lock(_Kept):
    """The state of the periods of an entity in a book: the last row counts.

    `state` is soft (a warning to those who still book), locked, asked (one person wants it reopened) or reopened. No
    entry is ever dated on or before `through` of the last locked or reopened row; the database refuses it.
    """

    book = models.TextField(default=_BOOK)
    entity = models.TextField(default="")
    state = models.TextField()
    through = models.DateField(null=True)
    period = models.TextField(help_text="the month that the act was about, YYYY-MM")
    locked_on = models.DateField(help_text="day of the ledger; the next fact is known on a later one")
    by = models.TextField()
    reason = models.TextField(default="")
    opening = models.BooleanField(default=False, help_text="made by another system, before the cut-over")
    event = models.ForeignKey(Event, models.PROTECT, db_column="event_no")

    class Meta:
        db_table = "locks"


class Statement(_Kept):
    """A report as it was signed at a lock, byte for byte."""

    lock = models.ForeignKey(Lock, models.PROTECT, db_column="lock_no")
    report = models.TextField()
    parameters = models.TextField()
    sha256 = models.TextField()
    rows = models.BigIntegerField()
    content = models.BinaryField(help_text="the report as CSV, compressed by gzip")

    class Meta:
        db_table = "statements"


class Setting(_Kept):
    """A choice of the company about its own controls; the last row of a name counts."""

    name = models.TextField()
    value = models.TextField()
    event = models.ForeignKey(Event, models.PROTECT, db_column="event_no")

    class Meta:
        db_table = "settings"


class SourceMapping(_Kept):
    """How the files of another system become a table of a bundle; the last row of a source counts."""

    source = models.TextField(help_text="the name that people gave it, such as billing system, invoices")
    mapping = models.TextField(help_text="bundle.mapping.Mapping as JSON")
    event = models.ForeignKey(Event, models.PROTECT, db_column="event_no")

    class Meta:
        db_table = "source_mappings"


class Revision(_Kept):
    """A change of the company's own data that one person has written: products, SSPs, accounts, rules, policies."""

    memo = models.TextField()
    document = models.TextField(help_text="SHA-256 of the small bundle that says it")
    hash = models.TextField(help_text="SHA-256 over the document and what it changes; an approval is bound to it")
    prepared_by = models.TextField()
    event = models.ForeignKey(Event, models.PROTECT, db_column="event_no")

    class Meta:
        db_table = "revisions"


class RevisionDecision(_Kept):
    """How a revision ended, once: approved, and imported by the same act, or rejected."""

    revision = models.ForeignKey(Revision, models.PROTECT, db_column="revision_no")
    verb = models.TextField(help_text="approve or reject")
    by = models.TextField()
    reason = models.TextField(default="")
    hash = models.TextField(help_text="of the revision as it was shown to the person")
    override = models.BooleanField(default=False, help_text="one person in both roles, by the company's own choice")
    event = models.ForeignKey(Event, models.PROTECT, db_column="event_no")

    class Meta:
        db_table = "revision_decisions"
        constraints = [models.UniqueConstraint(fields=["revision"], name="a_revision_is_decided_once")]
