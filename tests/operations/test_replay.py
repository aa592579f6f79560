"""The same facts in the same order come to the same books: on either database, by another clock, from the log alone.

Worked example: three months of the example company are closed, with amendments that come after the first lock, credit
notes after the second, and a correction. The event log and the kept files of that store are all that an empty one on
the other database is given; doing each act again at its moment, it comes to the same hash of the last event, which
covers every row. By another clock of the same days it comes to the same entries, and signs the same statements.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
import yaml

from ratable.core import periods as months
from ratable.ledger import entries, models, pending, verification
from ratable.operations import disposing, periods
from tests import stores
from tests.conformance import test_cases as cases
from tests.ledger import closing, histories
from tests.operations import recorded

COMPANY = Path(__file__).parents[2] / "examples" / "company"
LATE = ("amendments", "amendment_changes", "credit_notes", "credit_note_lines")
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True)
class Story:
    """Three months to close, and before each of them the bundles that come, with whether they correct."""

    months: tuple[str, str, str]
    bundles: tuple[tuple[tuple[Path, bool], ...], ...]


@dataclass(frozen=True)
class Books:
    """What a store came to: its entries, the hashes of what it signed, and the hash of its last event."""

    entries: pl.DataFrame
    signed: list[tuple[object, ...]]
    hash: str


def company(folder: Path) -> Story:
    """The example company as one entity, and as if nothing of it had been locked or known late."""
    base, amended, credited, corrected = (folder / name for name in ("base", "amended", "credited", "corrected"))
    for place in (base, amended, credited, corrected):
        place.mkdir()
    for file in COMPANY.glob("*.csv"):
        if file.stem in ("locks", "entities"):
            continue
        table = pl.read_csv(file, infer_schema=False).drop("known_on", strict=False)
        if "entity" in table.columns:
            table = table.filter(pl.col("entity").is_null() | (file.stem == "customers")).drop("entity")
        kept = base if file.stem not in LATE else amended if file.stem.startswith("amendment") else credited
        table.write_csv(kept / file.name)
    lines = pl.read_csv(COMPANY / "contract_lines.csv", infer_schema=False).filter(pl.col("id") == "C-001-2")
    lines.with_columns(price=pl.lit("66000.00")).write_csv(corrected / "contract_lines.csv")
    return Story(
        ("2026-01", "2026-02", "2026-03"),
        (((base, False),), ((amended, False),), ((credited, False), (corrected, True))),
    )


def case(name: str, late: str, months: tuple[str, str, str]) -> Callable[[Path], Story]:
    """A conformance case of which one table comes after the second lock, and the name of a customer is corrected."""

    def written(folder: Path) -> Story:
        given = yaml.safe_load((cases.CASES / name).read_text())["given"]
        renamed = {"customers": [given["customers"][0] | {"name": "Renamed"}]}
        parts = ({key: given[key] for key in given if key != late}, {late: given[late]}, renamed)
        first, later, corrected = (closing.written(folder, part) for part in parts)
        return Story(months, (((first, False),), ((corrected, True),), ((later, False),)))

    return written


STORIES = {
    "company": company,
    "amendment": case(
        "amendments/price_rise_mid_year_generated_billing.yaml", "amendments", ("2026-06", "2026-07", "2026-08")
    ),
}


def closed(store: stores.Store, story: Story) -> Books:
    """Import, propose, approve, post and lock, month after month."""
    store.clock.pass_days(270)
    for month, brought in zip(story.months, story.bundles, strict=True):
        for bundle, correction in brought:
            closing.bring(store, bundle, correction=correction, reason="As signed." if correction else "")
        for code in pending.findings()["code"].unique().sort():
            disposing.dispose_all(store.actor("dana", "Read and agreed."), code, "accepted")
        closing.post(store, months.last_day(month))
        periods.lock(store.actor("cora"), month, key=histories.KEY)
        store.clock.pass_days(3)
    return reached()


def reached() -> Books:
    """What the store in use has come to, which `verify` finds nothing against."""
    assert verification.verify() == []
    signed = models.Statement.objects.order_by("no").values_list("lock_id", "report", "rows", "sha256")
    last = models.Event.objects.order_by("-no").values_list("hash", flat=True).first()
    return Books(entries.posted(), list(signed), str(last))


def as_it_was(at: str) -> datetime:
    """The moment of an act."""
    return datetime.strptime(at, _MOMENT).replace(tzinfo=UTC)


def that_evening(at: str) -> datetime:
    """The same day by another clock, by which every act takes longer."""
    moment = as_it_was(at)
    return moment + timedelta(hours=9) + timedelta(seconds=60 * moment.second)


def another_year(at: str) -> datetime:
    """Other days, twice as far apart."""
    begun = datetime(2026, 4, 1, 9, tzinfo=UTC)
    return begun + timedelta(days=91) + 2 * (as_it_was(at) - begun)


@pytest.fixture
def empty(sqlite_template: Path, server: stores.Server, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Makes an empty store on the database of that name; its URL."""
    with ExitStack() as stack:

        def make(database: str) -> str:
            if database == "sqlite":
                folder = tmp_path / f"store-{next(stores.NUMBERS)}"
                folder.mkdir()
                return stack.enter_context(stores.sqlite(sqlite_template, folder))
            return stack.enter_context(stores.postgresql(server))

        yield make


@pytest.mark.parametrize("name", STORIES)
def test_the_same_acts_come_to_the_same_books(name: str, empty: Callable[[str], str], tmp_path: Path) -> None:
    first = closed(stores.founded(empty("sqlite")), STORIES[name](tmp_path))
    done = recorded.deeds()
    stores.use(empty("postgresql"))
    recorded.again(done, as_it_was, tmp_path / "postgresql", "test-company")
    on_postgresql = reached()
    stores.use(empty("sqlite"))
    recorded.again(done, that_evening, tmp_path / "evening", "test-company")
    by_evening = reached()

    assert len({lock for lock, *_ in first.signed}) >= 3
    assert first.entries.filter(pl.col("period") != pl.col("origin_period")).height > 0
    for other in (on_postgresql, by_evening):
        assert other.entries.equals(first.entries)
        assert other.signed == first.signed
    # Every row is under the hash of an event, and so is the moment of every act.
    assert on_postgresql.hash == first.hash != by_evening.hash


def test_on_other_days_the_same_acts_come_to_the_same_entries(empty: Callable[[str], str], tmp_path: Path) -> None:
    first = closed(stores.founded(empty("sqlite")), STORIES["amendment"](tmp_path))
    done = recorded.deeds()
    stores.use(empty("postgresql"))
    recorded.again(done, another_year, tmp_path / "again", "test-company")
    later = reached()

    # A narrative says on which day a month was locked, and the journal of a month has narratives.
    dated = ("known_on", "narrative", "digest")
    assert later.entries.drop(dated).equals(first.entries.drop(dated))
    assert not later.entries["narrative"].equals(first.entries["narrative"])
    pairs = zip(later.signed, first.signed, strict=True)
    assert {now[1] for now, was in pairs if now != was} == {"journal"}
