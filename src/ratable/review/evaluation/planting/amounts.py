"""Errors in prices, currencies, standalone selling prices and discounts; the journal follows the facts.

Worked example: the clause says EUR 48,000.00 for the year, the row 84,000.00; the fix is {"price": "48000.00"}.
"""

from dataclasses import replace

from ratable.review.evaluation import deals, desk, terms, wording
from ratable.review.evaluation.desk import Deal, Desk
from ratable.review.evaluation.facts import Edit
from ratable.review.evaluation.planting import ground, kinds
from ratable.review.evaluation.planting.kinds import FACTS, Kind, Plan


def _wrong_price(at: Desk) -> Plan:
    deal = ground.line_over_time(at, ground.begins(at, 1, 9), frequency=at.chance.choice(("annual", "quarterly")))
    line, true = deal.lines[0], deal.promises[0].price or 0
    fix = kinds.correct("contract_lines", line, price=kinds.text(true, deal.currency))
    edit = kinds.wrong_line(line, price=_transposed(at, true))
    return Plan((deal.account,), "contract_lines", line, (fix,), (), (edit,))


def _transposed(at: Desk, amount: int) -> int:
    """An amount with two of its digits in each other's place, or a digit of it doubled."""
    digits = str(amount)
    swaps = [
        place for place in range(len(digits) - 1) if digits[place] != digits[place + 1] and digits[place + 1] != "0"
    ]
    if swaps and at.chance.random() < 0.8:
        place = at.chance.choice(swaps)
        return int(digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :])
    return amount + int(10 ** (len(digits) - 2)) * at.chance.choice((1, 2, 5))


def _price_below_list(at: Desk) -> Plan:
    who, promise = ground.over_time(at, ground.begins(at, 1, 9))
    price = promise.price or 0
    listed, saved = price * 125 // 100, price * 125 // 100 - price
    shown, off, paid = (wording.money(at.chance, amount, who.currency) for amount in (listed, saved, price))
    said = at.chance.choice((
        f"List price {shown}; a reduction of {off} for a reference is agreed, so that the fee for the year is {paid}.",
        f"Instead of {shown}, Customer pays {paid} for the year, in exchange for acting as a reference.",
    ))  # fmt: skip
    first, last = (wording.day(at.chance, at.writer, day) for day in (promise.start, promise.end) if day)
    term = f"The subscription runs from {first} to {last}."
    return kinds.right(desk.agree(at, who, [replace(promise, instead=(term, said))]))


def _currencies(at: Desk) -> tuple[Deal, Deal, str]:
    """Two contracts of one customer: in its own currency, and a second whose clause names that currency, too."""
    first = ground.line_over_time(at, ground.begins(at, 0, 3), currency=at.chance.choice(("EUR", "GBP", "USD", "CAD")))
    who = desk.Parties(desk.customer(at, first.customer), first.currency, first.start)
    begin = at.month(at.chance.randint(4, 10))
    line = replace(deals.subscription(at, first.currency, begin, months=12, product="hosting"), clause=True)
    second = desk.agree(at, replace(who, signed_on=begin), [line])
    other = at.chance.choice([code for code in ("EUR", "GBP", "USD", "CAD") if code != first.currency])
    return first, second, other


def _currency_swap(at: Desk) -> Plan:
    first, second, other = _currencies(at)
    fix = kinds.correct("contracts", second.id, currency=second.currency)
    edit = Edit("set", "contracts", {"id": second.id}, {"currency": other})
    rows = tuple(f"contract_lines/{line}" for line in second.lines)
    return Plan((first.account, second.account), "contracts", second.id, (fix,), rows, (edit,))


def _two_currencies(at: Desk) -> Plan:
    first = ground.line_over_time(at, ground.begins(at, 0, 3), currency="USD")
    begin = at.month(at.chance.randint(4, 10))
    who = desk.Parties(desk.customer(at, first.customer), "EUR", begin)
    line = replace(deals.subscription(at, "EUR", begin, months=12, product="hosting"), clause=True)
    return kinds.right(first, desk.agree(at, who, [line]))


def _ssp_typo(at: Desk) -> Plan:
    deal = ground.two_lines(at, ground.begins(at, 1, 8), off=terms.percent(at.chance.choice((8, 10, 15))))
    line = deal.lines[1]
    true = int(deal.promises[1].more["ssp"])
    wrong = true * 10 if at.chance.random() < 0.7 else true // 10
    fix = kinds.correct("contract_lines", line, ssp=kinds.text(true, deal.currency))
    edit = kinds.wrong_line(line, ssp=wrong)
    return Plan((deal.account,), "contract_lines", line, (fix,), (f"contracts/{deal.id}",), (edit,))


def _large_second_line(at: Desk) -> Plan:
    """A second line for ten sites: price and SSP are both ten times the usual, as its clause says."""
    begin = ground.begins(at, 1, 8)
    who, first = ground.over_time(at, begin)
    other = replace(deals.subscription(at, who.currency, begin, months=12, product="support"), clause=True)
    whole = (other.price or 0) * 10
    says = "The fee covers ten sites, each at the usual price of one."
    other = replace(other, price=whole, says=(says,), more={"ssp": whole})
    return kinds.right(desk.agree(at, replace(who, more={"discount.percent": terms.percent(10)}), [first, other]))


def _off(at: Desk, *, says: str, evidence: str | None, only_second: bool) -> Deal:
    begin = ground.begins(at, 1, 8)
    who, first = ground.over_time(at, begin)
    other = replace(deals.subscription(at, who.currency, begin, months=24, product="support"), clause=True)
    amount = (other.price or 0) * 3 // 10
    shown = wording.money(at.chance, amount, who.currency)
    number = at.counts.get("contracts", 1000) + 1
    more: dict[str, object] = {"discount.amount": amount}
    if only_second:
        more |= {"discount.lines": [f"{at.company.prefix}{number}-2"], "discount.evidence": evidence}
    lines = [replace(first, says=(says.format(amount=shown),)), other]
    return desk.agree(at, replace(who, more=more), lines)


def _discount_on_one_line(at: Desk) -> Plan:
    says = at.chance.choice((
        "A discount of {amount} is granted on the whole Order, across all services.",
        "The total of all items of this Order is reduced by a bundle discount of {amount}.",
    ))  # fmt: skip
    deal = _off(at, says=says, evidence=None, only_second=False)
    values = {"discount.lines": [deal.lines[0]], "discount.evidence": "as keyed"}
    edit = Edit("set", "contracts", {"id": deal.id}, values)
    fix = kinds.correct("contracts", deal.id, discount__lines="")
    rows = tuple(f"contract_lines/{line}" for line in deal.lines)
    return Plan((deal.account,), "contracts", deal.id, (fix,), rows, (edit,))


def _discount_with_evidence(at: Desk) -> Plan:
    says = "The second item of this Order, and it alone, is reduced by {amount}."
    evidence = "support is sold at this price alone and in this combination, see the price study of spring"
    return kinds.right(_off(at, says=says, evidence=evidence, only_second=True))


KINDS = (
    Kind("wrong_price", "moderate", FACTS, frozenset({"JC-13", "JC-27", "JC-29", "JC-31"}),
         "Price is not the one in the clause", _wrong_price, _price_below_list),
    Kind("currency_swap", "moderate", FACTS, frozenset({"JC-02", "JC-08", "JC-29"}),
         "Contract keyed in another currency than its clause and its customer's", _currency_swap, _two_currencies),
    Kind("ssp_typo", "easy", FACTS, frozenset({"JC-28", "JC-29"}), "Standalone selling price off by a factor of ten",
         _ssp_typo, _large_second_line, cancels=True),
    Kind("discount_keyed_to_one_line", "hard", FACTS, frozenset({"JC-28", "JC-30"}),
         "Discount of the whole order keyed to one line", _discount_on_one_line, _discount_with_evidence, cancels=True),
)  # fmt: skip
