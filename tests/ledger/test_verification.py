"""The tamper catalogue, each class planted for real in both databases; and what must never raise a false alarm."""

from datetime import date

import polars as pl
import pytest
from django.db import connection, transaction

from ratable.ledger import canonical, checkpoints, covering, rows, signing, stored, verification
from ratable.operations import acts
from tests.ledger import histories, tampering
from tests.stores import Store

LATER = "2026-05-01T00:00:00.000000Z"
DOCUMENT = canonical.sha256(histories.CONTRACT)
Anchors = list[checkpoints.Anchor]


def found(anchors: Anchors | None = None) -> list[tuple[str, int | str]]:
    """Table and number of each fault."""
    return [(fault.table, fault.no) for fault in verification.verify(anchors=anchors or [])]


def says() -> str:
    """What the first fault says."""
    return verification.verify()[0].says


def test_untouched_books_give_no_alarm(books: Store) -> None:
    anchor = histories.checkpoint(books)

    assert verification.verify(anchors=[anchor]) == []
    assert verification.verify(since=date(2026, 4, 1)) == []
    assert verification.verify(since=date(2026, 5, 1)) == []


STATEMENTS: dict[str, tuple[str, tuple[str, int | str]]] = {
    "TA-01 an amount edited": ("UPDATE entries SET amount = 5 WHERE no = 2", ("entries", 2)),
    "TA-04 an event deleted in the middle": ("DELETE FROM events WHERE no = 6", ("events", 7)),
    "TA-09 events moved to another company": ("UPDATE company SET id = 'other'", ("events", 1)),
    "TA-10 only the moment changed": ("UPDATE events SET at = '2026-04-01T09:00:05.5Z' WHERE no = 5", ("events", 5)),
    "TA-15 a document swapped": ("UPDATE files SET content = '', size = 0", ("files", DOCUMENT)),
    "TA-16 master data edited": ("UPDATE fact_accounts SET code = '9' WHERE no = 2", ("fact_accounts", 2)),
    "TA-19 a body written otherwise": ("UPDATE events SET body = body || ' ' WHERE no = 6", ("events", 6)),
    "TA-20 bytes over a border": ("UPDATE events SET actor = 'cor', action = 'agrant' WHERE no = 3", ("events", 3)),
    "TA-21 an effect without an event": (
        "INSERT INTO grants (no, person, role, limits, entities, event_no) "
        "VALUES (5, 'eve', 'controller', '{}', '[]', 2)",
        ("grants", 5),
    ),
    "TA-22 an event without its effect": ("DELETE FROM entries WHERE no = 2", ("entries", 2)),
    "TA-24 the sequence restarted": ("UPDATE events SET no = 0 WHERE no = 13", ("events", 0)),
    "TA-24 a number far below": ("UPDATE events SET no = -4612465869740 WHERE no = 13", ("events", -4612465869740)),
    "TA-24 a number far above": ("UPDATE events SET no = 4612465869740 WHERE no = 13", ("events", 4612465869740)),
    "TA-25 an account of a line edited": ("UPDATE entries SET credit = '4010' WHERE no = 1", ("entries", 1)),
    "TA-26 an approval copied": (
        'INSERT INTO decisions (no, run_no, verb, "by", reason, hash, override, event_no) '
        'SELECT 3, 2, verb, "by", reason, hash, override, event_no FROM decisions WHERE no = 1',
        ("decisions", 3),
    ),
    "the company renamed": ("UPDATE company SET name = 'Other'", ("company", "test-company")),
    "the company taken away": ("DELETE FROM company", ("events", 1)),
    "a draft that waits changed": ("UPDATE drafts SET amount = 7 WHERE no = 1", ("drafts", 1)),
    "a draft that waits removed": ("DELETE FROM drafts WHERE no = 1", ("runs", 2)),
    "a signed statement changed": ('UPDATE statements SET "rows" = 7 WHERE no = 2', ("statements", 1)),
    "a document taken away": ("DELETE FROM files", ("files", DOCUMENT)),
    "a document put in": ("INSERT INTO files (sha256, size, content) VALUES ('00', 0, '')", ("files", "00")),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_past_the_guards_is_found(books: Store, name: str) -> None:
    statement, row = STATEMENTS[name]

    histories.run(statement)

    assert found()[0] == row


def test_ta_02_a_row_changed_and_hashed_anew(books: Store) -> None:
    histories.run("UPDATE entries SET amount = 5 WHERE no = 2")
    tampering.rehash("entries", 2)

    assert found() == [("entries", 1)]
    assert says().startswith("one of rows 1 to 2 is not what event 10 added")


def test_ta_03_the_tail_hashed_anew(books: Store) -> None:
    tampering.rewrite(6, lambda said: said.update(reason="a better one"))

    assert found() == [("checkpoints", 1)]


def test_ta_05_the_tail_cut(books: Store) -> None:
    anchor = histories.checkpoint(books)
    tampering.cut(13)

    assert found() == []
    assert found([anchor]) == [("events", 13)]


def test_ta_06_two_events_swapped(books: Store) -> None:
    for old, new in ((6, 0), (7, 6), (0, 7)):
        histories.run("UPDATE events SET no = %s WHERE no = %s", new, old)

    assert found()[0] == ("events", 6)


@pytest.mark.parametrize(
    ("at", "fault"),
    [
        pytest.param(
            "2026-04-01T09:00:03.000000Z", "saw 2026-04-01T09:00:03.000000Z, before", id="TA-07, TA-23 backdated"
        ),
        pytest.param(LATER, "says that it added settings from 1, which does not follow on", id="TA-08 replayed"),
    ],
)
def test_an_event_added_past_the_log(books: Store, at: str, fault: str) -> None:
    tampering.append(7, at=at)

    assert found()[0] == ("events", 14)
    assert says().startswith(fault)


@pytest.mark.parametrize("extra", [0, 2], ids=["TA-11 an old backup", "TA-12 a fork"])
def test_a_history_that_goes_on_from_an_old_backup(books: Store, extra: int) -> None:
    kept = [histories.checkpoint(books), histories.checkpoint(books)]
    tampering.cut(14)
    for _ in range(2 + extra):
        histories.checkpoint(books)

    assert found() == []
    assert found(kept[:1]) == []  # What it was signed over is still there: the tail after it is another.
    assert found(kept) == [("events", 14)]


def test_ta_14_rows_copied_in_by_a_superuser(books: Store) -> None:
    row = stored.read("entries", 2, 2).with_columns(no=pl.lit(3, pl.Int64), entry=pl.lit("9"))
    rows.add("entries", row.with_columns(covering.digests(row)))

    assert found() == [("entries", 3)]


def test_ta_17_signed_anew_with_the_stolen_key(books: Store) -> None:
    kept = [histories.checkpoint(books)]
    tampering.rewrite(6, lambda said: said.update(reason="a better one"), sign=True)

    assert found() == []
    assert found(kept) == [("events", 1)]


def test_a_history_signed_anew_with_another_key(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [histories.checkpoint(books)]
    monkeypatch.setattr(histories, "KEY", signing.Key.generate())
    histories.checkpoint(books)

    assert found() == []
    assert found(kept) == [("checkpoints", 4)]
    signing.key()
    assert found() == [("checkpoints", 1)]


def test_an_anchor_narrows_down_where_history_was_rewritten(books: Store) -> None:
    kept = [histories.checkpoint(books), histories.checkpoint(books)]
    tampering.rewrite(14, lambda said: said.update(reason="a better one"), sign=True)

    assert found(kept) == [("events", 14)]


@pytest.mark.parametrize("part", ["company", "signature"])
def test_an_anchor_that_is_not_of_these_books_is_said_to_be_so(books: Store, part: str) -> None:
    anchor = histories.checkpoint(books)
    other = checkpoints.Anchor(**{**vars(anchor), part: anchor.root})

    assert found([other]) == [("anchors", 1)]


def test_ta_18_another_version_of_the_hash(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as other:
        other.setattr("ratable.ledger.events.VERSION", "2")
        tampering.rewrite(13, lambda said: None)

    assert found() == [("events", 13)]


def test_ta_19_a_text_in_another_normal_form(books: Store) -> None:
    histories.run(
        "UPDATE entries SET narrative = %s WHERE no = 2", "two\N{COMBINING DIAERESIS}"[:2] + "o\N{COMBINING DIAERESIS}"
    )

    assert found() == [("entries", 2)]
    assert "Unicode normal form C" in says()


def test_ta_19_a_body_hashed_in_another_form(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as other:
        other.setattr("ratable.ledger.canonical.text", lambda value: f" {canonical_text(value)}")
        tampering.rewrite(13, lambda said: None)

    assert found() == [("events", 13)]
    assert says() == "its body is not in canonical form"


canonical_text = canonical.text


class TestRights:
    """Entries that every hash speaks for, but nobody had the right to post."""

    def post(self, books: Store, run: int, by: str = "dana") -> None:
        with acts.begin(books.actor(by), "post") as act:
            histories.decide(act, run, "post")
            histories.add_entries(act, run)

    def approve(self, books: Store, run: int, by: str, *, override: bool = False) -> None:
        with acts.begin(books.actor(by), "approve") as act:
            histories.decide(act, run, "approve", override=override)

    def choose(self, books: Store, value: str) -> None:
        with acts.begin(books.actor("cora"), "set a choice") as act:
            covering.cover(act, "settings", pl.DataFrame({"name": ["single_person"], "value": [value]}))

    def test_posted_by_an_approval_of_another(self, books: Store) -> None:
        self.approve(books, 2, "cora")
        self.post(books, 2)

        assert found() == []

    def test_posted_without_an_approval(self, books: Store) -> None:
        self.post(books, 2)

        assert found() == [("entries", 3)]
        assert says() == "comes from run 2, which nobody who may approved at its hash"

    @pytest.mark.parametrize(
        ("run", "fault"),
        [(2, "comes from run 2, which nobody posted"), (1, "was not added by event 10, which posted its run 1")],
    )
    def test_added_without_being_posted(self, books: Store, run: int, fault: str) -> None:
        more = stored.read("entries", 1, 2).with_columns(
            entry=pl.lit("9-") + pl.col("entry"), run_no=pl.lit(run, pl.Int64), date=date(2026, 4, 1)
        )
        with acts.begin(books.actor("dana"), "post") as act:
            covering.cover(act, "entries", more)

        assert found()[0] == ("entries", 3)
        assert says().startswith(fault)

    def test_one_person_in_both_roles_only_where_the_company_lets_them(self, books: Store) -> None:
        run = histories.prepare(books, date(2026, 4, 2), by="cora")
        self.approve(books, run, "cora", override=True)
        self.post(books, run)
        assert found() == [("entries", 3)]

        self.choose(books, "on")
        run = histories.prepare(books, date(2026, 4, 3), by="cora")
        self.approve(books, run, "cora", override=True)
        self.choose(books, "off")
        self.post(books, run)
        assert found() == [("entries", 3)]  # The second run is in order.

    def test_posted_into_a_month_that_was_locked(self, books: Store) -> None:
        run = histories.prepare(books, date(2026, 3, 31))
        self.approve(books, run, "dana")
        self.post(books, run)

        assert found() == [("entries", 3)]
        assert says().startswith("is dated by 2026-03-31, which event 11 had closed")

    @pytest.mark.parametrize(
        "change", ["debit = '6000'", "amount = 3 - amount", "narrative = 'other'", "line = NULL", "date = '2026-04-02'"]
    )
    def test_ta_25_rows_that_changed_between_approval_and_posting(self, books: Store, change: str) -> None:
        """Count and totals are as approved, and every digest is made anew: only the hash of the run convicts."""
        self.approve(books, 2, "dana")
        histories.run(f"UPDATE drafts SET {change} WHERE run_no = 2")  # noqa: S608  a change of ours
        self.post(books, 2)

        assert found() == [("entries", 3)]
        assert says().startswith("one of rows 3 to 4 is not what run 2 held when it was approved: saw drafts that hash")
        assert [fault.no for fault in verification.verify(since=date(2026, 4, 1))] == [3]

    def test_ta_25_entries_and_event_changed_together(self, books: Store) -> None:
        """Whoever holds the key can write an entry, its event and all that follows anew, but not what was approved."""
        histories.run("UPDATE entries SET amount = 3 - amount WHERE run_no = 1")
        for no in (1, 2):
            tampering.rehash("entries", no)
        digest = canonical.of_all(stored.read("entries", 1, 2)["digest"])
        tampering.rewrite(10, lambda said: said["what"]["rows"]["entries"].update(digest=digest), sign=True)

        assert found() == [("entries", 1)]
        assert says().startswith("one of rows 1 to 2 is not what run 1 held when it was approved")

    def test_ta_25_drafts_posted_in_another_order(self, books: Store) -> None:
        self.approve(books, 2, "dana")
        for old, new in ((1, 9), (2, 1), (9, 2)):
            histories.run("UPDATE drafts SET no = %s WHERE no = %s", new, old)
        self.post(books, 2)

        assert found() == [("entries", 3)]

    def test_ta_25_a_run_whose_event_names_another_first_draft(self, books: Store) -> None:
        tampering.rewrite(8, lambda said: said["what"]["run"].update(first="2"), sign=True)

        assert found() == [("entries", 1)]

    def test_fewer_entries_than_were_approved(self, books: Store) -> None:
        self.approve(books, 2, "dana")
        histories.run("DELETE FROM drafts WHERE no = 1")
        self.post(books, 2)

        assert found() == [("runs", 2)]
        assert "saw 1 entries over {'USD': 2} in minor units; expected 2" in says()


IN_SQLITE = {
    "UPDATE entries SET amount = 'many' WHERE no = 2": ("entries", 2),
    "UPDATE entries SET amount = 2.5 WHERE no = 2": ("entries", 2),
    "UPDATE entries SET date = '2026-3-31' WHERE no = 1": ("entries", 1),
    "UPDATE runs SET rows = 'many' WHERE no = 1": ("runs", 1),
    "UPDATE decisions SET override = 'no' WHERE no = 1": ("decisions", 1),
    "UPDATE findings SET left_out = 2 WHERE no = 2": ("findings", 2),
    "UPDATE checkpoints SET root = x'00' WHERE no = 1": ("checkpoints", 1),
    "UPDATE drafts SET narrative = x'00' WHERE no = 1": ("drafts", 1),
    "UPDATE events SET actor = x'00' WHERE no = 4": ("events", 4),
    "UPDATE files SET content = 'text'": ("files", DOCUMENT),
}
IN_POSTGRESQL = {
    "UPDATE entries SET date = 'infinity' WHERE no = 1": ("entries", 1),
    f"UPDATE entries SET contract = '{rows.MISSING}' WHERE no = 2": ("entries", 2),  # noqa: S608  a constant of ours
}


def test_a_value_that_its_column_never_holds(books: Store) -> None:
    for statement, row in (IN_SQLITE if connection.vendor == "sqlite" else IN_POSTGRESQL).items():
        with transaction.atomic():
            histories.run(statement)
            assert row in found(), statement
            transaction.set_rollback(True)
