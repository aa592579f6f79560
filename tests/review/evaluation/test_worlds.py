"""Worlds: the same for ever, right where nothing is planted, and with the truth out of reach (EV-01)."""

import os
import subprocess
import sys
from types import FunctionType, ModuleType

import polars as pl
import pytest

from ratable.bundle import checking, parsing
from ratable.review import second, snapshot
from ratable.review.evaluation import worlds
from ratable.review.evaluation.worlds import World

SMALL = 6
_DIGEST = """
import hashlib
from ratable.review.evaluation import worlds
made = worlds.world(3, size=4)
seen = made.snapshot()
frames = [seen.entries, seen.runs, seen.periods, seen.imports]
frames += [bundle[name] for bundle in (seen.bundle, seen.close.bundle) for name in sorted(seen.bundle.tables)]
truth = [(item.kind, item.subject, item.entries, item.amount, item.fixes, sorted(item.checks)) for item in made.planted]
text = "".join(frame.write_json() for frame in frames) + repr(truth) + repr(made.twins)
print(hashlib.sha256(text.encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def clean() -> World:
    return worlds.world(5, kinds=(), size=SMALL)


@pytest.fixture(scope="module")
def planted() -> World:
    return worlds.world(5, kinds=("wrong_start", "amendment_left_out", "top_side"), size=SMALL)


def test_a_world_is_byte_identical_in_every_process() -> None:
    """EV-01: one seed, one world, whatever the process, its hash seed or its environment."""
    told = {
        subprocess.run(
            [sys.executable, "-c", _DIGEST], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": hashed, "TZ": zone},
        ).stdout
        for hashed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }  # fmt: skip

    assert len(told) == 1


def test_other_seeds_give_other_worlds() -> None:
    """EV-01."""
    first, other = (worlds.world(seed, kinds=(), size=1) for seed in (11, 12))

    assert (first.company.name, first.company.first) != (other.company.name, other.company.first)


def test_the_journal_of_a_clean_world_is_that_of_the_second_engine(clean: World) -> None:
    """EV-01: nothing is wrong where nothing is planted."""
    seen = clean.snapshot()
    facts = seen.entries.filter(~pl.col("kind").is_in(["manual", "reversal"]))

    assert second.netted(facts).sort(pl.all()).equals(seen.due.sort(pl.all()))
    assert clean.planted == ()
    assert clean.twins == ()


def test_the_facts_of_a_world_are_sound_and_say_nothing_odd(clean: World) -> None:
    raw = dict(clean.shown.tables)
    checked = checking.check(parsing.Parsed(raw, raw, []))

    assert checked.findings.height == 0
    assert clean.made.findings.height == 0


def test_a_world_has_the_months_acts_and_books_of_a_company(clean: World) -> None:
    """EV-01: 18 months, each prepared by one person, approved by another and locked, the last as drafts."""
    seen = clean.snapshot()
    runs = seen.runs.filter(pl.col("kind") == "proposal").sort("run")

    assert seen.entries.schema == pl.Schema(snapshot.ENTRIES)
    assert seen.runs.schema == pl.Schema(snapshot.RUNS)
    assert runs.height == 18
    assert runs["approved_by"].null_count() == 1
    assert not (runs["prepared_by"] == runs["approved_by"]).any()
    assert seen.periods["through"].n_unique() == 17
    assert set(seen.entries.filter(pl.col("state") == "draft")["period"]) <= {seen.period}
    posted = seen.entries.filter(pl.col("state") == "posted")["no"].sort()
    assert list(posted) == list(range(1, posted.len() + 1))
    assert seen.entries["entry"].is_unique().all()
    assert seen.entries["functional_amount"].null_count() == 0


def test_nothing_is_posted_after_its_month_was_locked(clean: World) -> None:
    seen = clean.snapshot()
    locked = seen.periods.select("entity", pl.col("through").dt.to_string("%Y-%m").alias("period"), "locked_at")
    posted = seen.entries.join(seen.runs.select("run", "posted_at"), on="run").join(locked, on=["entity", "period"])

    assert posted.filter(pl.col("posted_at") > pl.col("locked_at")).height == 0


def test_the_last_close_knows_less_than_the_snapshot(clean: World) -> None:
    seen = clean.snapshot()

    assert seen.close is not None
    assert seen.close.through < seen.through
    assert seen.close.bundle["usage"].height <= seen.bundle["usage"].height
    assert (seen.close.bundle["contracts"]["known_on"] <= seen.close.known_on).all()


def test_the_truth_is_out_of_reach(planted: World) -> None:
    """EV-01: from what a review gets, no object that holds a truth can be reached, and no word of it is written."""
    seen = planted.snapshot()
    words = {item.kind for item in planted.planted}

    assert not _reaches(seen, (*planted.planted, *planted.twins, planted))
    assert not any(word in frame.write_json() for frame in (seen.entries, seen.runs, seen.imports) for word in words)
    assert str(planted.seed) != seen.name


def _reaches(start: object, hidden: tuple[object, ...]) -> bool:
    """Whether a hidden object lies behind attributes, items and what functions close over."""
    ids, queue, met = {id(item) for item in hidden}, [start], set()
    while queue:
        item = queue.pop()
        if id(item) in ids:
            return True
        if id(item) in met or isinstance(item, (str, int, pl.DataFrame, type, ModuleType)):
            continue
        met.add(id(item))
        queue += list(getattr(item, "__dict__", {}).values())
        queue += list(item.values()) if isinstance(item, dict) else []
        queue += list(item) if isinstance(item, (list, tuple, set, frozenset)) else []
        queue += [cell.cell_contents for cell in item.__closure__ or ()] if isinstance(item, FunctionType) else []
    return False


def test_what_is_reached_is_seen(planted: World) -> None:
    """The walk above finds a truth where there is one."""
    assert _reaches({"a": [planted.snapshot(), planted.planted[0]]}, planted.planted)
