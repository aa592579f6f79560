"""Tables of the review: what the agent looked at, what it noticed and answered, and what people made of it.

Worked example: run 7 is reviewed: one row of `Review` with its checks and the snapshot, three of `ReviewFlag`. Dana
says that one is a false alarm: a row of `FlagDisposition`. Ben accepts the fix of another: his import of the correction
and a row of `Acceptance`, in one act. Asked why 4,200.00 was deferred, the agent answers: a row of `Question`.

The agent adds reviews, flags and questions, and people the rest; the database refuses it the other way round.
"""

from django.db import models


class _Kept(models.Model):
    """A row with a number of its own that is given out without gaps."""

    no = models.BigIntegerField(primary_key=True)

    class Meta:
        abstract = True


class Review(_Kept):
    """One review by the agent: what it looked at, by which checks, and how much of it it saw."""

    intent = models.BigIntegerField(help_text="the event that said it would be made")
    by = models.TextField(help_text="the agent, such as agent:review")
    run = models.ForeignKey("ledger.Run", models.PROTECT, db_column="run_no", null=True, help_text="null: a month")
    period = models.TextField(help_text="the month under review, YYYY-MM")
    entity = models.TextField(default="", help_text="the one entity that it is about; empty: all")
    snapshot = models.TextField(help_text="hash of the last event that changed what the snapshot shows")
    known_on = models.DateField(help_text="day of the ledger through which facts counted")
    today = models.DateField(help_text="the day on which it was made")
    checks = models.TextField(help_text="JSON: each check with version, class, flags and why it could not run")
    thresholds = models.TextField(help_text="JSON: the figures that they were held against, with their version")
    entries = models.BigIntegerField(help_text="how many entries were under review")
    population = models.TextField(help_text="SHA-256 over the ids of those entries in order")
    ran = models.BigIntegerField(help_text="checks that could run")
    checked = models.BigIntegerField(help_text="checks that there are")
    flags = models.BigIntegerField()
    code = models.TextField(help_text="version of this program")
    model = models.TextField(default="none", help_text="the language model that phrased; none: there was none")
    prompt = models.TextField(default="none")
    event = models.ForeignKey("ledger.Event", models.PROTECT, db_column="event_no")

    class Meta:
        db_table = "reviews"


class ReviewFlag(_Kept):
    """A flag that a review raised, in the order in which to read them; columns as in `review.flags.SCHEMA`."""

    review = models.ForeignKey(Review, models.PROTECT, db_column="review_no")
    flag = models.TextField(help_text="its id: the same for the same data in every review")
    rule = models.TextField(db_column="check", help_text="id of the check")
    version = models.BigIntegerField(help_text="of the check")
    kind = models.TextField(db_column="class", help_text="blocks, flags or informs")
    title = models.TextField()
    table = models.TextField()
    subject = models.TextField()
    period = models.TextField(null=True)
    entity = models.TextField(null=True)
    contract = models.TextField(null=True)
    line = models.TextField(null=True)
    customer = models.TextField(null=True)
    currency = models.TextField(null=True)
    amount = models.BigIntegerField(null=True)
    expected = models.TextField()
    actual = models.TextField()
    says = models.TextField()
    formula = models.TextField()
    used = models.TextField(db_column="rows", help_text="JSON: every row that was used, as table/id")
    next = models.TextField()
    fix = models.TextField(null=True, help_text="JSON: the proposal that it carries")

    class Meta:
        db_table = "review_flags"
        indexes = [models.Index(fields=["flag"], name="review_flags_by_id")]


class FlagDisposition(_Kept):
    """What a person decided about a flag; the last answer to what it said counts, until it expires."""

    review_flag = models.ForeignKey(ReviewFlag, models.PROTECT, db_column="review_flag_no", help_text="as it was shown")
    flag = models.TextField(help_text="its id")
    verdict = models.TextField(help_text="error, exception, false_alarm, duplicate or overridden")
    reason = models.TextField()
    by = models.TextField()
    until = models.DateField(null=True, help_text="its last day; null: it does not end")
    event = models.ForeignKey("ledger.Event", models.PROTECT, db_column="event_no")

    class Meta:
        db_table = "flag_dispositions"
        indexes = [models.Index(fields=["flag"], name="flag_dispositions_by_id")]


class Acceptance(_Kept):
    """A proposal that a person accepted, and the ordinary act that it became."""

    review_flag = models.ForeignKey(ReviewFlag, models.PROTECT, db_column="review_flag_no", help_text="that carried it")
    flag = models.TextField(help_text="its id")
    fix = models.TextField(help_text="JSON: the proposal as it was shown")
    by = models.TextField()
    became = models.TextField(help_text="what it became, in words: import 7, run 9, an accepted exception")
    event = models.ForeignKey("ledger.Event", models.PROTECT, db_column="event_no")

    class Meta:
        db_table = "acceptances"


class Question(_Kept):
    """A question that somebody asked, how the agent understood it, and all that it answered."""

    by = models.TextField(help_text="the agent, such as agent:review")
    question = models.TextField()
    query = models.TextField(help_text="the query that answered it; empty: none did")
    snapshot = models.TextField(help_text="hash of the last event that changed what the answer rests on")
    answer = models.TextField(help_text="JSON: all that was answered, with figures and citations")
    model = models.TextField(default="none")
    prompt = models.TextField(default="none")
    event = models.ForeignKey("ledger.Event", models.PROTECT, db_column="event_no")

    class Meta:
        db_table = "questions"
