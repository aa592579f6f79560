"""Any order of acts keeps the books sound: import, correct, propose, approve, reject, post, lock, reopen, fail.

Worked example: a contract comes in, January is proposed, approved by another person, posted and locked; then its
amendment of January arrives, a proposal is begun and the machine fails in the middle of it. After each of these steps
numbers have no gaps, every entry was approved by a second person, closed months hold what they held, and `verify` finds
nothing.
At the end everything is brought in and posted, and the entries are those of one run over all facts (law 8).
"""

import contextlib
import copy
import hashlib
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

import polars as pl
import pytest
import yaml
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
from ratable.ledger import entries, events, knowledge, models, verification
from ratable.operations import acts, decide, founding, import_bundle, periods, propose
from tests import stores, strategies
from tests.properties import ledgers

RUNS, STEPS = 3, 25  # In one check, on each database; RATABLE_RUNS sets the runs of `make soak`.
LATE_TABLES = ("amendments", "usage", "milestones_reached", "invoices", "credit_notes", "minimums")
WHO = ("cora", "ben", "dana", "vic")


class Broken(Exception):
    """A machine that fails in the middle of an act."""


class Books(RuleBasedStateMachine):
    """Books that several people keep, by acts in any order."""

    def __init__(self, new_store: Callable[[], str]) -> None:
        super().__init__()
        self.new_store = new_store  # Makes an empty store and gives its address.

    @initialize(question=strategies.questions())
    def begin(self, question: strategies.Question) -> None:
        self.store = stores.founded(self.new_store())
        self.store.clock.pass_days(4 * 366)  # All months of the questions are over, and can be locked.
        founding.grant(self.store.actor("cora"), "carl", "controller")
        self.folder = Path(tempfile.mkdtemp(prefix="ratable-machine-"))
        document = ledgers.without(question.bundle, "locks")
        self.waiting = [{table: [row]} for table in LATE_TABLES for row in document.get(table, [])]
        self.came: list[dict[str, Any]] = []
        self.closed: dict[str, str] = {}
        self.month = question.through.replace(day=1)
        self.first_month = min((row["start"] for row in document["contracts"]), default=question.through).replace(day=1)
        self.bring({table: rows for table, rows in document.items() if table not in LATE_TABLES})

    def bring(self, document: dict[str, Any], **how: Any) -> import_bundle.Imported:
        file = self.folder / f"{len(self.came)}.yaml"
        file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
        self.came.append(document)
        return import_bundle.import_bundle(self.store.actor("ben", "as agreed"), file, **how)

    def waiting_run(self) -> Any:
        number = entries.latest()
        return None if number is None else models.Run.objects.get(no=number)

    def through(self, months: int) -> date:
        return ledgers.last_of_month(strategies.month_later(self.first_month, months))

    @precondition(lambda self: self.waiting)
    @rule(which=st.integers(0, 99))
    def a_fact_comes(self, which: int) -> None:
        self.bring(self.waiting.pop(which % len(self.waiting)))

    @rule(which=st.integers(0, 99))
    def a_file_comes_again(self, which: int) -> None:
        again = self.bring(self.came[which % len(self.came)])
        assert (again.added, again.corrected) == (0, 0)
        self.came.pop()

    @rule(amount=st.integers(1, 10**6), which=st.integers(0, 9))
    def a_price_was_wrong(self, amount: int, which: int) -> None:
        document = copy.deepcopy(self.came[0])
        contract = document["contracts"][which % len(document["contracts"])]
        priced = [line for line in contract["lines"] if "price" in line and "milestones" not in line]
        if priced:
            priced[0]["price"] = strategies.money(amount, contract["currency"])
            contract.pop("discount", None)
            try:
                self.bring(document, correction=True)
                self.came[0] = document
            finally:
                self.came.pop()

    @rule(months=st.integers(0, 8), who=st.sampled_from(["ben", "ben", "cora", "vic"]))
    def somebody_proposes(self, months: int, who: str) -> None:
        try:
            propose.propose(self.store.actor(who), self.through(months))
        except acts.Refused:
            assert who == "vic"

    @rule(who=st.sampled_from(WHO), stale=st.booleans())
    def somebody_approves(self, who: str, *, stale: bool) -> None:
        if run := self.waiting_run():
            try:
                decide.approve(self.store.actor(who), run.no, "0" * 64 if stale else run.hash)
            except acts.Refused:
                return
            assert who in ("cora", "dana")
            assert who != run.prepared_by
            assert not stale

    @rule(who=st.sampled_from(WHO))
    def somebody_posts(self, who: str) -> None:
        if run := self.waiting_run():
            approved = entries.state(run.no) == "approve"
            try:
                decide.post(self.store.actor(who), run.no)
            except acts.Refused:
                return
            assert approved

    @rule()
    def somebody_rejects(self) -> None:
        if run := self.waiting_run():
            decide.reject(self.store.actor("dana", "not yet"), run.no)

    @rule(months=st.integers(0, 8))
    def a_month_is_closed(self, months: int) -> None:
        last = self.through(months)
        self.post_all(last)
        try:
            periods.lock(self.store.actor("cora"), f"{last:%Y-%m}")
        except acts.Refused:
            return
        held = entries.posted().filter(pl.col("date") <= last)
        self.closed[f"{last:%Y-%m}"] = self.print(held)

    @precondition(lambda self: self.closed)
    @rule()
    def the_last_month_is_reopened_by_two(self) -> None:
        period = max(self.closed)
        periods.ask_to_unlock(self.store.actor("cora", "a fee was missed"), period)
        with pytest.raises(acts.Refused):
            periods.unlock(self.store.actor("cora", "a fee was missed"), period)
        periods.unlock(self.store.actor("carl", "I agree"), period)
        self.closed = {}

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.store.clock.pass_days(days)

    @rule(months=st.integers(0, 8))
    def the_machine_fails_in_the_middle(self, months: int) -> None:
        before = self.state()
        with mock.patch.object(events, "append", fail), contextlib.suppress(Broken):
            propose.propose(self.store.actor("ben"), self.through(months))
        assert self.state() == before

    def post_all(self, through: date) -> None:
        run = propose.propose(self.store.actor("ben"), through)
        if run.run is not None:
            decide.approve(self.store.actor("dana"), run.run, run.hash)
            decide.post(self.store.actor("dana"), run.run)
            assert propose.missing(through).is_empty()
            assert propose.propose(self.store.actor("ben"), through).run is None

    def state(self) -> Any:
        return events.last(), self.print(entries.posted()), entries.latest()

    def print(self, held: pl.DataFrame) -> str:
        return hashlib.sha256("".join(held.sort("no")["digest"]).encode()).hexdigest()

    @invariant()
    def nothing_was_changed(self) -> None:
        if hasattr(self, "store"):
            assert verification.verify() == []

    @invariant()
    def closed_months_hold_what_they_held(self) -> None:
        if getattr(self, "closed", {}):
            period = max(self.closed)
            held = entries.posted().filter(pl.col("period") <= period)
            assert self.print(held) == self.closed[period]

    @invariant()
    def numbers_have_no_gaps(self) -> None:
        if hasattr(self, "store"):
            numbers = entries.posted()["no"].sort().to_list()
            assert numbers == list(range(1, len(numbers) + 1))

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        for document in self.waiting:
            self.bring(document)
        last = self.through(20)
        self.post_all(last)
        target = ratable.recognize(knowledge.bundle(), last).journal
        assert by_origin(entries.posted()) == by_origin(target)
        assert verification.verify() == []


def fail(_: events.Act) -> None:
    raise Broken


def by_origin(rows: pl.DataFrame) -> dict[Any, int]:
    """Sums by line, month that the amount belongs to, and role, debits above zero; what nets to nothing is left out."""
    sums: Counter[Any] = Counter()
    for row in rows.iter_rows(named=True):
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
    numbers = count(1)

    def copied() -> str:
        return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / f'{next(numbers)}.sqlite3')}"

    keep_sound(copied)


def test_any_order_of_acts_keeps_a_server_sound(server: stores.Server) -> None:
    keep_sound(lambda: server.create(f"machine_{next(stores.NUMBERS)}", "books"))
