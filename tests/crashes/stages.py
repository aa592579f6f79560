"""A close in six acts, and the store as it is before and after each of them.

Worked example: `stages(first)` types the acts one after the other, each in a copy of the store that the one before it
left; `stages(first)["post"].before` holds run 2 approved, and `.after` its entries.
"""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from django.db import connection

from ratable.ledger import entries, verification
from ratable.operations import choices
from tests import commands, stores
from tests.crashes import points

# A month was closed before, an invoice has no contract: the acts write most of what they ever may.
BUNDLE: dict[str, Any] = {
    "products": [
        {"id": "platform", "name": "Platform", "method": "straight_line", "proration": "monthly_prorated"},
        {"id": "setup", "name": "Setup", "method": "point_in_time"},
    ],
    "customers": [{"id": "acme", "name": "Acme"}],
    "locks": [{"through": "2025-12-31", "locked_on": "2026-01-05"}],
    "contracts": [{
        "id": "C-1", "customer": "acme", "currency": "USD", "signed_on": "2025-12-01", "start": "2025-12-01",
        "end": "2026-11-30", "lines": [
            {"id": "C-1-1", "product": "platform", "price": "1200.00", "billing": {"frequency": "annual"}},
            {"id": "C-1-2", "product": "setup", "price": "300.00", "delivered_on": "2026-01-15",
             "billing": {"frequency": "once"}},
        ],
    }],
    "invoices": [{
        "id": "I-1", "customer": "acme", "currency": "USD", "issued_on": "2026-01-10",
        "lines": [{"id": "I-1-1", "amount": "31.00", "service_start": "2026-01-01", "service_end": "2026-01-31"}],
    }],
}  # fmt: skip
FIRST = "bundle.yaml"
ACTS = {
    "import": ("import", FIRST, "--as", "ben"),
    "propose": ("propose", "--through", "2026-01-31", "--as", "ben"),
    "approve": ("approve", "--as", "dana"),
    "post": ("post", "--as", "dana"),
    "lock": ("lock", "2026-01", "--as", "cora"),
    "export": ("export", "generic", "--period", "2026-01", "--out", "erp", "--as", "cora"),
}
# What is done before an act, so that it has more to do: a proposal that it replaces.
BEFORE = {"propose": ("propose", "--through", "2025-12-31", "--as", "ben")}


Held = tuple[dict[str, int], list[tuple[object, ...]]]


@dataclass(frozen=True)
class Place:
    """A store and the folder that its commands are typed in; `server` is None for a file of SQLite."""

    folder: Path
    name: str
    server: stores.Server | None

    @property
    def url(self) -> str:
        return self.server.url(self.name) if self.server else f"sqlite:///{self.folder}/books.sqlite3"

    def copy(self, folder: Path) -> "Place":
        """The same in another folder, or another database."""
        stores.close()
        shutil.copytree(self.folder, folder)
        name = f"copy_{next(stores.NUMBERS)}"
        if self.server:
            self.server.create(name, self.name)
        return Place(folder, name, self.server)

    def type(
        self, arguments: tuple[str, ...], around: Callable[[], AbstractContextManager[None]] = nullcontext
    ) -> commands.Ended:
        return commands.run(commands.Typed(arguments, self.folder, self.url), around)

    def holds(self) -> Held:
        """Rows by table, and the entries in order."""
        stores.use(self.url)
        with connection.cursor() as cursor:
            counts = {}
            for name in sorted(connection.introspection.table_names(cursor)):
                cursor.execute(f'SELECT count(*) FROM "{name}"')  # noqa: S608  names of our own
                counts[name] = cursor.fetchone()[0]
        return counts, entries.posted().select("no", "entry", "date", "amount").rows()

    def files(self) -> dict[str, bytes]:
        """The files that were exported."""
        return {path.name: path.read_bytes() for path in self.folder.glob("erp/*")}

    def faults(self) -> list[str]:
        """What `ratable verify` finds."""
        stores.use(self.url)
        return [str(fault) for fault in verification.verify()]

    def discard(self) -> None:
        stores.close()
        if self.server:
            self.server.drop(self.name)


@dataclass(frozen=True)
class Stage:
    """An act: where it is done, what the store holds before and after it, and the points that it passes."""

    place: Place
    before: Held
    after: Held
    files: dict[str, bytes]
    moments: int
    passed: tuple[str, ...]

    def at(self, point: str) -> str:
        """A point as `points.struck` takes it: a share of the moments as the number of one of them."""
        what, _, share = point.partition(" ")
        return f"moment {max(1, round(float(share) * self.moments))}" if what == points.MOMENT else point


def begun(folder: Path, template: Path, server: stores.Server | None) -> Place:
    """Books just begun, in a folder with the bundle that is to be imported."""
    folder.mkdir(parents=True)
    (folder / FIRST).write_text(yaml.safe_dump(BUNDLE, sort_keys=False))
    made = Place(folder, f"first_{next(stores.NUMBERS)}", server)
    if server:
        server.create(made.name, "books")
    else:
        shutil.copy(template, folder / "books.sqlite3")
    store = stores.founded(made.url)
    # A proposal is followed by its review, which is two acts more: tests/operations/test_reviewing.py breaks those off.
    choices.set_choice(store.actor("cora", "one act at a time"), "review", "off")
    stores.close()
    return made


def stages(first: Place) -> dict[str, Stage]:
    """Every act, done once by nobody who is killed."""
    found, now = {}, first
    for act, arguments in ACTS.items():
        if act in BEFORE:
            _done(now.type(BEFORE[act]))
        after = now.copy(first.folder.with_name(f"{first.folder.name}-{act}"))
        seen = after.folder / "seen"
        _done(after.type(arguments, partial(points.followed, seen)))
        moments, *passed = seen.read_text().splitlines()
        seen.unlink()
        found[act] = Stage(now, now.holds(), after.holds(), after.files(), int(moments), tuple(passed))
        now = after
    return found


def check(left: Place, act: str, point: str, stage: Stage) -> None:
    """What was left when an act was struck holds all of it or nothing, and the same command finishes it."""
    held = left.holds()
    assert held in (stage.before, stage.after)
    if not point.startswith(points.MOMENT):
        assert (held == stage.after) == (point == "after commit")
    assert left.faults() == []
    if held == stage.before:
        _done(left.type(ACTS[act]))
        assert left.holds() == stage.after
        assert left.faults() == []
    assert left.files() == stage.files


def _done(ended: commands.Ended) -> None:
    if ended.status:
        raise AssertionError(ended.said)
