"""What a journal may have been computed by instead of the facts: one named hypothesis for each way to misread them.

Worked example: "daily_proration" says that the journal weighs days where the facts weigh months. The engine computes
the account by it; if that gives the booked entries to the cent, the error has its name, and the sentence is "The
journal is what daily proration gives; the facts say monthly_prorated."

Order matters: where two hypotheses give the same entries, the one that stands first is named.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import polars as pl

from ratable.core import periods, tables
from ratable.review import clauses, price_twists, twists
from ratable.review.twists import Twist

_TURNS = (1, 2, 3)
_PLACES = (1, 2, 3, 4)


@dataclass(frozen=True)
class Hypothesis:
    """One way in which a journal may have come about.

    `check` is the check that reports it; `gives` says what gives the entries, `facts` what the facts say (with the
    columns of the obligation in braces); `twist` makes the tables that it is computed from. It is tried only where
    the table `needs` has rows; the `round` after the first, only where no earlier one reproduced the whole account.
    """

    name: str
    check: str
    gives: str
    facts: str
    twist: Twist
    needs: str = ""
    round: int = 1


def _prorations() -> list[Hypothesis]:
    words = {"daily": "daily proration", "monthly_prorated": "proration by whole months with stubs by days",
             "monthly_full_first": "whole months with the first one whole",
             "mid_month": "half months at both ends"}  # fmt: skip
    return [
        Hypothesis(f"{name}_proration", "JC-15", words[name], "{proration}", twists.proration(name))
        for name in tables.PRORATIONS
    ]


def _methods() -> list[Hypothesis]:
    spread = twists.method("straight_line", instead_of="point_in_time")
    stepped = twists.method("point_in_time", instead_of="straight_line")
    return [
        Hypothesis("point_in_time_spread", "JC-20", "recognition over the term", "{method}", spread),
        Hypothesis("straight_line_at_once", "JC-20", "recognition at once on the first day", "{method}", stepped),
        Hypothesis("delivered_at_start", "JC-16", "delivery on the first day of the line", "another day of delivery",
                   twists.lines(delivered_on=pl.col("start"))),
        Hypothesis("delivered_at_signature", "JC-16", "delivery on the day of signature", "another day of delivery",
                   twists.lines(delivered_on=pl.col("signed_on"))),
    ]  # fmt: skip


def _free_months() -> list[Hypothesis]:
    """Where the clause speaks of free service, the line may have been begun after it."""
    free = pl.col("clause").map_elements(lambda text: clauses.read(text).says("free"), return_dtype=pl.Boolean)
    return [
        Hypothesis("free_months_not_spread", "JC-11", f"a term that begins {months} months later, after the free ones",
                   "{start} to {end}, free months included",
                   twists.windows(start=twists.moved("start", months=months), where=free.fill_null(value=False)))
        for months in (1, 2, 3, 4, 6)
    ]  # fmt: skip


def _starts() -> list[Hypothesis]:
    first = pl.col("start")
    named = [
        ("start_of_contract", "JC-16", "service from the first day of the contract", pl.col("contract_start")),
        ("start_at_signature", "JC-16", "service from the day of signature", pl.col("signed_on")),
        ("start_of_month", "JC-16", "service from the first of its month", first.dt.month_start()),
        ("start_of_next_month", "JC-11", "service from the first of the next month",
         periods.day_after(first.dt.month_end())),
    ]  # fmt: skip
    found = [Hypothesis(name, check, gives, "{start}", twists.lines(start=day)) for name, check, gives, day in named]
    found.append(
        Hypothesis("start_at_invoice", "JC-26", "service from the day of the invoice", "{start}", twists.from_invoice())
    )
    for months in (-1, 1, -2, 2, -3, 3, -6, 6, -12, 12):
        found.append(_start(_away(months, "month"), twists.moved("start", months=months), months))
    for days in _days(30):
        found.append(
            replace(_start(_away(days, "day"), twists.moved("start", days=days), days), round=3 if abs(days) > 5 else 2)
        )
    return found


def _start(away: str, day: pl.Expr, sign: int) -> Hypothesis:
    check = "JC-16" if sign < 0 else "JC-11"
    side = "early" if sign < 0 else "late"
    return Hypothesis(f"start_{side}", check, f"a first day {away}", "{start}", twists.windows(start=day))


def _ends() -> list[Hypothesis]:
    found = [
        Hypothesis("end_of_contract", "JC-11", "service to the last day of the contract", "{end}",
                   twists.lines(end=pl.col("contract_end"))),
        *(Hypothesis("term_of_another_length", "JC-11", f"a term of {months} months", "{start} to {end}",
                     twists.windows(end=twists.lasting(months))) for months in (1, 12, 3, 6, 24, 36)),
    ]  # fmt: skip
    for months in (-1, 1, -2, 2, -3, 3, -6, 6, 12, -12):
        found.append(_end(_away(months, "month"), twists.moved("end", months=months), months))
    for days in _days(30):
        found.append(
            replace(_end(_away(days, "day"), twists.moved("end", days=days), days), round=3 if abs(days) > 5 else 2)
        )
    both = {"start": twists.moved("start", months=1), "end": twists.moved("end", months=1)}
    back = {"start": twists.moved("start", months=-1), "end": twists.moved("end", months=-1)}
    found.append(Hypothesis("window_late", "JC-11", "a window one month later", "{start} to {end}",
                            twists.windows(**both)))  # fmt: skip
    found.append(Hypothesis("window_early", "JC-16", "a window one month earlier", "{start} to {end}",
                            twists.windows(**back)))  # fmt: skip
    return found


def _end(away: str, day: pl.Expr, sign: int) -> Hypothesis:
    check, side = ("JC-11", "early") if sign < 0 else ("JC-17", "late")
    return Hypothesis(f"end_{side}", check, f"a last day {away}", "{end}", twists.windows(end=day))


def _away(count: int, unit: str) -> str:
    plural = "" if abs(count) == 1 else "s"
    return f"{abs(count)} {unit}{plural} {'earlier' if count < 0 else 'later'}"


def _days(most: int) -> list[int]:
    return [sign * size for size in range(1, most + 1) for sign in (-1, 1)]


def _amendments() -> list[Hypothesis]:
    found = []
    for turn in _TURNS:
        nth = f"amendment {turn} of the contract"
        found += [
            Hypothesis("amendment_left_out", "JC-24", f"the terms without {nth}", "the terms with it",
                       twists.without_amendment(turn)),
            Hypothesis("amendment_twice", "JC-24", f"{nth} counted twice", "once", twists.twice_amended(turn)),
            *(Hypothesis(f"treated_as_{value}", "JC-25", f"{nth} treated as {value}", "another treatment",
                         twists.treated(value, turn)) for value in ("prospective", "catch_up", "separate")),
        ]  # fmt: skip
    return found + _effective()


def _effective() -> list[Hypothesis]:
    day = pl.max_horizontal("effective_on", "approved_on")
    found = []
    for turn in _TURNS:
        nth = f"amendment {turn} of the contract"
        named = [
            ("effective_on alone", pl.max_horizontal("effective_on", "signed_on")),
            ("the day of approval", pl.col("approved_on")),
            ("the first day of the contract", pl.max_horizontal("contract_start", "signed_on")),
            ("the first of its month", day.dt.month_start()),
            ("the first of the next month", periods.day_after(day.dt.month_end())),
            *((_away(months, "month"), periods.add_months(day, pl.lit(months))) for months in (-1, 1, -2, 2, -3, 3)),
            *((_away(days, "day"), day + pl.duration(days=days)) for days in _days(15)),
        ]
        found += [
            Hypothesis("amendment_on_another_day", "JC-24", f"{nth} in force from {says}", "its own day",
                       twists.effective(when, turn), round=3 if place > 8 else 1)
            for place, (says, when) in enumerate(named)
        ]  # fmt: skip
    return found


def _added_lines() -> list[Hypothesis]:
    """Lines that an amendment adds, with a term of their own instead of the contract's, and the reverse."""
    return [
        Hypothesis("upsell_not_coterminous", "JC-24", f"{months} months from the day of the upsell", "{end}",
                   twists.added(end=twists.lasting(months))) for months in (12, 24, 36)
    ] + [
        Hypothesis("upsell_coterminous", "JC-24", "an upsell to the last day of the contract", "{end}",
                   twists.added(end=pl.col("contract_end"))),
        Hypothesis("upsell_from_the_start", "JC-24", "an upsell from the first day of the contract", "{start}",
                   twists.added(start=pl.col("contract_start"))),
    ]  # fmt: skip


def _credits() -> list[Hypothesis]:
    issued = pl.col("issued_on")
    others = ("price_reduction", "billing_correction", "amendment")
    return [
        Hypothesis("credit_note_against_revenue", "JC-23", "credit notes taken from recognized revenue first",
                   "from deferred revenue first", twists.notes(cause=pl.lit("service_credit"))),
        *(Hypothesis(f"credit_note_as_{cause}", "JC-23", f"credit notes as {cause}", "another cause",
                     twists.notes(cause=pl.lit(cause))) for cause in others),
        Hypothesis("credit_note_left_out", "JC-61", "the books without the credit note", "the credit note",
                   twists.credited(0)),
        Hypothesis("credit_note_twice", "JC-23", "the credit note counted twice", "once", twists.credited(2)),
        *(Hypothesis("credit_note_on_another_day", "JC-23", f"credit notes issued {_away(months, 'month')}",
                     "their own day", twists.notes(issued_on=periods.add_months(issued, pl.lit(months))))
          for months in (-1, 1, -2, 2)),
    ]  # fmt: skip


def _use() -> list[Hypothesis]:
    return [
        Hypothesis(name, "JC-21", f"{words} of the month {back} before the last", "each use once",
                   twists.use_of_month(back, times))
        for name, words, times in (("usage_missed", "no use", 0), ("usage_twice", "twice the use", 2))
        for back in range(18)
    ] + [
        Hypothesis("minimum_left_out", "JC-21", "use without the minimum", "a minimum", twists.cleared("minimums")),
    ]  # fmt: skip


def _prices() -> list[Hypothesis]:
    list_price = twists.lines(ssp=pl.lit(None, pl.Int64))
    found = [
        Hypothesis("ssp_of_an_earlier_version", "JC-29", "the SSP of the version before", "{ssp_text}",
                   price_twists.ssp_versions(1)),
        Hypothesis("ssp_of_a_later_version", "JC-29", "the SSP of a later version", "{ssp_text}",
                   price_twists.ssp_versions(-1)),
        Hypothesis("allocation_by_price", "JC-28", "allocation by prices", "relative SSPs",
                   twists.lines(ssp=pl.col("price"))),
        Hypothesis("ssp_of_the_book", "JC-28", "SSPs of the book", "the SSP of the line", list_price),
    ]  # fmt: skip
    for place in _PLACES:
        found += [
            Hypothesis("discount_on_one_line", "JC-30", f"the discount on line {place} of the contract alone",
                       "a discount over all lines", price_twists.discount_on(place)),
            Hypothesis("ssp_ten_times", "JC-29", f"ten times the SSP of line {place}", "{ssp_text}",
                       price_twists.scaled_ssp(place, times=10)),
            Hypothesis("ssp_one_tenth", "JC-29", f"a tenth of the SSP of line {place}", "{ssp_text}",
                       price_twists.scaled_ssp(place, times=1, per=10)),
            Hypothesis("price_ten_times", "JC-27", f"ten times the price of line {place}", "{price_text}",
                       price_twists.placed(place, price=pl.col("price") * 10)),
            Hypothesis("price_one_tenth", "JC-27", f"a tenth of the price of line {place}", "{price_text}",
                       price_twists.placed(place, price=pl.col("price") // 10)),
        ]  # fmt: skip
    found += [
        Hypothesis("rounding_dumped", "JC-28", f"shares rounded down, with all cents left over on the {rest} line",
                   "cents by largest remainder", price_twists.shared("ssp", rest))
        for rest in ("last", "first", "largest")
    ]  # fmt: skip
    found += [
        Hypothesis("allocation_by_price", "JC-28", f"shares by {weight}, cents on the last line", "relative SSPs",
                   price_twists.shared(weight, "last")) for weight in ("price", "alike")
    ]  # fmt: skip
    none = pl.lit(None, pl.Int64)
    bare = twists.contracts_with(**{"discount.percent": none, "discount.amount": none})
    return [*found, Hypothesis("discount_left_out", "JC-27", "the prices without the discount", "a discount", bare)]


def _bills() -> list[Hypothesis]:
    return [
        Hypothesis("billed_at_another_pace", "JC-12", f"bills {words}", "another pace",
                   twists.billed(billing_frequency=pl.lit(value)))
        for value, words in (("monthly", "by the month"), ("quarterly", "by the quarter"), ("annual", "by the year"),
                             ("semiannual", "by the half year"), ("once", "at once"))
    ] + [
        Hypothesis("billed_at_the_other_end", "JC-12", f"bills in {timing}", "the other end of the period",
                   twists.billed(billing_timing=pl.lit(timing))) for timing in ("advance", "arrears")
    ]  # fmt: skip


def _late() -> list[Hypothesis]:
    return [
        Hypothesis("locks_ignored", "JC-24", "late facts dated back into closed months", "the first open day",
                   twists.cleared("locks")),
    ]  # fmt: skip


def _needing(table: str, found: Iterable[Hypothesis]) -> list[Hypothesis]:
    return [replace(hypothesis, needs=table) for hypothesis in found]


def _second(found: Iterable[Hypothesis]) -> list[Hypothesis]:
    return [replace(hypothesis, round=max(hypothesis.round, 2)) for hypothesis in found]


ALL: tuple[Hypothesis, ...] = (
    *_prorations(), *_methods(), *_free_months(), *_needing("amendments", [*_added_lines(), *_amendments()]),
    *_needing("credit_notes", _credits()), *_needing("usage", _use()), *_prices(), *_bills(),
    *_needing("locks", _late()), *_second(_starts()), *_second(_ends()),
)  # fmt: skip
"""Every hypothesis, the one to name first before the others."""
ROUNDS = tuple(sorted({hypothesis.round for hypothesis in ALL}))
