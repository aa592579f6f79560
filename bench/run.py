"""The benchmarks: ratable and its rivals, each in a process of its own, taking turns, and the figures that come of it.

Worked example: `python -m bench.run --lines 1000000 --rounds 3` runs every contender three times, one after the other
and then all over again, so that a slow minute of the machine falls on all of them. Where the best run of a rival took
8.0 seconds and the best of ratable 2.0 on the same lines, the ratio is 4.0: above one, ratable is the faster.

A time is that of the whole process, from its start to its exit: interpreter, imports, reading, work, output. Every
answer is compared with the closed form of `bench.rivals`; one that differs by a cent ends the run without figures.
This module imports the standard library alone: a child's peak memory never counts as less than that of its parent.
"""

import argparse
import importlib.metadata
import itertools
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bench import measures, store
from bench.measures import Measure

PAGE = measures.ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
LINES, CONTRACTS, ROUNDS = 1_000_000, 5_000, 3

THROUGH = "2024-12-31"  # every workload has ended by then
RATABLE = (sys.executable, "-m", "ratable", "run", "{folder}", "--through", THROUGH)
ROLL_FORWARD = (*RATABLE, "--report", "roll-forward", "--format", "json")
JOURNAL = (sys.executable, "-m", "ratable", "daily", "{folder}", "--through", THROUGH, "--out", "{out}")
START = (sys.executable, "-m", "ratable", "run", "examples/first_contract.yaml", "--through", "2026-12-31")
IMPORTS = (sys.executable, "-c", "import polars")
RIVAL = (sys.executable, "-m", "bench.rivals")

SECTIONS = ("roll-forward", "journal", "growth", "start")
STORE = "store"
PACKAGES = ("ratable", "polars", "duckdb", "pandas", "numpy", "pyarrow", "django", "psycopg")


@dataclass(frozen=True)
class Contender:
    """A command that is timed; `{folder}` is the workload's, `{out}` the journal to write, `most` a bound on lines."""

    name: str
    command: tuple[str, ...]
    most: int = sys.maxsize


@dataclass(frozen=True)
class Task:
    """A contender on one size of one workload; without a workload the size is nothing."""

    contender: Contender
    workload: str = ""
    size: int = 0


OURS = Contender("ratable", ROLL_FORWARD)
OUR_JOURNAL = Contender("ratable", JOURNAL)
COLD, FLOOR = Contender("`ratable run` of one contract", START), Contender("Python that imports Polars", IMPORTS)
RIVALS = (
    Contender("DuckDB, closed form at month edges", (*RIVAL, "duckdb-month-edges", "{folder}")),
    Contender("DuckDB, daily `generate_series`", (*RIVAL, "duckdb-daily", "{folder}")),
    Contender("Polars, daily `explode`", (*RIVAL, "polars-explode", "{folder}")),
    # At 100,000 lines it takes about 9 GB.
    Contender("pandas, daily `date_range` and `explode`", (*RIVAL, "pandas-explode", "{folder}"), most=20_000),
)
JOURNAL_RIVALS = (
    Contender("numpy kernel and a Parquet writer", (*RIVAL, "numpy-journal", "{folder}", "--out", "{out}")),
    Contender("Polars, daily `explode`", (*RIVAL, "polars-journal", "{folder}", "--out", "{out}")),
)


def tasks(sections: Iterable[str], lines: int) -> list[Task]:
    """Every task that the sections need, each once; a rival bounded below `lines` meets ratable at its bound."""
    needed: list[Task] = []
    for ours, rivals, section in ((OURS, RIVALS, "roll-forward"), (OUR_JOURNAL, JOURNAL_RIVALS, "journal")):
        if section in sections:
            for rival in rivals:
                size = min(lines, rival.most)
                needed += [Task(ours, "annual-lines", size), Task(rival, "annual-lines", size)]
    if "growth" in sections:
        needed += [task for grown in growth(lines) for task in grown]
    if "start" in sections:
        needed += [Task(COLD), Task(FLOOR)]
    return list(dict.fromkeys(needed))


def growth(lines: int) -> tuple[list[Task], list[Task]]:
    """Ratable on a hundredth, a tenth and all of the lines, and on a tenth as many contracts with amendments."""
    sizes = sorted({max(1, lines // part) for part in (100, 10, 1)})
    return (
        [Task(OURS, "annual-lines", size) for size in sizes],
        [Task(OURS, "amended-contracts", max(1, size // 10)) for size in sizes],
    )


def compete(chosen: list[Task], rounds: int) -> dict[Task, Measure]:
    """Run all tasks in turn, round after round, and check every answer.

    Returns:
        For each task the shortest time of its rounds and the most memory of any.

    Raises:
        SystemExit: a command failed, or an answer differs from the closed form.
    """
    folders = {task: _folder(task.workload, task.size) for task in chosen if task.workload}
    closed_form = (*RIVAL, "duckdb-month-edges")
    expected = {folder: _rows(measures.measure((*closed_form, folder)).output) for folder in _plain(folders)}
    best: dict[Task, Measure] = {}
    measures.BUILD.mkdir(exist_ok=True)
    for turn, task in itertools.product(range(rounds), chosen):
        sys.stderr.write(f"round {turn + 1} of {rounds}: {task.contender.name} {_sized(task)}\n")
        folder = folders.get(task, "")
        with tempfile.TemporaryDirectory(dir=measures.BUILD) as scratch:
            out = str(Path(scratch) / "journal.parquet")
            found = measures.measure(tuple(part.format(folder=folder, out=out) for part in task.contender.command))
            if folder in expected:
                _check(task, found.output, out, expected[folder])
        earlier = best.get(task, found)
        best[task] = Measure(min(found.seconds, earlier.seconds), max(found.mebibytes, earlier.mebibytes))
    return best


def figures(best: dict[Task, Measure], sections: Iterable[str], lines: int) -> str:
    """The tables of the sections, in Markdown."""
    parts = []
    if "roll-forward" in sections:
        parts.append("### Monthly roll-forward\n\n" + _against(best, OURS, RIVALS, lines))
    if "journal" in sections:
        parts.append("### Daily journal to Parquet\n\n" + _against(best, OUR_JOURNAL, JOURNAL_RIVALS, lines))
    if "growth" in sections:
        grown = [[_grown(best, task, of=series[0]) for task in series] for series in growth(lines)]
        heads = ("workload", "size", "times the size", "times the time", "seconds", "peak MiB")
        cells = [row for rows in grown for row in rows]
        parts.append("### Growth of the roll-forward\n\n" + measures.table(heads, cells))
    if "start" in sections:
        floor = best[Task(FLOOR)]
        columns = ("process", "times the import", "seconds", "peak MiB")
        starts = [(contender.name, best[Task(contender)]) for contender in (COLD, FLOOR)]
        cells = [(name, _ratio(its, floor), _seconds(its), _memory(its)) for name, its in starts]
        parts.append("### Start\n\n" + measures.table(columns, cells))
    return "\n\n".join(parts)


def facts(rounds: int) -> str:
    """What the figures were measured on, and when."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return "\n".join(
        (
            f"- Measured on {date.fromtimestamp(time.time()).isoformat()}, the best of {rounds} rounds.",
            f"- {_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB of memory, {platform.system()}.",
            f"- Python {platform.python_version()}; {versions}.",
        )
    )


def filled(page: str, between: str) -> str:
    """The page with the text between its markers replaced.

    Raises:
        SystemExit: the page lacks a marker.
    """
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"{PAGE.name} has no lines {BEGIN} and {END}: put them back where the figures belong")
    return f"{head}{begin}\n\n{between}\n\n{end}{tail}"


def main() -> None:
    """Measure what the command line asks for, print the figures, and keep those of a full run in the docs."""
    parser = argparse.ArgumentParser(prog="python -m bench.run", description="Compare ratable with its rivals.")
    parser.add_argument("--lines", type=int, default=LINES, help="largest number of lines (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each runs (default: %(default)s)")
    parser.add_argument(
        "--contracts", type=int, default=CONTRACTS, help="contracts of the store's reports (default: %(default)s)"
    )
    parser.add_argument("--only", action="append", choices=(*SECTIONS, STORE), help="this section alone; may repeat")
    asked = parser.parse_args()
    if min(asked.lines, asked.contracts, asked.rounds) < 1:
        parser.error("--lines, --contracts and --rounds must be 1 or more")
    sections = asked.only or (*SECTIONS, STORE)
    busy = os.getloadavg()[0]
    parts = [facts(asked.rounds)]
    if chosen := tasks(sections, asked.lines):
        parts.append(figures(compete(chosen, asked.rounds), sections, asked.lines))
    if STORE in sections:
        parts.append(store.figures(store.compete(store.Sizes(asked.lines, asked.contracts), asked.rounds)))
    between = "\n\n".join(parts)
    sys.stdout.write(between + "\n")
    if busy > 0.5:
        sys.stderr.write(f"The machine was busy when this began (load {busy:.1f}): the ratios may lean.\n")
    if asked.only or (asked.lines, asked.contracts) != (LINES, CONTRACTS):
        sys.stderr.write(f"{PAGE.name} is unchanged: it keeps the figures of a run in full, of --rounds alone.\n")
    else:
        PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), between), encoding="utf-8")


def _folder(workload: str, size: int) -> str:
    return measures.measure((sys.executable, "-m", "bench.workload", workload, str(size))).output.strip()


def _plain(folders: dict[Task, str]) -> set[str]:
    return {folder for task, folder in folders.items() if task.workload == "annual-lines"}


def _rows(output: str) -> list[dict[str, Any]]:
    columns = ("period", "opening", "billings", "recognized", "closing")
    rows = [{column: row[column] for column in columns} for row in json.loads(output)["rows"]]
    return [row for row in rows if any(row[moved].strip("-0.") for moved in ("billings", "recognized"))]


def _check(task: Task, output: str, out: str, expected: list[dict[str, Any]]) -> None:
    wanted: list[Any] = expected
    if "{out}" in task.contender.command:
        wanted = [(row["period"], -int(row["recognized"].replace(".", ""))) for row in expected]
        found = list(json.loads(measures.measure((*RIVAL, "totals", out)).output)["recognized"].items())
    else:
        found = _rows(output)
    for seen, right in itertools.zip_longest(found, wanted):
        if seen != right:
            named = f"{task.contender.name} {_sized(task)}"
            raise SystemExit(f"{named} answered\n{seen}\nwhere the closed form has\n{right}")


def _against(best: dict[Task, Measure], ours: Contender, rivals: Iterable[Contender], lines: int) -> str:
    rows = []
    for rival in rivals:
        size = min(lines, rival.most)
        its, own = best[Task(rival, "annual-lines", size)], best[Task(ours, "annual-lines", size)]
        cells = (_ratio(its, own), _seconds(its), _seconds(own), _memory(its), _memory(own))
        rows.append((rival.name, f"{size:,}", *cells))
    heads = ("rival", "lines", "its time / ratable's", "its seconds", "ratable's", "its peak MiB", "ratable's")
    return measures.table(heads, rows)


def _grown(best: dict[Task, Measure], task: Task, *, of: Task) -> tuple[str, ...]:
    its = best[task]
    times = f"{task.size / of.size:,.0f}"
    return (task.workload, f"{task.size:,}", times, _ratio(its, best[of]), _seconds(its), _memory(its))


def _ratio(its: Measure, own: Measure) -> str:
    return f"{its.seconds / own.seconds:.2f}"


def _seconds(found: Measure) -> str:
    return f"{found.seconds:.2f}"


def _memory(found: Measure) -> str:
    return f"{found.mebibytes:,.0f}"


def _sized(task: Task) -> str:
    return f"on {task.workload} {task.size:,}" if task.workload else ""


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
