"""The benchmark as a whole: worlds reviewed and questions asked, by seed, and the tables that come of it.

Worked example: `reviewed(61)` makes world 61, reviews its snapshot twice and grades it; the tables of `reports` add up
what the seeds 61 to 80 came to. Seeds up to 60 are for tuning; what is published comes from others.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ratable.review import running
from ratable.review.evaluation import baselines, explaining, grading, questions, worlds
from ratable.review.evaluation.explaining import Tally
from ratable.review.evaluation.grading import Graded
from ratable.review.evaluation.questions import Mark

OURS = "review"


@dataclass(frozen=True)
class Asked:
    """What is to be done on each seed."""

    questions: int = 0
    explanations: int = 0
    baselines: bool = False
    kinds: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Outcome:
    """What one seed came to: by reviewer the grades, a mark for each question, and what was explained."""

    seed: int
    entries: int
    contracts: int
    graded: dict[str, Graded]
    marks: tuple[Mark, ...] = field(default=())
    explained: Tally = field(default=explaining.Tally())
    seconds: float = 0.0  # of one processor, for the first review with all that it computes anew


def shared(seeds: int, *, questions: int, explanations: int, baselines: bool) -> Asked:
    """What to do on each of so many seeds, for at least so many questions and explanations over all of them."""
    return Asked(-(-questions // seeds), -(-explanations // seeds), baselines)


def reviewed(seed: int, asked: Asked) -> Outcome:
    """One world, made, reviewed and asked."""
    world = worlds.world(seed, kinds=asked.kinds)
    seen = world.snapshot()
    begun = time.process_time()
    first = running.review(seen).flags
    took = time.process_time() - begun
    graded = {OURS: grading.graded(world, first, again=running.review(seen).flags)}
    if asked.baselines:
        for name, raise_flags in baselines.BASELINES.items():
            graded[name] = grading.graded(world, raise_flags(seen))
    marks = questions.marked(world, seen, asked.questions) if asked.questions else ()
    contracts = world.shown["contracts"].height
    told = explaining.tallied(seen, asked.explanations)
    return Outcome(seed, world.recorded.entries.height, contracts, graded, tuple(marks), told, took)


def every(seeds: Iterable[int], asked: Asked, step: Callable[[str], None]) -> list[Outcome]:
    """Each seed in turn; `step` is told what comes."""
    made = []
    for seed in seeds:
        step(f"World {seed}")
        made.append(reviewed(seed, asked))
    return made
