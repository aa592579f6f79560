"""Definitions, and what is in force: terms of the trade, policies, rates, accounts.

Worked example: "What is a contract asset?" is answered from the short dictionary below, with its paragraph; "Which
policies are in force?" from the policies of the facts.
"""

from decimal import Decimal

import polars as pl

from ratable.core.tables import UNIT_PRICE_DECIMALS
from ratable.review.ask import answers, query
from ratable.review.ask.queries import obligations

TERMS: dict[str, tuple[str, str]] = {
    "deferred revenue": ("what is billed and not yet earned: a contract liability", "606-10-45-2"),
    "contract asset": ("what is earned above what is billed, where more than time must pass to bill it", "606-10-45-3"),
    "unbilled receivable": ("what is earned and not yet billed, where only time must pass", "606-10-45-4"),
    "transaction price": ("the consideration expected for a contract, without tax", "606-10-32-2"),
    "standalone selling price": ("the price if the line were sold alone, at inception", "606-10-32-31"),
    "allocation": ("the share of the transaction price that belongs to one obligation", "606-10-32-28"),
    "performance obligation": ("a distinct promise of a contract; here a contract line", "606-10-25-14"),
    "remaining performance obligations": (
        "fixed consideration of signed contracts still to be recognized",
        "606-10-50-13",
    ),
    "prospective": ("an amendment that shares what is left over what is still to come", "606-10-25-13"),
    "catch up": ("an amendment that brings revenue to date to the new terms at once", "606-10-25-13"),
    "separate contract": ("an amendment that only adds lines at their standalone selling prices", "606-10-25-12"),
    "straight line": ("recognized evenly over the days or months of service", "606-10-25-31"),
    "point in time": ("recognized on the day on which control passes", "606-10-25-30"),
    "true up": ("what is owed at the end of an interval because use stayed below its minimum", "606-10-32-5"),
    "breakage": ("revenue from rights that a customer paid for and will not use", "606-10-55-48"),
    "credit note": ("a reduction of an invoice; it takes deferred revenue first", "606-10-32-42"),
    "roll forward": ("the opening balance, what moved it, and the closing balance", "606-10-50-8"),
    "waterfall": ("what was booked, how much is recognized, and the months that recognize the rest", "606-10-50-14"),
    "reclassification": ("a move between sides of the balance sheet that earns nothing", "606-10-45-1"),
    "ssp": ("the price if the line were sold alone, at inception", "606-10-32-31"),
    "rpo": ("fixed consideration of signed contracts still to be recognized", "606-10-50-13"),
    "late fact": ("a fact that came in after its month was locked; it is posted in the first open month", "P-007"),
}
"""A term, what it means here, and the paragraph or position that it comes from."""


def _here(asked: query.Asked) -> tuple[answers.Citation, ...]:
    return answers.cite("snapshot", [asked.snapshot.name])


def _define(asked: query.Asked) -> answers.Answer:
    term = asked.get("text").lower()
    if term not in TERMS:
        text = "The dictionary has no term {term}; it has {known}."
        figures = {"term": answers.name(term), "known": answers.name(", ".join(TERMS))}
        return answers.refused(text, "a term of the dictionary", **figures)
    meaning, source = TERMS[term]
    figures = {
        "term": answers.name(term.capitalize()),
        "meaning": answers.quote(meaning),
        "source": answers.name(source),
    }
    return answers.answered([answers.Sentence("{term}: {meaning} ({source}).", figures, answers.cite("terms", [term]))])


def _policies(asked: query.Asked) -> answers.Answer:
    rows = asked.table("policies").filter(pl.col("from").is_null() | (pl.col("from") <= asked.end))
    for name in ("entity", "product"):
        rows = rows.filter(pl.col(name).is_null() | (pl.col(name) == asked.get(name))) if asked.get(name) else rows
    said: list[answers.Sentence | None] = []
    for row in rows.head(2 * obligations.MOST_SAID).iter_rows(named=True):
        figures = {"name": answers.name(row["name"]), "value": answers.name(row["value"])}
        text = "Policy {name}: {value}"
        for where in ("entity", "product"):
            if row[where]:
                figures[where] = answers.name(row[where])
                text += f", for {where} {{{where}}}"
        if row["from"]:
            figures["from"] = answers.day(row["from"])
            text += ", from {from}"
        said.append(answers.Sentence(f"{text}.", figures, answers.cite("policies", [row["name"]])))
    said = said or [answers.Sentence("No policy is set: the defaults apply.", {}, _here(asked))]
    shown = rows.select("name", "value", "from", "product", "entity")
    return answers.answered(said, tables=[answers.Table("Policies", shown)])


def _rates(asked: query.Asked) -> answers.Answer:
    rows = asked.table("fx_rates").filter(pl.col("on") <= asked.end)
    if asked.get("currency"):
        rows = rows.filter((pl.col("from") == asked.get("currency")) | (pl.col("to") == asked.get("currency")))
    latest = rows.sort("from", "to", "on").group_by("from", "to", maintain_order=True).last()
    said: list[answers.Sentence | None] = []
    for row in latest.head(obligations.MOST_SAID).iter_rows(named=True):
        rate = answers.number(Decimal(row["rate"]).scaleb(-UNIT_PRICE_DECIMALS))
        figures = {
            "one": answers.name(row["from"]),
            "other": answers.name(row["to"]),
            "rate": rate,
            "day": answers.day(row["on"]),
        }
        said.append(answers.Sentence("Each {one} was {rate} of {other} on {day}.", figures, _here(asked)))
    if not said:
        return answers.refused("The facts hold no exchange rate for what is asked.", "an exchange rate")
    exact = (pl.col("rate").cast(pl.Decimal(38, 0)) / pl.lit(10**UNIT_PRICE_DECIMALS, pl.Decimal(38, 0))).cast(
        pl.String
    )
    return answers.answered(said, tables=[answers.Table("Exchange rates", rows.select("from", "to", "on", rate=exact))])


def _accounts(asked: query.Asked) -> answers.Answer:
    entries = asked.snapshot.entries
    used = pl.concat([
        entries.select(account="debit", role="debit_role"), entries.select(account="credit", role="credit_role")
    ]).unique().sort("account", "role")  # fmt: skip
    named = used.join(
        asked.table("accounts").select(account="code", name="name").unique("account"), "account", how="left"
    )
    figures = {"accounts": answers.count(named["account"].n_unique())}
    text = "The entries use {accounts} accounts."
    return answers.answered([answers.Sentence(text, figures, _here(asked))], tables=[answers.Table("Accounts", named)])


QUERIES = (
    query.Query(
        "definition",
        "What a term means",
        "What is a contract asset?",
        ("define @term", "define", "what @term", "mean @term"),
        _define,
        takes=("text",),
        needs=("text",),
    ),
    query.Query(
        "policies",
        "Policies in force",
        "Which policies are in force?",
        ("policy", "which policy", "policy @entity", "list policy", "proration"),
        _policies,
        takes=("entity", "product", *query.PERIOD),
    ),
    query.Query(
        "rates",
        "Exchange rates",
        "What exchange rate was used for {month}?",
        ("rate", "rate fx", "fx", "fx rate", "rate @currency"),
        _rates,
        takes=("currency", *query.PERIOD),
    ),
    query.Query(
        "accounts",
        "Accounts in use",
        "Which accounts are used?",
        ("account", "list account", "which account", "chart"),
        _accounts,
        takes=(),
    ),
)
ROOM = query.Room("definitions", "Terms, policies and accounts", QUERIES)
