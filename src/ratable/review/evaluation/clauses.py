"""What a contract says of a line, in the English of the people who draft them; it comes from the terms as agreed.

Worked example: 12 months from 15 January 2026 at 48,000.00 USD, billed yearly, may read "page 3, section 2.1: The
Subscription runs for twelve (12) months, from and including 15 January 2026 to and including 14 January 2027. The
annual fee is USD 48,000.00, invoiced yearly in advance. Prices do not include tax."
"""

import random
from datetime import date

from ratable.review.evaluation import terms, wording
from ratable.review.evaluation.terms import Promise

_TERM = (
    "The {what} runs for {length}, from and including {start} to and including {end}.",
    "{What}: initial term of {length} commencing on {start} and expiring at midnight on {end}.",
    "The {what} starts on {start} and ends on {end}.",
    "Provider makes the {what} available from {start} (the Commencement Date) until {end}.",
    "Term: {start} to {end} ({length}).",
    "Access to the {what} is granted for the period {start} through {end}, both days included.",
    "{length}, beginning {start}; unless renewed, the {what} ceases after {end}.",
    "Customer subscribes to the {what} for a fixed period of {length} as of {start}.",
)
_YEAR = (
    "The annual fee is {amount}, {billed}.",
    "Annual subscription fee: {amount}, {billed}.",
    "In consideration, Customer shall pay {amount} for the term, {billed}.",
    "Fees of {amount} for the year are {billed}.",
)
_TOTAL = (
    "The total fee for the whole term is {amount}, {billed}.",
    "Customer shall pay {amount} in aggregate for the term, {billed}.",
    "Total fees: {amount}, {billed}.",
    "A fee of {amount} covers the entire term and is {billed}.",
)
_EACH_MONTH = ("The fee is {amount} per month, {billed}.", "A fee of {amount} per month, {billed}.")
_BILLED = {
    "monthly": ("invoiced monthly {timing}", "payable in monthly instalments {timing}"),
    "quarterly": ("invoiced quarterly {timing}", "payable each quarter {timing}"),
    "semiannual": ("invoiced every six months {timing}", "payable half-yearly {timing}"),
    "annual": ("invoiced yearly {timing}", "payable annually {timing}", "billed once a year {timing}"),
    "once": ("invoiced in full at the outset", "payable in one amount upon commencement", "prepaid in full"),
}
_HANDED_OVER = (
    "The {what} is delivered when Customer accepts it in writing; acceptance was given on {on}. Fee: {amount}.",
    "{What} at a fixed price of {amount}, completed and signed off on {on}.",
    "Provider delivered the {what} on {on}; the fee of {amount} is earned upon delivery.",
    "A one-time fee of {amount} for the {what}, delivered on acceptance, which took place on {on}.",
)
_AWAITED = (
    "The {what} is delivered when Customer accepts it in writing. Fee: {amount}.",
    "{What} at a fixed price of {amount}, due on sign-off by Customer.",
)
_BY_MILESTONE = (
    "{What} for {amount}, earned and billed as the milestones {steps} are accepted.",
    "The {what} is a fixed-price project of {amount} with the milestones {steps}.",
)
_BY_USE = (
    "{What} are metered and charged each month in arrears by the prices of the rate card.",
    "Customer pays for {what} as used, by the tariff in the rate card, invoiced after the end of each month.",
)
_PER_UNIT = (
    "{quantity} units of {what} at {amount} per unit for each billing period, from {start} to {end}, {billed}.",
    "{What}: {quantity} at {amount} each per billing period for the period {start} to {end}, {billed}.",
)


def of_line(chance: random.Random, writer: int, promise: Promise, *, name: str) -> str:
    """The words that a line rests on."""
    what = name if chance.random() < 0.5 else name.lower()
    if promise.instead:
        said = list(promise.instead)
    elif promise.delivered_on:
        said = _delivered(chance, writer, promise)
    elif promise.milestones:
        said = [chance.choice(_BY_MILESTONE)]
    elif promise.by_use:
        said = [chance.choice(_BY_USE)]
    elif promise.quantity:
        said = [chance.choice(_PER_UNIT)]
    elif promise.end is None or promise.start is None:
        said = [chance.choice(_AWAITED)]
    else:
        whole = promise.end == terms.last_day(promise.start, promise.months)
        said = [
            chance.choice([form for form in _TERM if whole or "{length}" not in form]),
            _fee(chance, promise),
        ]
    values = _values(chance, writer, promise, what)
    filled = [sentence.format(**values) for sentence in said]
    asides = [wording.aside(chance) for _ in range(chance.choice((0, 0, 1, 1, 2)))]
    sentences = [*filled, *promise.says, *asides]
    return f"{wording.place(chance)}: {' '.join(sentence[:1].upper() + sentence[1:] for sentence in sentences)}"


def _delivered(chance: random.Random, writer: int, promise: Promise) -> list[str]:
    on = wording.day(chance, writer, promise.delivered_on or date.min)
    return [chance.choice(_HANDED_OVER).replace("{on}", on)]


def _fee(chance: random.Random, promise: Promise) -> str:
    if promise.price and promise.frequency == "monthly" and promise.price % promise.months == 0:
        each = wording.money(chance, promise.price // promise.months, promise.currency)
        return chance.choice((*_EACH_MONTH, *_TOTAL)).replace("{amount} per month", f"{each} per month")
    return chance.choice(_YEAR if promise.months == 12 else _TOTAL)


def _values(chance: random.Random, writer: int, promise: Promise, what: str) -> dict[str, str]:
    """The words for each place in a sentence."""
    timing = "in advance" if promise.timing == "advance" else "in arrears"
    billed = chance.choice(_BILLED.get(promise.frequency, ("invoiced as agreed",))).format(timing=timing)
    start, end = promise.start or date.min, promise.end or date.min
    return {
        "what": what,
        "What": what[:1].upper() + what[1:],
        "length": wording.months(chance, promise.months),
        "start": wording.day(chance, writer, start),
        "end": wording.day(chance, writer, end),
        "billed": billed,
        "steps": ", ".join(name for name, _ in promise.milestones),
        "quantity": f"{promise.quantity // 10**6:,}",
        "amount": wording.money(chance, promise.stated, promise.currency),
    }


def co_termed(chance: random.Random, writer: int, end: date) -> str:
    """That an added line ends with what it was added to."""
    shown = wording.day(chance, writer, end)
    return chance.choice((
        f"It is co-terminous with the existing subscription and ends on {shown}.",
        f"The added service co-terminates with the Order, on {shown}.",
        f"Its term is aligned to the current subscription term, which expires on {shown}.",
    ))  # fmt: skip


def free(chance: random.Random, number: int, *, until: str) -> str:
    """That the first months cost nothing and are part of the service."""
    shown = wording.months(chance, number)
    return chance.choice((
        f"No fee is charged for the first {shown}, through {until}; the service is provided from the first day.",
        f"As an incentive the first {shown} of the term (until {until}) are free of charge.",
        f"Customer has full access during a free period of {shown} ending on {until}; billing begins thereafter.",
    ))  # fmt: skip
