"""Grades flags against the truth of worlds (EV-05): what was found, what was raised in vain, how much must be read.

Worked example: of 9 planted errors 8 are named by a flag of class flags or blocks, 7 of them by a right check: recall
is 8 of 9. Of 31 such flags one is about a twin and one about nothing at all: with 4,000 clean entries that is 0.50
false flags per 1,000, and 1 of 9 twins flagged. Flags are read in the order of the review.

A flag that is about the contract or the customer of an error without naming it counts neither way. Classes other than
flags and blocks add to the order of reading alone.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from ratable.review import flags, proposals
from ratable.review.evaluation.planting.truths import Planted, Twin
from ratable.review.evaluation.worlds import World

RAISED = (flags.FLAGS, flags.BLOCKS)
MANY = 50
"""A flag that quotes more rows than this names none of them."""
ENOUGH_PERCENT = 95


@dataclass(frozen=True)
class Found:
    """One planted error: whether a flag names it, whether a right check does, whether the fix is exact, and where.

    `noticed` are the checks that named it; `place` is that of its first flag in the order of reading, from 1; 0: none.
    """

    seed: int
    planted: Planted
    found: bool
    rightly: bool
    fixed: bool
    place: int
    noticed: tuple[str, ...]

    @property
    def graded(self) -> bool:
        """Whether a fix is asked for."""
        return bool(self.planted.fixes)


@dataclass(frozen=True)
class Graded:
    """One world: its errors, flags raised in vain by check, twins that were flagged, clean entries, effort.

    `vain` has a row for each false flag: check, about. `read` is how many flags were read until most of the planted
    amount was found, of `flags` in all.
    """

    seed: int
    errors: tuple[Found, ...]
    vain: tuple[tuple[str, str], ...]
    twins: int
    flagged_twins: tuple[tuple[str, str], ...]
    clean: int
    read: int
    flags: int
    stable: bool = True


@dataclass(frozen=True)
class Rows:
    """What a flag names: its subject and rows, as table/id, and the accounts that it is about."""

    check: str
    subject: str
    names: frozenset[str] = field(default_factory=frozenset)
    contract: str = ""
    fix: str = ""


def graded(world: World, raised: pl.DataFrame, *, again: pl.DataFrame | None = None) -> Graded:
    """Hold flags against the truth of their world.

    Args:
        world: with its truth.
        raised: flags.SCHEMA, in the order of reading.
        again: the flags of a second run over the same snapshot; None: not asked.
    """
    told = [_rows(row) for row in raised.filter(pl.col("class").is_in(RAISED)).iter_rows(named=True)]
    places = _places(world)
    errors = tuple(_found(world.seed, item, told) for item in world.planted)
    about_error = {account for item in world.planted for account in item.accounts}
    named = {name for item in world.planted for name in _names(item)}
    vain, flagged = [], []
    for row in told:
        accounts = _accounts(row, places)
        if accounts & about_error or row.names & named or row.subject in named:
            continue
        twin = next((twin.kind for twin in world.twins if _about(twin, row, accounts)), None)
        vain.append((row.check, row.subject))
        if twin is not None:
            flagged.append((twin, row.check))
    entries = world.recorded.entries
    clean = entries.filter(~pl.col("account").is_in(list(about_error)) | pl.col("account").is_null()).height
    read = _effort(errors, len(told))
    stable = again is None or raised.equals(again)
    twins = len(world.twins)
    return Graded(world.seed, errors, tuple(vain), twins, tuple(dict(flagged).items()), clean, read, len(told), stable)


def _rows(row: dict[str, object]) -> Rows:
    used = row["rows"] if isinstance(row["rows"], list) else []
    names = frozenset(map(str, used)) if len(used) <= MANY else frozenset()
    check = re.sub(r"[A-Z]$", "", str(row["check"]))  # JC-45A is a part of JC-45.
    about = f"{row['table']}/{row['subject']}"
    return Rows(check, about, names, str(row["contract"] or ""), str(row["fix"] or ""))


def _names(item: Planted) -> set[str]:
    return {f"{item.table}/{item.subject}", *item.rows, *(f"entries/{entry}" for entry in item.entries)}


def _named_by(item: Planted, row: Rows) -> bool:
    names = _names(item)
    return row.subject in names or bool(row.names & names)


def _found(seed: int, item: Planted, told: list[Rows]) -> Found:
    mine = [(place, row) for place, row in enumerate(told, start=1) if _named_by(item, row)]
    noticed = tuple(dict.fromkeys(row.check for _, row in mine))
    place = mine[0][0] if mine else 0
    fixed = _fixed(item, [row.fix for _, row in mine if row.fix])
    return Found(seed, item, bool(mine), bool(item.checks & set(noticed)), fixed, place, noticed)


def _fixed(item: Planted, given: list[str]) -> bool:
    """Whether every fix of the truth is among those that its flags carry."""
    read = [proposals.read(text) for text in given]
    return bool(item.fixes) and all(any(_exact(true, one) for one in read) for true in item.fixes)


def _exact(true: proposals.Fix, given: proposals.Fix) -> bool:
    """The same act on the same row, with every value of the truth; further values do no harm."""
    same = (true.kind, true.table) == (given.kind, given.table) and true.row in ("", given.row)
    return same and true.values.items() <= given.values.items()


def _places(world: World) -> dict[str, frozenset[str]]:
    """The accounts behind everything that can be named, by table/id; a customer stands for all of its own."""
    lines = world.made.outcome.lines.select("line", "account", "customer")
    found = {f"entries/{entry}": account for entry, account in world.recorded.entries.select("entry", "account").rows()}
    for line, account, _ in lines.iter_rows():
        found |= {f"contract_lines/{line}": account, f"invoice_lines/{line}": account}
    for table in ("contract_lines", "amendments", "minimums"):
        for name, contract in world.shown[table].select("id", "contract").iter_rows():
            found[f"{table}/{name}"] = f"contract {contract}"
    for name, contract in world.shown["invoices"].select("id", "contract").iter_rows():
        found[f"invoices/{name}"] = f"contract {contract}" if contract else f"invoice {name}"
    for name in world.shown["contracts"]["id"]:
        found[f"contracts/{name}"] = f"contract {name}"
    for name, line in world.shown["usage"].select("id", "contract_line").iter_rows():
        found[f"usage/{name}"] = found.get(f"contract_lines/{line}")
    for name, invoice in world.shown["credit_notes"].select("id", "invoice").iter_rows():
        found[f"credit_notes/{name}"] = found.get(f"invoices/{invoice}", f"contract {invoice.rpartition('/')[0]}")
    places = {name: frozenset([account]) for name, account in found.items() if account}
    of_customer = lines.group_by("customer").agg(pl.col("account").unique())
    return places | {f"customers/{name}": frozenset(accounts) for name, accounts in of_customer.iter_rows()}


def _accounts(row: Rows, places: dict[str, frozenset[str]]) -> frozenset[str]:
    """The accounts that a flag is about: by its contract, by its subject, else by the rows that it quotes."""
    if row.contract:
        return frozenset([f"contract {row.contract}"])
    return places.get(row.subject) or frozenset().union(*(places.get(name, frozenset()) for name in row.names))


def _about(twin: Twin, row: Rows, accounts: frozenset[str]) -> bool:
    return bool(accounts & set(twin.accounts)) or row.subject in twin.rows or bool(row.names & set(twin.rows))


def _effort(errors: Iterable[Found], flagged: int) -> int:
    """Flags read until errors worth most of the planted amount were met; all of them where that never is.

    Amounts of different currencies are added by their share of what was planted in each.
    """
    errors = [item for item in errors if item.planted.amount]
    totals: dict[str, int] = {}
    for item in errors:
        totals[item.planted.currency] = totals.get(item.planted.currency, 0) + item.planted.amount
    met = 0
    whole = 10_000 * len(totals)
    for item in sorted((one for one in errors if one.place), key=lambda one: one.place):
        met += item.planted.amount * 10_000 // totals[item.planted.currency]
        if met * 100 >= whole * ENOUGH_PERCENT:
            return item.place
    return flagged


@dataclass(frozen=True)
class Score:
    """What many worlds come to; each pair is (of them, of how many)."""

    name: str
    by_tier: dict[str, tuple[int, int]]
    by_kind: dict[str, tuple[int, int, int, int, int]]
    recall: tuple[int, int]
    rightly: tuple[int, int]
    fixed: tuple[int, int]
    false: tuple[int, int]
    twins: tuple[int, int]
    read: tuple[int, int]
    stable: tuple[int, int]

    def per_thousand(self) -> str:
        """False flags per 1,000 clean entries, two decimals."""
        return decimal(self.false[0] * 1000, self.false[1])


def decimal(part: int, whole: int, places: int = 2) -> str:
    """A quotient with some decimals, rounded half up; "-" of nothing."""
    if not whole:
        return "-"
    scaled = (2 * part * 10**places + whole) // (2 * whole)
    return f"{scaled // 10**places}.{scaled % 10**places:0{places}}"


def score(name: str, worlds: list[Graded]) -> Score:
    """The sums over worlds.

    Returns:
        `by_kind`: planted, found, by a right check, with a fix to grade, exact, by kind; `recall`, `rightly` of all
        planted; `fixed` of those with a fix to grade; `false` flags of clean entries; flagged twins of twins; flags
        read of flags; runs that came out the same of runs.
    """
    errors = [item for world in worlds for item in world.errors]
    tiers: dict[str, tuple[int, int]] = {}
    kinds: dict[str, tuple[int, int, int, int, int]] = {}
    for item in errors:
        part, whole = tiers.get(item.planted.tier, (0, 0))
        tiers[item.planted.tier] = (part + item.found, whole + 1)
        was = kinds.get(item.planted.kind, (0, 0, 0, 0, 0))
        now = (1, int(item.found), int(item.rightly), int(item.graded), int(item.fixed))
        kinds[item.planted.kind] = tuple(a + b for a, b in zip(was, now, strict=True))  # type: ignore[assignment]  # five stay five
    asked = [item for item in errors if item.graded]
    return Score(
        name, tiers, kinds,
        recall=(sum(item.found for item in errors), len(errors)),
        rightly=(sum(item.rightly for item in errors), len(errors)),
        fixed=(sum(item.fixed for item in asked), len(asked)),
        false=(sum(len(world.vain) for world in worlds), sum(world.clean for world in worlds)),
        twins=(sum(len(world.flagged_twins) for world in worlds), sum(world.twins for world in worlds)),
        read=(sum(world.read for world in worlds), sum(world.flags for world in worlds)),
        stable=(sum(world.stable for world in worlds), len(worlds)),
    )  # fmt: skip
