"""Laws 7 and 8: what was posted stays posted, and one run gives what many runs posted on their way."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratable.engine import run
from tests import strategies
from tests.properties import ledgers, test_agreement

DATE = 0  # Column of a row of ledgers.moved.


OWN_DAYS = {
    "contracts": "signed_on", "amendments": "approved_on", "usage": "on", "milestones_reached": "on",
    "invoices": "issued_on", "credit_notes": "issued_on",
}  # fmt: skip


@st.composite
def locked_bundles(draw: strategies.Draw) -> strategies.Row:
    """Bundles with locks, many facts that came late for them, and contracts that say who bills them."""
    document = draw(strategies.bundles())
    for table, own_day in OWN_DAYS.items():
        for row in document.get(table, []):
            row["known_on"] = row[own_day] + timedelta(days=draw(st.sampled_from([0, 0, 25, 50, 100])))
    return ledgers.with_stated_invoicing(document) | {"locks": document.get("locks") or draw(strategies.locks())}


def stages(document: strategies.Row) -> list[tuple[date, date]]:
    """Locks in the order in which they were made, as (locked_on, through); one that closes nothing new is left out."""
    found: list[tuple[date, date]] = []
    for row in sorted(document["locks"], key=lambda row: (row["locked_on"], row["through"])):
        if not found or row["through"] > found[-1][1]:
            found = [stage for stage in found if stage[0] < row["locked_on"]] + [(row["locked_on"], row["through"])]
    return found


@ledgers.examples(8)
@given(document=locked_bundles(), later=st.one_of(st.none(), st.integers(1, 200)))
def test_law_7_what_is_learned_later_changes_no_posted_row(
    document: strategies.Row, later: int | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    bundle = test_agreement.read(tmp_path_factory.getbasetemp(), document)
    locked_on, closed = stages(document)[0]
    through = closed + timedelta(days=100)
    learned_by = None if later is None else locked_on + timedelta(days=later)
    before, after = (ledgers.entries(bundle, through, known_on=day) for day in (locked_on, learned_by))
    inside = [frame.filter(frame["date"] <= closed).drop("narrative") for frame in (before, after)]

    assert inside[0].equals(inside[1])


@ledgers.examples(6)
@given(document=locked_bundles())
def test_law_8_one_run_is_the_ledger_that_the_locks_built(
    document: strategies.Row, tmp_path_factory: pytest.TempPathFactory
) -> None:
    bundle = test_agreement.read(tmp_path_factory.getbasetemp(), document)
    through = stages(document)[-1][1] + timedelta(days=100)
    ledger, closed = [], date.min
    for locked_on, last in [*stages(document), (None, through)]:
        rows = ledgers.moved(run.recognize(bundle, last, known_on=locked_on))
        ledger += [row for row in rows if closed < date.fromisoformat(row[DATE]) <= last]
        closed = last

    assert sorted(ledger, key=repr) == ledgers.moved(run.recognize(bundle, through))


@ledgers.examples(10)
@given(document=locked_bundles())
def test_law_8_locks_move_entries_and_never_amounts(
    document: strategies.Row, tmp_path_factory: pytest.TempPathFactory
) -> None:
    through = stages(document)[-1][1] + timedelta(days=100)
    sums = []
    for facts in (document, ledgers.without(document, "locks")):
        outcome = run.recognize(test_agreement.read(tmp_path_factory.getbasetemp(), facts), through)
        by_origin: Counter[ledgers.Row] = Counter()
        for (line, origin, kind), roles in ledgers.posted(outcome, "line", "origin", "kind").items():
            if kind != "reclassification":
                by_origin.update({(line, origin, role): amount for role, amount in roles.items()})
        sums.append({key: amount for key, amount in by_origin.items() if amount})

    assert sums[0] == sums[1]
