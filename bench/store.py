"""The store beside the least that a database does: a month from import to lock, reports, and verification.

Worked example: five acts on a month of 1,000,000 invoice lines, each a process of its own, took 150 seconds together,
and the bare load of the very rows that they left (`bench.bare`) took 50: the ratio is 3.0, where at most 6 is wanted.

Seconds are those of the act alone, taken inside its process, unless a row speaks of the whole process. SQLite and
PostgreSQL take turns, round after round, and the best round counts for each figure. What the store holds is compared
with `bench.closed_form`, and `verify` has to find nothing; otherwise the run ends without figures.

Run as `python -m bench.store` it prints its figures alone; `--part` and `--database` leave out the others.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

from bench import databases, measures

PYTHON = (sys.executable, "-m")
MONTH, LAST_DAY = "2023-01", "2023-01-31"
BEFORE, LAST_BEFORE = "2024-11", "2024-11-30"  # The contracts' last month but one, posted and locked as one.
LAST, THROUGH = "2024-12", "2024-12-31"
CUSTOMER = "K-0"

ACTS = ("import", "propose", "approve", "post", "lock")
BARE = {"keyed": "bare load, with keys and indexes", "plain": "bare load, columns alone"}
REPORTS = {"roll-forward": 150, "waterfall": 150, "balances": 150, "statement": 30}  # With the milliseconds allowed.


@dataclass(frozen=True)
class Sizes:
    """How much is measured: invoice lines of the month, as many events and entries to verify, and contracts."""

    lines: int
    contracts: int


@dataclass(frozen=True)
class Taken:
    """What an act took: seconds of it alone and of its whole process, and the most memory that this held."""

    seconds: float
    process: float
    mebibytes: float


Best = dict[str, Taken]  # By the name of the act.


Wanted = list[tuple[str, str, Callable[[Best], str]]]  # What, at most, and how it is seen.


@dataclass(frozen=True)
class Found:
    """Figures by part and kind of database, with what the databases are."""

    versions: tuple[str, ...]
    sizes: Sizes
    best: dict[str, dict[str, Best]]


@dataclass(frozen=True)
class Part:
    """What is measured together: what is made ready once for all rounds, and what a round measures."""

    prepare: Callable[[databases.Databases, Sizes], str]
    measure: Callable[[databases.Databases, str, Sizes], Best]


def compete(sizes: Sizes, rounds: int, parts: Iterable[str] = (), kinds: Iterable[str] = ()) -> Found:
    """Measure the parts on each kind of database, round after round.

    Args:
        sizes: how much.
        rounds: how often.
        parts: some of PARTS; none: all.
        kinds: some of databases.KINDS; none: all.

    Raises:
        SystemExit: an act failed, or the store holds something else than it should.
    """
    with ExitStack() as held:
        opened = {kind: held.enter_context(databases.KINDS[kind]()) for kind in kinds or databases.KINDS}
        best: dict[str, dict[str, Best]] = {}
        for part in parts or PARTS:
            sys.stderr.write(f"making the books ready: {part}\n")
            ready = {kind: PARTS[part].prepare(database, sizes) for kind, database in opened.items()}
            best[part] = {kind: {} for kind in opened}
            for turn in range(rounds):
                for kind, database in opened.items():
                    sys.stderr.write(f"round {turn + 1} of {rounds}: {part} on {kind}\n")
                    best[part][kind] = _better(best[part][kind], PARTS[part].measure(database, ready[kind], sizes))
        return Found(tuple(database.version for database in opened.values()), sizes, best)


def figures(found: Found) -> str:
    """The tables in Markdown: what the acts took, and beside what was wanted of them."""
    parts = [f"### The store\n\nOn {' and '.join(found.versions)}."]
    if "month" in found.best:
        kinds = found.best["month"]
        heads = ["seconds", *(head for kind in kinds for head in (kind, "peak MiB"))]
        parts.append(measures.table(heads, _month_rows(kinds)))
    heads = ["", "at most", *next(iter(found.best.values()))]
    rows = [row for part, kinds in found.best.items() for row in _goals(part, found.sizes, kinds)]
    parts.append(measures.table(heads, rows))
    return "\n\n".join(parts)


def main() -> None:
    """Measure what the command line asks for, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.store", description="Measure the store.")
    parser.add_argument("--lines", type=int, default=50_000, help="lines, events and entries (default: %(default)s)")
    parser.add_argument("--contracts", type=int, default=5_000, help="of the reports (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=1, help="how often each runs (default: %(default)s)")
    parser.add_argument("--part", action="append", choices=PARTS, help="this part alone; may be repeated")
    parser.add_argument("--database", action="append", choices=databases.KINDS, help="this kind alone; may be repeated")
    asked = parser.parse_args()
    if min(asked.lines, asked.contracts, asked.rounds) < 1:
        parser.error("--lines, --contracts and --rounds must be 1 or more")
    sizes = Sizes(asked.lines, asked.contracts)
    sys.stdout.write(figures(compete(sizes, asked.rounds, asked.part or (), asked.database or ())) + "\n")


def _nothing(_: databases.Databases, __: Sizes) -> str:
    return ""


def _month(database: databases.Databases, _: str, sizes: Sizes) -> Best:
    """The month from import to lock, proposed again in between, then loaded barely."""
    taken: Best = {}
    url = _begun(database, "month")
    given = {"import": [_folder("january-lines", sizes.lines)], "propose": [LAST_DAY], "approve": [], "post": []}
    for name, arguments in given.items():
        taken[name], said = _act(url, name, *arguments)
        if name in ("propose", "post"):
            _same(f"rows of {name}", said["rows"], 2 * sizes.lines)
    _same("revenue", _act(url, "revenue")[1]["revenue"], _due("january-lines", sizes.lines, LAST_DAY))
    taken["nothing"], said = _act(url, "propose", LAST_DAY)
    _same("rows of a second propose", said["rows"], 0)
    prompt = measures.measure((*PYTHON, "ratable", "propose", "--through", LAST_DAY, "--as", "ben"), _at(url))
    taken["prompt"] = Taken(prompt.seconds, prompt.seconds, prompt.mebibytes)
    _same("a third propose", prompt.output[:16], "Nothing to post ")
    taken |= _corrected(database, sizes)
    taken["lock"] = _act(url, "lock", MONTH)[0]
    _act(url, "verify")
    for tables in BARE:
        target = database.make(tables)
        database.settle("month")
        taken[tables] = _run(url, "bench.bare", target, tables)[0]
        database.remove(tables)
    database.remove("month")
    return taken


def _corrected(database: databases.Databases, sizes: Sizes) -> Best:
    """A thousandth of the lines corrected and proposed again, in a copy of the store whose month is open."""
    taken: Best = {}
    url = database.copy("month", "corrected")
    database.settle("corrected")
    corrections = _folder("january-corrections", sizes.lines)
    taken["correct"], said = _act(url, "import", corrections, "The order forms say a hundred dollars more.")
    taken["re-run"], drafted = _act(url, "propose", LAST_DAY)
    _same("rows of the re-run", drafted["rows"], 2 * said["rows"])
    revenue = sum(_act(url, "revenue", table)[1]["revenue"] for table in ("entries", "drafts"))
    _same("revenue as corrected", revenue, _due("january-corrections", sizes.lines, LAST_DAY))
    database.remove("corrected")
    return taken


def _closed_contracts(database: databases.Databases, sizes: Sizes) -> str:
    """Contracts of 36 months, posted and locked."""
    url = _begun(database, "reports")
    _act(url, "import", _folder("three-year-contracts", sizes.contracts))
    for period, day in ((BEFORE, LAST_BEFORE), (LAST, THROUGH)):
        for name, *given in (("propose", day), ("approve",), ("post",), ("lock", period)):
            _act(url, name, *given)
    _act(url, "verify")
    database.settle("reports")
    return url


def _reports(_: databases.Databases, url: str, sizes: Sizes) -> Best:
    whole, said = _run(url, "bench.acts", "reports", THROUGH, CUSTOMER)
    _same("revenue of the reports", said["revenue"], _due("three-year-contracts", sizes.contracts, THROUGH))
    return {
        f"{name} {which}": Taken(seconds, whole.process, whole.mebibytes)
        for name, calls in said["reports"].items()
        for which, seconds in calls.items()
    }


def _history(database: databases.Databases, sizes: Sizes) -> str:
    """A long history; its URL, and the last day of it."""
    url = database.make("history")
    _, said = _run(url, "bench.history", str(sizes.lines))
    database.settle("history")
    return f"{url} {said['last_day']}"


def _verification(_: databases.Databases, history: str, sizes: Sizes) -> Best:
    url, last_day = history.split()
    whole, said = _act(url, "verify")
    if said["events"] + said["entries"] < sizes.lines:
        raise SystemExit(f"verify saw {said['events']} events and {said['entries']} entries of {sizes.lines} rows")
    return {"all": whole, "last day": _act(url, "verify", last_day)[0]}


PARTS = {
    "month": Part(_nothing, _month),
    "reports": Part(_closed_contracts, _reports),
    "verification": Part(_history, _verification),
}


def _begun(database: databases.Databases, name: str) -> str:
    url = database.make(name)
    _act(url, "begin")
    database.settle(name)
    return url


def _act(url: str, name: str, *given: str) -> tuple[Taken, dict[str, Any]]:
    return _run(url, "bench.acts", name, *given)


def _run(url: str, module: str, *given: str) -> tuple[Taken, dict[str, Any]]:
    """Run a module on a store; what it took, and what it printed."""
    whole = measures.measure((*PYTHON, module, *given), _at(url))
    said: dict[str, Any] = json.loads(whole.output)
    return Taken(said.get("seconds", whole.seconds), whole.seconds, whole.mebibytes), said


def _at(url: str) -> dict[str, str]:
    return {"RATABLE_DATABASE_URL": url}


def _folder(workload: str, size: int) -> str:
    return measures.measure((*PYTHON, "bench.workload", workload, str(size))).output.strip()


def _due(workload: str, size: int, through: str) -> int:
    return int(measures.measure((*PYTHON, "bench.closed_form", workload, str(size), through)).output)


def _same(what: str, seen: object, expected: object) -> None:
    if seen != expected:
        raise SystemExit(f"{what}: saw {seen}; expected {expected}")


def _better(one: Best, other: Best) -> Best:
    """The least time of each act, and its most memory."""
    return {name: _least(one.get(name, taken), taken) for name, taken in other.items()}


def _least(one: Taken, other: Taken) -> Taken:
    return Taken(min(one.seconds, other.seconds), min(one.process, other.process), max(one.mebibytes, other.mebibytes))


def _month_rows(kinds: Mapping[str, Best]) -> list[list[str]]:
    named = {name: name for name in ACTS} | BARE
    rows = {what: [_cells(best[name]) for best in kinds.values()] for name, what in named.items()}
    rows["the five acts"] = [
        (f"{_five(best):,.2f}", f"{max(best[name].mebibytes for name in ACTS):,.0f}") for best in kinds.values()
    ]
    rows["their whole processes"] = [
        (f"{sum(best[name].process for name in ACTS):,.2f}", "") for best in kinds.values()
    ]
    order = (*ACTS, "the five acts", "their whole processes", *BARE.values())
    return [[what, *(cell for pair in rows[what] for cell in pair)] for what in order]


def _cells(taken: Taken) -> tuple[str, str]:
    return f"{taken.seconds:,.2f}", f"{taken.mebibytes:,.0f}"


def _five(best: Best) -> float:
    return sum(best[name].seconds for name in ACTS)


def _goals(part: str, sizes: Sizes, kinds: Mapping[str, Best]) -> list[list[str]]:
    """One row for each thing that is wanted of a part: what, at most, and what was seen on each kind of database."""
    changed = f"{-(-sizes.lines // 1000):,} of {sizes.lines:,} lines changed"
    month: Wanted = [
        ("the five acts / bare load with keys and indexes", "6", lambda b: f"{_five(b) / b['keyed'].seconds:.2f}"),
        ("the five acts / bare load of columns alone", "", lambda b: f"{_five(b) / b['plain'].seconds:.2f}"),
        ("most memory of an act, MiB", "4,096", lambda b: f"{max(b[name].mebibytes for name in ACTS):,.0f}"),
        ("a second propose with nothing new, whole process, seconds", "2", lambda b: f"{b['prompt'].process:.2f}"),
        ("the same, the act alone, seconds", "", lambda b: f"{b['nothing'].seconds:.2f}"),
        (f"propose after {changed} / propose", "5%", lambda b: _share(b["re-run"], b["propose"])),
        ("import of those / import", "", lambda b: _share(b["correct"], b["import"])),
    ]
    reports: Wanted = [(_called(name), f"{most}", partial(_calls, name)) for name, most in REPORTS.items()]
    count = f"{sizes.lines:,}"
    verification: Wanted = [
        (f"verify {count} events and entries, seconds", "60", lambda b: f"{b['all'].seconds:.2f}"),
        ("the same, peak MiB", "", lambda b: f"{b['all'].mebibytes:,.0f}"),
        ("verify the last day of them, seconds", "1", lambda b: f"{b['last day'].seconds:.2f}"),
    ]
    wanted = {"month": month, "reports": reports, "verification": verification}[part]
    return [[what, most, *(say(best) for best in kinds.values())] for what, most, say in wanted]


def _called(name: str) -> str:
    of = "a customer's statement" if name == "statement" else name
    return f"{of}, milliseconds (first call)"


def _calls(name: str, best: Best) -> str:
    median, first = (1000 * best[f"{name} {which}"].seconds for which in ("median", "first"))
    return f"{median:,.0f} ({first:,.0f})"


def _share(one: Taken, other: Taken) -> str:
    return f"{one.seconds / other.seconds:.1%}"


if __name__ == "__main__":
    main()
