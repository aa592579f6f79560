"""What the database refuses whoever asks, by raw SQL on both databases."""

import pytest
from django.db import DatabaseError, connection, transaction

from ratable.ledger import stored, verification
from ratable.operations import acts
from tests import stores
from tests.ledger import histories
from tests.stores import Store

NUMBERED = (*stored.covered(), "events")
ALL = (*NUMBERED, "company", "files")
NEXT = "(SELECT max(no) + 1 FROM {})"
COMING = NEXT.format("events")
OTHERS = {
    "revision_no": "3",
    "key": "'k'",
    "entry": "'e'",
    "hash": "'h'",
    "event_no": COMING,
    "verb": "'review'",
    "date": "'2026-04-01'",
}

DECIDED = """INSERT INTO decisions (no, run_no, verb, "by", reason, hash, override, event_no) SELECT max(no) + 1, 2, """
POSTING = f"{DECIDED} 'post', 'dana', '', '', FALSE, {COMING} FROM decisions"
APPROVAL = f"{DECIDED} 'approve', '{{}}', '', {{}}, FALSE, {COMING} FROM decisions"


@pytest.fixture
def books(store: Store) -> Store:
    """Books with rows in every table."""
    histories.small(store)
    return store


def refused(statement: str) -> str:
    """What the database says to a statement that it has to refuse."""
    with pytest.raises(DatabaseError) as fault, transaction.atomic():
        histories.run(statement)
    return str(fault.value)


def again(table: str, **other: str) -> str:
    """An INSERT of a copy of the last row of a table, with some of its columns said otherwise in SQL."""
    columns = list(stored.schema(table))
    quoted = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(other.get(name, f'"{name}"') for name in columns)
    key = stored.key(table)
    last = f"{key} = (SELECT max({key}) FROM {table})"  # noqa: S608  names of our own schema
    return f'INSERT INTO "{table}" ({quoted}) SELECT {values} FROM "{table}" WHERE {last}'  # noqa: S608  names of our own schema


def test_no_row_is_ever_changed_or_removed(books: Store) -> None:
    for table in ALL:
        key = stored.key(table)
        update, delete = f'UPDATE "{table}" SET {key} = {key}', f'DELETE FROM "{table}"'  # noqa: S608  names of our own schema
        assert refused(update).startswith(f"rows of {table} are never changed")
        assert refused(delete).startswith(f"rows of {table} are never removed")
    assert refused("UPDATE drafts SET amount = 1").startswith("rows of drafts are never changed")
    assert verification.verify() == []


def test_no_table_is_emptied_at_once(books: Store) -> None:
    if connection.vendor == "sqlite":
        return  # It has no TRUNCATE.
    for table in ALL:
        # CASCADE gets past foreign keys, and no further.
        assert "are never removed" in refused(f'TRUNCATE "{table}" CASCADE')


def test_no_row_is_replaced(books: Store) -> None:
    for table in ALL:
        key = stored.key(table)
        upsert = f'{again(table)} ON CONFLICT ({key}) DO UPDATE SET "{key}" = excluded."{key}"'
        assert table in refused(upsert)
        if connection.vendor == "sqlite":
            assert table in refused(again(table).replace("INSERT", "INSERT OR REPLACE"))
            # Under the next number, and so without a gap, but over a row that is unique in another way.
            moved = again(table, **({"no": NEXT.format(table)} if table in NUMBERED else {}))
            refused(moved.replace("INSERT", "INSERT OR REPLACE"))
    assert verification.verify() == []


def test_numbers_have_no_gaps(books: Store) -> None:
    last = "(SELECT max(no) FROM {})"
    parents = {f"{table[:-1]}_no": last.format(table) for table in ("imports", "locks", "reviews")} | {"run_no": "2"}
    with transaction.atomic():
        for table in ("imports", "locks", "reviews"):
            histories.run(again(table, no=NEXT.format(table), event_no=COMING))
        histories.run(APPROVAL.format("dana", "(SELECT hash FROM runs WHERE no = 2)"))
        histories.run(POSTING)
        for table in NUMBERED:
            others = OTHERS | parents
            for no in (f"{NEXT.format(table)} + 1", "0", "-1"):
                assert f"numbers of {table} have no gaps" in refused(again(table, no=no, **others)), (table, no)
        transaction.set_rollback(True)


def test_no_row_is_added_without_its_act(books: Store) -> None:
    for table in set(NUMBERED) - {"events"}:
        others = {"no": NEXT.format(table), **OTHERS}
        del others["event_no"]
        if table == "entries":
            assert "entries are posted from a run that another person approved" in refused(again(table, **others))
        elif table == "checkpoints":
            refused(again(table, **others))  # An event makes one checkpoint.
        else:
            assert f"rows of {table} are added by an act, under its event" in refused(again(table, **others)), table


def test_an_entry_comes_from_an_approved_run_into_an_open_period(books: Store) -> None:
    entry = {"no": NEXT.format("entries"), **OTHERS}
    unapproved = "entries are posted from a run that another person approved"
    with transaction.atomic():
        assert unapproved in refused(again("entries", **entry, run_no="2"))
        histories.run(POSTING)
        assert unapproved in refused(again("entries", **entry, run_no="2"))
        histories.run(APPROVAL.format("dana", "'another hash'"))
        histories.run(APPROVAL.format("ben", "(SELECT hash FROM runs WHERE no = 2)"))
        assert unapproved in refused(again("entries", **entry, run_no="2"))
        histories.run(APPROVAL.format("dana", "(SELECT hash FROM runs WHERE no = 2)"))
        assert "that period is locked" in refused(again("entries", **entry | {"date": "'2026-03-31'"}, run_no="2"))
        histories.run(again("entries", **entry, run_no="2"))
        assert refused(again("entries", **entry, run_no="2"))  # The same entry a second time.
        transaction.set_rollback(True)


def test_an_entry_has_one_amount_above_zero_between_two_accounts(books: Store) -> None:
    with histories.unguarded():
        for other in ({"amount": "0"}, {"amount": "-5"}, {"debit": "credit"}):
            assert "constraint" in refused(again("entries", no="9", entry="'e'", **other)).lower()


def test_an_event_follows_the_one_before_it(books: Store) -> None:
    event = {"no": COMING, "hash": "'h'"}

    assert "an event names the hash of the one before it" in refused(again("events", **event, previous="'00'"))
    early = event | {"previous": "hash", "at": "'2026-03-01T00:00:00.000000Z'"}
    assert "an event is not earlier than the one before it" in refused(again("events", **early))


def test_the_books_are_of_one_company(books: Store) -> None:
    assert "these are the books of one company" in refused(again("company", id="'other'"))


def test_the_agent_reviews_and_does_nothing_else(books: Store) -> None:
    """GR-09, GR-10: in columns that name a person no agent is ever named, and where the agent is, no person."""
    columns = {
        "runs": "prepared_by", "revisions": "prepared_by", "grants": "person", "decisions": "by", "review_notes": "by",
        "locks": "by", "revision_decisions": "by", "flag_dispositions": "by", "acceptances": "by",
    }  # fmt: skip
    for table, column in columns.items():
        row = again(table, **OTHERS, no=NEXT.format(table), **{column: "'agent:review'"})
        assert f"rows of {table} are made by people, not by the agent" in refused(row), table
    for table in ("reviews", "questions"):
        row = again(table, no=NEXT.format(table), event_no=COMING, by="'dana'")
        assert f"rows of {table} are made by the agent" in refused(row)
    event = {"no": COMING, "hash": "'h'", "previous": "hash", "actor": "'agent:review'", "action": "'approve'"}
    assert "the agent reviews and answers questions, and does nothing else" in refused(again("events", **event))


def test_what_blocks_is_answered_by_an_override_alone(books: Store) -> None:
    """GR-13."""
    told = {"no": NEXT.format("flag_dispositions"), "event_no": COMING, "review_flag_no": "2"}
    with transaction.atomic():
        for verdict in ("exception", "false_alarm", "duplicate"):
            said = refused(again("flag_dispositions", **told, verdict=f"'{verdict}'"))
            assert "a flag that blocks is put right, or overridden at approval" in said
        histories.run(again("flag_dispositions", **told, verdict="'overridden'"))
        transaction.set_rollback(True)


def test_an_act_reads_no_more_of_a_long_log(server: stores.Server) -> None:
    """PostgreSQL finds the last number at the end of its index, however many there are."""
    with stores.postgresql(server) as url:
        store = stores.founded(url)
        with histories.unguarded():
            columns = "at, actor, on_behalf_of, action, subject, reason, body, previous"
            histories.run(
                f"INSERT INTO events (no, {columns}, hash) SELECT n, {columns}, 'hash ' || n "  # noqa: S608  our own names
                "FROM events, generate_series(1000, 20000) n WHERE no = 1"
            )
        histories.run("ANALYZE events")
        connection.close()
        before = read_row_by_row("events")
        with acts.begin(store.actor("cora"), "lock"):
            pass
        assert read_row_by_row("events") == before


def read_row_by_row(table: str) -> int:
    """How many rows of a table were read from its beginning, since it was made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = %s", [table])
        return int(cursor.fetchone()[0])
