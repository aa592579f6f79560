"""Books carried forward are those that would be made anew, after any order of acts.

Worked example: three contracts come in and January is posted; then an amendment of the first arrives, a price of the
second is corrected, February is proposed and rejected, a list price is said of all. After each step every report, its
notes and the facts behind it are compared with books that nothing was kept of.
"""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from ratable.ledger import carried, closed, entries
from tests import stores, strategies
from tests.ledger import test_carried
from tests.properties import test_ledger_machine as machine

RUNS, STEPS = 3, 12  # Of each check, on each database.


class Carried(machine.Books):
    """Books that are read after each step."""

    @initialize(document=strategies.bundles(contracts=3), months=st.integers(0, 4))
    def begin(self, document: strategies.Row, months: int) -> None:
        self.days: list[date] = []
        self.shared = 0
        super().begin(document, months)

    @rule(amount=st.integers(1, 10**6))
    def something_that_all_share_comes(self, amount: int) -> None:
        self.shared += 1
        self.bring({"products": [{"id": f"new-{self.shared}", "name": "New", "method": "usage"}]})
        if amount % 2:
            price = {"product": "access", "currency": "USD", "amount": str(amount), "from": "2020-01-01"}
            self.bring({"ssps": [price]}, correction=True)

    @invariant()
    def the_books_are_sound(self) -> None:
        """In place of what holds of one contract: what is read is what would be read anew."""
        if not hasattr(self, "posted"):
            return
        self.steps += 1
        self.posted, self.shut = entries.posted(), closed.through(closed.MAIN, "") or date.min
        through = self.through(self.steps % 3 + 2)
        known = list(self.known) if self.steps % 4 == 0 else []
        test_carried.check(through, known[-1] if known else None)

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)


def read(new_store: Callable[[], str]) -> None:
    """Try some orders of acts on new stores, in which what is touched is carried, however much it is."""
    many = settings(machine.many(), max_examples=RUNS, stateful_step_count=STEPS)
    made: Any = lambda: Carried(new_store)  # noqa: E731  anything that makes a machine will do; its type says less
    with mock.patch.object(carried, "_SHARE", 0):
        run_state_machine_as_test(made, settings=many)


def test_books_of_a_file_are_carried(sqlite_template: Path, tmp_path: Path) -> None:
    file = tmp_path / "books.sqlite3"

    def copied() -> str:
        stores.close()
        return f"sqlite:///{shutil.copy(sqlite_template, file)}"

    read(copied)


def test_books_of_a_server_are_carried(server: stores.Server) -> None:
    made = ""

    def created() -> str:
        nonlocal made
        if made:
            stores.close()
            server.drop(made)
        made = f"carried_{next(stores.NUMBERS)}"
        return server.create(made, "books")

    read(created)
