"""The question set (EV-06): half why, a third what changed, the rest roll-forwards, trends, and what has no answer.

Worked example: "Why was 12,340.00 USD deferred for Harrowgate Foods in March 2025?" is right when the answer states a
closing balance of 12340.00 USD and an opening of 13710.00 USD. "Why was revenue deferred for Harrowgate?" is right
when it is asked back, since two customers begin so. A judge is never a model: figures are equal or not.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from ratable.core import currencies
from ratable.review.ask import asking
from ratable.review.evaluation import answering
from ratable.review.evaluation.worlds import World
from ratable.review.snapshot import Snapshot

ANSWERED, ASKS_BACK, REFUSED = "answered", "asks_back", "refused"
GROUPS = ("why", "changed", "movement", "unanswerable", "ambiguous", "false premise")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_STRANGERS = ("Globex Robotics", "Initech Dairies", "Umbrella Tiles", "Hooli Ferries")


@dataclass(frozen=True)
class Question:
    """A question with its truth: the kind of answer, the figures by name (text and currency), what it contradicts."""

    words: str
    group: str
    kind: str = ANSWERED
    figures: dict[str, tuple[str, str]] = field(default_factory=dict)
    contradicts: bool = False


@dataclass(frozen=True)
class Mark:
    """One question and whether it was answered rightly; `got` says what came where it was not."""

    seed: int
    group: str
    words: str
    right: bool
    got: str = ""


@dataclass(frozen=True)
class _Ground:
    """What questions are made from."""

    world: World
    seen: Snapshot
    chance: random.Random

    @property
    def entries(self) -> pl.DataFrame:
        """Every entry."""
        return self.seen.entries

    def months(self, first: int = 1, last: int = 17) -> str:
        """A month of the window, YYYY-MM, between two numbers of months from 0."""
        return self.world.company.month(self.chance.randint(first, last)).isoformat()[:7]


def marked(world: World, seen: Snapshot, number: int) -> list[Mark]:
    """Questions about a world, asked and graded."""
    return [mark(world.seed, question, seen) for question in questions(world, seen, number)]


def questions(world: World, seen: Snapshot, number: int) -> list[Question]:
    """Questions about a world in the proportions of the set, the same for the same seed and number."""
    ground = _Ground(world, seen, random.Random(world.seed * 1_009 + number))  # noqa: S311  the same questions each time
    made = []
    for place in range(number):
        part = place * 12 // number if number >= 12 else ground.chance.randrange(12)
        maker = _PARTS[part]
        made.append(maker(ground))
    return made


def month_words(chance: random.Random, month: str) -> str:
    """A month as people write it."""
    when = date.fromisoformat(f"{month}-01")
    name = _MONTHS[when.month - 1]
    return chance.choice((f"{name} {when.year}", f"{name[:3]} {when.year}", month))


def money_words(chance: random.Random, amount: int, currency: str) -> str:
    """An amount as people write it in a question."""
    decimals = currencies.EXPONENTS[currency]
    whole, rest = divmod(abs(amount), 10**decimals)
    figure = f"{whole:,}" + (f".{rest:0{decimals}}" if decimals and rest else "")
    return chance.choice((f"{currency} {figure}", f"{figure} {currency}"))


def _customer(ground: _Ground) -> tuple[str, str, str]:
    """A customer with entries in one currency alone: id, name, currency."""
    known = ground.entries.group_by("customer").agg(
        codes=pl.col("currency").n_unique(), code=pl.col("currency").first()
    )
    one = known.filter(pl.col("codes") == 1).drop_nulls().sort("customer")
    names = dict(ground.seen.bundle["customers"].select("id", "name").iter_rows())
    row = one.row(ground.chance.randrange(one.height), named=True)
    return row["customer"], names[row["customer"]], row["code"]


def _own(ground: _Ground, customer: str) -> pl.DataFrame:
    return ground.entries.filter(pl.col("customer") == customer)


def _active(ground: _Ground) -> tuple[str, str, str, str]:
    """A customer and a month in which one of its entries falls: id, name, currency, month."""
    customer, name, currency = _customer(ground)
    months = _own(ground, customer)["period"].unique().sort()
    return customer, name, currency, str(ground.chance.choice(list(months)))


def _why_deferred(ground: _Ground) -> Question:
    customer, name, currency, month = _active(ground)
    stood = answering.standing(_own(ground, customer), "deferred_revenue", month)
    if not stood.closing:
        return _why_recognized(ground)
    amount, when = money_words(ground.chance, stood.closing, currency), month_words(ground.chance, month)
    words = ground.chance.choice((
        f"Why was {amount} deferred for {name} in {when}?",
        f"Why did we defer {amount} for {name} in {when}?",
        f"Explain the deferred revenue of {name} at the end of {when}",
        f"How come {name} has {amount} in deferred revenue in {when}?",
    ))  # fmt: skip
    figures = {"closing": stood.closing, "opening": stood.opening}
    return Question(words, "why", figures=_stated(figures, currency))


def _why_recognized(ground: _Ground) -> Question:
    customer, name, currency, month = _active(ground)
    earned = answering.change(_own(ground, customer).filter(pl.col("period") == month), "revenue")
    when = month_words(ground.chance, month)
    amount = money_words(ground.chance, earned, currency)
    words = ground.chance.choice((
        f"Why was {amount} recognized for {name} in {when}?",
        f"Why did we recognize {amount} of revenue for {name} in {when}?",
        f"Explain the revenue recognized for {name} in {when}",
    )) if earned > 0 else f"Explain the revenue recognized for {name} in {when}"  # fmt: skip
    return Question(words, "why", figures=_stated({"recognized": earned}, currency))


def _changed(ground: _Ground) -> Question:
    """Of customers for whom something came in since the last close, as often as of any."""
    customer, name, currency = _customer(ground)
    close = ground.seen.close
    if close is not None and ground.chance.random() < 0.6:
        fresh = ground.seen.bundle["contracts"].filter(pl.col("known_on") > close.known_on)["customer"]
        amended = ground.seen.bundle["amendments"].filter(pl.col("known_on") > close.known_on)["contract"]
        used = ground.seen.bundle["usage"].filter(pl.col("known_on") > close.known_on)["contract_line"]
        touched = ground.entries.filter(
            pl.col("contract").is_in(amended.implode()) | pl.col("line").is_in(used.implode())
        )
        touched_ids = {*fresh, *touched["customer"]}
        for _ in range(40):
            if customer in touched_ids:
                break
            customer, name, currency = _customer(ground)
    revenue, billed = answering.changed(ground.world, ground.seen, customer)
    words = ground.chance.choice((
        f"What changed on {name}'s schedule since last close?",
        f"What changed for {name} since the last close, and why?",
        f"Since we closed last month, what has changed on the schedule of {name}?",
    ))  # fmt: skip
    figures = _stated({"revenue_change": revenue, "billed_change": billed}, currency)
    return Question(words, "changed", figures=figures)


def _movement(ground: _Ground) -> Question:
    return ground.chance.choice((_roll_forward, _compared, _trend, _top))(ground)


def _roll_forward(ground: _Ground) -> Question:
    customer, name, currency, month = _active(ground)
    stood = answering.standing(_own(ground, customer), "deferred_revenue", month)
    words = f"Show the roll-forward of deferred revenue of {name} for {month_words(ground.chance, month)}."
    figures = {"opening": stood.opening, "closing": stood.closing}
    if not answering.change(_own(ground, customer).filter(pl.col("period") == month), "deferred_revenue"):
        figures = {"closing": stood.closing} if stood.closing else {}
    return Question(words, "movement", figures=_stated(figures, currency))


def _compared(ground: _Ground) -> Question:
    customer, name, currency, month = _active(ground)
    before = _before(month)
    own = _own(ground, customer)
    was, now = (answering.change(own.filter(pl.col("period") == one), "revenue") for one in (before, month))
    if before < own["period"].min():  # type: ignore[operator]  # a text, since the customer has entries
        return _roll_forward(ground)
    then, when = month_words(ground.chance, before), month_words(ground.chance, month)
    words = f"Why did revenue of {name} change from {then} to {when}?"
    return Question(words, "movement", figures=_stated({"before": was, "after": now, "change": now - was}, currency))


def _before(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{year - (number == 1)}-{(number - 2) % 12 + 1:02}"


def _trend(ground: _Ground) -> Question:
    customer, name, currency = _customer(ground)
    own = _own(ground, customer)
    earned = own.filter((pl.col("debit_role") == "revenue") | (pl.col("credit_role") == "revenue"))
    months = sorted(str(month) for month in earned["period"].unique())
    if not months:
        return _roll_forward(ground)
    last = months[-1]
    latest = answering.change(own.filter(pl.col("period") == last), "revenue")
    words = f"How did revenue of {name} develop over the last 18 months?"
    return Question(words, "movement", figures=_stated({"latest": latest}, currency))


def _top(ground: _Ground) -> Question:
    month = ground.months(3)
    codes = ground.entries.filter(pl.col("period") == month)["currency"].unique().sort()
    code = str(ground.chance.choice(list(codes)))
    own = ground.entries.filter((pl.col("period") == month) & (pl.col("currency") == code))
    sums = {
        str(customer): answering.change(own.filter(pl.col("customer") == customer), "revenue")
        for customer in own["customer"].drop_nulls().unique().sort()
    }
    if not sums:
        return _roll_forward(ground)
    words = f"Who were the top customers by revenue in {month_words(ground.chance, month)} in {code}?"
    return Question(words, "movement", figures=_stated({"largest": max(sums.values())}, code))


def _no_answer(ground: _Ground) -> Question:
    _, name, _ = _customer(ground)
    month = month_words(ground.chance, ground.months())
    words = ground.chance.choice((
        f"Why was revenue deferred for {ground.chance.choice(_STRANGERS)} in {month}?",
        f"What was recognized for {ground.chance.choice(_STRANGERS)} in {month}?",
        f"Why was revenue recognized for {name} in March 2041?",
        "What is the salary of our chief financial officer?",
        f"Will {name} renew next year?",
        "What is the bank balance today?",
        f"What is the phone number of {name}?",
        "Which of our competitors grew fastest?",
    ))  # fmt: skip
    return Question(words, "unanswerable", REFUSED)


def _ambiguous(ground: _Ground) -> Question:
    """A name that several customers begin or end with; a false premise where there is none."""
    words_of: dict[str, set[str]] = {}
    for customer, name in ground.seen.bundle["customers"].select("id", "name").iter_rows():
        for word in name.split()[:1]:
            words_of.setdefault(word, set()).add(customer)
    several = sorted(word for word, customers in words_of.items() if len(customers) > 1)
    if not several:
        return _wrong_amount(ground)
    word, month = ground.chance.choice(several), month_words(ground.chance, ground.months())
    asked = ground.chance.choice((
        f"Why was revenue deferred for {word} in {month}?", f"What was recognized for {word} in {month}?",
        f"What changed on {word}'s schedule since last close?",
    ))  # fmt: skip
    return Question(asked, "ambiguous", ASKS_BACK)


def _wrong_amount(ground: _Ground) -> Question:
    customer, name, currency, month = _active(ground)
    own = _own(ground, customer)
    stood = answering.standing(own, "deferred_revenue", month)
    wrong = abs(stood.closing) * 3 + 1_234_500 + ground.chance.randint(1, 99) * 100
    if wrong in {*own["amount"]}:
        wrong += 700
    amount, when = money_words(ground.chance, wrong, currency), month_words(ground.chance, month)
    figures = _stated({"closing": stood.closing}, currency)
    return Question(
        f"Why was {amount} deferred for {name} in {when}?", "false premise", figures=figures, contradicts=True
    )


def _wrong_direction(ground: _Ground) -> Question:
    customer, name, currency, month = _active(ground)
    before, own = _before(month), _own(ground, customer)
    was, now = (answering.change(own.filter(pl.col("period") == one), "revenue") for one in (before, month))
    if was == now or before < own["period"].min():  # type: ignore[operator]  # a text, since the customer has entries
        return _wrong_amount(ground)
    verb = "fall" if now > was else "rise"
    then, when = month_words(ground.chance, before), month_words(ground.chance, month)
    figures = _stated({"change": now - was}, currency)
    return Question(
        f"Why did revenue of {name} {verb} from {then} to {when}?", "false premise", figures=figures, contradicts=True
    )


def _stated(figures: dict[str, int], currency: str) -> dict[str, tuple[str, str]]:
    return {name: (answering.text(amount, currency), currency) for name, amount in figures.items()}


_PARTS: tuple[Callable[[_Ground], Question], ...] = (
    _why_deferred, _why_deferred, _why_deferred, _why_recognized, _why_recognized, _why_recognized,
    _changed, _changed, _changed, _changed, _movement,
    lambda ground: ground.chance.choice((_no_answer, _ambiguous, _wrong_amount, _wrong_direction))(ground),
)  # fmt: skip
"""Twelfths of the set: six why, four what changed, one that moves, one without a plain answer."""


def mark(seed: int, question: Question, seen: Snapshot) -> Mark:
    """Ask one question and hold the answer against its truth: its kind, every figure, what it contradicts."""
    answer = asking.answer(question.words, seen)
    wrong = []
    if answer.kind != question.kind:
        wrong.append(f"{answer.kind}, not {question.kind}")
    elif answer.contradicts != question.contradicts:
        wrong.append("accepts what is not so" if question.contradicts else "contradicts what is so")
    else:
        got = {name: (figure.value, figure.currency) for name, figure in answer.figures.items()}
        wrong = [
            f"{name} {got.get(name)}, not {true}"
            for name, true in question.figures.items()
            if not same(got.get(name), true)
        ]
    return Mark(seed, question.group, question.words, not wrong, f"{answer.query}: {'; '.join(wrong)}" if wrong else "")


def same(given: tuple[str, str] | None, true: tuple[str, str]) -> bool:
    """Whether a figure is the true one, to the last digit; nothing is nothing in every currency."""
    if given is None:
        return False
    zero = not true[0].strip("-0.") and not given[0].strip("-0.")
    return given == true or zero
