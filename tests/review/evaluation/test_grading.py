"""Grading on an example worked out by hand, and that each metric can fail (EV-05)."""

from dataclasses import replace
from functools import cache

import polars as pl

from ratable.review import flags, proposals
from ratable.review.evaluation import grading, reports, worlds
from ratable.review.evaluation.campaign import OURS, Outcome
from ratable.review.evaluation.planting.truths import Planted
from ratable.review.evaluation.worlds import World


@cache
def world() -> World:
    """Two errors with a fix, and their twins."""
    return worlds.world(4, kinds=("wrong_start", "in_closed_month"), size=2)


def error(kind: str) -> Planted:
    return next(item for item in world().planted if item.kind == kind)


def flag(
    table: str, subject: str, *, check: str = "JC-11", kind: str = flags.FLAGS, **more: str | None
) -> pl.DataFrame:
    found = flags.Flag(table, subject, "says", "expected", "actual", "formula", "next", (f"{table}/{subject}",))
    told = [replace(found, fix=more.get("fix"))]
    return flags.raised(told, check=check, version=1, kind=kind, title="title")


def first() -> pl.DataFrame:
    """The flag that names the wrong start, rightly and with its fix."""
    start = error("wrong_start")
    return flag(start.table, start.subject, fix=start.fixes[0].text())


def of(kind: str, graded: grading.Graded) -> grading.Found:
    return next(one for one in graded.errors if one.planted.kind == kind)


def test_what_is_named_is_found_rightly_and_with_its_fix() -> None:
    graded = grading.graded(world(), first())

    found = {one.planted.kind: (one.found, one.rightly, one.fixed, one.place) for one in graded.errors}
    assert found == {"wrong_start": (True, True, True, 1), "in_closed_month": (False, False, False, 0)}
    assert graded.vain == ()
    assert graded.twins == 2


def test_another_check_finds_and_does_not_name_rightly() -> None:
    start = error("wrong_start")
    one = of("wrong_start", grading.graded(world(), flag(start.table, start.subject, check="JC-58")))

    assert (one.found, one.rightly, one.fixed) == (True, False, False)


def test_a_part_of_a_check_counts_as_the_check() -> None:
    start = error("wrong_start")

    assert of("wrong_start", grading.graded(world(), flag(start.table, start.subject, check="JC-11A"))).rightly


def test_a_fix_is_exact_or_none() -> None:
    start = error("wrong_start")
    true = start.fixes[0]
    wrong = proposals.Fix(true.kind, true.table, true.row, {"start": "2001-01-01"})
    more = proposals.Fix(true.kind, true.table, true.row, true.values | {"reason": "clause"})

    def fixed(fix: proposals.Fix) -> bool:
        return of("wrong_start", grading.graded(world(), flag(start.table, start.subject, fix=fix.text()))).fixed

    assert fixed(true)
    assert fixed(more)
    assert not fixed(wrong)


def test_what_only_informs_finds_nothing_and_is_not_false() -> None:
    start = error("wrong_start")
    graded = grading.graded(world(), flag(start.table, start.subject, kind=flags.INFORMS))

    assert not of("wrong_start", graded).found
    assert graded.flags == 0


def test_a_flag_on_a_twin_is_false_and_counts_for_the_twin() -> None:
    twin = world().twins[0]
    contract = twin.accounts[0].removeprefix("contract ")
    graded = grading.graded(world(), flag("contracts", contract))

    assert graded.vain == (("JC-11", f"contracts/{contract}"),)
    assert graded.flagged_twins == ((twin.kind, "JC-11"),)


def test_a_flag_about_nothing_is_false_and_no_twin() -> None:
    known = {account for one in (world().planted, world().twins) for item in one for account in item.accounts}
    other = next(name for name in world().shown["contracts"]["id"] if f"contract {name}" not in known)
    graded = grading.graded(world(), flag("contracts", other))

    assert len(graded.vain) == 1
    assert graded.flagged_twins == ()


def test_a_flag_about_the_contract_of_an_error_counts_neither_way() -> None:
    contract = error("in_closed_month").accounts[0].removeprefix("contract ")
    graded = grading.graded(world(), flag("contract_lines", f"{contract}-1"))

    assert graded.vain == ()
    assert not of("in_closed_month", graded).found


def test_clean_entries_are_those_of_no_planted_contract() -> None:
    accounts = [account for item in world().planted for account in item.accounts]
    clean = world().recorded.entries.filter(~pl.col("account").is_in(accounts))

    assert grading.graded(world(), flags.none()).clean == clean.height


def test_effort_is_the_place_at_which_most_of_the_amount_is_met() -> None:
    """Of equal parts in two currencies, both must be met; in the order of reading."""
    second = error("in_closed_month")
    both = pl.concat([flag("contracts", "elsewhere"), first(), flag(second.table, second.subject)])

    assert grading.graded(world(), both).read == 3
    assert grading.graded(world(), pl.concat([both[1:], both[:1]])).read == 2
    assert grading.graded(world(), both[:1]).read == 1, "what never meets it reads everything"


def test_a_second_run_that_differs_is_seen() -> None:
    told = first()

    assert grading.graded(world(), told, again=told).stable
    assert not grading.graded(world(), told, again=flags.none()).stable


def test_scores_add_up_and_are_written_as_tables() -> None:
    graded = grading.graded(world(), first())
    score = grading.score(OURS, [graded, graded])

    assert score.recall == (2, 4)
    assert score.by_tier == {"moderate": (2, 2), "trivial": (0, 2)}
    assert score.by_kind["wrong_start"] == (2, 2, 2, 2, 2)
    assert score.fixed == (2, 2)
    assert score.twins == (0, 4)
    made = [Outcome(4, 100, 6, {OURS: graded})]
    cells = reports.tables(made)[0].rows[0]
    assert cells[:4] == (OURS, "50.0%", "50.0%", "100.0%")
    assert "| review | 50.0% |" in reports.markdown(reports.tables(made)[0])


def test_quotients_are_rounded_half_up() -> None:
    assert grading.decimal(1, 3) == "0.33"
    assert grading.decimal(1, 8, 2) == "0.13"
    assert grading.decimal(2, 0) == "-"


def test_a_flag_about_the_customer_of_an_error_counts_neither_way() -> None:
    """What follows from an error is no false flag; a customer of a twin is one."""
    lines = world().made.outcome.lines.select("account", "customer")
    customer = dict(lines.iter_rows())
    of_error, of_twin = (customer[item.accounts[0]] for item in (error("wrong_start"), world().twins[0]))

    assert grading.graded(world(), flag("customers", of_error)).vain == ()
    assert len(grading.graded(world(), flag("customers", of_twin)).flagged_twins) == 1
