"""One account walked day by day: the order of what happens within a day.

Worked example: 1,200.00 for 2026 by month, billed on 1 January by our own schedule. 1 January: billing 1,200.00,
then recognition 3.23 (100.00 x 1/31); 2 January: recognition 3.22; and so on to the day asked.
"""

from datetime import date

from ratable.oracle import amendments, billing, credits, dates, usage
from ratable.oracle.accounts import Account
from ratable.oracle.facts import Facts
from ratable.oracle.ledger import Bill, Ledger


def walk(account: Account, facts: Facts, through: date) -> Ledger:
    """Post everything of one account, from its first fact through a day.

    Args:
        account: the contract or lone invoice, with its known facts.
        facts: products, SSP book and policies as known.
        through: the last day.
    """
    lines = amendments.contract_lines(account, facts)
    amount_off = (account.contract["discount.amount"] or 0) if account.contract else 0
    ledger = Ledger(account, facts, lines, amount_off)
    if account.generates:
        prices = ledger.net_prices()
        for line in ledger.fixed_lines():
            billing.plan_from(line, prices[line.id], first=line.opens)
    first = min([account.signed_on, *(row["issued_on"] for row in account.invoice_lines)])
    for day in dates.each_day(first, through):
        ledger.today = day
        amendments.take_effect(ledger, [a for a in account.amendments if a.day == day])
        _bill_fixed(ledger)
        for note in account.notes:
            if note.row["issued_on"] == day:
                credits.credit(ledger, note)
        _recognize_fixed(ledger)
        _recognize_use(ledger)
        _true_up(ledger)
        _bill_use(ledger)
    return ledger


def _bill_fixed(ledger: Ledger) -> None:
    for row in ledger.account.invoice_lines:
        line = ledger.lines.get(row["line"])
        if line and row["issued_on"] == ledger.today:
            service = (row["service_start"] or line.start, row["service_end"] or line.end)
            ledger.bill((row["invoice"], row["id"]), Bill(line, row["net"], row["tax"] or 0, *service))
    for line in ledger.fixed_lines():
        for bill in line.plan:
            if bill.due == ledger.today:
                ledger.own_bill(line, max(0, bill.through - line.billed), (bill.start, bill.end))


def _recognize_fixed(ledger: Ledger) -> None:
    for line in ledger.fixed_lines():
        if ledger.today >= line.opens:
            ledger.recognize(line, "recognition", line.curve(ledger.today) - line.recognized)


def _recognize_use(ledger: Ledger) -> None:
    account, today = ledger.account, ledger.today
    for line in ledger.lines.values():
        if any(max(row["on"], line.opens) == today and row["contract_line"] == line.id for row in account.usage):
            before = usage.rated_through(line, account, today - dates.ONE_DAY)
            ledger.recognize(line, "recognition", usage.rated_through(line, account, today) - before)


def _true_up(ledger: Ledger) -> None:
    for line, amount, interval in usage.true_ups(ledger.account, ledger.lines, ledger.today):
        ledger.recognize(line, "true_up", amount)
        if ledger.account.generates:
            ledger.own_bill(line, amount, (interval.start, interval.end), "/true-up")


def _bill_use(ledger: Ledger) -> None:
    """Bill use in arrears; what a correction or an amendment took off a bill wrongly is billed again."""
    for line in ledger.lines.values() if ledger.account.generates else ():
        if line.fixed:
            continue
        for due in billing.schedule(line):
            if billing.issued_on(line, due) == ledger.today:
                through = usage.rated_through(line, ledger.account, ledger.today) + line.usage_to_bill_again
                amount = max(0, through - line.usage_billed)
                line.usage_billed += amount
                ledger.own_bill(line, amount, (due.start, due.end))
