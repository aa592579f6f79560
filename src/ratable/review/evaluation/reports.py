"""The tables of the benchmark, as rows of text: by reviewer, by tier, by kind, and the questions by group.

Worked example: the row ("review", "98.9%", "97.8%", "95.0%", "0.42", "0 of 181", "212 of 240", "20 of 20").
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ratable.review.evaluation import explaining, grading
from ratable.review.evaluation.campaign import OURS, Outcome
from ratable.review.evaluation.grading import Score
from ratable.review.evaluation.planting import kinds, registry
from ratable.review.evaluation.questions import GROUPS


@dataclass(frozen=True)
class Table:
    """A table under a title; every cell is text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(made: Sequence[Outcome]) -> list[Table]:
    """All tables of some worlds, of which there is at least one."""
    scores = scored(made)
    found = [_reviewers(scores), _tiers(scores), _kinds(scores[0])]
    if any(outcome.marks for outcome in made):
        found.append(_questions(made))
    if any(outcome.explained.explanations for outcome in made):
        found.append(_explanations(made))
    return found


def scored(made: Sequence[Outcome]) -> list[Score]:
    """The sums of every reviewer, ours first."""
    names = [OURS, *(name for name in made[0].graded if name != OURS)] if made else []
    return [grading.score(name, [outcome.graded[name] for outcome in made]) for name in names]


def percent(pair: tuple[int, int]) -> str:
    """A part of a whole in percent, one decimal."""
    return f"{grading.decimal(pair[0] * 100, pair[1], 1)}%" if pair[1] else "-"


def of(pair: tuple[int, int]) -> str:
    """A part and its whole in words."""
    return f"{pair[0]:,} of {pair[1]:,}"


def _reviewers(scores: list[Score]) -> Table:
    columns = (
        "reviewer", "errors found", "by a right check", "fix exact", "false flags per 1,000 clean entries",
        "twins flagged", "flags read for 95% of the amount", "same in a second run",
    )  # fmt: skip
    rows = [
        (one.name, percent(one.recall), percent(one.rightly), percent(one.fixed), one.per_thousand(),
         percent(one.twins), of(one.read), of(one.stable))
        for one in scores
    ]  # fmt: skip
    return Table("Reviewers", columns, tuple(rows))


def _tiers(scores: list[Score]) -> Table:
    tiers = [tier for tier in kinds.TIERS if any(tier in one.by_tier for one in scores)]
    rows = [(tier, *(of(one.by_tier.get(tier, (0, 0))) for one in scores)) for tier in tiers]
    return Table("Errors found, by tier", ("tier", *(one.name for one in scores)), tuple(rows))


def _kinds(score: Score) -> Table:
    columns = ("kind", "family", "tier", "planted", "found", "by a right check", "fix exact")
    rows = []
    for kind in registry.KINDS:
        if kind.name in score.by_kind:
            planted, found, rightly, asked, fixed = score.by_kind[kind.name]
            fix = f"{fixed} of {asked}" if asked else "-"
            rows.append((kind.says, kind.family, kind.tier, str(planted), str(found), str(rightly), fix))
    return Table("By kind", columns, tuple(rows))


def _questions(made: Sequence[Outcome]) -> Table:
    marks = [mark for outcome in made for mark in outcome.marks]
    rows = []
    for group in GROUPS:
        mine = [mark.right for mark in marks if mark.group == group]
        if mine:
            rows.append((group, of((sum(mine), len(mine))), percent((sum(mine), len(mine)))))
    rows.append(
        (
            "all",
            of((sum(mark.right for mark in marks), len(marks))),
            percent((sum(mark.right for mark in marks), len(marks))),
        )
    )
    return Table("Questions answered rightly", ("group", "right", "share"), tuple(rows))


def _explanations(made: Sequence[Outcome]) -> Table:
    told = sum((outcome.explained for outcome in made), start=explaining.Tally())
    cells = tuple(f"{count:,}" for count in vars(told).values())
    return Table("Explanations", ("explanations", "sentences", "numerals", "not grounded"), (cells,))


def markdown(table: Table) -> str:
    """A table as Markdown."""
    lines = [f"| {' | '.join(row)} |" for row in (table.columns, tuple("---" for _ in table.columns), *table.rows)]
    return "\n".join((f"### {table.title}", "", *lines))


def plain(table: Table) -> str:
    """A table for a terminal."""
    widths = [max(len(row[place]) for row in (table.columns, *table.rows)) for place in range(len(table.columns))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (table.columns, *table.rows)
    ]
    return "\n".join((table.title, *lines))
