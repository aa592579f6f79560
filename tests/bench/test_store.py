"""The benchmark of the store: its acts, the bare load beside them, the long history, and what is written of it all."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from bench import acts, bare, databases, history, measures, store, workload
from ratable.ledger import models, rows, stored
from ratable.ledger import store as ledger
from tests import stores

SIZES = store.Sizes(lines=1_000, contracts=10)
ALL = {
    "month": (*store.ACTS, *store.BARE, "nothing", "prompt", "correct", "re-run"),
    "reports": tuple(f"{name} {which}" for name in store.REPORTS for which in ("first", "median")),
    "verification": ("all", "last day"),
}
TAKEN = store.Taken(2.0, 3.0, 100.0)


@pytest.fixture
def month(store: stores.Store, tmp_path: Path) -> stores.Store:
    """Eight lines of January, imported, approved and posted by the acts of the benchmark."""
    workload.write(workload.january_lines(8), tmp_path / "month", form="csv")
    assert acts.bring_in(str(tmp_path / "month"))["rows"] == 14
    assert acts.propose("2023-01-31")["rows"] == 16
    acts.approve()
    assert acts.post()["rows"] == 16
    return store


@pytest.fixture
def empty(month: stores.Store, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[bare.Target]:
    """A database of the same kind with the tables of a store and no rows."""
    if month.url.startswith("sqlite"):
        file = tmp_path / "bare.sqlite3"
        stores.make_template(f"sqlite:///{file}")
        target = bare.sqlite(str(file))
    else:
        target = bare.postgresql(request.getfixturevalue("server").create(f"bare_{next(stores.NUMBERS)}", "books"))
    stores.use(month.url)
    yield target
    target.close()


def test_acts_say_what_they_took(month: stores.Store) -> None:
    assert acts.revenue() == {"revenue": 806654}
    assert acts.propose("2023-01-31")["rows"] == 0
    assert acts.lock("2023-01")["seconds"] > 0
    assert acts.verify()["entries"] == 16


def test_reports_are_called_in_turn(month: stores.Store) -> None:
    told = acts.reports("2023-01-31", "K-0")
    assert told["revenue"] == 806654
    assert set(told["reports"]) == set(store.REPORTS)


def test_tampering_ends_the_run(month: stores.Store) -> None:
    with history._unguarded(), connection.cursor() as cursor:
        cursor.execute("UPDATE entries SET amount = amount + 1 WHERE no = 3")
    with pytest.raises(SystemExit, match="verify found"):
        acts.verify()


def test_the_bare_load_has_every_row_and_no_trigger(month: stores.Store, empty: bare.Target) -> None:
    assert bare.load(empty, keyed=True) > 0
    assert empty.run(empty.triggers) == []
    for table in ("fact_customers", "fact_invoices", "fact_invoice_lines", "entries"):
        columns = ", ".join(f'"{name}"' for name in stored.schema(table))
        query = f"SELECT {columns} FROM {table} ORDER BY no"  # noqa: S608  names of our own schema
        with connection.cursor() as cursor:
            cursor.execute(query)
            assert [tuple(row) for row in empty.run(query)] == cursor.fetchall()


def test_the_bare_load_keeps_the_keys(month: stores.Store, empty: bare.Target) -> None:
    bare.load(empty, keyed=True)
    with pytest.raises(Exception, match=r"(?i)unique"):
        empty.run("INSERT INTO entries SELECT * FROM entries")


def test_the_plainest_load_has_no_key(month: stores.Store, empty: bare.Target) -> None:
    bare.load(empty, keyed=False)
    empty.run("INSERT INTO plain_entries SELECT * FROM plain_entries")
    assert empty.run("SELECT count(*) FROM plain_entries") == [(32,)]
    assert empty.run("SELECT count(*) FROM entries") == [(0,)]


@pytest.mark.parametrize("kind", ["sqlite_template", "server"])
def test_a_long_history_is_true(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    held = request.getfixturevalue(kind)
    made = stores.sqlite(held, tmp_path) if isinstance(held, Path) else stores.postgresql(held)
    with made as url:
        stores.use(url)
        ledger.open_(create=True)
        said = history.build(2_000)
        assert said == {"rows": rows.count("events") + rows.count("entries"), "last_day": "2024-01-02"}
        assert rows.count("entries") == 3 * 2 * history.RUNS_PER_DAY
        assert acts.verify()["faults"] == acts.verify("2024-01-02")["faults"] == []
        assert {event.at[:10] for event in models.Event.objects.all()} == {"2024-01-01", "2024-01-02"}


def test_guards_are_back_after_a_long_history(store: stores.Store) -> None:
    with history._unguarded():
        pass
    with pytest.raises(Exception, match="never changed"):
        models.Event.objects.filter(no=1).update(actor="mallory")


def test_another_answer_ends_the_run() -> None:
    with pytest.raises(SystemExit, match="revenue: saw 1; expected 2"):
        store._same("revenue", 1, 2)


def test_the_best_of_the_rounds_counts() -> None:
    first, second = {"post": store.Taken(3.0, 4.0, 90.0)}, {"post": store.Taken(2.0, 5.0, 120.0)}
    assert store._better(store._better({}, first), second) == {"post": store.Taken(2.0, 4.0, 120.0)}


def test_every_part_has_its_figures() -> None:
    best = {part: {kind: dict.fromkeys(names, TAKEN) for kind in databases.KINDS} for part, names in ALL.items()}
    written = store.figures(store.Found(("SQLite 3", "PostgreSQL 18"), SIZES, best))
    assert "| the five acts | 10.00 | 100 | 10.00 | 100 |" in written
    assert "| the five acts / bare load with keys and indexes | 6 | 5.00 | 5.00 |" in written
    assert "| propose after 1 of 1,000 lines changed / propose | 5% | 100.0% | 100.0% |" in written
    assert "| a customer's statement, milliseconds (first call) | 30 | 2,000 (2,000) | 2,000 (2,000) |" in written


def test_a_part_alone_has_its_figures() -> None:
    found = store.Found(("SQLite 3",), SIZES, {"verification": {"SQLite": dict.fromkeys(ALL["verification"], TAKEN)}})
    assert "seconds | 60 | 2.00 |" in store.figures(found)


def test_databases_are_copied_and_removed(tmp_path: Path) -> None:
    files = databases.Files(tmp_path)
    command = (sys.executable, "-m", "bench.acts", "begin")
    measures.measure(command, {"RATABLE_DATABASE_URL": files.make("books")})
    assert files.copy("books", "again") == f"sqlite:///{tmp_path}/again.sqlite3"
    files.remove("books")
    assert [file.name for file in tmp_path.iterdir()] == ["again.sqlite3"]
