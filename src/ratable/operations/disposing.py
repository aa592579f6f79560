"""Answers findings: a person says what became of a fault or an assumption, and why.

Worked example: finding 5 says that a line has no standalone selling price and that its own price was used. Dana, an
approver who did not import it, answers `dispose(dana, 5, "accepted")` with the reason "negotiated price is the SSP";
finding 5 and all that are alike leave the checklist of the close.

Refuses a finding that is answered already, an answer without a reason, and the answer of whoever imported the rows.
"""

import polars as pl

from ratable.ledger import covering, models, pending
from ratable.operations import acts, choices, reasons

VERDICTS = ("resolved", "accepted")


def dispose(actor: acts.Actor, finding_no: int, verdict: str) -> None:
    """Answer one finding, and those alike.

    Args:
        actor: an approver or controller who did not import it, with a reason.
        finding_no: number of the finding.
        verdict: "resolved" where the fault is gone, "accepted" where it may stay as it is, now and later.

    Raises:
        acts.Refused: there is no such verdict or finding, it is answered, or the actor may not answer it.
    """
    if not models.Finding.objects.filter(no=finding_no).exists():
        raise acts.Refused(f"finding {finding_no}: there is none of that number; the list of findings has them all.")
    _dispose(actor, verdict, pl.col("no") == finding_no, f"finding {finding_no}")


def dispose_all(actor: acts.Actor, code: str, verdict: str) -> int:
    """Answer every waiting finding of a code at once; the number of findings answered.

    Raises:
        acts.Refused: as `dispose`, or none of that code is waiting.
    """
    return _dispose(actor, verdict, pl.col("code") == code, f"findings {code}")


def _dispose(actor: acts.Actor, verdict: str, which: pl.Expr, subject: str) -> int:
    if verdict not in VERDICTS:
        raise acts.Refused(f"verdict: saw {verdict!r}; expected {' or '.join(VERDICTS)}.")
    with acts.begin(actor, "dispose of a finding", subject) as act:
        reasons.require(actor, f"dispose of {subject}")
        waiting = pending.findings().filter(which)
        if waiting.is_empty():
            raise acts.Refused(f"{subject}: nothing waits for an answer; the list of findings has what does.")
        _refuse_own(actor, waiting)
        answers = waiting.select(finding_no="no", verdict=pl.lit(verdict), reason=pl.lit(actor.reason))
        covering.cover(act, "dispositions", answers)
        act.body |= {"verdict": verdict, "findings": str(waiting.height)}
    return waiting.height


def _refuse_own(actor: acts.Actor, waiting: pl.DataFrame) -> None:
    """Whoever imported rows does not decide alone what their faults are worth."""
    imports = waiting["import_no"].unique().to_list()
    own = models.Import.objects.filter(no__in=imports, event__actor=actor.person).order_by("no").first()
    if own and choices.chosen("single_person") != "on":
        raise acts.Refused(
            f"{actor.person} made import {own.no} and cannot answer its findings; another approver or controller has "
            "to. In a company of one person, a controller may choose single_person, with a reason."
        )
