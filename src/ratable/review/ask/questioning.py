"""What stands between a question and its answer: names that are strange or several, what is missing or not so.

Worked example: "Why was 500 deferred for Robotics?" asks back, since Wickham Robotics and Sakuragi Robotics are both in
the books; "Why was 500 deferred for Globex?" is refused, since nobody is called so; "What did Acme's contract C-004
bill?" is contradicted, since C-004 is one of Bolt Works.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from ratable.core import periods
from ratable.review.ask import answers, posted, query, reading, sums
from ratable.review.snapshot import Snapshot

_MOST = 8
Given = Mapping[str, str]


def of_words(given: Given, asked: query.Query, read: reading.Reading, snapshot: Snapshot) -> answers.Answer | None:
    """A question back, or a refusal, where the words of a question cannot be answered as they were read."""
    return (
        _strange(asked, read)
        or _several(given, asked, read)
        or _amount_twice(given, asked, read, snapshot)
        or of_parameters(asked, given, snapshot)
    )


def of_parameters(asked: query.Query, given: Given, snapshot: Snapshot) -> answers.Answer | None:
    """The same for parameters, however they were given."""
    return (
        _lacking(asked, given, snapshot)
        or _unknown(given, snapshot)
        or _contrary(given, snapshot)
        or _outside(asked, given, snapshot)
    )


def _unknown(given: Given, snapshot: Snapshot) -> answers.Answer | None:
    """An id that neither facts nor entries have."""
    tables = {"customer": "customers", "product": "products", "contract": "contracts", "line": "contract_lines"}
    for name, table in tables.items():
        if (asked := given.get(name)) is None:
            continue
        if asked not in snapshot.bundle[table]["id"] and asked not in snapshot.entries[name]:
            text = "The books have no {kind} {name}."
            slots = {"kind": answers.name(name), "name": answers.name(asked)}
            return answers.refused(text, f"a {name} {asked} in the books", **slots)
    return None


def _strange(asked: query.Query, read: reading.Reading) -> answers.Answer | None:
    """A name that the books do not have, where one would choose what is answered."""
    named = {one.kind for one in read.mentions}
    if not read.strangers or named & {"customer", "contract", "line", "invoice", "entry", "amendment", "credit_note"}:
        return None
    if not set(asked.takes) & {"customer", "contract", "product", "invoice", "entry", "amendment"}:
        return None
    stranger = read.strangers[0]
    text = "The books have no customer, product, contract or document called {name}."
    return answers.refused(text, f"a name {stranger} in the books", name=answers.name(stranger))


def _several(given: Given, asked: query.Query, read: reading.Reading) -> answers.Answer | None:
    """A name that is several: which one is meant?"""
    for one in read.mentions:
        if len(one.candidates) > 1 and one.kind in asked.takes:
            choices = [
                answers.Choice(name.name, asked.id, dict(given) | {one.kind: name.id})
                for name in sorted(one.candidates, key=lambda name: (name.name, name.id))[:_MOST]
            ]
            text = "{name} can be {count} of the books: which one is meant?"
            slots = {"name": answers.name(one.words), "count": answers.count(len(one.candidates))}
            return answers.asks_back(text, choices, f"which {one.kind}", **slots)
    return None


def _amount_twice(given: Given, asked: query.Query, read: reading.Reading, snapshot: Snapshot) -> answers.Answer | None:
    """An amount that can be read in two ways, or in several currencies."""
    if "amount" not in asked.takes or not read.sums:
        return None
    one = read.sums[0]
    if len(one.values) > 1:
        return _which(given, asked, ("amount", [format(value, "f") for value in one.values]), one.words)
    found = codes(one, read, snapshot)
    return _which(given, asked, ("currency", found), one.words) if len(found) > 1 else None


def _which(given: Given, asked: query.Query, among: tuple[str, list[str]], words: str) -> answers.Answer:
    name, values = among
    choices = [answers.Choice(value, asked.id, dict(given) | {name: value}) for value in values]
    text = f"{{words}} can be read in {{count}} ways: which {name} is meant?"
    slots = {"words": answers.name(words), "count": answers.count(len(values))}
    return answers.asks_back(text, choices, f"which {name}", **slots)


def _lacking(asked: query.Query, parameters: Given, snapshot: Snapshot) -> answers.Answer | None:
    """A question back where a query needs a parameter that is not given."""
    if not asked.needs or any(parameters.get(name) for name in asked.needs):
        return None
    choices = []
    if "customer" in asked.needs:
        rows = snapshot.bundle["customers"].sort("name").select("id", "name").head(_MOST).rows()
        choices = [answers.Choice(name, asked.id, dict(parameters) | {"customer": key}) for key, name in rows]
    wanted = " or ".join(name.replace("_", " ") for name in asked.needs)
    text = "For which {wanted}?"
    return answers.asks_back(text, choices, wanted, wanted=answers.name(wanted))


def _contrary(parameters: Given, snapshot: Snapshot) -> answers.Answer | None:
    """Where the parameters name a customer and a contract of another: whose it is."""
    customer, contract = parameters.get("customer"), parameters.get("contract")
    owners = dict(snapshot.bundle["contracts"].select("id", "customer").rows())
    if not customer or not contract or owners.get(contract, customer) == customer:
        return None
    names = dict(snapshot.bundle["customers"].select("id", "name").rows())
    figures = {
        "contract": answers.name(contract), "owner": answers.name(names.get(owners[contract], owners[contract])),
        "customer": answers.name(names.get(customer, customer)),
    }  # fmt: skip
    text = "Contract {contract} is not one of {customer}: it is one of {owner}."
    said = answers.refused(text, f"a contract {contract} of {customer}", **figures)
    cited = replace(said.sentences[0], cites=answers.cite("contracts", [contract]))
    return replace(said, sentences=(cited,), contradicts=True)


def _outside(asked: query.Query, parameters: Given, snapshot: Snapshot) -> answers.Answer | None:
    """A refusal where the months lie after the books, or before their first entry."""
    first, last = parameters.get("from"), parameters.get("to") or parameters.get("from")
    if asked.ahead or not first or not last:
        return None
    end = snapshot.through.isoformat()[:7]
    begun = snapshot.entries["period"].min()
    slots = {"first": answers.month(first), "through": answers.day(snapshot.through)}
    if first > end:
        text = "The books end on {through}: nothing is known of {first}."
        return answers.refused(text, f"entries of {first}", **slots)
    if begun is not None and last < str(begun):
        text = "The first entry of the books is of {begun}: nothing is known of {first}."
        return answers.refused(text, f"entries of {first}", begun=answers.month(str(begun)), first=slots["first"])
    return None


def codes(one: sums.Sum, read: reading.Reading, snapshot: Snapshot) -> list[str]:
    """The currencies that a sign can mean in these books, and in those of the party that is asked about."""
    if not one.currencies:
        return []
    party = {name.kind: name.candidates[0].id for name in read.mentions if name.kind in query.PARTY}
    own = posted.currencies(query.Asked(snapshot, party).entries)
    return [code for code in one.currencies if code in own] or list(one.currencies[:1])


def typed(asked: query.Query, parameters: Given) -> str:
    """What is wrong with parameters that were given directly; empty: nothing."""
    for name, value in parameters.items():
        if name not in asked.takes:
            return f"{asked.id} does not take {name}; it takes {', '.join(asked.takes)}"
        kind = query.TYPES[name]
        if not _fits(kind, value):
            return f"{name}: saw {value!r}; expected a {kind}"
    return ""


def _fits(kind: str, value: str) -> bool:
    try:
        if kind == query.MONTH:
            periods.last_day(value)
        elif kind == query.AMOUNT:
            return Decimal(value).is_finite()
        elif kind == query.NUMBER:
            return value.isascii() and value.isdigit()
    except (ValueError, ArithmeticError):
        return False
    return True
