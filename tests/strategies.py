"""Bundles made at random, as plain documents in the words of the bundle format: sound, short of term, odd in amount.

Worked example: `draw(questions())` gives a bundle of, say, one yen contract from 31 January to 29 February 2028 with
a volume-priced line, an amendment and a late credit note, the day through which to recognize it, and what is known.

Most terms are of 1 to 14 months and straddle month ends, leap days and locks, because that is where engines differ.
"""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

Row = dict[str, Any]
Draw = st.DrawFn

DECIMALS = {"USD": 2, "JPY": 0, "BHD": 3}
PRORATIONS = ("daily", "monthly_prorated", "monthly_full_first", "mid_month")
ODD_AMOUNTS = (1, 2, 3, 7, 99, 100, 101, 997, 1_000, 9_973, 10_007, 120_000, 123_457, 1_000_003, 99_999_989)
PRODUCTS = (
    {"id": "access", "name": "Access", "method": "straight_line"},
    {"id": "monthly", "name": "By the month", "method": "straight_line", "proration": "monthly_prorated"},
    {"id": "whole", "name": "Whole months", "method": "straight_line", "proration": "monthly_full_first"},
    {"id": "halves", "name": "Half months", "method": "straight_line", "proration": "mid_month"},
    {"id": "listed", "name": "At a list price", "method": "straight_line", "list_price": "1234"},
    {"id": "setup", "name": "Setup", "method": "point_in_time"},
    {"id": "build", "name": "Build", "method": "milestone"},
    {"id": "calls", "name": "Calls", "method": "usage"},
)
SERVICES = ("access", "monthly", "whole", "halves", "listed")
CAUSES = ("price_reduction", "price_reduction", "service_credit", "billing_correction", "amendment")


@dataclass(frozen=True)
class Question:
    """A bundle, the last day of the books, and the day by which facts count as known, or None."""

    bundle: Row
    through: date
    known_on: date | None


@dataclass
class Deal:
    """A contract while it is being made up: its row, its live fixed lines with their prices, and its days."""

    row: Row
    currency: str
    start: date
    end: date
    signed_on: date
    prices: dict[str, int] = field(default_factory=dict)
    lines: dict[str, Row] = field(default_factory=dict)

    def fixed(self) -> list[str]:
        return [name for name, line in self.lines.items() if line["product"] != "calls"]

    def used(self) -> list[str]:
        return [name for name, line in self.lines.items() if line["product"] == "calls"]


def money(minor: int, currency: str) -> str:
    """Minor units as the decimal text of a bundle."""
    decimals = DECIMALS[currency]
    whole, rest = divmod(abs(minor), 10**decimals)
    return ("-" if minor < 0 else "") + str(whole) + (f".{rest:0{decimals}d}" if decimals else "")


def minor_amounts(most: int = 10**8) -> st.SearchStrategy[int]:
    """Amounts in minor units, biased to what rounds badly."""
    odd = [amount for amount in ODD_AMOUNTS if amount <= most] or [most]
    return st.one_of(st.sampled_from(odd), st.integers(1, most))


def chance(draw: Draw, one_in: int) -> bool:
    """Whether something that happens one time in so many happens now; it shrinks to no."""
    return draw(st.integers(0, one_in - 1)) == one_in - 1


def month_later(day: date, months: int) -> date:
    """The same day some months later, clipped to the length of the month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_between(first: date, last: date) -> st.SearchStrategy[date]:
    """A day from the first to the last, biased to the first days and the last days of months."""
    inside = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    edges = [day for day in inside if day.day in (1, 15, 28, 29, 30, 31)] or inside
    return st.one_of(st.sampled_from(edges), st.sampled_from(inside))


@st.composite
def terms(draw: Draw) -> tuple[date, date]:
    """First and last day of a term around a leap day."""
    start = draw(days_between(date(2027, 10, 1), date(2028, 4, 5)))
    months = draw(st.integers(1, 14))
    whole = month_later(start, months) - timedelta(days=1)
    return start, draw(st.sampled_from([whole, whole, whole - timedelta(days=9), start + timedelta(days=11)]))


def sometimes_late(draw: Draw, row: Row, own_day: date) -> Row:
    """The row, one time in four with a day on which it became known, later than its own."""
    if chance(draw, 4):
        row["known_on"] = own_day + timedelta(days=draw(st.integers(0, 90)))
    return row


@st.composite
def billing_terms(draw: Draw, start: date, end: date) -> Row:
    """How a fixed line is billed."""
    frequency = draw(st.sampled_from(["monthly", "quarterly", "semiannual", "annual", "once", "custom"]))
    if frequency == "custom":
        dates = draw(st.lists(days_between(start, end), min_size=1, max_size=3, unique=True))
        return {"frequency": "custom", "dates": sorted(dates)}
    found: Row = {"frequency": frequency, "timing": draw(st.sampled_from(["advance", "arrears"]))}
    if frequency != "once" and chance(draw, 3):
        found["day"] = draw(st.sampled_from([1, 2, 15, 28, 30, 31]))
    return found


@st.composite
def pricing_terms(draw: Draw, currency: str) -> Row:
    """How a usage line is priced."""
    model = draw(st.sampled_from(["per_unit", "graduated", "volume", "package"]))
    pricing: Row = {"model": model, "period": draw(st.sampled_from(["month", "quarter", "year", "term"]))}
    prices = st.sampled_from(["0.01", "0.0333", "1", "0.7", "12.345678", "250"])
    if model in ("graduated", "volume"):
        ends = sorted(draw(st.sets(st.sampled_from(["10", "100", "250.5", "1000"]), min_size=1, max_size=3)), key=float)
        pricing["tiers"] = [{"up_to": up_to, "unit_price": draw(prices)} for up_to in ends]
        pricing["tiers"].append({"unit_price": draw(prices)})
        for tier in pricing["tiers"]:
            if chance(draw, 4):
                tier["flat"] = money(draw(minor_amounts(5_000)), currency)
    else:
        pricing["unit_price"] = draw(prices)
    if model == "package":
        pricing["package_size"] = draw(st.sampled_from(["1", "7", "100"]))
    if chance(draw, 4):
        pricing["included"] = draw(st.sampled_from(["5", "100", "0.5"]))
    if chance(draw, 4):
        pricing["cap"] = money(draw(minor_amounts(50_000)), currency)
    return pricing


@st.composite
def fixed_lines(draw: Draw, name: str, deal: Deal, first: date) -> tuple[Row, int]:
    """A line of fixed consideration that starts on or after a day, and its price where it states one, else zero."""
    start = draw(st.sampled_from([first, first, draw(days_between(first, deal.end))]))
    end = draw(st.sampled_from([deal.end, deal.end, draw(days_between(start, deal.end))]))
    product = draw(st.sampled_from([*SERVICES, *SERVICES, "setup", "build"]))
    line: Row = {"id": name, "product": product, "start": start, "end": end}
    by_the_unit = product in SERVICES and chance(draw, 4)
    price = 0 if by_the_unit else draw(minor_amounts())
    line |= draw(prices_by_the_unit()) if by_the_unit else {"price": money(price, deal.currency)}
    if not by_the_unit and draw(st.booleans()):
        line["billing"] = draw(billing_terms(start, end))
    if not chance(draw, 4):
        line["ssp"] = money(draw(st.sampled_from([price or 5_000, draw(minor_amounts())])), deal.currency)
    if product in SERVICES and chance(draw, 4):
        line["proration"] = draw(st.sampled_from(PRORATIONS))
    if product == "setup":
        line["delivered_on"] = draw(days_between(start, end))
    if product == "build":
        line["milestones"] = draw(milestone_plans(price, deal.currency))
        if chance(draw, 3):
            line["billing"] = {"frequency": "milestone"}
    return line, price


@st.composite
def prices_by_the_unit(draw: Draw) -> Row:
    """A unit price, a quantity and how often they are billed."""
    found: Row = {"unit_price": draw(st.sampled_from(["25.5", "0.3333", "1000", "9.99"]))}
    found["quantity"] = draw(st.sampled_from(["1", "10", "3.5", "997"]))
    found["billing"] = {"frequency": draw(st.sampled_from(["monthly", "quarterly", "annual", "once"]))}
    if chance(draw, 4):
        found["discount"] = {"percent": draw(st.sampled_from(["10", "33.3333"]))}
    return found


@st.composite
def milestone_plans(draw: Draw, price: int, currency: str) -> list[Row]:
    """Milestones that share a price, in percent or in amounts."""
    if draw(st.booleans()) and price > 3:
        first = draw(st.integers(1, price - 1))
        return [{"id": "m1", "amount": money(first, currency)}, {"id": "m2", "amount": money(price - first, currency)}]
    return [{"id": "m1", "percent": "30"}, {"id": "m2", "percent": "50"}, {"id": "m3", "percent": "20"}]


@st.composite
def deals(draw: Draw, name: str) -> Deal:
    """A contract with its lines and its discount."""
    start, end = draw(terms())
    signed_on = draw(st.sampled_from([start, start, start - timedelta(days=20), start + timedelta(days=9)]))
    currency = draw(st.sampled_from(["USD", "USD", "JPY", "BHD"]))
    row: Row = {"id": name, "customer": "acme", "currency": currency}
    row |= {"signed_on": signed_on, "start": start, "end": end, "lines": []}
    if draw(st.booleans()):
        row["invoicing"] = draw(st.sampled_from(["generate", "import"]))
    deal = Deal(sometimes_late(draw, row, signed_on), currency, start, end, signed_on)
    for letter in "abcd"[: draw(st.integers(1, 4))]:
        line, price = draw(lines_of(f"{name}-{letter}", deal))
        add_line(deal, line, price)
        row["lines"].append(line)
    if chance(draw, 3) and deal.fixed():
        row["discount"] = draw(discounts(deal))
    return deal


@st.composite
def lines_of(draw: Draw, name: str, deal: Deal) -> tuple[Row, int]:
    """A line of a contract as signed."""
    if not chance(draw, 4):
        return draw(fixed_lines(name, deal, deal.start))
    line: Row = {"id": name, "product": "calls", "pricing": draw(pricing_terms(deal.currency))}
    if chance(draw, 3):
        line["billing"] = {"frequency": draw(st.sampled_from(["monthly", "quarterly", "once"]))}
    if draw(st.booleans()):
        line["ssp"] = money(draw(minor_amounts(9_999)), deal.currency)
    return line, 0


def add_line(deal: Deal, line: Row, price: int) -> None:
    """Let a contract have one line more."""
    deal.lines[line["id"]], deal.prices[line["id"]] = line, price


@st.composite
def discounts(draw: Draw, deal: Deal) -> Row:
    """A discount of a contract, on all lines or on some with evidence."""
    fixed = deal.fixed()
    found: Row = {}
    if len(fixed) > 1 and draw(st.booleans()):
        found["lines"] = fixed[: draw(st.integers(1, len(fixed) - 1))]
        found["evidence"] = "sold together at this discount"
    stated = sum(deal.prices[name] for name in found.get("lines", fixed))
    if stated > 1 and draw(st.booleans()):
        return found | {"amount": money(draw(minor_amounts(stated // 2)), deal.currency)}
    return found | {"percent": draw(st.sampled_from(["10", "3.3333", "50", "12.5"]))}


@st.composite
def amendments(draw: Draw, deal: Deal) -> list[Row]:
    """Up to three amendments of a contract, of every operation and treatment, some of them on one day."""
    first = max(deal.start, deal.signed_on)
    if first > deal.end or not deal.fixed():
        return []
    found: list[Row] = []
    name = deal.row["id"]
    days = sorted(draw(st.lists(days_between(first, deal.end), max_size=3)))
    if days and chance(draw, 4):
        days.insert(0, days[0])
    for number, day in enumerate(days, start=1):
        row: Row = {"id": f"{name}-A{number}", "contract": name, "effective_on": day, "approved_on": day}
        if chance(draw, 4):
            row["effective_on"] = max(deal.start, day - timedelta(days=12))
        elif chance(draw, 4):
            row["approved_on"] = max(deal.signed_on, day - timedelta(days=12))
        if len(deal.fixed()) == 0 or chance(draw, 3):
            line, price = draw(fixed_lines(f"{name}-x{number}", deal, day))
            line["ssp"] = line.get("price") if draw(st.booleans()) else line.get("ssp")
            row["changes"] = [{"op": "add", "line": {key: value for key, value in line.items() if value is not None}}]
            row["treatment"] = draw(st.sampled_from(["auto", "separate", "prospective", "catch_up"]))
            add_line(deal, line, price)
        else:
            row["changes"] = draw(changes_of(deal, day))
            row["treatment"] = draw(st.sampled_from(["auto", "prospective", "catch_up"]))
        found.append(sometimes_late(draw, row, row["approved_on"]))
    return found


@st.composite
def changes_of(draw: Draw, deal: Deal, day: date) -> list[Row]:
    """Changes and removals of one or two live lines of fixed consideration."""
    found: list[Row] = []
    for name in draw(st.lists(st.sampled_from(deal.fixed()), min_size=1, max_size=2, unique=True)):
        price, currency = deal.prices[name], deal.currency
        if chance(draw, 3):
            change: Row = {"op": "remove", "line": name}
            if draw(st.booleans()):
                change["price"] = money(draw(minor_amounts(max(1, price))), currency)
            del deal.lines[name]
        else:
            change = {"op": "change", "line": name} | draw(new_terms(deal, name, day))
        found.append(change)
    return found


@st.composite
def new_terms(draw: Draw, deal: Deal, name: str, day: date) -> Row:
    """New terms of one line: its price, its end, its quantity, its SSP."""
    line, price = deal.lines[name], deal.prices[name]
    found: Row = {}
    if "unit_price" in line:
        found["quantity"] = draw(st.sampled_from(["1", "10", "12", "3.5", "1000"]))
    elif draw(st.booleans()):
        deal.prices[name] = draw(st.sampled_from([price, price * 2, draw(minor_amounts())]))
        found["price"] = money(deal.prices[name], deal.currency)
    else:
        change = draw(st.one_of(minor_amounts(), st.integers(-(price // 2), 0)))
        deal.prices[name] = price + change
        found["price_change"] = money(change, deal.currency)
    if chance(draw, 3):
        last = max(line["start"], day + timedelta(days=draw(st.sampled_from([-10, 0, 30, 200]))))
        found["end"] = max(last, deal.start)
        line["end"] = found["end"]
    if chance(draw, 4):
        found["ssp"] = money(draw(minor_amounts()), deal.currency)
    return found


@st.composite
def uses(draw: Draw, deal: Deal) -> list[Row]:
    """Use of the usage lines of a contract, metered or already rated."""
    found: list[Row] = []
    first = min(max(deal.start, deal.signed_on), deal.end)
    for name in deal.used():
        for number in range(draw(st.integers(0, 5))):
            on = draw(days_between(first, deal.end))
            row: Row = {"id": f"{name}-U{number}", "contract_line": name, "on": on}
            if chance(draw, 6):
                row["amount"] = money(draw(minor_amounts(10**6)), deal.currency)
            else:
                row["quantity"] = draw(st.sampled_from(["1", "9.5", "99", "100", "101", "250.5", "1234"]))
            found.append(sometimes_late(draw, row, on))
    return found


@st.composite
def milestones_reached(draw: Draw, deal: Deal) -> list[Row]:
    """Milestones reached, whole or in part, some twice."""
    found: list[Row] = []
    for name, line in deal.lines.items():
        for milestone in line.get("milestones", ()):
            first = max(deal.start, line["start"])
            days = sorted(draw(st.lists(days_between(first, max(first, deal.end)), max_size=2, unique=True)))
            for number, on in enumerate(days):
                row: Row = {"contract_line": name, "milestone": milestone["id"], "on": on}
                if number + 1 < len(days) or chance(draw, 3):
                    row["percent"] = ["40", "75"][number]
                found.append(sometimes_late(draw, row, on))
    return found


@st.composite
def minimums(draw: Draw, deal: Deal) -> list[Row]:
    """At most one minimum over the usage lines of a contract."""
    used = deal.used()
    if not used or draw(st.booleans()):
        return []
    row: Row = {"id": f"{deal.row['id']}-M", "contract": deal.row["id"], "lines": used}
    row["amount"] = money(draw(minor_amounts(10**6)), deal.currency)
    row["every"] = draw(st.sampled_from(["month", "quarter", "year", "term"]))
    row["allocation"] = draw(st.sampled_from(["ssp", "usage"]))
    return [row]


@st.composite
def invoices_of(draw: Draw, deal: Deal) -> list[Row]:
    """Invoices of a contract that is billed elsewhere."""
    found: list[Row] = []
    signed = [line for line in deal.row["lines"] if line["id"] in deal.lines]
    for number in range(draw(st.integers(1, 3))) if signed else ():
        issued_on = draw(days_between(deal.start, deal.end))
        row: Row = {"id": f"{deal.row['id']}-I{number}", "customer": "acme", "currency": deal.currency}
        row |= {"issued_on": issued_on, "contract": deal.row["id"], "lines": []}
        for line in draw(st.lists(st.sampled_from(signed), min_size=1, max_size=2, unique_by=lambda line: line["id"])):
            item = draw(invoice_lines(f"{row['id']}-{line['id']}", deal.currency, deal.start, deal.end))
            row["lines"].append(item | {"contract_line": line["id"]})
        found.append(sometimes_late(draw, row, issued_on))
    return found


@st.composite
def invoice_lines(draw: Draw, name: str, currency: str, first: date, last: date) -> Row:
    """A line of an invoice, with or without a service period, with or without tax."""
    row: Row = {"id": name, "amount": money(draw(minor_amounts()), currency)}
    if not chance(draw, 3):
        row["service_start"] = draw(days_between(first, last))
        row["service_end"] = draw(days_between(row["service_start"], last))
    if chance(draw, 4):
        row["tax"] = money(draw(minor_amounts(9_999)), currency)
    return row


@st.composite
def lone_invoices(draw: Draw) -> list[Row]:
    """Up to two invoices that name no contract."""
    found: list[Row] = []
    for number in range(draw(st.integers(0, 2))):
        start, end = draw(terms())
        currency = draw(st.sampled_from(["USD", "JPY", "BHD"]))
        issued_on = draw(st.sampled_from([start, start - timedelta(days=5), start + timedelta(days=40)]))
        row: Row = {"id": f"L{number}", "customer": "acme", "currency": currency, "issued_on": issued_on, "lines": []}
        for letter in "ab"[: draw(st.integers(1, 2))]:
            line = draw(invoice_lines(f"L{number}-{letter}", currency, start, end))
            row["lines"].append(line | {"product": draw(st.sampled_from([*SERVICES, "setup"]))})
        if chance(draw, 3):
            row["discount"] = {"percent": draw(st.sampled_from(["10", "33.3333"]))}
        found.append(sometimes_late(draw, row, issued_on))
    return found


@st.composite
def credit_notes(draw: Draw, invoices: list[Row], own: list[Row]) -> list[Row]:
    """Credits of each cause on invoices of the bundle and on bills of our own; a few credit too much."""
    found: list[Row] = []
    billed = invoices + own
    named = draw(st.lists(st.sampled_from(billed), max_size=3)) if billed else []
    for number, invoice in enumerate(named):
        currency, issued_on = invoice["currency"], invoice["issued_on"]
        on = issued_on + timedelta(days=draw(st.sampled_from([0, 0, 1, 20, 31, 59, 120])))
        line = draw(st.sampled_from(invoice["lines"]))
        most = int(line["amount"].replace(".", ""))
        amount = draw(st.sampled_from([max(1, most // 2), max(1, most // 7), most, draw(minor_amounts(most))]))
        item: Row = {"invoice_line": line["id"], "amount": money(amount, currency)}
        if "tax" in line:
            item["tax"] = line["tax"]
        row: Row = {"id": f"N{number}", "invoice": invoice["id"], "issued_on": on, "lines": [item]}
        row["cause"] = draw(st.sampled_from(CAUSES))
        found.append(sometimes_late(draw, row, on))
    return found


def own_bills(deal: Deal) -> list[Row]:
    """The first bill of every line of a contract that we bill in advance, by its derived id, as an invoice."""
    found: list[Row] = []
    for line in deal.row["lines"]:
        billing = line.get("billing", {})
        start = line.get("start", deal.start)
        in_advance = line["product"] != "calls" and billing.get("timing", "advance") == "advance"
        if in_advance and billing.get("frequency") not in ("custom", "milestone"):
            issued_on = max(start, deal.signed_on)
            amount = max(1, deal.prices[line["id"]] // 30)
            row: Row = {"id": f"{deal.row['id']}/{issued_on}", "currency": deal.currency, "issued_on": issued_on}
            row["lines"] = [{"id": f"{line['id']}/{start}", "amount": money(amount, deal.currency)}]
            found.append(row)
    return found


@st.composite
def selling_prices(draw: Draw) -> list[Row]:
    """An SSP book for some products, by term, year, month or unit, with a range or without."""
    found: list[Row] = []
    for product in draw(st.lists(st.sampled_from(["access", "monthly", "setup"]), max_size=2, unique=True)):
        amount = draw(st.integers(10, 9_999))
        row: Row = {"product": product, "currency": "USD", "amount": money(amount, "USD"), "from": date(2020, 1, 1)}
        row["per"] = draw(st.sampled_from(["term", "year", "month", "unit"]))
        if chance(draw, 2):
            row |= {"low": money(amount // 2, "USD"), "high": money(amount * 50, "USD")}
        found.append(row)
    return found


@st.composite
def locks(draw: Draw) -> list[Row]:
    """One to three locks, mostly of whole months."""
    found: list[Row] = []
    for through in sorted(draw(st.sets(days_between(date(2027, 11, 1), date(2028, 8, 31)), min_size=1, max_size=3))):
        last = date(through.year, through.month, monthrange(through.year, through.month)[1])
        closed = last if not chance(draw, 5) else through
        if closed not in [row["through"] for row in found]:
            found.append({"through": closed, "locked_on": closed + timedelta(days=draw(st.integers(0, 20)))})
    return found


@st.composite
def bundles(draw: Draw, contracts: int = 3) -> Row:
    """A bundle of one to so many contracts, their amendments, use, bills and credits, and of lone invoices."""
    made = [draw(deals(f"C{number}")) for number in range(1, draw(st.integers(1, contracts)) + 1)]
    bundle: Row = {"products": [dict(row) for row in PRODUCTS], "customers": [{"id": "acme", "name": "Acme"}]}
    for table in ("contracts", "amendments", "usage", "milestones_reached", "minimums", "invoices", "credit_notes"):
        bundle[table] = []
    billed: list[Row] = []
    for deal in made:
        bundle["contracts"].append(deal.row)
        bundle["minimums"] += draw(minimums(deal))
        bundle["usage"] += draw(uses(deal))
        if deal.row.get("invoicing") == "import" or ("invoicing" not in deal.row and draw(st.booleans())):
            bundle["invoices"] += draw(invoices_of(deal))
        else:
            billed += own_bills(deal)
        bundle["milestones_reached"] += draw(milestones_reached(deal))
        bundle["amendments"] += draw(amendments(deal))
    bundle["invoices"] += draw(lone_invoices())
    bundle["credit_notes"] = draw(credit_notes(bundle["invoices"], billed))
    bundle["ssps"] = draw(selling_prices())
    bundle["locks"] = draw(locks()) if chance(draw, 2) else []
    return {table: rows for table, rows in bundle.items() if rows}


@st.composite
def questions(draw: Draw) -> Question:
    """A bundle with the day through which to recognize it, seldom with a day of knowledge."""
    through = draw(days_between(date(2027, 12, 1), date(2029, 3, 31)))
    known_on = draw(days_between(date(2027, 12, 1), date(2029, 3, 31))) if chance(draw, 5) else None
    return Question(draw(bundles()), through, known_on)
