"""The names that people type: reports, dimensions, grains, accounts and bases; importing it costs nothing.

Worked example: `ratable run contracts.yaml --through 2026-12-31 --report roll-forward --by customer,region` names the
report `roll-forward` and the dimensions `customer` and `region`; `dimensions("customer,regoin")` is refused with the
list of those that there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

DIMENSIONS = ("customer", "product", "contract", "line", "entity", "region", "stream", "currency")
POSTING_GRAINS = ("month", "day")
PERIOD_GRAINS = ("month", "quarter", "year")
GRAINS = ("day", "month", "quarter", "year")
ROLLED_ACCOUNTS = ("deferred_revenue", "unbilled_receivable", "contract_asset")
BASES = ("contracted", "deferred")

# Report: the choices it understands beside the bundle, the day and what was known.
REPORTS: dict[str, dict[str, tuple[str, ...]]] = {
    "allocation": {},
    "schedule": {"grain": POSTING_GRAINS},
    "journal": {"grain": POSTING_GRAINS},
    "balances": {},
    "roll-forward": {"by": DIMENSIONS, "grain": PERIOD_GRAINS, "account": ROLLED_ACCOUNTS},
    "waterfall": {"by": DIMENSIONS, "basis": BASES},
    "triangle": {},
    "rpo": {"by": DIMENSIONS},
    "trial-balance": {},
    "amendments": {},
    "findings": {},
}


class Refused(ValueError):
    """A name that nothing bears; the message lists those that there are."""


@dataclass(frozen=True)
class Choices:
    """What a report may be asked for beside its name; None and empty mean the report's own default."""

    by: tuple[str, ...] = ()
    grain: str | None = None
    account: str | None = None
    basis: str | None = None

    def given(self) -> dict[str, str | tuple[str, ...]]:
        """The choices that were made."""
        made = {"by": self.by, "grain": self.grain, "account": self.account, "basis": self.basis}
        return {name: value for name, value in made.items() if value}


def one_of(value: str, choices: Sequence[str], what: str) -> str:
    """The value itself, where it is among the choices.

    Raises:
        Refused: it is not; the message names the choices.
    """
    if value not in choices:
        raise Refused(f"{what}: saw {value!r}; expected {_listed(choices)}.")
    return value


def dimensions(given: str | Sequence[str]) -> tuple[str, ...]:
    """Dimensions as a list, or as text separated by commas, each once and in the order given.

    Raises:
        Refused: one of them is no dimension.
    """
    parts = given.split(",") if isinstance(given, str) else given
    wanted = dict.fromkeys(part.strip() for part in parts if part.strip())
    return tuple(one_of(name, DIMENSIONS, "by") for name in wanted)


def check(name: str, choices: Choices) -> None:
    """Whether a report of this name understands these choices; needs no books, so it can be asked before any work.

    Raises:
        Refused: it does not; the message lists what there is.
    """
    understood = REPORTS[one_of(name, tuple(REPORTS), "report")]
    for choice, value in choices.given().items():
        if choice == "grain" and value == "month":
            continue  # What every report has unless said otherwise.
        if choice not in understood:
            takers = ", ".join(report for report, takes in REPORTS.items() if choice in takes)
            raise Refused(f"{name} takes no {choice}; these do: {takers}.")
        for part in (value,) if isinstance(value, str) else value:
            one_of(part, understood[choice], f"{choice} of {name}")


def _listed(choices: Sequence[str]) -> str:
    *most, last = choices
    return f"{', '.join(most)} or {last}" if most else last
