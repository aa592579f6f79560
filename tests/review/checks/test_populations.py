from typing import Any

import pytest

from ratable.review import catalogue
from ratable.review.snapshot import Snapshot
from tests.engine import examples
from tests.review import companies, snapshots


def ending(amounts: list[int]) -> Snapshot:
    """The company of one year with these amounts by hand."""
    return snapshots.by_hand(companies.year(), *({"amount": amount} for amount in amounts))


def test_amounts_that_end_alike() -> None:
    """JC-59: three times each of a hundred endings is chance; ninety that end in 00 are not; 299 are too few."""
    even = [1_000 + number for number in range(300)]
    odd = even[:210] + [100 * number for number in range(20, 110)]

    assert snapshots.subjects(ending(even), "JC-59") == []
    assert "93 of 300" in snapshots.found(ending(odd), "JC-59")["says"][0]
    with pytest.raises(catalogue.CannotRun, match="300"):
        snapshots.found(ending(even[:299]), "JC-59")


@pytest.mark.parametrize(("repeats", "flags"), [(0, 0), (36, 1)])
def test_a_spread_of_endings_at_its_limit(repeats: int, flags: int) -> None:
    """JC-59: chi-square of one ending with a surplus of n, for which n others lack one, is (n x n + n) / 3."""
    even = [1_000 + number for number in range(300)]
    kept = [amount for amount in even if not 1_100 <= amount < 1_100 + repeats] + [1_299] * repeats
    assert len(snapshots.subjects(ending(kept), "JC-59")) == flags


def priced(prices: list[str]) -> Snapshot:
    """A contract with a line at each of these prices."""
    lines = [{"price": price} for price in prices]
    return snapshots.of(examples.bundle(contracts=[examples.contract(*lines)]), "2026-01-31")


def test_prices_that_do_not_grow() -> None:
    """JC-60: prices that grow by a part of themselves follow the law; prices of equal steps do not; 999 are too few."""
    growing = [f"{100 * 10 ** (number / 500):.2f}" for number in range(1_000)]
    steps = [f"{100 + number}.00" for number in range(1_000)]

    assert snapshots.subjects(priced(growing), "JC-60") == []
    assert snapshots.subjects(priced(steps), "JC-60") == ["periods/2026-01"]
    with pytest.raises(catalogue.CannotRun, match="1000"):
        snapshots.found(priced(growing[:999]), "JC-60")


def usual(count: int, **odd: Any) -> Snapshot:
    """So many entries of 10.00 to 60.00 by hand, of which the last differs."""
    rows = [
        {"amount": 1_000 + number * 97 % 5_000, "debit": "1100", "debit_role": "receivable"} for number in range(count)
    ]
    return snapshots.by_hand(companies.year(), *rows[:-1], rows[-1] | odd)


def test_the_entry_that_stands_apart_is_read_first() -> None:
    """JC-64: one of a hundred; of 99 there is no rank."""
    odd = {"amount": 90_000_000, "debit": "7000", "debit_role": "fx_gain_loss", "date": "2026-04-11"}
    assert snapshots.subjects(usual(100, **odd), "JC-64") == ["entries/hand-5-100"]
    with pytest.raises(catalogue.CannotRun, match="100"):
        snapshots.found(usual(99, **odd), "JC-64")
