"""Errors in what became of a contract: an amendment that came twice, on another day, with another sign, or not at all.

Worked example: the reason of AM-310 says "price falls by USD 1,200.00 from 1 June 2025", the change is +1,200.00; the
fix is {"price_change": "-1200.00"}.
"""

from datetime import date, timedelta

from ratable.oracle import dates
from ratable.review.evaluation import desk, events, terms, wording
from ratable.review.evaluation.desk import Change, Deal, Desk
from ratable.review.evaluation.facts import Edit, Row
from ratable.review.evaluation.planting import ground, kinds
from ratable.review.evaluation.planting.kinds import FACTS, Kind, Plan
from ratable.review.proposals import Fix


def _amended(at: Desk, *, says: tuple[str, ...], step: int, treatment: str = "prospective") -> tuple[Deal, str, Row]:
    """A year whose price is moved in its middle, with a reason that names amount and day."""
    deal = ground.line_over_time(at, ground.begins(at, 0, 4), frequency=at.chance.choice(("annual", "quarterly")))
    moved = events.moved(at, deal) * step
    on = dates.in_month(deal.start, at.chance.randint(3, 8), 1)
    reason = at.chance.choice(says).format(
        amount=wording.money(at.chance, abs(moved), deal.currency), on=wording.day(at.chance, deal.writer, on)
    )
    change = {"op": "change", "line": deal.lines[0], "price_change": moved}
    name = desk.amend(at, deal.id, Change(on, (change,), treatment, reason))
    if moved < 0 and events.billed_once(deal.promises[0]):
        events.give_back(at, deal, on, {deal.lines[0]: -moved})
    return deal, name, change


_RAISED = ("larger plan: the fee for the rest of the term rises by {amount} from {on}",
           "upgrade, plus {amount}, effective {on}")  # fmt: skip
_LOWERED = (
    "fee reduced by {amount} as of {on}",
    "price falls by {amount} from {on}",
    "retention discount of {amount}, in force on {on}",
)


def _named(deal: Deal, *amendments: str) -> tuple[str, ...]:
    line = deal.lines[0]
    return (f"contract_lines/{line}", f"contracts/{deal.id}", *(
        row for name in amendments for row in (f"amendments/{name}", f"amendment_changes/{name}/{line}")
    ))  # fmt: skip


def _came_twice(at: Desk) -> Plan:
    deal, first, change = _amended(at, says=_RAISED, step=1)
    name = desk.fresh(at, "amendments")
    head = next(row for row in at.tables["amendments"] if row["id"] == first)
    shift = timedelta(days=at.chance.choice((0, 0, 1)))
    edits = (
        Edit("add", "amendments", values=head | {"id": name, "approved_on": head["approved_on"] + shift}),
        Edit("add", "amendment_changes", values=change | {"amendment": name}),
    )
    fix = kinds.correct("amendment_changes", f"{name}/{deal.lines[0]}", price_change=kinds.text(0, deal.currency))
    return Plan((deal.account,), "amendments", name, (fix,), _named(deal, first, name), edits)


def _two_upgrades(at: Desk) -> Plan:
    """Two steps of one amount, each with its own day and reason."""
    deal, first, change = _amended(at, says=_RAISED, step=1)
    head = next(row for row in at.tables["amendments"] if row["id"] == first)
    on = dates.in_month(head["effective_on"], 1, 1)
    reason = f"second step of the upgrade, as foreseen for {wording.day(at.chance, deal.writer, on)}"
    desk.amend(at, deal.id, Change(on, (change,), "prospective", reason))
    return kinds.right(deal)


def _other_day(at: Desk) -> Plan:
    deal, name, _ = _amended(at, says=_RAISED + _LOWERED[:1], step=at.chance.choice((1,)))
    head = next(row for row in at.tables["amendments"] if row["id"] == name)
    true: date = head["effective_on"]
    wrong = dates.in_month(true, at.chance.choice((-1, 1, 2)), 1)
    edit = Edit(
        "set", "amendments", {"id": name}, {"effective_on": wrong, "approved_on": min(wrong, head["approved_on"])}
    )
    fix = kinds.correct("amendments", name, effective_on=true)
    return Plan((deal.account,), "amendments", name, (fix,), _named(deal, name), (edit,))


def _signed_after(at: Desk) -> Plan:
    """An amendment approved after the day that its reason names as asked for; it takes effect when it is approved."""
    deal = ground.line_over_time(at, ground.begins(at, 0, 4))
    on = dates.in_month(deal.start, at.chance.randint(3, 8), 1)
    asked = wording.day(at.chance, deal.writer, dates.in_month(on, -1, 1))
    reason = f"requested on {asked}, in force on {wording.day(at.chance, deal.writer, on)}"
    change = {"op": "change", "line": deal.lines[0], "price_change": events.moved(at, deal)}
    desk.amend(at, deal.id, Change(on, (change,), "prospective", reason))
    return kinds.right(deal)


def _wrong_sign(at: Desk) -> Plan:
    deal, name, change = _amended(at, says=_LOWERED, step=-1)
    true = int(change["price_change"])
    edit = Edit("set", "amendment_changes", {"amendment": name}, {"price_change": -true})
    fix = kinds.correct("amendment_changes", f"{name}/{deal.lines[0]}", price_change=kinds.text(true, deal.currency))
    return Plan((deal.account,), "amendments", name, (fix,), _named(deal, name), (edit,))


def _rise_after_cut(at: Desk) -> Plan:
    """A cut is taken back two months later: the price rises again, as the reason says."""
    deal, first, change = _amended(at, says=_LOWERED, step=-1)
    head = next(row for row in at.tables["amendments"] if row["id"] == first)
    on = dates.in_month(head["effective_on"], 2, 1)
    back = change | {"price_change": -int(change["price_change"])}
    shown = wording.money(at.chance, int(back["price_change"]), deal.currency)
    reason = f"the earlier reduction ends: plus {shown} from {wording.day(at.chance, deal.writer, on)}"
    desk.amend(at, deal.id, Change(on, (back,), "prospective", reason))
    return kinds.right(deal)


def _churn(at: Desk, *, reason: str, cause: str) -> tuple[Deal, date, str]:
    """A year that is credited in its middle; the reason of the credit note names a day."""
    deal = ground.line_over_time(at, ground.begins(at, 0, 4), frequency="annual")
    months = at.chance.randint(4, 8)
    on = dates.in_month(deal.start, months, deal.start.day)
    bill, line, amount = events.first_bill(at, deal)
    said = reason.format(
        on=wording.day(at.chance, deal.writer, on), last=wording.day(at.chance, deal.writer, on - dates.ONE_DAY)
    )
    share = amount - amount * months // 12 if cause == "amendment" else amount // 12
    note = {"invoice": bill, "issued_on": on + timedelta(days=at.chance.randint(2, 12)), "cause": cause, "reason": said}
    return deal, on, desk.credit(at, note, {line: share})


def _missed_churn(at: Desk) -> Plan:
    """The unused months were credited, the contract runs on: the amendment that ends it never came."""
    deal, on, note = _churn(at, cause="amendment", reason=at.chance.choice((
        "contract terminated, service ended on {last}; unused months refunded",
        "customer left: last day of service {last}, the rest of the year is credited",
    )))  # fmt: skip
    price, used = deal.promises[0].price or 0, terms.months_between(deal.start, on - dates.ONE_DAY)
    name = desk.fresh(at, "amendments")
    ending = (
        Edit("add", "amendments", values={
            "id": name, "contract": deal.id, "effective_on": on, "approved_on": on, "treatment": "auto",
            "reason": "terminated", "known_on": on,
        }),
        Edit("add", "amendment_changes", values={
            "amendment": name, "op": "remove", "line": deal.lines[0], "price": price * used // 12,
        }),
    )  # fmt: skip
    for edit in ending:
        at.tables[edit.table].append(edit.values)
    gone = (Edit("drop", "amendment_changes", {"amendment": name}), Edit("drop", "amendments", {"id": name}))
    fix = Fix("add", "amendments", "", {
        "contract": deal.id, "effective_on": on.isoformat(), "op": "remove", "line": deal.lines[0],
    })  # fmt: skip
    rows = (f"contracts/{deal.id}", f"credit_notes/{note}")
    return Plan((deal.account,), "contract_lines", deal.lines[0], (fix,), rows, gone)


def _notice_for_the_end(at: Desk) -> Plan:
    """A credit whose reason speaks of a service that ended: another one; this contract runs on."""
    deal, _, _ = _churn(
        at, cause="service_credit", reason="compensation for the outage that ended on {last}; contract unchanged"
    )
    return kinds.right(deal)


_MOVED = frozenset({"JC-24", "JC-25"})

KINDS = (
    Kind("amendment_twice", "moderate", FACTS, _MOVED | {"JC-49"}, "Amendment brought in twice", _came_twice,
         _two_upgrades),
    Kind("amendment_on_another_day", "hard", FACTS, _MOVED | {"JC-11"}, "Amendment keyed to another day than agreed",
         _other_day, _signed_after),
    Kind("amendment_with_wrong_sign", "expert", FACTS, _MOVED, "Price rises where it was to fall", _wrong_sign,
         _rise_after_cut),
    Kind("missed_churn", "expert", FACTS, frozenset({"JC-17", "JC-24", "JC-43"}),
         "Contract ended and credited, and recognized on", _missed_churn, _notice_for_the_end),
)  # fmt: skip
