"""Asking: a question, or a query with parameters, of a snapshot; the answer, with every sentence verified.

Worked example: `answer("Why was $4,200 deferred for Acme this month?", snapshot)` and `run("why-deferred", {"customer":
"acme", "from": "2026-03", "to": "2026-03", "amount": "4200", "currency": "USD"}, snapshot)` say the same.

A sentence with a numeral that the verifier does not find among its figures is withheld: the tables stand, the words do
not. A check line whose parts do not sum to the whole is withheld the same way.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import polars as pl

from ratable.review import grounding
from ratable.review.ask import answers, calendar, library, query, questioning, rendering, understanding
from ratable.review.snapshot import Snapshot

_EXAMPLES = (
    "why-deferred", "schedule-changes", "why-recognized", "variance", "balance-drivers", "top", "forecast", "release",
    "amendment-treatment", "find-entries", "blocking-close", "credit-notes", "terms",
)  # fmt: skip


def answer(question: str, snapshot: Snapshot) -> answers.Answer:
    """The answer to a question in words."""
    return _to(understanding.understand(question, snapshot), snapshot)


def answer_as(query_id: str, question: str, snapshot: Snapshot) -> answers.Answer:
    """The answer to a question in words that is known to ask one query of the library."""
    return _to(understanding.as_query(query_id, question, snapshot), snapshot)


def _to(understood: understanding.Understood, snapshot: Snapshot) -> answers.Answer:
    if understood.answer is not None:
        return _finished(understood.answer, snapshot, understood)
    return run(understood.query, understood.parameters, snapshot, understood=understood)


def run(
    query_id: str,
    parameters: Mapping[str, str],
    snapshot: Snapshot,
    *,
    understood: understanding.Understood | None = None,
) -> answers.Answer:
    """The answer of one query of the library; parameters that make no sense are refused in a sentence."""
    asked = library.QUERIES.get(query_id)
    given = {name: value for name, value in parameters.items() if value}
    wrong = questioning.typed(asked, given) if asked else f"the library has no query {query_id!r}"
    if asked is None or wrong:
        said = answers.refused("{wrong}.", wrong, wrong=answers.quote(wrong))
        return _finished(replace(said, query=query_id, parameters=given), snapshot, understood)
    early = questioning.of_parameters(asked, given, snapshot)
    try:
        made = early or asked.make(query.Asked(snapshot, given))
    except query.Unanswerable as refused:
        made = refused.answer
    return _finished(replace(made, query=asked.id, parameters=given), snapshot, understood)


def _finished(made: answers.Answer, snapshot: Snapshot, understood: understanding.Understood | None) -> answers.Answer:
    """The answer under the name of its snapshot, as understood, with its sentences verified."""
    if understood is not None:
        made = replace(made, chips=understood.chips, alternatives=made.alternatives or understood.alternatives)
    here = answers.cite("snapshot", [snapshot.name])
    cited = tuple(said if said.cites else replace(said, cites=here) for said in made.sentences)
    checked = [
        footed
        for footed in made.checks
        if grounding.foots((part.value for _, part in footed.parts), footed.whole[1].value)
    ]
    lines = [replace(rendering.check(footed), cites=here) for footed in checked]
    told = tuple(map(verified, (*cited, *lines)))
    lost = len(made.checks) - len(checked)
    if lost:
        told += tuple(answers.Told("", here, ("a check line does not foot",)) for _ in range(lost))
    return replace(made, sentences=cited, snapshot=snapshot.name, told=told)


def verified(said: answers.Sentence) -> answers.Told:
    """A sentence as it is shown, or withheld where the verifier misses something."""
    text = rendering.sentence(said)
    missed = grounding.misses(text, facts(said))
    return answers.Told("" if missed else text, said.cites, missed)


def facts(said: answers.Sentence) -> list[grounding.Fact]:
    """What the verifier is given of a sentence: a figure for each time that its slot stands in the text."""
    meant = [said.figures[slot] for slot in re.findall(r"\{(\w+)\}", said.text)]
    return [(figure.kind, figure.value, figure.currency) for figure in meant]


def examples(snapshot: Snapshot) -> list[str]:
    """Questions from the company's own data, that it can answer."""
    slots = _slots(snapshot)
    told = []
    for name in _EXAMPLES:
        text = library.QUERIES[name].example
        for slot, value in slots.items():
            text = text.replace(f"{{{slot}}}", value)
        if "{" not in text:
            told.append(text)
    return told


def example(asked: query.Query, snapshot: Snapshot) -> str:
    """The example question of a query with names of the company's own data."""
    text = asked.example
    for slot, value in _slots(snapshot).items():
        text = text.replace(f"{{{slot}}}", value)
    return text


def _slots(snapshot: Snapshot) -> dict[str, str]:
    """Names of the books for the slots of examples: those with the most entries in the month under review."""
    entries = snapshot.entries.filter(pl.col("period") == snapshot.period)
    found: dict[str, str] = {}
    deferred = entries.filter(pl.col("debit_role") == "deferred_revenue")
    first = partial(_most, deferred if deferred.height else entries)
    names = dict(snapshot.bundle["customers"].select("id", "name").rows())
    products = dict(snapshot.bundle["products"].select("id", "name").rows())
    if customer := first("customer"):
        found["customer"] = names.get(customer, customer)
        own = entries.filter(pl.col("customer") == customer).sort("entry")
        row = own.row(0, named=True)
        found |= {"entry": row["entry"][:12], "account": row["debit"], "contract": first("contract")}
        amount = rendering.figure(answers.amount(row["amount"], row["currency"]))
        found["amount"] = amount
    if product := first("product"):
        found["product"] = products.get(product, product)
    for slot, table in (("amendment", "amendments"), ("invoice", "invoices")):
        if snapshot.bundle[table].height:
            found[slot] = snapshot.bundle[table].sort("known_on", "id")["id"][-1]
    months = {"month": snapshot.period, "previous": calendar.plus(snapshot.period, -1)}
    found |= {name: rendering.figure(answers.month(month)) for name, month in months.items()}
    return {name: value for name, value in found.items() if value}


def _most(entries: pl.DataFrame, column: str) -> str:
    """The value of a column with the most entries."""
    counts = entries.filter(pl.col(column).is_not_null()).group_by(column).agg(times=pl.len())
    return str(counts.sort("times", column, descending=[True, False])[column][0]) if counts.height else ""
