"""What happens to contracts after they are signed, all of it right: amendments, credits, renewals, late facts.

Worked example: of 100 contracts about 20 are amended (more users, a module added at its list price, a price cut for the
rest, a concession for the whole), 8 are credited, 8 renew, and 5 become known after a month that they touch was locked.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from ratable.oracle import dates
from ratable.review.evaluation import clauses, deals, desk, terms, wording
from ratable.review.evaluation.desk import Change, Deal, Desk
from ratable.review.evaluation.facts import Row

_REASONS = {
    "seats": ("{n} more users from {on}", "user count raised, order of {on}", "additional seats, effective {on}"),
    "cut": ("price lowered for the rest of the term from {on}", "retention discount agreed, in force on {on}"),
    "raise": ("larger plan from {on} to the end of the term", "upgrade agreed with effect from {on}"),
    "add": ("module added from {on}", "add-on ordered, starting {on}"),
    "concession": ("price concession for the whole service, which is not distinct; agreed {on}",),
    "end": ("terminated by the customer as of {on}", "early termination with effect from {on}"),
}


def happen(at: Desk, deal: Deal) -> None:
    """Let one contract have, or not have, something happen to it."""
    drawn = at.chance.random()
    if drawn < 0.20:
        amended(at, deal)
    elif drawn < 0.28:
        credited(at, deal)
    elif drawn < 0.36:
        renewed(at, deal)
    elif drawn < 0.41:
        desk.late(at, "contracts", key=deal.id)


def middle(at: Desk, deal: Deal) -> date | None:
    """First day of a month inside the term and the window, with some months before and after; None: there is none."""
    last = min(deal.end, at.company.through)
    found = [
        month
        for month in (dates.in_month(deal.start, number, 1) for number in range(2, 24))
        if deal.start + timedelta(days=45) < month < last - timedelta(days=60)
    ]
    return at.chance.choice(found) if found else None


def why(at: Desk, kind: str, on: date, *, number: int = 0) -> str:
    """The reason of an amendment."""
    return at.chance.choice(_REASONS[kind]).format(on=wording.day(at.chance, at.writer, on), n=number)


def amended(at: Desk, deal: Deal) -> str | None:
    """One amendment that suits the contract; its id."""
    on = middle(at, deal)
    first = deal.promises[0]
    if on is None or deal.invoicing == "import" or first.by_use or first.milestones or "billing.dates" in first.more:
        return None
    if first.quantity:
        more = at.chance.randint(2, 30)
        change = {"op": "change", "line": deal.lines[0], "quantity": first.quantity + terms.quantity(more)}
        return desk.amend(at, deal.id, Change(on, (change,), "prospective", why(at, "seats", on, number=more)))
    if not (first.start and first.end and first.start <= on < first.end):
        return None
    makers: list[Callable[[Desk, Deal, date], str]] = [added, added, raised]
    if not discounted(at, deal) and all(billed_once(promise) for promise in deal.promises):
        makers += [lowered, conceded, ended]
    return at.chance.choice(makers)(at, deal, on)


def discounted(at: Desk, deal: Deal) -> bool:
    """Whether something comes off the whole contract."""
    row = next(row for row in at.tables["contracts"] if row["id"] == deal.id)
    return any(name.startswith("discount.") for name in row)


def billed_once(promise: terms.Promise) -> bool:
    """Whether a line is billed in full when it begins."""
    whole = promise.frequency == "once" or (promise.frequency == "annual" and promise.months <= 12)
    return whole and not promise.delivered_on and "billing.dates" not in promise.more


def raised(at: Desk, deal: Deal, on: date) -> str:
    """A higher price for the rest of the term."""
    change = {"op": "change", "line": deal.lines[0], "price_change": moved(at, deal)}
    return desk.amend(at, deal.id, Change(on, (change,), "prospective", why(at, "raise", on)))


def lowered(at: Desk, deal: Deal, on: date) -> str:
    """A lower price for the rest of the term; what was billed above it is given back."""
    step = moved(at, deal)
    change = {"op": "change", "line": deal.lines[0], "price_change": -step}
    name = desk.amend(at, deal.id, Change(on, (change,), "prospective", why(at, "cut", on)))
    give_back(at, deal, on, {deal.lines[0]: step})
    return name


def give_back(at: Desk, deal: Deal, on: date, amounts: dict[str, int]) -> str:
    """A credit note, some days after an amendment, for what it leaves of bills already made; amounts by line."""
    issued = on + timedelta(days=at.chance.randint(0, 9))
    note = {"invoice": f"{deal.id}/{deal.start}", "issued_on": issued, "cause": "amendment",
            "reason": at.chance.choice(("billed before the amendment", "difference to the amended fee"))}  # fmt: skip
    return desk.credit(at, note, {f"{line}/{deal.start}": amount for line, amount in amounts.items()})


def repriced(at: Desk, deal: Deal, on: date) -> str:
    """Another price for the rest of the term."""
    return at.chance.choice((raised, lowered))(at, deal, on)


def moved(at: Desk, deal: Deal) -> int:
    """About a tenth of the price of the first line."""
    price = deal.promises[0].price or 0
    return max(100, price * at.chance.randint(5, 15) // 100 // 100 * 100)


def added(at: Desk, deal: Deal, on: date) -> str:
    """A module that ends with the contract, or a year of it."""
    with_it = at.chance.random() < 0.6
    end = deal.promises[0].end if with_it else terms.last_day(on, 12)
    return desk.amend(at, deal.id, Change(on, (module(at, deal, on, end=end or deal.end),), reason=why(at, "add", on)))


def module(at: Desk, deal: Deal, on: date, *, end: date) -> Row:
    """A line to add: analytics from a day to an end, at about its list price."""
    line = deals.subscription(at, deal.currency, on, months=12, product="analytics")
    months = max(1, terms.months_between(on, end))
    says = (clauses.co_termed(at.chance, deal.writer, end),) if end == deal.promises[0].end else ()
    whole = deals.price(at, "analytics", deal.currency, months)
    line = replace(line, end=end, price=whole, frequency="once", says=says, clause=True)
    number = len(deal.lines) + 1
    return {"op": "add", "line": f"{deal.id}-{number}"} | desk.said(at, deal.writer, line)


def conceded(at: Desk, deal: Deal, on: date) -> str:
    """Less for the whole service, past and to come."""
    step = moved(at, deal)
    change = {"op": "change", "line": deal.lines[0], "price_change": -step}
    name = desk.amend(at, deal.id, Change(on, (change,), "catch_up", why(at, "concession", on)))
    give_back(at, deal, on, {deal.lines[0]: step})
    return name


def ended(at: Desk, deal: Deal, on: date) -> str:
    """The contract ends early: each line costs what its months did, and the rest of its bill is given back."""
    return lines_ended(at, deal, on, deal.lines)


def lines_ended(at: Desk, deal: Deal, on: date, lines: tuple[str, ...]) -> str:
    """Some lines of a contract end early."""
    changes, back = [], {}
    for line, promise in zip(deal.lines, deal.promises, strict=True):
        if line in lines and promise.start and promise.price:
            used = promise.price * terms.months_between(promise.start, on - dates.ONE_DAY) // promise.months
            changes.append({"op": "remove", "line": line, "price": used})
            back[line] = promise.price - used
    name = desk.amend(at, deal.id, Change(on, tuple(changes), "auto", why(at, "end", on)))
    give_back(at, deal, on, back)
    return name


def first_bill(at: Desk, deal: Deal) -> tuple[str, str, int]:
    """The first bill of the first line: invoice, invoice line and amount before discounts of the contract."""
    line, promise = deal.lines[0], deal.promises[0]
    if deal.invoicing == "import":
        bill = next(row for row in at.tables["invoice_lines"] if row["contract_line"] == line)
        return bill["invoice"], bill["id"], bill["amount"]
    per = {"monthly": 1, "quarterly": 3, "semiannual": 6, "annual": 12}.get(promise.frequency, promise.months)
    amount = (promise.price or 0) * min(per, promise.months) // promise.months
    return f"{deal.id}/{deal.start}", f"{line}/{deal.start}", amount


def credited(at: Desk, deal: Deal) -> str | None:
    """A part of the first bill is credited; its id."""
    on = middle(at, deal)
    promise = deal.promises[0]
    simple = promise.price and not promise.by_use and not promise.milestones and "billing.dates" not in promise.more
    if on is None or not simple or promise.start != deal.start or promise.timing != "advance":
        return None
    bill, bill_line, amount = first_bill(at, deal)
    cause, reason = at.chance.choice((
        ("price_reduction", "fewer users than planned for the rest of the term"),
        ("price_reduction", "goodwill reduction agreed with the account manager"),
        ("service_credit", f"outage of {at.chance.randint(3, 11)} hours, service level missed"),
    ))  # fmt: skip
    part = max(1, amount * at.chance.randint(3, 12) // 100)
    note = {"invoice": bill, "issued_on": on + timedelta(days=9), "cause": cause, "reason": reason}
    return desk.credit(at, note, {bill_line: part})


def renewed(at: Desk, deal: Deal) -> Deal | None:
    """The next year of the same, signed before the old one ends."""
    begins = deal.end + dates.ONE_DAY
    first = deal.promises[0]
    if (
        begins > at.month(16)
        or first.start is None
        or first.quantity
        or not first.price
        or "billing.dates" in first.more
    ):
        return None
    who = desk.Parties(
        desk.customer(at, deal.customer), deal.currency, begins - timedelta(days=at.chance.randint(5, 50)),
    )  # fmt: skip
    signed = max(who.signed_on, at.company.first)
    line = deals.subscription(at, deal.currency, begins, months=12, product=first.product)
    return desk.agree(at, replace(who, signed_on=signed), [line])


def late_use(at: Desk, spared: set[str]) -> None:
    """Some use is reported after its month was locked; not that of the accounts that are spared."""
    of = {row["id"]: f"contract {row['contract']}" for row in at.tables["contract_lines"]}
    for row in at.tables["usage"]:
        if of[row["contract_line"]] not in spared and at.chance.random() < 0.03:
            desk.late(at, "usage", key=row["id"])


def payments(at: Desk) -> None:
    """Money for about a third of the invoices, a month or so after they were issued."""
    amounts = {row["invoice"]: row["amount"] for row in at.tables["invoice_lines"]}
    for row in at.tables["invoices"]:
        received = row["issued_on"] + timedelta(days=at.chance.randint(12, 50))
        if received <= at.company.through and at.chance.random() < 0.35:
            at.tables["payments"].append({
                "id": desk.fresh(at, "payments"), "invoice": row["id"], "amount": amounts[row["id"]],
                "received_on": received, "known_on": received,
            })  # fmt: skip
