"""Any order of acts keeps the books sound: import, correct, propose, approve, reject, post, lock, reopen, fail.

Worked example: a contract comes in, January is proposed, approved by another person, posted and locked; then its
amendment of January arrives, the machine fails at the third write of a proposal, and the proposal is made again. After
each of these steps what was posted is as it was, every entry was approved by a second person, and `verify` finds
nothing. At the end everything is brought in and posted, and the entries are those of one run over all facts (law 12).

Facts that come are amendments, use, milestones, invoices, credit notes and minimums, as `strategies.bundles` draws them
around one contract; the laws of the engine itself are tested on more of them in test_laws.py.
"""

import contextlib
import copy
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

import polars as pl
import yaml
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import ratable
from ratable.ledger import closed, differences, entries, events, knowledge, models, rows, stored, verification
from ratable.operations import acts, decide, founding, import_bundle, manual, periods, propose
from tests import stores, strategies
from tests.properties import ledgers

RUNS, STEPS = 6, 40  # In one check, on each database; RATABLE_RUNS sets the runs of `make soak`.
WHOLE = 20  # After so many steps all of the store is verified; in between, what the step before added.
MOST = 3  # Of corrections and of months reopened in one run: what runs the engine leaves steps for all else.
LATE_TABLES = ("amendments", "usage", "milestones_reached", "invoices", "credit_notes", "minimums")
WHO = ("cora", "ben", "dana", "vic")
PREPARER = "whoever prepared it"
PREPARE, APPROVE, CLOSE = {"preparer", "controller"}, {"approver", "controller"}, {"controller"}
GROUND = manual.Ground("Rounding agreed with the customer", b"From: quill\nSubject: rounding\n")
HEIGHTS = f"SELECT {', '.join(f'(SELECT max(no) FROM {table})' for table in [*stored.covered(), 'drafts'])}"  # noqa: S608  names of our own schema


class Broken(Exception):
    """A machine that fails in the middle of an act."""


class Books(RuleBasedStateMachine):
    """Books that several people keep, by acts in any order."""

    def __init__(self, new_store: Callable[[], str]) -> None:
        super().__init__()
        self.new_store = new_store  # Makes an empty store and gives its address.

    @initialize(document=strategies.bundles(contracts=1), months=st.integers(0, 4))
    def begin(self, document: strategies.Row, months: int) -> None:
        self.store = stores.founded(self.new_store())
        self.store.clock.pass_days(4 * 366)  # All months of the bundles are over, and can be locked.
        founding.grant(self.store.actor("cora"), "carl", "controller")
        self.roles = {
            "cora": "controller", "carl": "controller", "ben": "preparer", "dana": "approver", "vic": "viewer",
        }  # fmt: skip
        self.limits: dict[str, dict[str, int]] = {}
        self.folder = Path(tempfile.mkdtemp(prefix="ratable-machine-"))
        self.first_month = strategies.month_later(document["contracts"][0]["start"].replace(day=1), months)
        self.came: list[dict[str, Any]] = []
        self.came_again, self.corrections, self.reopened = 0, 0, 0
        self.closed: list[str] = []
        self.approved: dict[int, str] = {}
        self.fails_at: int | None = None
        self.steps, self.seen, self.shut = 0, 0, date.min
        self.posted, self.known = entries.posted(), dict[date, int]()
        document = ledgers.without(document, "locks")
        self.waiting = [{table: [row]} for table in LATE_TABLES for row in document.get(table, [])]
        self.bring({table: rows for table, rows in document.items() if table not in LATE_TABLES})

    # Acts, and what each of them may come to.

    def tried(self, act: Callable[[], Any], *, may: bool = True) -> list[Any]:
        """What an act gave, alone in a list; an empty one where it was refused.

        LI-35: an act that is done has one event, and one that the books do not allow has none and changes nothing.
        LI-44: one that its person may not do changes nothing but the log, which says so.
        """
        before, last = self.heights(), events.last()[0]
        try:
            done = [self.until_done(act)]
        except acts.Refused:
            done = []
        assert may or not done
        assert events.last()[0] == last + (1 if done or not may else 0)
        if not done:
            assert self.heights() == before
        if not may:
            assert models.Event.objects.get(no=last + 1).action == "refused"
        return done

    def until_done(self, act: Callable[[], Any]) -> Any:
        """Do an act; where the machine fails in the middle nothing of it is there, and the next process does it."""
        before, last = self.heights(), events.last()
        at, self.fails_at = self.fails_at, None
        try:
            with contextlib.nullcontext() if at is None else failing(at):
                return act()
        except Broken:
            stores.use(self.store.url)
            assert (self.heights(), events.last()) == (before, last)
            return act()

    def heights(self) -> tuple[int | None, ...]:
        """The highest number of every table but the log: rows are only ever added, apart from drafts."""
        with connection.cursor() as cursor:
            cursor.execute(HEIGHTS)
            return (*cursor.fetchone(), models.Draft.objects.count())

    def may(self, who: str, roles: set[str]) -> bool:
        return self.roles[who] in roles

    def bring(self, document: dict[str, Any], who: str = "cora", **how: Any) -> list[import_bundle.Imported]:
        file = self.folder / f"{len(self.came)}.yaml"
        file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
        actor = self.store.actor(who, "as agreed")
        done = self.tried(lambda: import_bundle.import_bundle(actor, file, **how), may=self.may(who, PREPARE))
        if done:
            self.came.append(document)
        return done

    def waiting_run(self) -> Any:
        """The newest run that is not over; where there is none, Cora writes one."""
        if entries.latest() is None:
            self.somebody_writes_a_journal("cora", 10**5, 9)
        return models.Run.objects.get(no=entries.latest())

    def through(self, months: int) -> date:
        return ledgers.last_of_month(strategies.month_later(self.first_month, months))

    def approve(self, run: Any, who: str, hash_: str) -> None:
        if self.tried(lambda: decide.approve(self.store.actor(who), run.no, hash_), may=self.may(who, APPROVE)):
            assert who != run.prepared_by  # LI-30
            totals, limits = json.loads(run.totals), self.limits.get(who)
            assert not limits or all(int(total) <= limits.get(currency, 0) for currency, total in totals.items())
            assert hash_ == run.hash  # LI-31
            self.approved[run.no] = who

    def post(self, run: Any, who: str) -> None:
        shown = entries.of_run(run.no)
        if self.tried(lambda: decide.post(self.store.actor(who), run.no), may=self.may(who, APPROVE)):
            assert entries.of_run(run.no).equals(shown)  # LI-31

    def post_all(self, through: date) -> None:
        """Post what is due through a day by two people who may."""
        for made in self.tried(lambda: propose.propose(self.store.actor("cora"), through)):
            if made.run is not None:
                run = models.Run.objects.get(no=made.run)
                self.approve(run, "carl", run.hash)
                self.post(run, "carl")

    @precondition(lambda self: self.waiting)
    @rule(which=st.integers(0, 99), who=st.sampled_from(["ben", "ben", "cora", "vic"]))
    def a_fact_comes(self, which: int, who: str) -> None:
        document = self.waiting[which % len(self.waiting)]
        if self.bring(document, who):
            self.waiting.remove(document)

    @precondition(lambda self: self.came_again < len(self.came))
    @rule(which=st.integers(0, 99))
    def a_file_comes_again(self, which: int) -> None:
        """LI-25: it adds no fact."""
        self.came_again += 1
        for again in self.bring(self.came[which % len(self.came)]):
            assert (again.added, again.corrected) == (0, 0)
            self.came.pop()

    @precondition(lambda self: self.corrections < MOST)
    @rule(amount=st.integers(1, 10**6), which=st.integers(0, 9))
    def a_price_was_wrong(self, amount: int, which: int) -> None:
        self.corrections += 1
        document = copy.deepcopy(self.came[0])
        contract = document["contracts"][which % len(document["contracts"])]
        priced = [line for line in contract["lines"] if "price" in line and "milestones" not in line]
        if priced:
            priced[0]["price"] = strategies.money(amount, contract["currency"])
            contract.pop("discount", None)
            if self.bring(document, correction=True):
                self.came[0] = self.came.pop()

    @rule(months=st.integers(0, 8), who=st.sampled_from(["ben", "ben", "cora", "vic"]))
    def somebody_proposes(self, months: int, who: str) -> None:
        through = self.through(months)
        with contextlib.suppress(acts.Refused):
            # A look at what was touched alone finds what a look at everything does.
            assert propose.unposted(through).equals(propose.missing(through))
        self.tried(lambda: propose.propose(self.store.actor(who), through), may=self.may(who, PREPARE))

    @rule(who=st.sampled_from(WHO), amount=st.integers(1, 10**6), months=st.integers(0, 8))
    def somebody_writes_a_journal(self, who: str, amount: int, months: int) -> None:
        row = {
            "date": self.through(months), "entity": "", "currency": "USD", "debit": "2400", "credit": "4000",
            "debit_role": "deferred_revenue", "credit_role": "revenue", "amount": amount,
        }  # fmt: skip
        journal = pl.DataFrame([row], schema=manual.JOURNAL)
        self.tried(lambda: manual.enter(self.store.actor(who), journal, GROUND), may=self.may(who, PREPARE))

    @rule(who=st.sampled_from(["dana", PREPARER, *WHO]), stale=st.sampled_from([False, False, False, True]))
    def somebody_approves(self, who: str, *, stale: bool) -> None:
        run = self.waiting_run()
        self.approve(run, run.prepared_by if who == PREPARER else who, "0" * 64 if stale else run.hash)

    @rule(who=st.sampled_from(["dana", *WHO]))
    def somebody_posts(self, who: str) -> None:
        self.post(self.waiting_run(), who)

    @rule(who=st.sampled_from(WHO))
    def somebody_rejects(self, who: str) -> None:
        run = self.waiting_run()
        self.tried(lambda: decide.reject(self.store.actor(who, "not yet"), run.no), may=self.may(who, APPROVE))

    @rule(months=st.integers(0, 8))
    def a_month_is_closed(self, months: int) -> None:
        """LI-07, LI-08, LI-10, LI-24: a lock asks that reports foot, equal the exports, and that nothing is due."""
        last = self.through(months)
        if last > self.shut:
            self.post_all(last)
        if self.tried(lambda: periods.lock(self.store.actor("cora"), f"{last:%Y-%m}")):
            self.closed.append(f"{last:%Y-%m}")

    @rule(months=st.integers(0, 8), who=st.sampled_from(WHO))
    def a_month_is_closed_softly(self, months: int, who: str) -> None:
        period = f"{self.through(months):%Y-%m}"
        self.tried(lambda: periods.soft_close(self.store.actor(who), period), may=self.may(who, CLOSE))

    @precondition(lambda self: self.closed and self.reopened < MOST)
    @rule()
    def the_last_month_is_reopened_by_two(self) -> None:
        """LI-32: and counts as restated from then on."""
        period, why = self.closed.pop(), "a fee was missed"
        self.reopened += 1
        assert self.tried(lambda: periods.ask_to_unlock(self.store.actor("cora", why), period))
        assert not self.tried(lambda: periods.unlock(self.store.actor("cora", why), period))
        assert self.tried(lambda: periods.unlock(self.store.actor("carl", "I agree"), period))
        assert closed.periods().filter(pl.col("period") == period)["restated"].all()

    @rule(
        person=st.sampled_from(["ben", "dana", "vic"]),
        role=st.sampled_from(["preparer", "approver", "controller", "viewer", "none"]),
        most=st.none() | st.integers(1, 10**4),
    )
    def a_role_is_changed(self, person: str, role: str, most: int | None) -> None:
        limits = {} if most is None else dict.fromkeys(("USD", "JPY", "BHD"), most)
        assert self.tried(lambda: founding.grant(self.store.actor("carl"), person, role, limits))
        self.roles[person], self.limits[person] = role, limits

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        before = acts.ledger_day(self.store.clock.now.isoformat())
        self.store.clock.pass_days(days)
        if acts.ledger_day(self.store.clock.now.isoformat()) > before:
            self.known[before] = self.posted.height

    @rule(days=st.integers(1, 400), who=st.sampled_from(WHO))
    def the_clock_is_turned_back(self, days: int, who: str) -> None:
        then = datetime.fromisoformat(events.last()[2]) - timedelta(days=days)
        assert not self.tried(lambda: propose.propose(acts.Actor(who, lambda: then), self.through(0)))

    @rule(at=st.integers(0, 15))
    def the_machine_will_fail_in_the_next_act(self, at: int) -> None:
        self.fails_at = at

    # What holds after each of them.

    @invariant()
    def the_books_are_sound(self) -> None:
        if not hasattr(self, "store"):
            return
        self.steps += 1
        now = entries.posted()
        self.what_was_posted_is_as_it_was(now)
        self.what_is_new_is_in_order(now.tail(now.height - self.posted.height))
        self.what_was_known_is_known_again(now)
        self.the_log_is_as_it_was_written()
        self.posted, self.shut = now, closed.through(closed.MAIN, "") or date.min

    def what_was_posted_is_as_it_was(self, now: pl.DataFrame) -> None:
        """LI-29: no entry ever changes. LI-34: numbers have no gap."""
        assert now.head(self.posted.height).equals(self.posted)
        assert now["no"].to_list() == list(range(1, now.height + 1))

    def what_is_new_is_in_order(self, new: pl.DataFrame) -> None:
        """LI-01, LI-02: each entry balances, and so do all. LI-30: another person approved it. LI-32: no closed day."""
        for row in new.select("amount", "functional_amount", "debit", "credit", "date", "run_no").iter_rows():
            amount, functional, debit, credit, day, run = row
            assert amount == functional > 0
            assert debit != credit
            assert day > self.shut
            assert run in self.approved
        for run in models.Run.objects.filter(no__in=new["run_no"].unique().to_list()):
            decided = models.Decision.objects.filter(run=run.no, verb="approve", hash=run.hash).values_list("by")
            assert list(decided) == [(self.approved[run.no],)]
            assert self.approved[run.no] != run.prepared_by

    def what_was_known_is_known_again(self, now: pl.DataFrame) -> None:
        """LI-38: as known on a day that is over, the entries are those of the end of that day."""
        for day, height in list(self.known.items())[-1:]:
            assert entries.posted(known_on=day).equals(now.head(height))

    def the_log_is_as_it_was_written(self) -> None:
        """LI-33: a month is closed once. LI-35, LI-36: events are chained, and every row has one."""
        last = events.last()[0]
        if last == self.seen:
            return
        whole = self.steps % WHOLE == 0
        assert (verification.verify() if whole else verification.after(self.seen)) == []
        assert closed.in_force().select("entity", "period").is_unique().all()
        self.seen = last

    def teardown(self) -> None:
        """LI-26, LI-27, LI-28: however they came, the facts come to the entries of one run over all of them."""
        if not hasattr(self, "store"):
            return
        self.fails_at = None
        if self.waiting:
            self.bring({table: [row for each in self.waiting for row in each.get(table, [])] for table in LATE_TABLES})
        last = self.through(20)
        self.post_all(last)
        target = ratable.recognize(knowledge.bundle(), last).journal
        by_engine = entries.posted().filter(~pl.col("kind").is_in(differences.BY_HAND))
        assert by_origin(by_engine) == by_origin(target)
        assert verification.verify() == []
        for day, height in self.known.items():
            assert entries.posted(known_on=day).height == height
        shutil.rmtree(self.folder)


@contextmanager
def failing(at: int) -> Iterator[None]:
    """Let the machine fail before (0, 2, 4 ...) or after (1, 3, 5 ...) a write of rows or of the event of an act."""
    writes = count()

    def watched(write: Callable[..., None]) -> Callable[..., None]:
        def failing_write(*given: Any) -> None:
            number = next(writes)
            if at == 2 * number:
                raise Broken
            write(*given)
            if at == 2 * number + 1:
                raise Broken

        return failing_write

    with mock.patch.object(rows, "add", watched(rows.add)), mock.patch.object(events, "append", watched(events.append)):
        yield


def by_origin(posted: pl.DataFrame) -> dict[Any, int]:
    """Sums by line, month that the amount belongs to, and role, debits above zero; what nets to nothing is left out."""
    sums: Counter[Any] = Counter()
    for row in posted.iter_rows(named=True):
        sums[row["line"], row["origin_period"], row["debit_role"]] += row["amount"]
        sums[row["line"], row["origin_period"], row["credit_role"]] -= row["amount"]
    return {key: amount for key, amount in sums.items() if amount}


def many() -> settings:
    runs = int(os.environ.get("RATABLE_RUNS", RUNS))
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(max_examples=runs, stateful_step_count=STEPS, deadline=None, suppress_health_check=slow)


def keep_sound(new_store: Callable[[], str]) -> None:
    """Try many orders of acts on new stores; the invariants and the end of `Books` assert what has to hold."""
    machine: Any = lambda: Books(new_store)  # noqa: E731  anything that makes a machine will do; its type says less
    run_state_machine_as_test(machine, settings=many())


def test_any_order_of_acts_keeps_a_file_sound(sqlite_template: Path, tmp_path: Path) -> None:
    file = tmp_path / "books.sqlite3"

    def copied() -> str:
        stores.close()
        return f"sqlite:///{shutil.copy(sqlite_template, file)}"

    keep_sound(copied)


def test_any_order_of_acts_keeps_a_server_sound(server: stores.Server) -> None:
    made = ""

    def created() -> str:
        nonlocal made
        if made:
            stores.close()
            server.drop(made)
        made = f"machine_{next(stores.NUMBERS)}"
        return server.create(made, "books")

    keep_sound(created)
