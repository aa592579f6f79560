from dataclasses import replace

import polars as pl
import pytest

from ratable.engine.outcome import Outcome
from ratable.reports import identities, journal
from tests.reports import outcomes


def table(result: Outcome) -> pl.DataFrame:
    return pl.concat(list(journal.slices(result, outcomes.chart(), facts=outcomes.FACTS)))


def test_a_row_is_a_pair_of_accounts_with_all_its_dimensions() -> None:
    row = table(outcomes.year()).row(1, named=True)

    assert list(row) == list(journal.COLUMNS)
    del row["entry"], row["narrative"]
    assert {name: str(value) for name, value in row.items() if value is not None} == {
        "date": "2026-01-31",
        "period": "2026-01",
        "origin_period": "2026-01",
        "currency": "USD",
        "kind": "recognition",
        "contract": "C-1",
        "line": "C-1-1",
        "customer": "acme",
        "product": "platform",
        "debit": "2400",
        "credit": "4000",
        "debit_role": "deferred_revenue",
        "credit_role": "revenue",
        "amount": "10000",
    }


def test_no_movements_are_a_journal_of_the_same_types() -> None:
    assert table(outcomes.of([outcomes.line("C-1-1")])).schema == table(outcomes.year()).schema


def test_rows_come_by_date_whatever_their_order_was() -> None:
    sound = outcomes.year()
    turned = replace(sound, others=lambda _: sound.movements("month").reverse())

    assert table(turned).equals(table(sound))
    assert table(sound)["date"].is_sorted()


def test_equal_movements_have_different_entries() -> None:
    twice = [outcomes.movement(0, "2026-02-01", "credit_note", "revenue > receivable", 5, source="CN-1")] * 2

    assert table(outcomes.of([outcomes.line("A")], twice))["entry"].n_unique() == 2


def test_slices_are_the_journal_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = table(outcomes.year())
    monkeypatch.setattr(journal, "ROWS_AT_A_TIME", 3)

    parts = list(journal.slices(outcomes.year(), outcomes.chart(), facts=outcomes.FACTS))

    assert [part.height for part in parts] == [3, 1]
    assert pl.concat(parts).equals(whole)


def test_no_movements_are_an_empty_journal() -> None:
    assert table(outcomes.of([outcomes.line("A")])).columns == list(journal.COLUMNS)


@pytest.mark.parametrize(("column", "value"), [("amount", -1), ("amount", 0), ("line_no", 9)])
def test_what_is_no_pair_of_a_line_does_not_foot(column: str, value: int) -> None:
    with pytest.raises(identities.DoesNotFoot, match="journal"):
        table(outcomes.corrupted(outcomes.year(), column, value))
