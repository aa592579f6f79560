"""The company of a world: entities, people, products with prices, customers, rates of exchange and policies.

Worked example: seed 7 gives "Harrowgate Systems" with entities in New York and Berlin, first month 2024-03, ten
products with books of standalone selling prices that change once, and monthly rates of EUR and GBP to USD.
"""

import random
from dataclasses import dataclass
from datetime import date

from ratable.core import currencies
from ratable.oracle import dates
from ratable.review.evaluation.facts import Row, Tables

MONTHS = 18

_FIRST = ("Harrow", "Alder", "Quill", "Brook", "Kest", "Mar", "Thorn", "Vel", "Ash", "Corvi", "Lumen", "Nor", "Pell",
          "Sable", "Tarn", "Umber", "Wick", "Yar", "Zeph", "Fen", "Gal", "Hol", "Ister", "Jun", "Larch")  # fmt: skip
_LAST = ("gate", "stone", "mere", "field", "rel", "low", "wick", "ton", "ford", "haven", "bury", "crest", "dale",
         "mont", "rise", "by", "combe", "worth")  # fmt: skip
_TRADE = ("Logistics", "Foods", "Dental Group", "Insurance", "Energy", "Textiles", "Clinics", "Freight", "Schools",
          "Homes", "Motors", "Media", "Pharma", "Retail", "Bank", "Hotels", "Mills", "Labs", "Rail", "Airways",
          "Farms", "Optics", "Paper", "Shipping", "Partners", "Works", "Brewing", "Ceramics")  # fmt: skip
_PEOPLE = ("amara.obi", "ben.castell", "carla.nunez", "dmitri.volkov", "elin.berg", "farid.haddad", "grace.lin",
           "hugo.martens", "ines.rocha", "jonas.weber", "kaya.demir", "liam.doyle", "mei.tanaka", "nora.quist",
           "omar.said", "priya.nair", "rosa.leone", "sven.dahl")  # fmt: skip
_PLACES = {
    "us": ("Inc", "USD", "America/New_York", "AMER"),
    "uk": ("Ltd", "GBP", "Europe/London", "EMEA"),
    "de": ("GmbH", "EUR", "Europe/Berlin", "EMEA"),
    "jp": ("KK", "JPY", "Asia/Tokyo", "APAC"),
}
_LEVEL = {"USD": 1.0, "GBP": 0.79, "EUR": 0.92, "JPY": 148.0, "CAD": 1.36, "AED": 3.6725}
"""About what a dollar costs; AED is pegged, so that its rate is the same every month."""

# Product: name, method, stream, dollars, what the price is for.
_OFFERED: dict[str, tuple[str, str, str, int, str]] = {
    "platform": ("Platform Subscription", "straight_line", "Subscription", 36_000, "year"),
    "analytics": ("Analytics Module", "straight_line", "Subscription", 9_600, "year"),
    "seats": ("Named Users", "straight_line", "Subscription", 48, "unit"),
    "support": ("Premium Support", "straight_line", "Support", 500, "month"),
    "hosting": ("Dedicated Hosting", "straight_line", "Subscription", 1_500, "month"),
    "api-calls": ("API Calls", "usage", "Usage", 0, ""),
    "messages": ("Text Messages", "usage", "Usage", 0, ""),
    "onboarding": ("Onboarding Package", "point_in_time", "Services", 7_500, "term"),
    "training": ("Training Days", "point_in_time", "Services", 2_400, "term"),
    "integration": ("Custom Integration", "milestone", "Services", 30_000, "term"),
}


@dataclass(frozen=True)
class Entity:
    """A legal entity: what keeps its own books."""

    id: str
    currency: str
    region: str


@dataclass(frozen=True)
class Company:
    """What all contracts of a world share; `level` scales its prices, `writers` are the drafting styles in use."""

    name: str
    first: date
    entities: tuple[Entity, ...]
    people: tuple[str, ...]
    level: float
    prefix: str
    writers: tuple[int, ...]

    def month(self, number: int) -> date:
        """First day of a month of the window, from 0."""
        return dates.in_month(self.first, number, 1)

    @property
    def through(self) -> date:
        """Last day of the window."""
        return dates.last_of_month(self.month(MONTHS - 1))

    def price(self, product: str, currency: str) -> int:
        """The usual price of a product for what it is priced by, minor units, rounded as price lists are."""
        dollars = _OFFERED[product][3] * self.level * _LEVEL[currency]
        step = 10 if dollars < 1_000 else 100
        return int(max(step, int(dollars / step) * step) * 10 ** currencies.EXPONENTS[currency])


def found(chance: random.Random, tables: Tables) -> Company:
    """Invent a company and write its masters."""
    places = ["us", *chance.sample(["uk", "de", "jp"], chance.randint(0, 2))]
    name = chance.choice(_FIRST) + chance.choice(_LAST) + chance.choice((" Systems", " Software", " Cloud", ""))
    company = Company(
        name=name,
        first=dates.in_month(date(2023, 1, 1), chance.randint(0, 30), 1),
        entities=tuple(Entity(place, _PLACES[place][1], _PLACES[place][3]) for place in places),
        people=tuple(chance.sample(_PEOPLE, 5)),
        level=chance.choice((0.6, 0.85, 1.0, 1.25, 1.7)),
        prefix=chance.choice(("C-", "SO-", "ORD", "AGR-", "K")),
        writers=tuple(chance.sample(range(5), 3)),
    )
    for entity in company.entities:
        suffix, currency, zone, _ = _PLACES[entity.id]
        legal = {"id": entity.id, "name": f"{name} {suffix}", "currency": currency, "time_zone": zone}
        tables["entities"].append(legal)
    _products(tables)
    _prices(chance, company, tables)
    _rates(chance, company, tables)
    proration = chance.choice(("daily", "daily", "monthly_prorated"))
    tables["policies"].append({"name": "proration", "value": proration})
    tables["policies"].append({"name": "ssp_tolerance", "value": "5"})
    return company


def customer(chance: random.Random, company: Company, tables: Tables) -> Row:
    """A new customer with a name of its own."""
    taken = {row["name"] for row in tables["customers"]}
    name = ""
    while not name or name in taken:
        name = f"{chance.choice(_FIRST)}{chance.choice(_LAST)} {chance.choice(_TRADE)}"
    entity = chance.choice(company.entities)
    row = {
        "id": f"K{len(tables['customers']) + 101}",
        "name": name,
        "region": entity.region,
        "entity": entity.id,
        "external": f"CRM-{chance.randint(10_000, 99_999)}",
    }
    tables["customers"].append(row)
    return row


def currency_of(chance: random.Random, company: Company, entity: str) -> str:
    """The currency of a deal: mostly that of the entity."""
    own = next(item.currency for item in company.entities if item.id == entity)
    return chance.choice(("EUR", "GBP", "CAD", "USD", "AED")) if chance.random() < 0.12 else own


def _products(tables: Tables) -> None:
    for product, (name, method, stream, _, _) in _OFFERED.items():
        tables["products"].append({"id": product, "name": name, "method": method, "stream": stream})


def _prices(chance: random.Random, company: Company, tables: Tables) -> None:
    """Two versions of the book, the second a little dearer and in force from the middle of the window."""
    raised = company.month(chance.randint(5, 11))
    priced = [product for product, (_, _, _, dollars, per) in _OFFERED.items() if dollars and per != "unit"]
    # No two rise alike, so that the version of the book always shows in an allocation.
    for product, rise in zip(priced, chance.sample(range(4, 13), len(priced)), strict=True):
        per = _OFFERED[product][4]
        for currency in _LEVEL:
            usual = company.price(product, currency)
            for since, amount in ((company.month(-24), usual), (raised, usual * (100 + rise) // 100)):
                tables["ssps"].append({
                    "product": product, "currency": currency, "amount": amount, "from": since, "per": per,
                    "low": amount * 82 // 100, "high": amount * 118 // 100, "basis": "observed",
                    "known_on": company.month(-24),
                })  # fmt: skip


def _rates(chance: random.Random, company: Company, tables: Tables) -> None:
    """One rate for each month, from its first day on, of every currency to that of every entity."""
    level = dict(_LEVEL)
    for number in range(-12, MONTHS + 2):
        for currency in level:
            if currency not in ("USD", "AED"):
                level[currency] *= 1 + chance.uniform(-0.022, 0.022)
        for to in sorted({entity.currency for entity in company.entities}):
            for currency in sorted(level):
                if currency != to:
                    rate = round(level[to] / level[currency] * 10**6) * 100
                    tables["fx_rates"].append({"from": currency, "to": to, "on": company.month(number), "rate": rate})
