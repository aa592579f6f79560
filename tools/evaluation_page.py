"""Runs the benchmark of the review on held-out companies, and writes its figures where they belong.

    python -m tools.evaluation_page --seeds 61-80 --reason "release 0.2"

The tables go between the markers of docs/benchmarks.md, and the use of the seeds into the record of docs/evaluation.md:
what was tuned on a seed is no longer a figure, so that every look at one is written down.
"""

import argparse
import os
import platform
import sys
import time
from datetime import date
from pathlib import Path

import ratable
from ratable.cli import evaluating
from ratable.review.evaluation import campaign, reports, worlds

DOCS = Path(__file__).resolve().parents[1] / "docs"
FIGURES = ("<!-- review: begin -->", "<!-- review: end -->")
RECORD = "<!-- uses: end -->"


def filled(page: str, between: str, markers: tuple[str, str] = FIGURES) -> str:
    """The page with the text between its markers replaced.

    Raises:
        SystemExit: the page lacks a marker.
    """
    head, begin, rest = page.partition(markers[0])
    _, end, tail = rest.partition(markers[1])
    if not (begin and end):
        raise SystemExit(f"benchmarks.md has no lines {markers[0]} and {markers[1]}: put them back")
    return f"{head}{begin}\n\n{between}\n\n{end}{tail}"


def recorded(page: str, row: str) -> str:
    """The page with one more row at the end of its record.

    Raises:
        SystemExit: the page lacks the marker.
    """
    if RECORD not in page:
        raise SystemExit(f"evaluation.md has no line {RECORD}: put it back at the end of the record")
    return page.replace(RECORD, f"{row}\n{RECORD}")


def facts(made: list[campaign.Outcome]) -> str:
    """What the figures were measured on, and when."""
    entries, contracts = sum(one.entries for one in made), sum(one.contracts for one in made)
    seeds = f"{made[0].seed} to {made[-1].seed}"
    slowest = max(made, key=lambda one: one.seconds)
    each = sum(one.seconds for one in made) / entries * 10_000
    return "\n".join((
        f"- Measured on {date.fromtimestamp(time.time()).isoformat()}, seeds {seeds}: {len(made)} companies, "
        f"{contracts:,} contracts, {entries:,} entries.",
        f"- ratable {ratable.__version__}, Python {platform.python_version()}, {os.cpu_count()} cores, no language "
        "model.",
        f"- The review of 10,000 entries takes {each:.0f} seconds of one core, the second engine included; most, "
        f"{slowest.seconds:.0f} seconds, took a company of {slowest.entries:,} entries.",
    ))  # fmt: skip


def main() -> None:
    """Run what the command line asks for, print it, and keep it in the docs."""
    parser = argparse.ArgumentParser(prog="python -m tools.evaluation_page", description=__doc__)
    parser.add_argument("--seeds", default=evaluating.SEEDS)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--explanations", type=int, default=50_000)
    parser.add_argument("--reason", required=True, help="why these seeds are looked at; it goes into the record")
    said = parser.parse_args()
    seeds = evaluating.chosen_seeds(said.seeds, 0)
    if set(seeds) & set(worlds.TUNED):
        parser.error("seeds up to 60 are for tuning; what is published comes from others")
    asked = campaign.shared(len(seeds), questions=said.questions, explanations=said.explanations, baselines=True)
    made = evaluating.outcomes(seeds, asked, lambda step: print(step, file=sys.stderr))
    between = "\n\n".join((facts(made), *(reports.markdown(table) for table in reports.tables(made))))
    print(between)
    figures, record = DOCS / "benchmarks.md", DOCS / "evaluation.md"
    figures.write_text(filled(figures.read_text(), between))
    today = date.fromtimestamp(time.time()).isoformat()
    record.write_text(recorded(record.read_text(), f"| {today} | {said.seeds} | {said.reason} |"))


if __name__ == "__main__":
    main()
