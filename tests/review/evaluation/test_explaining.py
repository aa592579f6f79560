"""Explanations by the thousand: what is explained, and that a numeral which is no fact is counted (GR-02)."""

from functools import cache

import pytest

from ratable.review.ask import answers, rendering
from ratable.review.evaluation import campaign, explaining, grading, reports, worlds
from ratable.review.snapshot import Snapshot

NOTHING = grading.Graded(61, (), (), 0, (), 1000, 0, 0)


@cache
def seen() -> Snapshot:
    return worlds.world(8, kinds=(), size=12).snapshot()


def test_entries_and_amounts_of_customers_are_explained_with_nothing_made_up() -> None:
    told = explaining.tallied(seen(), 60)

    assert (told.explanations, told.ungrounded) == (60, 0)
    assert told.numerals > told.sentences > 60
    assert explaining.tallied(seen(), 60) == told


def test_no_more_is_explained_than_there_is() -> None:
    few = explaining.tallied(seen(), 4)
    assert few.explanations == 4
    assert explaining.tallied(seen(), 0) == explaining.Tally()


def test_a_numeral_that_is_no_fact_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = rendering.sentence

    def altered(said: answers.Sentence) -> str:
        return f"{whole(said)} In all 7."

    monkeypatch.setattr(rendering, "sentence", altered)
    told = explaining.tallied(seen(), 6)

    assert told.ungrounded >= told.explanations == 6


def test_worlds_share_what_is_wanted_and_their_tallies_are_one_table() -> None:
    asked = campaign.shared(3, questions=0, explanations=100, baselines=False)
    assert (asked.questions, asked.explanations) == (0, 34)

    one = campaign.Outcome(61, 1000, 60, {campaign.OURS: NOTHING}, (), explaining.Tally(34, 50, 1200, 1))
    (table,) = [found for found in reports.tables([one, one]) if found.title == "Explanations"]
    assert table.rows == (("68", "100", "2,400", "2"),)
