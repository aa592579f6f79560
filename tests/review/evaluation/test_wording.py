"""Days, amounts and lengths as people write them, and clauses that say what was agreed."""

import random
import re
from datetime import date

from ratable.review.evaluation import clauses, terms, wording
from ratable.review.evaluation.terms import Promise


def _chances() -> list[random.Random]:
    return [random.Random(seed) for seed in range(120)]  # noqa: S311  the same words each time


def test_numbers_are_written_in_words() -> None:
    assert wording.words(48_500) == "forty-eight thousand five hundred"
    assert wording.words(12) == "twelve"
    assert wording.ordinal(11) == "11th"
    assert wording.ordinal(22) == "22nd"


def test_a_day_has_many_forms_and_one_meaning() -> None:
    forms = {wording.day(chance, seed % 5, date(2026, 1, 15)) for seed, chance in enumerate(_chances())}

    assert {"15 January 2026", "January 15, 2026", "15.01.2026", "2026-01-15", "the 15th day of January, 2026"} <= forms
    assert all(re.search(r"15", form) and "2026" in form for form in forms)


def test_an_amount_keeps_its_digits() -> None:
    for chance in _chances():
        shown = wording.money(chance, 4_850_000, "USD")
        assert "48,500" in shown
        assert "¥" not in shown
    assert all("." not in wording.money(chance, 1_200_000, "JPY") for chance in _chances())


def test_a_clause_names_the_days_and_the_fee_that_were_agreed() -> None:
    """Whatever the words: both days in some form, and the fee, whole or by the month."""
    promise = Promise("platform", "USD", date(2026, 3, 5), date(2027, 3, 4), 4_860_000, frequency="quarterly")
    for chance in _chances():
        said = clauses.of_line(chance, 0, promise, name="Platform Subscription")
        assert "48,600" in said
        assert re.search(r"\b0?5(th)?\b", said)
        assert "2026" in said


def test_terms_are_counted_in_months_and_days() -> None:
    assert terms.last_day(date(2026, 1, 31), 1) == date(2026, 2, 27)
    assert terms.months_between(date(2026, 1, 15), date(2027, 1, 14)) == 12
    assert terms.months_between(date(2026, 1, 15), date(2026, 2, 20)) == 1
    promise = Promise("seats", "JPY", unit_price=48 * 10**8, quantity=terms.quantity(3))
    assert promise.stated == 48
