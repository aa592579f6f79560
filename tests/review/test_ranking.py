from typing import Any

from ratable.review import ranking, running
from ratable.review.snapshot import Snapshot
from tests.review import companies, snapshots

ODD: dict[str, Any] = {"amount": 90_000_000, "date": "2026-04-11", "debit": "7000", "debit_role": "fx_gain_loss"}


def population(count: int = 100, **odd: Any) -> Snapshot:
    """Entries by hand of 10.00 to 60.00, the last of which differs."""
    rows: list[dict[str, Any]] = [{"amount": 1_000 + number * 97 % 5_000} for number in range(count)]
    return snapshots.by_hand(companies.year(), *rows[:-1], rows[-1] | odd)


def test_what_differs_ranks_first() -> None:
    """JC-64."""
    ranked = ranking.ranks(population(**ODD)).sort("rank", descending=True)
    assert ranked["entry"][0] == "hand-5-100"
    assert ranked["rank"][0] > ranked["rank"][1]


def test_ranks_do_not_depend_on_the_order_of_rows() -> None:
    """JC-R5."""
    made = population(**ODD)
    assert ranking.ranks(made).equals(ranking.ranks(snapshots.shuffled(made, 3)))


def test_alike_entries_rank_alike() -> None:
    assert ranking.ranks(snapshots.by_hand(companies.year(), *[{}] * 40))["rank"].n_unique() == 1
    assert ranking.ranks(companies.year()).is_empty()


def test_a_rank_only_reorders() -> None:
    """JC-64: without it the same flags are there, in the order of amounts."""
    made = population(**ODD | {"amount": 12})
    flags = running.review(made).flags
    same = flags.filter(check="JC-45")
    assert same["subject"][0] == "hand-5-100"
    assert same["amount"][0] == same["amount"].min()
