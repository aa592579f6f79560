"""How figures and months are written."""

import pytest

from ratable.web import figures


@pytest.mark.parametrize(("amount", "said"), [
    (0, "0"), (99_99, "99"), (1_000_00, "1k"), (-15_500_00, "(15k)"), (1_250_000_00, "1.2M"), (12_000_000_00, "12M"),
])  # fmt: skip
def test_an_axis_says_thousands_and_millions(amount: int, said: str) -> None:
    assert figures.short(amount, "USD") == said


@pytest.mark.parametrize(("period", "said"), [
    ("2026-03", "Mar 2026"), ("2026-Q1", "2026-Q1"), ("2026", "2026"), ("", ""), ("2026-13x", "2026-13x"),
])  # fmt: skip
def test_a_month_is_written_in_words(period: str, said: str) -> None:
    assert figures.month(period) == said


def test_an_amount_is_written_as_finance_reads_it() -> None:
    assert figures.money(-123_450, "USD") == "(1,234.50)"
    assert figures.money(0, "USD") == figures.ZERO
    assert figures.money(None, "USD") == ""
    assert figures.raw(-123_450, "USD") == "-1234.50"
    assert (figures.counted(1, "entry", "entries"), figures.counted(2, "entry", "entries")) == ("1 entry", "2 entries")


@pytest.mark.parametrize(("amount", "currency", "scale", "said"), [
    (123_450_00, "USD", "thousands", "123"), (1_500_00, "USD", "thousands", "2"), (2_500_00, "USD", "thousands", "2"),
    (499_99, "USD", "thousands", "0"), (1_234_567_000, "BHD", "thousands", "1,235"), (12_345, "JPY", "thousands", "12"),
    (1_250_000_00, "USD", "millions", "1.2"), (9_999_999_00, "USD", "millions", "10.0"),
])  # fmt: skip
def test_ui_06_a_scale_rounds_to_the_even_digit(amount: int, currency: str, scale: str, said: str) -> None:
    assert figures.scaled(amount, currency, scale) == said
    assert figures.scaled(-amount, currency, scale) == said
