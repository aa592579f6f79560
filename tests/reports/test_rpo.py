from dataclasses import replace

import pytest

from ratable.reports import identities, rpo
from tests.reports import outcomes


def test_bands_end_with_months() -> None:
    left = [(0, "2026-03", 1), (0, "2027-03", 2), (0, "2027-04", 4), (0, "2028-03", 8), (0, "2028-04", 16)]
    report = rpo.table(outcomes.of([outcomes.line("A", contracted=31)], (), left, through="2026-03-10"))

    assert report.columns == ["as_of", "currency", "total", "within_12_months", "13_to_24_months", "later"]
    assert report.rows()[0][1:] == ("USD", 31, 3, 12, 16)


def test_a_currency_with_nothing_left_says_so() -> None:
    report = rpo.table(outcomes.of([outcomes.line("A", contracted=0)]))

    assert report.rows()[0][1:] == ("USD", 0, 0, 0, 0)


def test_by_dimension() -> None:
    lines = [outcomes.line("A", contracted=5), outcomes.line("B", customer="bolt", contracted=7)]
    report = rpo.table(outcomes.of(lines, (), [(0, "2026-04", 5), (1, "2026-04", 7)]), by=["customer"])

    assert report.select("total", "customer").rows() == [(5, "acme"), (7, "bolt")]


def test_remaining_that_is_not_allocated_does_not_foot() -> None:
    sound = outcomes.year()

    with pytest.raises(identities.DoesNotFoot, match="rpo C-1-1"):
        rpo.table(replace(sound, remaining=lambda: sound.remaining().head(3)))
