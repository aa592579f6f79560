"""The agent's look at a run: with the proposal where books are small, behind it as a job where they are large.

Worked example: Ben proposes run 7 in books of 2,000 entries; the answer comes with the review made. In books of 80,000
entries it comes at once, job 12 ("review of run 7") goes on behind it, and whoever opens the run sees what step the
agent is at. The job only reads until it writes down what it found, so that nobody has to wait for it.
"""

from collections.abc import Callable
from typing import Any

from ratable.api import jobs
from ratable.operations import acts, reviewing

Step = Callable[[str], None]


def after_proposal(actor: acts.Actor, run: int | None, *, step: Step = lambda _: None) -> int | None:
    """Review a run that was just proposed, or begin a job that does.

    Returns:
        the number of the job; None where the review is made, is switched off, or there is no run.
    """
    if run is not None and reviewing.later(run):
        return start(actor, run)
    reviewing.after_proposal(actor, run, step=step)
    return None


def start(actor: acts.Actor, run: int) -> int:
    """Begin a review of a run as a job; its number."""

    def work(step: jobs.Step) -> dict[str, Any]:
        made = reviewing.review_run(actor, run, step=step)
        return {"says": f"Reviewed {made.entries:,} entries; flags: {made.flags.height:,}."}

    return jobs.start(_kind(run), actor, work, reads=True)


def under_way(run: int) -> jobs.Seen | None:
    """The job that reviews a run, while it waits or works; None: there is none."""
    seen = jobs.last(_kind(run))
    return None if seen is None or seen.over else seen


def _kind(run: int) -> str:
    return f"review of run {run}"
