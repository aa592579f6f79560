"""Laws that the books of the second engine keep for every bundle."""

import random
import tempfile
from collections import defaultdict
from datetime import date
from pathlib import Path

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ratable.bundle import reading
from ratable.core import bundles
from ratable.oracle import books
from tests import strategies
from tests.strategies import Question, Row

FEW = settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
AFTER_EVERY_TERM = date(2030, 1, 31)


def read(document: Row) -> bundles.Bundle:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.yaml"
        path.write_text(yaml.safe_dump(document, sort_keys=False))
        return reading.read(path)


@FEW
@given(strategies.questions())
def test_bundles_made_at_random_are_sound(asked: Question) -> None:
    found = read(asked.bundle).findings.to_dicts()

    faults = {row["code"] for row in found if row["severity"] == "blocks"} - {"over_credit", "unknown_id"}
    assert faults == set()


@FEW
@given(strategies.questions())
def test_allocated_amounts_sum_to_the_consideration(asked: Question) -> None:
    kept = books.run(read(asked.bundle), asked.through, asked.known_on)

    for account in kept.accounts:
        ledger = account.ledger
        for part in {line.part for line in ledger.fixed_lines()} if ledger.account.contract else ():
            assert sum(line.total for line in ledger.fixed_lines(part)) == ledger.consideration(part)


@FEW
@given(strategies.questions())
def test_in_the_end_all_that_was_allocated_is_recognized(asked: Question) -> None:
    kept = books.run(read(asked.bundle), AFTER_EVERY_TERM, asked.known_on)

    for account in kept.accounts:
        for line in account.ledger.fixed_lines():
            if line.method != "milestone":
                assert line.recognized == line.total


@FEW
@given(strategies.questions())
def test_billed_less_recognized_is_what_the_sides_show(asked: Question) -> None:
    for row in books.run(read(asked.bundle), asked.through, asked.known_on).balances():
        net = row["deferred_revenue"] - row["unbilled_receivable"] - row["contract_asset"]
        assert row["billed"] - row["recognized"] == net


@FEW
@given(strategies.questions())
def test_the_roll_forward_goes_from_opening_to_closing(asked: Question) -> None:
    closing: dict[str, int] = defaultdict(int)

    for row in books.run(read(asked.bundle), asked.through, asked.known_on).roll_forward():
        assert row["opening"] == closing[row["currency"]]
        closing[row["currency"]] = row["opening"] + sum(row[column] for column in books.MOVEMENT_COLUMNS)
        assert row["closing"] == closing[row["currency"]]


@FEW
@given(strategies.questions(), st.dates(date(2028, 1, 1), date(2028, 12, 31)))
def test_what_is_locked_does_not_change_when_more_is_known(asked: Question, later: date) -> None:
    document = asked.bundle | {"locks": [{"through": date(2028, 2, 29), "locked_on": date(2028, 3, 3)}]}
    bundle = read(document)

    then, now = (books.run(bundle, date(2028, 6, 30), known_on) for known_on in (date(2028, 3, 3), later))

    if later >= date(2028, 3, 3):
        assert closed_rows(then) == closed_rows(now)


def closed_rows(kept: books.Books) -> list[Row]:
    return [row for row in kept.movements() if row["date"] <= date(2028, 2, 29) and row["kind"] != "reclassification"]


@FEW
@given(strategies.questions())
def test_locks_move_revenue_between_months_but_not_between_origins(asked: Question) -> None:
    late = [row | {"known_on": date(2028, 7, 1)} for row in asked.bundle["contracts"]]
    unlocked = {table: rows for table, rows in asked.bundle.items() if table != "locks"} | {"contracts": late}
    locked = unlocked | {"locks": [{"through": date(2028, 6, 30), "locked_on": date(2028, 6, 30)}]}

    with_locks, without = (by_origin(books.run(read(document), AFTER_EVERY_TERM)) for document in (locked, unlocked))

    assert with_locks == without


def by_origin(kept: books.Books) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for row in kept.movements():
        sums[row["line"], row["origin_period"]] += row["amount"] * (
            (row["credit_role"] == "revenue") - (row["debit_role"] == "revenue")
        )
    return {key: amount for key, amount in sums.items() if amount}


@FEW
@given(strategies.questions(), st.randoms(use_true_random=False))
def test_the_order_of_rows_is_nothing(asked: Question, chaos: random.Random) -> None:
    shuffled = {table: list(rows) for table, rows in asked.bundle.items()}
    for rows in shuffled.values():
        chaos.shuffle(rows)

    one, other = (books.run(read(d), asked.through, asked.known_on) for d in (asked.bundle, shuffled))

    assert one.movements() == other.movements()
    assert one.balances() == other.balances()
