"""Credit notes, by cause.

Worked example: 12,000.00 for a calendar year by month, credited 5,000.00 on 1 October as a price reduction. The
invoice still bills 12,000, billed less recognized is 3,000, and so is what is left to recognize: 3,000.00 comes out
of deferred revenue, 2,000.00 off revenue, and the line ends at 12,000 - 5,000 = 7,000.00.
"""

from datetime import date

from ratable.oracle import curves, dates
from ratable.oracle.accounts import Note
from ratable.oracle.billing import plan_from
from ratable.oracle.ledger import Bill, Ledger
from ratable.oracle.lines import Line


def credit(ledger: Ledger, note: Note) -> bool:
    """Apply a credit note today; one that credits more than was billed, or a bill never made, is refused whole."""
    bills = [ledger.bills.get((note.row["invoice"], row["invoice_line"])) for row in note.lines]
    pairs = [(bill, row) for bill, row in zip(bills, note.lines, strict=True) if bill]
    too_much = any(row["amount"] > bill.left or (row["tax"] or 0) > bill.tax_left for bill, row in pairs)
    if len(pairs) < len(note.lines) or too_much:
        return False
    for bill, row in pairs:
        _credit_line(ledger, bill, row["amount"], note.row["cause"] or "price_reduction")
        ledger.post(bill.line, "credit_note", "tax_payable", "receivable", row["tax"] or 0)
        bill.tax_left -= row["tax"] or 0
    return True


def _credit_line(ledger: Ledger, bill: Bill, amount: int, cause: str) -> None:
    line = bill.line
    if cause == "price_reduction":
        from_deferred = _from_deferred(line, bill, amount)
        _lower(line, bill, amount, off_revenue=amount - from_deferred, today=ledger.today)
    elif cause == "service_credit":
        from_deferred = 0
        _lower_at_once(line, amount)
    else:
        from_deferred = amount
        line.usage_to_bill_again += amount
    ledger.post(line, "credit_note", "deferred_revenue", "receivable", from_deferred)
    ledger.post(line, "credit_note", "revenue", "receivable", amount - from_deferred)
    line.recognized -= amount - from_deferred
    line.credited += amount
    bill.left -= amount
    if cause in ("price_reduction", "service_credit"):
        line.reductions += amount
    if ledger.account.generates and line.fixed:
        plan_from(line, ledger.net_prices()[line.id], first=ledger.today + dates.ONE_DAY)


def _from_deferred(line: Line, bill: Bill, amount: int) -> int:
    """The part of a price reduction that deferred revenue can bear; use is earned, so it bears nothing."""
    if line.method == "usage":
        return 0
    reachable = line.curve(bill.end) if line.method == "straight_line" else line.total
    billed = line.billed - line.credited
    return max(0, min(amount, bill.left, billed - line.recognized, reachable - line.recognized))


def _lower_at_once(line: Line, amount: int) -> None:
    """Lower a line's curve by an amount on every day from today; use has none and is what it is."""
    before = line.curve
    if line.fixed:
        line.curve, line.total = (lambda day: before(day) - amount), line.total - amount


def _lower(line: Line, bill: Bill, amount: int, *, off_revenue: int, today: date) -> None:
    """Lower a line's curve by an amount, spread over what is left of the service of a bill."""
    if line.method == "usage":
        return
    if line.method == "straight_line":
        first, last, reached = max(today, bill.start), bill.end, line.curve(bill.end)
    else:
        first, last, reached = today, date.max, line.total
    before, progress = line.curve, line.progress()
    delivered = before(first - dates.ONE_DAY) if first > max(today, line.opens) else line.recognized
    start = delivered - off_revenue
    until = progress.whole if last == date.max else progress.through(last)
    rest = curves.path(start, reached - amount - start, progress, after=first - dates.ONE_DAY, to=until)

    def curve(day: date) -> int:
        if day < first:
            return before(day) - off_revenue
        return rest(day) if day <= last else before(day) - amount

    line.curve, line.total = curve, line.total - amount
