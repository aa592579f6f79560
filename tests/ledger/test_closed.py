from datetime import date

import polars as pl

from ratable.ledger import closed, covering
from ratable.operations import acts
from tests.stores import Store

SCHEMA = {"entity": pl.String, "state": pl.String, "period": pl.String, "through": pl.Date}
JANUARY, FEBRUARY = date(2026, 1, 31), date(2026, 2, 28)


def add(store: Store, *rows: tuple[str, str, str, date | None]) -> None:
    """Lock rows as given: entity, state, period, through."""
    with acts.begin(store.actor("cora"), "lock") as act:
        frame = pl.DataFrame(rows, SCHEMA, orient="row")
        said = {"book": "main", "locked_on": acts.ledger_day(act.at), "by": "cora", "reason": "", "opening": False}
        covering.cover(act, "locks", frame.with_columns(pl.lit(value).alias(name) for name, value in said.items()))


def test_books_without_locks_are_open(store: Store) -> None:
    assert closed.through("main", "") is None
    assert closed.states() == []
    assert closed.state("main", "") == closed.State("", "open", "", "", None)
    assert closed.of_month("2026-01", "") == "open"
    assert closed.periods().is_empty()


def test_what_was_locked_last_counts_for_each_entity(store: Store) -> None:
    add(store, ("DE", "locked", "2026-01", JANUARY), ("US", "locked", "2026-01", JANUARY))
    add(store, ("DE", "soft", "2026-02", FEBRUARY))

    assert closed.states() == [
        closed.State("DE", "soft-closed", "2026-02", "2026-01", JANUARY),
        closed.State("US", "locked", "2026-01", "2026-01", JANUARY),
    ]
    assert closed.of_month("2026-02", "DE") == "soft-closed"
    assert closed.of_month("2026-02", "US") == "open"


def test_a_first_lock_closes_every_month_before_it(store: Store) -> None:
    add(store, ("", "soft", "2026-01", JANUARY))
    add(store, ("", "locked", "2026-02", FEBRUARY))

    assert closed.periods()["state"].to_list() == ["locked", "locked"]
    assert closed.of_month("2025-12", "") == "locked"


def test_a_month_that_was_reopened_is_open_and_restated_for_ever(store: Store) -> None:
    add(store, ("", "locked", "2026-01", JANUARY))
    add(store, ("", "locked", "2026-02", FEBRUARY))
    add(store, ("", "asked", "2026-02", FEBRUARY))
    assert closed.of_month("2026-02", "") == "asked"
    assert closed.through("main", "") == FEBRUARY

    add(store, ("", "reopened", "2026-02", JANUARY))
    assert closed.states() == [closed.State("", "open", "2026-02", "2026-01", JANUARY)]
    assert closed.in_force()["period"].to_list() == ["2026-01"]
    assert closed.restated() == ["2026-02"]

    add(store, ("", "locked", "2026-02", FEBRUARY))
    assert closed.through("main", "") == FEBRUARY
    assert closed.periods().select("period", "state", "versions", "restated").rows() == [
        ("2026-01", "locked", 1, False),
        ("2026-02", "locked", 2, True),
    ]


def test_what_was_closed_is_known_as_of_a_day(store: Store) -> None:
    add(store, ("", "locked", "2026-01", JANUARY))
    add(store, ("", "reopened", "2026-01", None))

    assert closed.in_force().is_empty()
    assert closed.in_force(known_on=date(2026, 4, 1))["through"].to_list() == [JANUARY]
    assert closed.through("main", "") is None
