"""Journals that were computed from other facts than those shown: by another method, window, allocation or treatment.

Worked example: the facts end C-1020 on 31 August by an amendment, the journal was made without it: revenue runs on to
December. What is due less what is booked, by month of origin and pair of roles, is the fix.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from ratable.oracle import dates
from ratable.review.evaluation import companies, deals, desk, events, terms, wording
from ratable.review.evaluation.desk import Change, Deal, Desk
from ratable.review.evaluation.facts import Edit
from ratable.review.evaluation.planting import ground, kinds
from ratable.review.evaluation.planting.kinds import JOURNAL, Kind, Plan
from ratable.review.evaluation.terms import Promise


def misread(deal: Deal, *edits: Edit, line: int = 0) -> Plan:
    """The plan of a contract whose journal was computed from edited facts."""
    rows = (f"contracts/{deal.id}", *(f"contract_lines/{name}" for name in deal.lines))
    return Plan((deal.account,), "contract_lines", deal.lines[line], (), rows, edits)


def _start(at: Desk) -> Plan:
    deal = ground.line_over_time(at, ground.begins(at, 2, 8))
    earlier = max(dates.in_month(deal.start, -1, 1), at.company.first)
    return misread(deal, kinds.wrong_line(deal.lines[0], start=earlier))


def _mid_month(at: Desk) -> Plan:
    return kinds.right(ground.line_over_time(at, ground.begins(at, 1, 8, mid=True)))


def _end(at: Desk) -> Plan:
    deal = ground.line_over_time(at, ground.begins(at, 0, 5))
    end = terms.last_day(deal.start, 12 + at.chance.choice((-3, -1, 1, 12)))
    return misread(deal, kinds.wrong_line(deal.lines[0], end=end))


def _other_term(at: Desk) -> Plan:
    return kinds.right(ground.line_over_time(at, ground.begins(at, 0, 5), months=at.chance.choice((9, 15, 24))))


def _proration(at: Desk) -> Plan:
    used = at.chance.choice(("daily", "monthly_prorated"))
    other = at.chance.choice([name for name in ("daily", "monthly_prorated", "monthly_full_first") if name != used])
    deal = ground.line_over_time(at, ground.begins(at, 0, 7, mid=True), more={"proration": used})
    return misread(deal, kinds.wrong_line(deal.lines[0], proration=other))


def _own_proration(at: Desk) -> Plan:
    other = at.chance.choice(("monthly_full_first", "mid_month"))
    return kinds.right(ground.line_over_time(at, ground.begins(at, 0, 7, mid=True), more={"proration": other}))


def _leap(at: Desk) -> Plan:
    deal = _over_leap_day(at)
    return misread(deal, kinds.wrong_line(deal.lines[0], end=deal.end - dates.ONE_DAY))


def _over_leap_day(at: Desk) -> Deal:
    first = max(at.company.first, date(2023, 4, 1))
    begin = dates.in_month(first, at.chance.randint(0, 3), 1)
    return ground.line_over_time(at, min(begin, date(2024, 2, 1)), more={"proration": "daily"})


def _leap_right(at: Desk) -> Plan:
    return kinds.right(_over_leap_day(at))


def _has_leap_day(company: companies.Company) -> bool:
    return company.first <= date(2024, 1, 1) and company.through >= date(2024, 4, 30)


def _with_package(at: Desk, **more: object) -> Deal:
    begin = ground.begins(at, 0, 7)
    who, base = ground.over_time(at, begin)
    done = begin + timedelta(days=at.chance.randint(3, 40))
    asked = deals.price(at, "onboarding", who.currency, 12)
    package = Promise(
        "onboarding", who.currency, begin, base.end, asked, frequency="once", delivered_on=done, more=dict(more)
    )
    if more:
        says = "The set-up has no use without the subscription and is provided throughout its term."
        package = replace(package, delivered_on=None, says=(says,))
    return desk.agree(at, who, [base, package])


def _ratable_package(at: Desk) -> Plan:
    deal = _with_package(at)
    return misread(deal, kinds.wrong_line(deal.lines[1], method="straight_line"), line=1)


def _set_up_over_the_term(at: Desk) -> Plan:
    return kinds.right(_with_package(at, method="straight_line"))


def _at_once(at: Desk) -> Plan:
    deal = ground.line_over_time(at, ground.begins(at, 1, 11), product=at.chance.choice(("analytics", "platform")))
    return misread(deal, kinds.wrong_line(deal.lines[0], method="point_in_time", delivered_on=deal.start))


def _one_day(at: Desk) -> Plan:
    """A large package, delivered and earned on its first day."""
    begin = ground.begins(at, 1, 11)
    who = desk.alone(at, begin)
    asked = deals.price(at, "onboarding", who.currency, 12) * 4
    one = Promise("onboarding", who.currency, begin, begin, asked, frequency="once", delivered_on=begin)
    return kinds.right(desk.agree(at, who, [one]))


def changed(at: Desk, make: Callable[[Desk, Deal, date], str], *, lines: int = 1) -> tuple[Deal, str]:
    """A year, amended in its middle; the contract and the amendment."""
    begin = ground.begins(at, 0, 4)
    deal = ground.line_over_time(at, begin, frequency="annual") if lines == 1 else ground.two_lines(at, begin)
    return deal, make(at, deal, dates.in_month(deal.start, at.chance.randint(3, 8), 1))


def _without(amendment: str) -> tuple[Edit, Edit]:
    return (Edit("drop", "amendment_changes", {"amendment": amendment}), Edit("drop", "amendments", {"id": amendment}))


def _after_churn(at: Desk) -> Plan:
    deal, name = changed(at, events.ended)
    return replace(plan := misread(deal, *_without(name)), rows=(*plan.rows, f"amendments/{name}"))


def _one_line_ended(at: Desk) -> Plan:
    deal = ground.two_lines(at, ground.begins(at, 0, 4))
    on = dates.in_month(deal.start, at.chance.randint(3, 8), 1)
    events.lines_ended(at, deal, on, deal.lines[1:])
    return kinds.right(deal)


def _amendment_left_out(at: Desk) -> Plan:
    deal, name = changed(at, events.repriced)
    return replace(plan := misread(deal, *_without(name)), rows=(*plan.rows, f"amendments/{name}"))


def _changed_nothing(at: Desk) -> Plan:
    """An amendment that leaves price and days as they are, and so the journal."""
    deal = ground.line_over_time(at, ground.begins(at, 0, 4))
    on = dates.in_month(deal.start, 5, 1)
    change = {"op": "change", "line": deal.lines[0], "price_change": 0}
    desk.amend(at, deal.id, Change(on, (change,), "prospective", "new contact and billing address, terms unchanged"))
    return kinds.right(deal)


def _amendment_booked_twice(at: Desk) -> Plan:
    deal, name = changed(at, events.repriced)
    change = next(row for row in at.tables["amendment_changes"] if row["amendment"] == name)
    double = Edit("set", "amendment_changes", {"amendment": name}, {"price_change": 2 * change["price_change"]})
    return replace(plan := misread(deal, double), rows=(*plan.rows, f"amendments/{name}"))


def _amended_twice(at: Desk) -> Plan:
    deal, name = changed(at, events.repriced)
    head = next(row for row in at.tables["amendments"] if row["id"] == name)
    events.raised(at, deal, dates.in_month(head["effective_on"], 2, 1))
    return kinds.right(deal)


def _treated(make: Callable[[Desk, Deal, date], str], treatment: str) -> Callable[[Desk], Plan]:
    def plan(at: Desk) -> Plan:
        deal, name = changed(at, make)
        edit = Edit("set", "amendments", {"id": name}, {"treatment": treatment})
        return replace(whole := misread(deal, edit), rows=(*whole.rows, f"amendments/{name}"))

    return plan


def _rightly(make: Callable[[Desk, Deal, date], str]) -> Callable[[Desk], Plan]:
    return lambda at: kinds.right(changed(at, make)[0])


def _at_list_price(at: Desk, deal: Deal, on: date) -> str:
    """A module added at exactly its stated SSP: a contract of its own."""
    row = events.module(at, deal, on, end=deal.end)
    return desk.amend(at, deal.id, Change(on, (row | {"ssp": row["price"]},), "auto", events.why(at, "add", on)))


def _separate(at: Desk, *, wrong: bool) -> Plan:
    deal = ground.line_over_time(at, ground.begins(at, 0, 4), frequency="annual")
    line = next(row for row in at.tables["contract_lines"] if row["id"] == deal.lines[0])
    line["ssp"] = line["price"] * at.chance.choice((118, 125, 130)) // 100
    name = _at_list_price(at, deal, dates.in_month(deal.start, at.chance.randint(3, 8), 1))
    edit = Edit("set", "amendments", {"id": name}, {"treatment": "prospective"})
    plan = misread(deal, edit) if wrong else kinds.right(deal)
    return replace(plan, rows=(*plan.rows, f"amendments/{name}", f"contract_lines/{deal.id}-2"))


def _effective_elsewhere(at: Desk) -> Plan:
    deal, name = changed(at, events.repriced)
    head = next(row for row in at.tables["amendments"] if row["id"] == name)
    moved = dates.in_month(head["effective_on"], at.chance.choice((-1, 1)), 1)
    edit = Edit(
        "set", "amendments", {"id": name}, {"effective_on": moved, "approved_on": min(moved, head["approved_on"])}
    )
    return replace(plan := misread(deal, edit), rows=(*plan.rows, f"amendments/{name}"))


def _in_mid_month(at: Desk) -> Plan:
    def on_the_17th(at: Desk, deal: Deal, on: date) -> str:
        return events.repriced(at, deal, on.replace(day=17))

    return kinds.right(changed(at, on_the_17th)[0])


def _free_start(at: Desk) -> Plan:
    """Revenue only from when free months are over."""
    begin, free = ground.begins(at, 0, 6), at.chance.choice((2, 3))
    who = desk.alone(at, begin)
    deal = desk.agree(at, who, [deals.free_first(at, who.currency, begin, free=free)])
    return misread(deal, kinds.wrong_line(deal.lines[0], start=dates.in_month(begin, free, begin.day)))


def _billing_later(at: Desk) -> Plan:
    """No free months: the first bill comes later, as the clause says."""
    begin = ground.begins(at, 0, 6)
    who, promise = ground.over_time(at, begin)
    first = dates.in_month(begin, 2, begin.day)
    says = f"The first invoice is issued on {wording.day(at.chance, at.writer, first)}, for the whole year."
    promise = replace(promise, frequency="custom", says=(says,), more={"billing.dates": [first]})
    return kinds.right(desk.agree(at, who, [promise]))


_WINDOW = frozenset({"JC-11", "JC-16", "JC-17"})
_CHANGED = frozenset({"JC-24", "JC-25", "JC-63"})

KINDS = (
    Kind("booked_too_early", "easy", JOURNAL, _WINDOW, "Journal begins before the line does", _start, _mid_month),
    Kind("booked_to_another_end", "easy", JOURNAL, _WINDOW | {"JC-18"}, "Journal runs to another end", _end,
         _other_term),
    Kind("proration", "moderate", JOURNAL, frozenset({"JC-14", "JC-15"}), "Days and months mixed up", _proration,
         _own_proration),
    Kind("leap_day", "hard", JOURNAL, frozenset({"JC-11", "JC-14", "JC-15", "JC-17"}), "366 days taken as 365",
         _leap, _leap_right, fits=_has_leap_day),
    Kind("ratable_package", "easy", JOURNAL, frozenset({"JC-20"}), "Package booked over the term", _ratable_package,
         _set_up_over_the_term),
    Kind("subscription_at_once", "trivial", JOURNAL, frozenset({"JC-14", "JC-20"}), "Subscription booked on one day",
         _at_once, _one_day),
    Kind("revenue_after_churn", "moderate", JOURNAL, _CHANGED | {"JC-17"}, "Revenue runs on after the end",
         _after_churn, _one_line_ended),
    Kind("amendment_left_out", "moderate", JOURNAL, _CHANGED, "Journal made without an amendment", _amendment_left_out,
         _changed_nothing),
    Kind("amendment_booked_twice", "moderate", JOURNAL, _CHANGED, "Amendment counted twice", _amendment_booked_twice,
         _amended_twice),
    Kind("prospective_as_catch_up", "hard", JOURNAL, _CHANGED, "Prospective change booked as a catch-up",
         _treated(events.repriced, "catch_up"), _rightly(events.conceded)),
    Kind("catch_up_as_prospective", "hard", JOURNAL, _CHANGED, "Catch-up booked prospectively",
         _treated(events.conceded, "prospective"), _rightly(events.repriced)),
    Kind("separate_as_prospective", "hard", JOURNAL, _CHANGED, "Separate contract pooled with the old one",
         lambda at: _separate(at, wrong=True), lambda at: _separate(at, wrong=False), cancels=True),
    Kind("amendment_from_another_day", "moderate", JOURNAL, _CHANGED, "Amendment booked from another day",
         _effective_elsewhere, _in_mid_month),
    Kind("free_month_not_spread", "moderate", JOURNAL, _WINDOW | {"JC-32"}, "Free months left out of the schedule",
         _free_start, _billing_later),
)  # fmt: skip
