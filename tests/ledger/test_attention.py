"""Signals over the rows of a run: each is found where it should be, and nowhere else."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from ratable.ledger import attention

PLAIN: dict[str, Any] = {
    "no": 1, "entry": "a", "date": date(2026, 3, 31), "period": "2026-03", "origin_period": "2026-03", "entity": "",
    "currency": "USD", "kind": "recognition", "contract": "C-1", "line": "L-1", "customer": "acme",
    "product": "access", "debit": "2400", "credit": "4000", "debit_role": "deferred_revenue", "credit_role": "revenue",
    "amount": 100_00,
}  # fmt: skip
NOTHING_CLOSED = pl.DataFrame(schema={"entity": pl.String, "closed": pl.Date})
USUAL = [{"amount": amount} for amount in (98_00, 100_00, 101_00)]


def drafts(*given: dict[str, Any]) -> pl.DataFrame:
    """Rows like PLAIN, each with a number of its own."""
    told = [PLAIN | {"no": no, "entry": f"e{no}"} | one for no, one in enumerate(given, 1)]
    return pl.DataFrame(told, schema=attention.ROWS)


def known(*posted: dict[str, Any], **more: Any) -> attention.Known:
    """What is posted, in rows like PLAIN."""
    told = [{name: value for name, value in (PLAIN | one).items() if name in attention.POSTED} for one in posted]
    return attention.Known(**{"posted": pl.DataFrame(told, schema=attention.POSTED), "closed": NOTHING_CLOSED} | more)


def names(row: dict[str, Any], held: attention.Known) -> set[str]:
    """The signals of one row."""
    return set(attention.signals(drafts(row), held)["signal"])


def test_a_row_like_those_before_it_has_no_signal() -> None:
    assert names({}, known(*USUAL)) == set()


@pytest.mark.parametrize(("row", "signal"), [
    ({"kind": "manual", "contract": None, "line": None}, "by_hand"),
    ({"kind": "modification"}, "modification"),
    ({"kind": "credit_note", "debit_role": "refund_liability", "debit": "2450"}, "credit_note"),
    ({"amount": 5_000_00}, "unusual_amount"),
    ({"debit_role": "revenue", "credit_role": "deferred_revenue", "debit": "4000", "credit": "2400"}, "takes_back"),
    ({"credit": "4100"}, "other_account"),
    ({"contract": "C-2", "line": "L-2"}, "first_of_contract"),
])  # fmt: skip
def test_a_row_has_the_signal_of_what_it_is(row: dict[str, Any], signal: str) -> None:
    assert names(row, known(*USUAL)) == {signal}


def test_a_month_that_is_closed_or_was_posted_before_is_said_apart() -> None:
    closed = pl.DataFrame({"entity": [""], "closed": [date(2026, 1, 31)]})
    held = known(*USUAL, closed=closed, through=date(2026, 2, 28))

    assert names({"origin_period": "2026-01", "kind": "catch_up"}, held) == {"closed_month"}
    assert names({"origin_period": "2026-02"}, held) == {"late_fact"}
    assert names({"origin_period": "2026-03"}, held) == set()


def test_an_amount_is_unusual_from_three_posted_rows_and_half_above_them() -> None:
    assert names({"amount": 149_00}, known(*USUAL)) == set()
    assert names({"amount": 151_00}, known(*USUAL)) == {"unusual_amount"}
    assert names({"amount": 151_00}, known(*USUAL[:2])) == set()


def test_the_sentence_has_the_numbers() -> None:
    found = attention.signals(drafts({"amount": 5_000_00}), known(*USUAL, limits={"USD": 1_000_00}))
    says = dict(found.select("signal", "says").iter_rows())

    assert says["unusual_amount"] == "5,000.00 USD, where 100.00 is usual on this line (the median of 3 posted)."
    assert says["above_limit"] == "Above your limit of 1,000.00 USD."


def test_a_currency_without_a_limit_of_its_own_has_none_to_spend() -> None:
    assert names({"currency": "EUR"}, known(*USUAL, limits={"USD": 1_000_00})) == {"above_limit"}
    assert names({}, known(*USUAL, limits={"USD": 1_000_00})) == set()


def test_only_the_first_row_of_a_new_contract_is_named() -> None:
    found = attention.signals(drafts({"contract": "C-2", "line": None}, {"contract": "C-2", "line": None}), known())

    assert found.select("no", "signal").rows() == [(1, "first_of_contract")]


def test_rows_come_by_risk_times_amount_across_currencies_and_then_by_amount() -> None:
    rows = drafts(
        {"amount": 900_00}, {"kind": "manual", "amount": 10_00}, {"kind": "manual", "currency": "JPY", "amount": 20},
        {"amount": 800_00}, {"kind": "modification", "amount": 15_00},
    )  # fmt: skip
    posted = known({}, {"kind": "billing"})
    ordered = attention.ranked(rows, attention.signals(rows, posted)).filter(pl.col("risk") > 0)

    assert ordered.select("no", "risk").rows() == [(3, 50), (2, 50), (5, 25)]
    assert attention.ranked(rows, attention.signals(rows, known()).clear())["no"].to_list() == [1, 4, 3, 5, 2]
