"""`ratable evaluate`: what it is asked, what it refuses, and what it prints."""

import json
import subprocess
import sys

import pytest

from ratable.cli import evaluating, main, refusals
from ratable.review.evaluation import campaign, grading, worlds
from ratable.review.evaluation.campaign import OURS, Asked, Outcome

_NOTHING = grading.Graded(61, (), (), 0, (), 1000, 0, 0)


def test_seeds_are_one_a_range_or_so_many() -> None:
    assert evaluating.chosen_seeds("61", 0) == [61]
    assert evaluating.chosen_seeds("61-63", 0) == [61, 62, 63]
    assert evaluating.chosen_seeds("61-80", 2) == [61, 62]


@pytest.mark.parametrize("typed", ["", "x", "3-1", "1-5000", "-4", "61-"])
def test_what_is_no_range_is_refused(typed: str) -> None:
    with pytest.raises(refusals.Refusal, match="--seeds: saw"):
        evaluating.chosen_seeds(typed, 0)


def test_the_default_seeds_are_held_out() -> None:
    """EV-09: nothing is tuned on what is published."""
    assert not set(evaluating.chosen_seeds(evaluating.SEEDS, 0)) & set(worlds.TUNED)


def test_it_prints_tables_and_ends_with_0(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    made: list[tuple[int, Asked]] = []

    def reviewed(seed: int, *, asked: Asked) -> Outcome:
        made.append((seed, asked))
        return Outcome(seed, 1000, 60, {OURS: _NOTHING})

    monkeypatch.setattr(campaign, "reviewed", reviewed)
    assert main.main(["evaluate", "--seeds", "61", "--questions", "0", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)

    assert made == [(61, Asked(0, baselines=False))]
    assert told[0]["rows"][0]["reviewer"] == OURS
    assert told[0]["rows"][0]["false flags per 1,000 clean entries"] == "0.00"


def test_another_format_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["evaluate", "--format", "pdf"]) == 2
    assert "expected one of table, json, markdown" in capsys.readouterr().err


def test_the_command_costs_other_commands_nothing() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, ratable.cli.main; print([n for n in sys.modules if 'evaluation' in n])"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip

    assert told.strip() == "[]"
