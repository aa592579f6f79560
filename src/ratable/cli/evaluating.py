"""`ratable evaluate`: the public benchmark of the review, on invented companies with planted errors and their twins.

Worked example: `ratable evaluate --seeds 61-80 --questions 300 --baselines` makes 20 companies, reviews each, asks 300
questions, and prints what was found, raised in vain and answered. It ends with 0 when it ran, whatever it found.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from ratable.cli import progress, refusals

if TYPE_CHECKING:
    from ratable.review.evaluation.campaign import Asked, Outcome
    from ratable.review.evaluation.reports import Table

SEEDS = "61-80"
"""Held out: nothing was tuned on them. Seeds up to 60 are for tuning."""

FORMATS = ("table", "json", "markdown")
_MOST = 1_000


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(evaluate)


def evaluate(
    *,
    seeds: Annotated[str, typer.Option(metavar="FIRST-LAST", help="Which companies; up to 60 are for tuning.")] = SEEDS,
    worlds: Annotated[int, typer.Option(metavar="N", help="So many companies from the first seed on.")] = 0,
    questions: Annotated[int, typer.Option(metavar="N", help="Questions over all companies; 0: none.")] = 300,
    explanations: Annotated[int, typer.Option(metavar="N", help="Explanations over all companies, verified.")] = 0,
    to: Annotated[str, typer.Option("--format", metavar="FORMAT", help=f"{', '.join(FORMATS)}.")] = "table",
    baselines: Annotated[bool, typer.Option("--baselines", help="Score what others would flag beside it.")] = False,
) -> None:
    """Review invented companies with planted errors, and say what was found and what was raised in vain."""
    if to not in FORMATS:
        raise refusals.Refusal(f"--format: saw {to!r}; expected one of {', '.join(FORMATS)}.")
    if min(worlds, questions, explanations) < 0:
        raise refusals.Refusal("--worlds, --questions and --explanations: saw a number below zero; expected 0 or more.")
    chosen = chosen_seeds(seeds, worlds)
    from ratable.review.evaluation import campaign, reports

    asked = campaign.shared(len(chosen), questions=questions, explanations=explanations, baselines=baselines)
    with progress.shown("Making companies") as step:
        made = outcomes(chosen, asked, step)
    typer.echo(written(reports.tables(made), to))


def chosen_seeds(typed: str, worlds: int) -> list[int]:
    """The seeds that were asked for, in order.

    Raises:
        refusals.Refusal: they are no seed, no range of them, or more than a thousand.
    """
    found = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", typed)
    if found is None:
        raise refusals.Refusal(f"--seeds: saw {typed!r}; expected one seed such as 61, or a range such as 61-80.")
    first = int(found[1])
    last = first + worlds - 1 if worlds else int(found[2] or first)
    if not 0 <= last - first < _MOST:
        raise refusals.Refusal(f"--seeds: saw {typed!r}; expected 1 to {_MOST:,} seeds, the lower first.")
    return list(range(first, last + 1))


def outcomes(seeds: list[int], asked: "Asked", step: Callable[[str], None]) -> "list[Outcome]":
    """What each seed came to, as many at a time as there are processors."""
    import functools

    from ratable.review.evaluation import campaign

    made = []
    with _workers(len(seeds)) as each:
        for done, outcome in enumerate(each(functools.partial(campaign.reviewed, asked=asked), seeds), start=1):
            made.append(outcome)
            step(f"Reviewed {done} of {len(seeds)} companies")
    return made


@contextmanager
def _workers(wanted: int) -> Iterator[Callable[..., Iterator["Outcome"]]]:
    """A `map` that keeps order, over processes where that helps."""
    count = min(wanted, os.cpu_count() or 1)
    if count == 1:
        yield map
        return
    import multiprocessing
    from concurrent import futures

    # Spawned: a process that has threads, as Polars has, must not be forked.
    with futures.ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool.map


def written(tables: "list[Table]", to: str) -> str:
    """The tables as text in a format."""
    from ratable.review.evaluation import reports

    if to == "json":
        import json

        told = [
            {"title": one.title, "rows": [dict(zip(one.columns, row, strict=True)) for row in one.rows]}
            for one in tables
        ]
        return json.dumps(told, indent=2, ensure_ascii=False)
    return "\n\n".join((reports.markdown if to == "markdown" else reports.plain)(one) for one in tables)
