"""The ordinary business of a company: every kind of contract that is right, however odd it looks.

Worked example: `ordinary(desk)` writes a year of the platform with support and an onboarding at 10% off, or three
years prepaid, or 14 months of which two are free, or a usage contract with tiers and its use: one contract each time.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from ratable.core import currencies, tables
from ratable.oracle import dates
from ratable.review.evaluation import clauses, companies, desk, terms, wording
from ratable.review.evaluation.desk import Deal, Desk
from ratable.review.evaluation.facts import Row
from ratable.review.evaluation.terms import Promise

_FREQUENCIES = ("annual", "annual", "annual", "quarterly", "quarterly", "monthly", "monthly", "semiannual", "once")


def start(at: Desk, last: int = 16) -> date:
    """The first day of some service: mostly that of a month."""
    month = at.month(at.chance.choice((0, 0, 1, at.chance.randint(0, last), at.chance.randint(0, last))))
    return month if at.chance.random() < 0.6 else month + timedelta(days=at.chance.randint(1, 27))


def price(at: Desk, product: str, currency: str, months: int) -> int:
    """A price near that of the list, for a whole term."""
    usual = at.company.price(product, currency) * at.chance.randint(88, 112) // 100
    per = {"platform": 12, "analytics": 12, "support": 1, "hosting": 1}.get(product)
    whole = usual * months // per if per else usual
    step = 100 if whole < 10**6 else 10_000
    return max(step, whole // step * step)


def subscription(at: Desk, currency: str, begins: date, *, months: int, product: str = "platform") -> Promise:
    """A line over time at a price near that of the list."""
    return Promise(
        product, currency, begins, terms.last_day(begins, months), price(at, product, currency, months),
        frequency=at.chance.choice(_FREQUENCIES), clause=at.chance.random() < 0.85,
    )  # fmt: skip


def single(at: Desk) -> Deal:
    """One line over time, of a usual length."""
    begins = start(at)
    who = desk.parties(at, begins)
    months = at.chance.choice((12, 12, 12, 12, 24, 36, 6))
    product = at.chance.choice(("platform", "platform", "analytics", "hosting", "support"))
    return desk.agree(at, who, [subscription(at, who.currency, begins, months=months, product=product)])


def bundle(at: Desk) -> Deal:
    """Several lines, often with an amount or a percent off the whole."""
    begins = start(at)
    who = desk.parties(at, begins)
    months = at.chance.choice((12, 12, 24))
    lines = [subscription(at, who.currency, begins, months=months)]
    for product in at.chance.sample(("support", "analytics", "hosting"), at.chance.randint(1, 2)):
        lines.append(subscription(at, who.currency, begins, months=months, product=product))
    if at.chance.random() < 0.5:
        lines.append(handed_over(at, who.currency, begins, months=months))
    if at.chance.random() < 0.6:
        off = terms.percent(at.chance.choice((5, 8, 10, 12, 15)))
        who = replace(who, more={"discount.percent": off})
    return desk.agree(at, who, lines)


def handed_over(at: Desk, currency: str, begins: date, *, months: int) -> Promise:
    """A package that is delivered on one day."""
    product = at.chance.choice(("onboarding", "training"))
    on = begins + timedelta(days=at.chance.randint(5, 80))
    return Promise(
        product, currency, begins, terms.last_day(begins, months), price(at, product, currency, months),
        frequency="once", delivered_on=on,
    )  # fmt: skip


def seats(at: Desk) -> Deal:
    """Users by the month, at a price for each."""
    begins = start(at)
    who = desk.parties(at, begins)
    each = at.company.price("seats", who.currency)
    return desk.agree(at, who, [by_the_seat(at, who.currency, begins, each=each)])


def by_the_seat(at: Desk, currency: str, begins: date, *, each: int) -> Promise:
    """A year of users, billed by the month."""
    scale = 10 ** (tables.UNIT_PRICE_DECIMALS - currencies.EXPONENTS[currency])
    return Promise(
        "seats", currency, begins, terms.last_day(begins, 12), unit_price=each * scale,
        quantity=terms.quantity(at.chance.randint(4, 120)), frequency="monthly", clause=at.chance.random() < 0.7,
    )  # fmt: skip


def metered(at: Desk) -> Deal:
    """What is used, by tiers or by the unit, some with a minimum."""
    begins = start(at)
    who = desk.parties(at, begins)
    product = at.chance.choice(("api-calls", "messages"))
    tiered = at.chance.random() < 0.5
    more: Row = {"pricing.model": "graduated", "pricing.period": "month"} if tiered else {"pricing.model": "per_unit"}
    if not tiered:
        more |= {"pricing.unit_price": at.chance.choice((8, 12, 20, 35)) * 10**5 * _scale(who.currency)}
    line = Promise(
        product, who.currency, begins, terms.last_day(begins, 12), frequency="monthly", timing="arrears", by_use=True,
        more=more,
    )  # fmt: skip
    deal = desk.agree(at, who, [line])
    if tiered:
        for up_to, each in ((10_000, 40), (50_000, 30), (None, 20)):
            tier = {"contract_line": deal.lines[0], "up_to": up_to and terms.quantity(up_to)}
            at.tables["price_tiers"].append(tier | {"unit_price": each * 10**5 * _scale(who.currency)})
    use(at, deal, level=at.chance.randint(8_000, 120_000))
    if at.chance.random() < 0.4:
        minimum(at, deal, at.chance.choice((300, 500, 800)))
    return deal


def use(at: Desk, deal: Deal, *, level: int) -> None:
    """Two to four readings a month, from the first day of the deal to its end or that of the window."""
    for number in range(companies.MONTHS):
        month = at.month(number)
        for _ in range(at.chance.randint(2, 4)):
            on = month + timedelta(days=at.chance.randint(0, 27))
            if deal.start <= on <= min(deal.end, at.company.through):
                read = max(1, int(level * at.chance.uniform(0.2, 0.5)))
                at.tables["usage"].append({
                    "id": desk.fresh(at, "usage"), "contract_line": deal.lines[0], "on": on,
                    "quantity": terms.quantity(read),
                })  # fmt: skip


def minimum(at: Desk, deal: Deal, major: int) -> str:
    """The least that a metered contract pays in a month; its id."""
    name = desk.fresh(at, "minimums")
    amount = major * _scale(deal.currency) * 10 ** currencies.EXPONENTS[deal.currency]
    at.tables["minimums"].append({
        "id": name, "contract": deal.id, "amount": amount, "every": "month", "allocation": "usage",
        "known_on": deal.signed_on,
    })  # fmt: skip
    at.tables["minimum_lines"].append({"minimum": name, "contract_line": deal.lines[0]})
    return name


def project(at: Desk) -> Deal:
    """A project by milestones, beside a year of the platform."""
    begins = start(at, last=12)
    who = desk.parties(at, begins)
    asked = price(at, "integration", who.currency, 12)
    steps = at.chance.choice(((("design", 30), ("build", 50), ("sign-off", 20)), (("pilot", 40), ("rollout", 60))))
    work = Promise(
        "integration", who.currency, begins, terms.last_day(begins, 12), asked, frequency="milestone",
        milestones=tuple((name, terms.percent(worth)) for name, worth in steps), more={"ssp": asked},
    )  # fmt: skip
    deal = desk.agree(at, who, [work, subscription(at, who.currency, begins, months=12)])
    on = begins
    for name, _ in steps:
        on += timedelta(days=at.chance.randint(20, 110))
        if on <= min(deal.end, at.company.through):
            at.tables["milestones_reached"].append(
                {"contract_line": deal.lines[0], "milestone": name, "on": on, "known_on": on}
            )
    return deal


def ramp(at: Desk) -> Deal:
    """Years at a rising price, each a line of its own."""
    begins = start(at, last=8)
    who = desk.parties(at, begins)
    base = price(at, "platform", who.currency, 12)
    lines = []
    for year, level in enumerate((75, 100, 125)[: at.chance.choice((2, 3))]):
        first = dates.in_month(begins, 12 * year, begins.day)
        whole = base * level // 100 // 100 * 100
        lines.append(Promise("platform", who.currency, first, terms.last_day(first, 12), whole, frequency="annual"))
    return desk.agree(at, who, lines)


def prepaid(at: Desk) -> Deal:
    """Three years paid in one amount."""
    begins = start(at, last=10)
    who = desk.parties(at, begins)
    line = subscription(at, who.currency, begins, months=36)
    return desk.agree(at, who, [replace(line, frequency="once", clause=True)])


def with_free_months(at: Desk) -> Deal:
    """A year and some months before it that cost nothing."""
    begins = start(at, last=9)
    who = desk.parties(at, begins)
    return desk.agree(at, who, [free_first(at, who.currency, begins, free=at.chance.choice((1, 2, 3)))])


def free_first(at: Desk, currency: str, begins: date, *, free: int) -> Promise:
    """A line of a year and some free months, billed from when they are over."""
    paid_from = dates.in_month(begins, free, begins.day)
    until = wording.day(at.chance, at.writer, paid_from - dates.ONE_DAY)
    dated = [dates.in_month(paid_from, 3 * quarter, paid_from.day) for quarter in range(4)]
    return Promise(
        "platform", currency, begins, terms.last_day(begins, 12 + free), price(at, "platform", currency, 12),
        frequency="custom", says=(clauses.free(at.chance, free, until=until),), more={"billing.dates": dated},
    )  # fmt: skip


def billed_elsewhere(at: Desk) -> Deal:
    """A contract whose invoices come from another system."""
    begins = start(at, last=14)
    who = desk.parties(at, begins, invoicing="import")
    months = at.chance.choice((12, 12, 24))
    lines = [subscription(at, who.currency, begins, months=months)]
    if at.chance.random() < 0.4:
        lines.append(subscription(at, who.currency, begins, months=months, product="support"))
    every = at.chance.choice((1, 3, 3, 12))
    frequency = {1: "monthly", 3: "quarterly", 12: "annual"}[every]
    deal = desk.agree(at, who, [replace(line, frequency=frequency) for line in lines])
    desk.bill(at, deal, every=every, until=at.company.through)
    return deal


def odd_term(at: Desk) -> Deal:
    """A term of an unusual length, as its clause says."""
    begins = start(at, last=12)
    who = desk.parties(at, begins)
    line = subscription(at, who.currency, begins, months=at.chance.choice((7, 9, 11, 13, 15, 17)))
    return desk.agree(at, who, [replace(line, clause=True)])


def on_its_own(at: Desk) -> str:
    """An invoice without a contract: support or hosting for some months, or training on a day; its id."""
    month = at.month(at.chance.randint(0, 16))
    who = desk.parties(at, month)
    product = at.chance.choice(("support", "hosting", "training"))
    months = 1 if product == "training" else at.chance.choice((1, 3, 6, 12))
    issued = month + timedelta(days=at.chance.randint(0, 9))
    last = issued if product == "training" else terms.last_day(month, months)
    first = issued if product == "training" else month
    one = desk.Bill(price(at, product, who.currency, months), issued, first, last, None, product)
    return desk.invoice(at, who.customer, one, contract=None, currency=who.currency)


_KINDS: tuple[tuple[int, Callable[[Desk], Deal]], ...] = (
    (30, single), (22, bundle), (9, seats), (9, metered), (4, project), (4, ramp), (4, prepaid), (5, with_free_months),
    (10, billed_elsewhere), (3, odd_term),
)  # fmt: skip


def ordinary(at: Desk) -> Deal:
    """One contract of any kind."""
    kinds, weights = [make for _, make in _KINDS], [weight for weight, _ in _KINDS]
    return at.chance.choices(kinds, weights)[0](at)


def _scale(currency: str) -> int:
    return 150 if currency == "JPY" else 1
