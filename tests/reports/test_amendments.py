from datetime import date

from ratable.reports import amendments
from tests.reports import outcomes


def test_each_amendment_says_how_it_was_treated_and_why() -> None:
    assert amendments.table(outcomes.year()).rows(named=True) == [
        {
            "amendment": "A-1",
            "contract": "C-1",
            "effective": date(2026, 3, 5),
            "treatment": "catch_up",
            "why": "a person chose it: the rest is not distinct.",
        }
    ]
