"""What the store posts is what `run` says: sums by line, period, month of origin, kind and roles, on every case."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

import ratable
from ratable.ledger import entries, knowledge
from ratable.operations import decide, import_bundle, propose
from tests.conformance import test_cases as cases
from tests.ledger import test_knowledge
from tests.operations import books
from tests.stores import Store

COMPANY = Path(__file__).parents[2] / "examples" / "company"


def check(store: Store, bundle: Path, days: list[str]) -> None:
    """Post through one day after the other; the books are then those of `run` through the last one.

    What was imported is read back as it was read. The months that a bundle says are locked are history, which is posted
    as one.
    """
    locked = str(ratable.read_bundle(bundle)["locks"]["through"].max() or "")
    days = [day for day in days if day >= locked] or [locked]
    import_bundle.import_bundle(store.actor("ben"), bundle)
    test_knowledge.assert_same(knowledge.bundle(), ratable.read_bundle(bundle))
    for day in days:
        made = books.propose(store, day)
        if made.run is not None:
            decide.post(store.actor("dana"), books.approve(store, made))

    posted = entries.posted()
    journal = ratable.recognize(ratable.read_bundle(bundle), days[-1]).journal
    assert books.sums(posted) == books.sums(journal)
    assert posted["entry"].is_unique().all()
    if len(days) == 1:
        assert sorted(posted["entry"]) == sorted(journal["entry"])
    assert propose.missing(date.fromisoformat(days[-1])).is_empty()
    assert books.propose(store, days[-1]).run is None


def asked(case: dict[str, Any]) -> list[str]:
    return sorted({str(expected["through"]) for expected in case["expect"]})


# In SQLite each case is posted and compared, with its ids and every report, by tests/ledger/test_books.py; here every
# second one is on PostgreSQL.
@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
@pytest.mark.parametrize("path", cases.FOUND[::2], ids=lambda path: str(path.relative_to(cases.CASES).with_suffix("")))
def test_every_case_comes_to_what_run_says(path: Path, store: Store, tmp_path: Path) -> None:
    case = yaml.safe_load(path.read_text())

    check(store, cases.written(case, tmp_path), asked(case))


def test_the_example_company_comes_to_what_run_says(store: Store) -> None:
    check(store, COMPANY, ["2026-12-31"])


def test_the_example_company_month_by_month(store: Store) -> None:
    check(store, COMPANY, ["2026-02-28", "2026-03-10", "2026-03-31", "2026-06-30"])
