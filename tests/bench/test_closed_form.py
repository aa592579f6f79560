"""The closed form that the store's figures are compared with, beside exact fractions."""

from datetime import date
from fractions import Fraction

import polars as pl
import pytest

from bench import closed_form, workload


def test_the_worked_example() -> None:
    lines = pl.DataFrame(
        {"amount": ["100.00"], "service_start": [date(2023, 1, 1)], "service_end": [date(2023, 12, 31)]}
    )
    assert closed_form.revenue({"invoice_lines": lines}, date(2023, 1, 31)) == 849


def test_a_line_that_begins_later_has_earned_nothing() -> None:
    assert closed_form.revenue(workload.january_lines(40), date(2022, 12, 31)) == 0


def test_lines_come_to_the_sum_of_their_fractions() -> None:
    lines = workload.january_lines(200)["invoice_lines"].select("amount", "service_start", "service_end").rows()
    earned = (
        Fraction(int(amount.replace(".", "")) * ((date(2023, 1, 31) - first).days + 1), (last - first).days + 1)
        for amount, first, last in lines
    )
    assert closed_form.revenue(workload.january_lines(200), date(2023, 1, 31)) == sum(map(round, earned))


def test_contracts_have_earned_their_price_at_the_end() -> None:
    contracts = workload.three_year_contracts(30)
    price = sum(int(text.replace(".", "")) for text in contracts["contract_lines"]["price"])
    assert closed_form.revenue(contracts, date(2025, 12, 31)) == price


def test_corrections_take_the_place_of_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["closed_form", "january-corrections", "2001", "2024-12-31"])
    closed_form.main()
    before = closed_form.revenue(workload.january_lines(2001), date(2024, 12, 31))
    assert int(capsys.readouterr().out) == before + 3 * 10_000
