"""The benchmark's run: what it runs, how it refuses a wrong answer, and what it writes."""

import subprocess
import sys

import pytest

from bench import measures, rivals, run
from bench.measures import Measure

ANSWER = """{"rows": [
    {"period": "2023-01", "opening": "0.00", "billings": "1.00", "recognized": "%s", "closing": "0.00"}
]}"""
# Run in a process of its own: beside a large parent, a small child would seem to have held as much as it.
HOLDS = """
import sys
from bench import measures
for held in (0, 64 * 2**20):
    print(measures.measure((sys.executable, "-c", f"held = b'x' * {held}")).mebibytes)
"""


def test_a_bounded_rival_meets_ratable_at_its_bound() -> None:
    chosen = run.tasks(["roll-forward"], 1_000_000)
    sizes = {(task.contender.name, task.size) for task in chosen}
    assert ("pandas, daily `date_range` and `explode`", 20_000) in sizes
    assert {size for name, size in sizes if name == "ratable"} == {20_000, 1_000_000}
    assert len(chosen) == len(set(chosen)) == 6


def test_every_section_finds_its_tasks_measured() -> None:
    chosen = run.tasks(run.SECTIONS, 1_000)
    best = {task: Measure(2.0 if task.contender.name == "ratable" else 3.0, 100.0) for task in chosen}
    written = run.figures(best, run.SECTIONS, 1_000)
    assert "| Polars, daily `explode` | 1,000 | 1.50 | 3.00 | 2.00 | 100 | 100 |" in written
    assert "| amended-contracts | 100 | 100 | 1.00 | 2.00 | 100 |" in written
    assert written.count("### ") == len(run.SECTIONS)


def test_rivals_are_those_of_the_module() -> None:
    named = {rival.command[3] for rival in (*run.RIVALS, *run.JOURNAL_RIVALS)}
    assert named == rivals.ROLL_FORWARDS.keys() | rivals.JOURNALS.keys()


def test_the_best_of_the_rounds_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = iter([Measure(3.0, 90.0), Measure(2.0, 120.0), Measure(4.0, 100.0)])
    monkeypatch.setattr(measures, "measure", lambda _: next(rounds))
    assert run.compete([run.Task(run.FLOOR)], 3) == {run.Task(run.FLOOR): Measure(2.0, 120.0)}


def test_a_command_that_fails_ends_the_run() -> None:
    with pytest.raises(SystemExit, match=r"(?s)ended with status 3:\nno such bundle"):
        measures.measure((sys.executable, "-c", "import sys; sys.stderr.write('no such bundle'); sys.exit(3)"))


def test_output_is_kept() -> None:
    assert measures.measure((sys.executable, "-c", "print('done')")).output == "done\n"


def test_peak_memory_is_that_of_the_child() -> None:
    printed = subprocess.run(
        [sys.executable, "-c", HOLDS], cwd=measures.ROOT, capture_output=True, text=True, check=True
    )
    empty, held = map(float, printed.stdout.split())
    assert held > 64 > empty


def test_an_answer_that_differs_by_a_cent_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {recognized: Measure(1.0, 1.0, ANSWER % recognized) for recognized in ("-1.00", "-1.01")}
    task = run.Task(run.OURS, "annual-lines", 8)
    monkeypatch.setattr(measures, "measure", lambda _: answers["-1.00"])
    assert task in run.compete([task], 1)
    monkeypatch.setattr(measures, "measure", lambda command: answers["-1.01" if "ratable" in command else "-1.00"])
    with pytest.raises(SystemExit, match="ratable on annual-lines 8 answered"):
        run.compete([task], 1)


def test_figures_go_between_the_markers() -> None:
    page = f"before\n{run.BEGIN}\nold\n{run.END}\nafter\n"
    assert run.filled(page, "new") == f"before\n{run.BEGIN}\n\nnew\n\n{run.END}\nafter\n"


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(SystemExit, match="put them back"):
        run.filled("no markers", "new")


def test_the_page_has_its_markers() -> None:
    assert "new" in run.filled(run.PAGE.read_text(encoding="utf-8"), "new")
