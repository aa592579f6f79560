"""Errors in days: a start, an end, a delivery or a term that the document does not say; the journal follows the facts.

Worked example: the clause says "from and including 1 March 2025 to and including 28 February 2026", the row begins on
1 February 2025; the fix is {"start": "2025-03-01"}.
"""

from dataclasses import replace
from datetime import date, timedelta

from ratable.oracle import dates
from ratable.review.evaluation import clauses, deals, desk, terms, wording
from ratable.review.evaluation.desk import Deal, Desk
from ratable.review.evaluation.facts import Edit, Row
from ratable.review.evaluation.planting import ground, kinds
from ratable.review.evaluation.planting.kinds import FACTS, Kind, Plan
from ratable.review.evaluation.terms import Promise


def _moved(at: Desk, deal: Deal, **wrong: date) -> Plan:
    """The first line with other days than agreed; one time in two the contract has them too."""
    line, promise = deal.lines[0], deal.promises[0]
    edits = [kinds.wrong_line(line, **wrong)]
    own = {name: day for name, day in wrong.items() if name in ("start", "end")}
    if own and at.chance.random() < 0.5:
        edits.append(Edit("set", "contracts", {"id": deal.id}, dict(own)))
    true = {name: getattr(promise, name) for name in wrong}
    fix = kinds.correct("contract_lines", line, **true)
    return Plan((deal.account,), "contract_lines", line, (fix,), (f"contracts/{deal.id}",), tuple(edits))


def _wrong_start(at: Desk) -> Plan:
    deal = ground.line_over_time(at, ground.begins(at, 2, 9))
    earlier = dates.in_month(deal.start, -at.chance.choice((1, 1, 2)), deal.start.day)
    return _moved(at, replace(deal), start=max(earlier, at.company.first))


def _real_odd_length(at: Desk) -> Plan:
    return kinds.right(
        ground.line_over_time(at, ground.begins(at, 1, 6, mid=True), months=at.chance.choice((11, 13, 14)))
    )


def _wrong_end(at: Desk) -> Plan:
    deal = ground.line_over_time(at, ground.begins(at, 0, 6))
    moved = at.chance.choice((-3, -2, -1, 1, 3))
    return _moved(at, deal, end=terms.last_day(deal.start, 12 + moved))


def _real_seventeen_months(at: Desk) -> Plan:
    return kinds.right(ground.line_over_time(at, ground.begins(at, 0, 5), months=at.chance.choice((9, 10, 15, 17))))


def _long_term(at: Desk) -> Plan:
    deal = ground.line_over_time(at, ground.begins(at, 4, 11), frequency="once")
    years = at.chance.choice((2, 10))
    return _moved(at, deal, end=terms.last_day(deal.start, 12 + 12 * years))


def _real_prepayment(at: Desk) -> Plan:
    return kinds.right(ground.line_over_time(at, ground.begins(at, 4, 11), months=36, frequency="once"))


def _go_live(at: Desk, *, counts: bool) -> tuple[Deal, date]:
    """A line whose clause names a go-live; where it counts, service and term begin on that day."""
    signed = ground.begins(at, 1, 7)
    live = signed + timedelta(days=at.chance.randint(25, 80))
    start = live if counts else signed
    who, promise = ground.over_time(at, start)
    writer = at.writer
    lived, begun, ends = (wording.day(at.chance, writer, day) for day in (live, start, promise.end or start))
    fee = wording.money(at.chance, promise.price or 0, who.currency)
    said = at.chance.choice((
        f"The subscription term of twelve months commences upon go-live. Go-live was certified on {lived}; the term "
        f"ends on {ends}. The annual fee is {fee}.",
        f"Service begins on the date of go-live, which both parties recorded as {lived}, and lasts until {ends}. Fees: "
        f"{fee} for the year.",
    ) if counts else (
        f"The subscription term begins on {begun} and ends on {ends}, irrespective of the date of go-live, which is "
        f"planned for {lived}. The annual fee is {fee}.",
        f"Customer has full access from {begun} until {ends}; fees of {fee} accrue from then whether or not go-live "
        f"(expected {lived}) has taken place.",
    ))  # fmt: skip
    deal = desk.agree(at, replace(who, signed_on=max(at.company.first, signed - timedelta(days=9))), [
        replace(promise, instead=(said,))
    ])  # fmt: skip
    return deal, signed


def _before_go_live(at: Desk) -> Plan:
    deal, signed = _go_live(at, counts=True)
    return _moved(at, deal, start=signed)


def _access_before_go_live(at: Desk) -> Plan:
    return kinds.right(_go_live(at, counts=False)[0])


def _package(at: Desk, *, follow_up: bool) -> tuple[Deal, date]:
    begin = ground.begins(at, 1, 10)
    who, base = ground.over_time(at, begin)
    done = begin + timedelta(days=at.chance.randint(70, 110))
    asked = deals.price(at, "onboarding", who.currency, 12)
    package = Promise("onboarding", who.currency, begin, base.end, asked, frequency="once", delivered_on=done)
    if follow_up:
        after = wording.day(at.chance, at.writer, done + timedelta(days=at.chance.randint(40, 70)))
        package = replace(package, says=(f"A review workshop, included in the platform fee, is held on {after}.",))
    return desk.agree(at, who, [base, package]), done


def _delivered_early(at: Desk) -> Plan:
    deal, done = _package(at, follow_up=False)
    line = deal.lines[1]
    early = max(deal.start, done - timedelta(days=at.chance.randint(35, 65)))
    fix = kinds.correct("contract_lines", line, delivered_on=done)
    edit = kinds.wrong_line(line, delivered_on=early)
    return Plan((deal.account,), "contract_lines", line, (fix,), (), (edit,))


def _delivered_with_follow_up(at: Desk) -> Plan:
    return kinds.right(_package(at, follow_up=True)[0])


def _free_months_cut_off(at: Desk) -> Plan:
    begin, free = ground.begins(at, 0, 6), at.chance.choice((2, 3))
    who = desk.alone(at, begin)
    deal = desk.agree(at, who, [deals.free_first(at, who.currency, begin, free=free)])
    return _moved(at, deal, start=dates.in_month(begin, free, begin.day))


def _set_up_before_service(at: Desk) -> Plan:
    begin = ground.begins(at, 2, 8)
    who, promise = ground.over_time(at, begin)
    from_day = wording.day(at.chance, at.writer, dates.in_month(begin, -2, 1))
    says = f"Provider prepares the environment from {from_day}; Customer has no access before the term begins."
    return kinds.right(desk.agree(at, who, [replace(promise, says=(says,))]))


def _coterm(at: Desk, *, own_year: bool) -> tuple[Deal, str, date]:
    """A module added in the middle of a year, that ends with it or runs for a year of its own; the line's true end."""
    deal = ground.line_over_time(at, ground.begins(at, 0, 3), frequency="annual")
    on = dates.in_month(deal.start, at.chance.randint(3, 7), 1)
    end = terms.last_day(on, 12) if own_year else deal.end
    line = desk.amend(at, deal.id, desk.Change(on, (_module(at, deal, on, end=end),), "prospective", "module added"))
    return deal, line, end


def _module(at: Desk, deal: Deal, on: date, *, end: date) -> Row:
    row = deals.subscription(at, deal.currency, on, months=12, product="analytics")
    months = terms.months_between(on, end)
    says = (clauses.co_termed(at.chance, deal.writer, end),) if end == deal.end else ()
    whole = deals.price(at, "analytics", deal.currency, months)
    row = replace(row, end=end, price=whole, frequency="once", says=says, clause=True)
    return {"op": "add", "line": f"{deal.id}-2"} | desk.said(at, deal.writer, row)


def _not_coterminous(at: Desk) -> Plan:
    deal, amendment, end = _coterm(at, own_year=False)
    line = f"{deal.id}-2"
    wrong = dates.in_month(end, at.chance.choice((5, 6, 12)), 28)
    edit = Edit("set", "amendment_changes", {"amendment": amendment, "line": line}, {"end": wrong})
    fix = kinds.correct("amendment_changes", f"{amendment}/{line}", end=end)
    rows = (f"amendments/{amendment}", f"amendment_changes/{amendment}/{line}", f"amendment_changes/{line}")
    return Plan((deal.account,), "contract_lines", line, (fix,), rows, (edit,))


def _year_of_its_own(at: Desk) -> Plan:
    return kinds.right(_coterm(at, own_year=True)[0])


_START, _END = frozenset({"JC-11", "JC-16"}), frozenset({"JC-11", "JC-17", "JC-18"})

KINDS = (
    Kind("wrong_start", "moderate", FACTS, _START | {"JC-18"}, "Line begins before its clause says", _wrong_start,
         _real_odd_length),
    Kind("wrong_end", "moderate", FACTS, _END, "Line ends on another day than its clause says", _wrong_end,
         _real_seventeen_months),
    Kind("mis_keyed_term", "easy", FACTS, _END | {"JC-37"}, "Term keyed years too long: deferred revenue jumps",
         _long_term, _real_prepayment),
    Kind("before_go_live", "hard", FACTS, _START, "Revenue before the go-live that begins the term", _before_go_live,
         _access_before_go_live),
    Kind("delivered_early", "moderate", FACTS, frozenset({"JC-16", "JC-11"}), "Delivery dated before its acceptance",
         _delivered_early, _delivered_with_follow_up),
    Kind("free_months_cut_off", "hard", FACTS, frozenset({"JC-11", "JC-16", "JC-32"}), "Free months not in the line",
         _free_months_cut_off, _set_up_before_service),
    Kind("coterm", "hard", FACTS, _END | {"JC-19"}, "Added line does not end with its contract", _not_coterminous,
         _year_of_its_own),
)  # fmt: skip
