"""The database guards itself: rows are added and never changed, numbers have no gaps, closed periods take no entry.

No row comes without its act: it names the event that the act is about to write, and no earlier one.

Worked example: with the file of a SQLite store open in any tool, `UPDATE entries SET amount = 1` ends with "rows of
entries are never changed". The same statement fails in PostgreSQL, for every role that may not remove triggers.

SQLite looks at each row. PostgreSQL looks once at all rows of a statement, so that a COPY of a million stays fast.
"""

import re

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from ratable.core import tables

FACTS = tuple(f"fact_{table}" for table in tables.TABLES)
NUMBERED = (
    "events", "checkpoints", "grants", "imports", "findings", "dispositions", "runs", "decisions", "review_notes", "entries",
    "locks", "statements", "settings", "source_mappings", "revisions", "revision_decisions", "reviews", "review_flags",
    "flag_dispositions", "acceptances", "questions", *FACTS,
)  # fmt: skip
NEVER_CHANGED = ("company", "files", *NUMBERED)
NEVER_UPDATED = (*NEVER_CHANGED, "drafts")

_CLOSED_THROUGH = """(SELECT l.through FROM locks l WHERE l.book = {row}.book AND l.entity = {row}.entity
  AND l.state IN ('locked', 'reopened') ORDER BY l.no DESC LIMIT 1)"""
# The event of an act is written last, so that all it adds names the event after the last one.
_COMING = "1 + (SELECT coalesce(max(v.no), 0) FROM events v)"
# An entry comes from a run that somebody else than its preparer approved, or that the company lets one person approve,
# and comes in the act that posts the run.
_APPROVED = (
    """EXISTS (SELECT 1 FROM runs r JOIN decisions d ON d.run_no = r.no JOIN decisions p ON p.run_no = r.no
  WHERE r.no = {row}.run_no AND d.verb = 'approve' AND d.hash = r.hash AND (d.by <> r.prepared_by OR d.override)
  AND p.verb = 'post' AND p.event_no = """
    + _COMING
    + ")"
)
# A revision is approved by somebody else than its preparer, or by one person where the company allows it.
_BY_ANOTHER = """coalesce({row}.verb <> 'approve' OR {row}.override
  OR {row}.by <> (SELECT r.prepared_by FROM revisions r WHERE r.no = {row}.revision_no), FALSE)"""
# The agent reviews and answers questions; whatever else is done is done by people.
_NO_AGENT = "{{row}}.{} NOT LIKE 'agent:%'"
_AGENT = "{row}.by LIKE 'agent:%'"
_PEOPLE = {
    "runs": "prepared_by", "revisions": "prepared_by", "grants": "person",
    **dict.fromkeys(("decisions", "review_notes", "locks", "revision_decisions", "flag_dispositions", "acceptances"), "by"),
}  # fmt: skip
AGENT_ACTS = ("intend to review", "review by checks", "answer a question", "refused")
_AGENT_EVENT = "({row}.actor NOT LIKE 'agent:%' OR {row}.action IN " + f"{AGENT_ACTS})"
# A flag that blocks is answered by an override at approval alone; that it is an error may be said of any.
_ANSWERED = """coalesce({row}.verdict IN ('overridden', 'error') OR (SELECT f.class FROM review_flags f
  WHERE f.no = {row}.review_flag_no) <> 'blocks', FALSE)"""
_CHAINED = """{row}.previous = CASE {row}.no WHEN 1 THEN '{zeros}'
  ELSE (SELECT e.hash FROM events e WHERE e.no = {row}.no - 1) END"""
_IN_ORDER = "coalesce({row}.at >= (SELECT e.at FROM events e WHERE e.no = {row}.no - 1), TRUE)"

# Tables whose rows name their event, and those whose rows name a row that does.
ACTED = (
    "checkpoints", "grants", "imports", "dispositions", "runs", "decisions", "review_notes", "locks", "settings",
    "source_mappings", "revisions", "revision_decisions", "reviews", "flag_dispositions", "acceptances", "questions",
)  # fmt: skip
PARENTS = {"findings": "imports", "statements": "locks", "review_flags": "reviews"} | dict.fromkeys(FACTS, "imports")


def _of_the_act(parent: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM "
        + parent
        + " p WHERE p.no = {row}."
        + parent[:-1]
        + "_no AND p.event_no = "
        + _COMING
        + ")"
    )


_ITS_ACT = "rows of {} are added by an act, under its event"
CHECKS = (
    ("entries", "in_an_open_period", "coalesce({row}.date > " + _CLOSED_THROUGH + ", TRUE)", "that period is locked"),
    ("entries", "approved", _APPROVED, "entries are posted from a run that another person approved"),
    ("revision_decisions", "by_another", _BY_ANOTHER, "a revision is approved by another person"),
    ("events", "chained", _CHAINED.replace("{zeros}", "0" * 64), "an event names the hash of the one before it"),
    ("events", "by_agent", _AGENT_EVENT, "the agent reviews and answers questions, and does nothing else"),
    *(
        (table, "by_people", _NO_AGENT.format(column), f"rows of {table} are made by people, not by the agent")
        for table, column in _PEOPLE.items()
    ),
    *((table, "by_agent", _AGENT, f"rows of {table} are made by the agent") for table in ("reviews", "questions")),
    ("flag_dispositions", "of_what_blocks", _ANSWERED, "a flag that blocks is put right, or overridden at approval"),
    ("events", "in_order", _IN_ORDER, "an event is not earlier than the one before it"),
    (
        "company",
        "alone",
        "NOT EXISTS (SELECT 1 FROM company c WHERE c.id <> {row}.id)",
        "these are the books of one company",
    ),
    *((table, "of_its_act", "{row}.event_no = " + _COMING, _ITS_ACT.format(table)) for table in ACTED),
    *((table, "of_its_act", _of_the_act(parent), _ITS_ACT.format(table)) for table, parent in PARENTS.items()),
)
# What tells rows apart beside their numbers: INSERT OR REPLACE of SQLite removes the row that has it already, without
# asking the triggers on DELETE.
ONCE = {
    "company": "t.id = NEW.id",
    "files": "t.sha256 = NEW.sha256",
    "events": "t.hash = NEW.hash",
    "checkpoints": "t.event_no = NEW.event_no",
    "decisions": "t.run_no = NEW.run_no AND t.verb = 'post' AND NEW.verb = 'post'",
    "entries": "t.book = NEW.book AND t.entry = NEW.entry",
    "revision_decisions": "t.revision_no = NEW.revision_no",
} | dict.fromkeys(FACTS, "t.key = NEW.key AND t.version = NEW.version")


def _sqlite() -> list[str]:
    statements = []
    for table in NEVER_UPDATED:
        statements.append(_refusal(table, "never_changed", "UPDATE", f"rows of {table} are never changed"))
    for table in NEVER_CHANGED:
        statements.append(_refusal(table, "never_removed", "DELETE", f"rows of {table} are never removed"))
    for table in NUMBERED:
        gap = f"NEW.no <> (SELECT coalesce(max(no), 0) + 1 FROM {table})"
        statements.append(_refusal(table, "without_gaps", "INSERT", f"numbers of {table} have no gaps", when=gap))
    for table, same in ONCE.items():
        again = f"EXISTS (SELECT 1 FROM {table} t WHERE {same})"
        statements.append(_refusal(table, "once", "INSERT", f"rows of {table} are never replaced", when=again))
    for table, name, holds, says in CHECKS:
        statements.append(_refusal(table, name, "INSERT", says, when=f"NOT ({holds.format(row='NEW')})"))
    return statements


def _refusal(table: str, name: str, verb: str, says: str, *, when: str = "TRUE") -> str:
    return (
        f"CREATE TRIGGER {table}_{name} BEFORE {verb} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{says}'); END"
    )


def _postgresql() -> list[str]:
    statements = [
        """CREATE FUNCTION ratable_refuse() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN
             RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
               MESSAGE = format('rows of %s are never %s', TG_TABLE_NAME, TG_ARGV[0]);
           END $$"""
    ]
    for verb, word, guarded in (
        ("UPDATE", "changed", NEVER_UPDATED), ("DELETE", "removed", NEVER_CHANGED), ("TRUNCATE", "removed", NEVER_CHANGED)
    ):  # fmt: skip
        statements += [
            f"CREATE TRIGGER {table}_never_{word}_{verb.lower()} BEFORE {verb} ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION ratable_refuse('{word}')"
            for table in guarded
        ]
    for table in NUMBERED:
        statements += _after_insert(table, "without_gaps", _GAP.format(table=table), f"numbers of {table} have no gaps")
    for table, name, holds, says in CHECKS:
        # Each combination of what is looked at once: of a million rows, most come from one run into one month.
        looked_at = ", ".join(sorted(set(re.findall(r"{row}\.(\w+)", holds))))
        rows = f"(SELECT DISTINCT {looked_at} FROM added) a"
        broken = f"EXISTS (SELECT 1 FROM {rows} WHERE NOT ({holds.format(row='a')}))"
        statements += _after_insert(table, name, broken, says)
    return statements


# From the lowest number that was added to the highest each is there, the one before is there, and none lies behind.
# A maximum comes from the end of the index; EXISTS with an unknown bound would read the whole table for each act.
_GAP = """EXISTS (SELECT 1 FROM (SELECT min(no) AS low, max(no) AS high, count(*) AS many FROM added) a
  WHERE a.many > 0 AND (a.high - a.low + 1 <> a.many OR (SELECT max(t.no) FROM {table} t) > a.high
    OR a.low <> 1 + coalesce((SELECT max(t.no) FROM {table} t WHERE t.no < a.low), 0)))"""


def _after_insert(table: str, name: str, broken: str, says: str) -> list[str]:
    return [
        f"""CREATE FUNCTION ratable_{table}_{name}() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF {broken} THEN
              RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{says}'; END IF; RETURN NULL; END $$""",
        f"""CREATE TRIGGER {table}_{name} AFTER INSERT ON {table} REFERENCING NEW TABLE AS added
            FOR EACH STATEMENT EXECUTE FUNCTION ratable_{table}_{name}()""",
    ]


def guard(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers in the words of the database at hand."""
    statements = {"sqlite": _sqlite, "postgresql": _postgresql}[editor.connection.vendor]()
    for statement in statements:
        editor.execute(statement, None)


class Migration(migrations.Migration):
    """Triggers on every table of the store."""

    dependencies = [("ledger", "0001_reviews")]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
