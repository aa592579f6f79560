"""A snapshot of a bundle of which nothing is stored."""

from ratable.review import snapshot
from tests.review.ask import companies


def test_the_journal_is_what_the_engine_makes() -> None:
    made = companies.example()

    assert made.entries.schema == snapshot.ENTRIES
    assert made.entries["entry"].to_list() == made.books.journal["entry"].to_list()
    assert made.entries["state"].unique().to_list() == ["posted"]
    assert made.reviewed["period"].unique().to_list() == ["2026-03"]
    assert made.runs.schema == snapshot.RUNS


def test_the_last_lock_is_the_last_close() -> None:
    made = companies.example()
    assert made.close is not None

    assert (str(made.close.known_on), str(made.close.through)) == ("2026-03-04", "2026-02-28")
    assert made.periods.schema == snapshot.PERIODS
    known = made.close.bundle["usage"]["id"]
    assert "U-006" in known
    assert "U-007" not in known  # Use of 27 February that became known on 6 March.
