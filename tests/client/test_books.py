"""The client against the application as it is served: a month from its bundle to its lock."""

import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from ratable import client
from ratable.access import keys
from ratable.operations import acts, clock
from tests import serving, stores

SCOPES = {
    "ben": ["read", "import", "propose"],
    "dana": ["read", "decide"],
    "cora": ["read", "close", "controls", "export"],
    "vic": ["read"],
}
BUNDLE = {
    "products": [{"id": "plan", "name": "Plan", "method": "straight_line"}],
    "customers": [{"id": "acme", "name": "Acme"}],
    "invoices": [
        {
            "id": "I-1", "customer": "acme", "currency": "USD", "issued_on": "2026-01-01",
            "lines": [{"id": "I-1-1", "product": "plan", "amount": "1200.00", "service_start": "2026-01-01",
                       "service_end": "2026-12-31"}],
        }
    ],
}  # fmt: skip

Connect = Callable[[str], AbstractContextManager[client.Books]]

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def connect(store: stores.Store, tmp_path: Path) -> Iterator[Connect]:
    """The served books, as a person by a key of their own."""
    until = clock.now().date() + timedelta(days=1)
    tokens = {
        person: keys.make(acts.Actor(person, clock.now), person, "test", scopes, until)
        for person, scopes in SCOPES.items()
    }
    stores.close()
    with serving.served(tmp_path, RATABLE_DATABASE_URL=store.url) as server:
        yield lambda person: client.connect(server.url, tokens[person])


def test_a_month_from_its_bundle_to_its_lock(connect: Connect, tmp_path: Path) -> None:
    bundle = tmp_path / "january.json"
    bundle.write_text(json.dumps(BUNDLE))
    with connect("ben") as books:
        came = books.import_bundle(bundle)
        again = books.import_bundle(bundle)
        proposed = books.propose(date(2026, 1, 31))
        with pytest.raises(client.Problem, match=r"no scope decide|may not approve"):
            books.approve(int(proposed.run or 0), proposed.hash)
    with connect("dana") as books:
        books.approve(int(proposed.run or 0), proposed.hash)
        posted = books.post(int(proposed.run or 0))
        entries = list(books.entries(period="2026-01"))
        chain = books.explain(entries[0].entry)
    with connect("cora") as books:
        locked = books.lock("2026-01")
        report = books.report("roll-forward", date(2026, 1, 31))
        csv = books.report_file("roll-forward", date(2026, 1, 31), "csv")
        export = books.export("generic", "2026-01")
        files = zipfile.ZipFile(BytesIO(books.export_files(export.no))).namelist()
        exports = list(books.exports())

    assert (came.added, again.added, again.known) == (4, 0, 4)
    assert (posted.rows, len(entries)) == (2, 2)
    assert {entry.kind: entry.amount for entry in entries} == {
        "billing": Decimal("1200.00"), "recognition": Decimal("101.92")
    }  # fmt: skip
    assert {entry.date for entry in entries} == {date(2026, 1, 1), date(2026, 1, 31)}
    assert chain[-1]["step"]
    assert locked.period == "2026-01"
    assert [row["closing"] for row in report["rows"]] == ["1098.08"]
    assert b"1098.08" in csv
    assert export.files[0]["file"] in files
    assert [made.no for made in exports] == [export.no]


def test_what_people_write_and_choose(connect: Connect, tmp_path: Path) -> None:
    bundle = tmp_path / "january.json"
    bundle.write_text(json.dumps(BUNDLE))
    with connect("ben") as books:
        books.import_bundle(bundle)
        run = books.propose(date(2026, 1, 31))
    with connect("dana") as books:
        books.approve(int(run.run or 0), run.hash)
        books.post(int(run.run or 0))
    with connect("ben") as books:
        (earned,) = books.entries(kind="recognition")
        row = {name: getattr(earned, name) for name in ("currency", "line", "debit", "credit", "debit_role",
                                                        "credit_role")}  # fmt: skip
        written = {**row, "date": date(2026, 1, 31), "amount": Decimal("12.50"), "entity": None}
        made = books.enter_journal([written], memo="Agreed.", document=b"Dear Acme")
        back = books.reverse([earned.entry], date(2026, 1, 31), memo="Not so.", document=b"Dear Acme")
    with connect("cora") as books:
        chosen = books.choose("revisions_only", "on", reason="prices go through two people")
        every = books.choices()

    assert (made.totals, back.totals) == ({"USD": Decimal("12.50")}, {"USD": Decimal("101.92")})
    assert (chosen.value, chosen.values) == ("on", ("off", "on"))
    assert chosen in every


def test_a_key_that_is_not_known_is_a_problem(connect: Connect, store: stores.Store) -> None:
    with connect("vic") as books:
        assert list(books.entries()) == []
        books.line.http.headers["Authorization"] = "Bearer rtb_" + "x" * 43
        with pytest.raises(client.Problem) as raised:
            books.report("rpo", date(2026, 1, 31))
    assert (raised.value.status, raised.value.kind) == (401, "unauthenticated")


def test_pages_follow_each_other(connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ratable.client.books._PAGE", 5)
    bundle = tmp_path / "january.json"
    bundle.write_text(json.dumps(BUNDLE))
    with connect("ben") as books:
        books.import_bundle(bundle)
        proposed = books.propose(date(2026, 12, 31))
    with connect("dana") as books:
        books.approve(int(proposed.run or 0), proposed.hash)
        books.post(int(proposed.run or 0))
        assert [entry.no for entry in books.entries()] == list(range(1, 14))
