"""Why a figure is what it is: opening, what moved it, closing, the obligations behind it and their clauses.

Worked example: "Why was $4,200 deferred for Acme this month?" Acme closes March with 44,047.79 USD deferred; it opened
with 51,333.32, was billed 1,992.00, and so on; C-001-2 holds 40,680.00 of it, straight-line through December. 4,200.00
is none of these, which the answer says first, with the nearest true figures.

Refuses months after the books, and a scope without entries.
"""

from dataclasses import replace

import polars as pl

from ratable.review.ask import answers, posted, query
from ratable.review.ask.queries import obligations

_NEAREST = 3
_CALLED = {"receivable": "billing"}


def _why_deferred(asked: query.Asked) -> answers.Answer:
    return _balance(asked, "deferred_revenue")


def _why_asset(asked: query.Asked) -> answers.Answer:
    return _balance(asked, "contract_asset")


def _why_unbilled(asked: query.Asked) -> answers.Answer:
    return _balance(asked, "unbilled_receivable")


def _why_recognized(asked: query.Asked) -> answers.Answer:
    return _flow(asked, "revenue", "recognized")


def _why_billed(asked: query.Asked) -> answers.Answer:
    return _flow(asked, "receivable", "billed")


def _balance(asked: query.Asked, role: str) -> answers.Answer:
    """The balance of an account at the end of the months asked, and how it came to be."""
    whole = posted.rolled(asked, role)
    among = posted.currencies(whole)
    if not among:
        return _nothing(asked, role)
    of_lines = posted.rolled(asked, role, ("contract", "line", "product"))
    moved = posted.to(asked.entries.filter(pl.col("period") <= asked.last), role)
    said: list[answers.Sentence | None] = []
    checks = []
    for row in whole.iter_rows(named=True):
        currency, own = row["currency"], moved.filter(pl.col("currency") == row["currency"])
        lines = of_lines.filter(pl.col("currency") == currency)
        said += [_closing(asked, row, role, own, posted.suffix(currency, among)), _movement(asked, row, own, among)]
        checks += _foots(row, lines, role)
    first, contradicts = _asked_amount(asked, _candidates(asked, whole, of_lines, role), role)
    tables = [answers.Table(f"{posted.ROLES[role].capitalize()} by line", of_lines)]
    tables += obligations.release(asked) if role == "deferred_revenue" else []
    said = [first, *said, obligations.released(tables[1:]), *obligations.sentences(asked, of_lines, "closing")]
    made = answers.answered(said, tables=tables, checks=checks)
    return _with(made, contradicts=contradicts)


def _closing(asked: query.Asked, row: dict[str, object], role: str, own: pl.DataFrame, suffix: str) -> answers.Sentence:
    closing = answers.amount(int(str(row["closing"])), str(row["currency"]))
    slot = f"closing{suffix}"
    text = f"At the end of {{month}}, the {posted.ROLES[role]} of {{subject}} stood at {{{slot}}}."
    figures = {"month": answers.month(asked.last), "subject": posted.subject(asked), slot: closing}
    return answers.Sentence(text, figures, posted.ids(own))


def _movement(asked: query.Asked, row: dict[str, int], own: pl.DataFrame, among: list[str]) -> answers.Sentence:
    currency = str(row["currency"])
    suffix = posted.suffix(currency, among)
    during, slots = posted.when(asked)
    figures = slots | {f"opening{suffix}": answers.amount(row["opening"], currency)}
    parts = [part for part in posted.PARTS if row[part]]
    figures |= {f"{part}{suffix}": answers.amount(row[part], currency) for part in parts}
    terms = [f"{posted.SHOWN[part]} {{{part}{suffix}}}" for part in parts]
    moved = ", ".join(terms) if terms else "nothing moved it"
    text = f"It opened {during} with {{opening{suffix}}}; {moved}."
    return answers.Sentence(text, figures, posted.ids(own.filter(pl.col("period") >= asked.first)) or posted.ids(own))


def _foots(row: dict[str, int], lines: pl.DataFrame, role: str) -> list[answers.Check]:
    currency = str(row["currency"])
    shown = posted.shown(row)
    whole = ("closing", answers.amount(row["closing"], currency))
    of_lines = tuple(
        (str(line or "no line"), answers.amount(closing, currency))
        for line, closing in lines.select("line", "closing").rows()
    )
    return [
        answers.Check(f"Movements of {posted.ROLES[role]} foot", shown, whole),
        answers.Check(f"Lines of {posted.ROLES[role]} foot", of_lines, whole),
    ]


def _flow(asked: query.Asked, role: str, verb: str) -> answers.Answer:
    """What was recognized or billed in the months asked, by line and kind."""
    moved = _counted(asked, role)
    among = posted.currencies(moved)
    if not among:
        return _nothing(asked, role)
    keys = ("currency", "contract", "line", "product")
    of_lines = moved.group_by(keys).agg(closing=pl.col("change").sum()).sort(keys, nulls_last=True)
    kinds = moved.group_by("currency", "kind").agg(amount=pl.col("change").sum()).sort("currency", "kind")
    whole = moved.group_by("currency").agg(closing=pl.col("change").sum()).sort("currency")
    said: list[answers.Sentence | None] = []
    checks = []
    for currency, total in whole.rows():
        said.append(_total(asked, moved, (verb, currency, total), posted.suffix(currency, among)))
        said.append(_kinds(kinds.filter(pl.col("currency") == currency), moved))
        parts = of_lines.filter(pl.col("currency") == currency).select("line", "closing").rows()
        shown = tuple((str(line or "no line"), answers.amount(part, currency)) for line, part in parts)
        checks.append(answers.Check(f"Lines {verb} foot", shown, (verb, answers.amount(total, currency))))
    candidates = [("the whole", currency, total) for currency, total in whole.rows()]
    candidates += [(f"line {line}", code, part) for code, _, line, _, part in of_lines.rows()]
    first, contradicts = _asked_amount(asked, candidates, role)
    said = [first, *said, *obligations.sentences(asked, of_lines, "closing")]
    tables = [answers.Table(f"{verb.capitalize()} by line", of_lines.rename({"closing": verb}))]
    return _with(answers.answered(said, tables=tables, checks=checks), contradicts=contradicts)


def _counted(asked: query.Asked, role: str) -> pl.DataFrame:
    """The entries of the months asked that count: bills without tax and payments, all of revenue."""
    moved = posted.to(asked.during, role)
    if role != "receivable":
        return moved
    taxed = (pl.col("debit_role") == "tax_payable") | (pl.col("credit_role") == "tax_payable")
    return moved.filter(~taxed & (pl.col("kind") == "billing"))


def _total(asked: query.Asked, moved: pl.DataFrame, total: tuple[str, str, int], suffix: str) -> answers.Sentence:
    verb, currency, minor = total
    during, slots = posted.when(asked)
    slot = f"{verb}{suffix}"
    figures = slots | {"subject": posted.subject(asked), slot: answers.amount(minor, currency)}
    text = f"{{{slot}}} was {verb} for {{subject}} in {during}."
    return answers.Sentence(text, figures, posted.ids(moved.filter(pl.col("currency") == currency)))


def _kinds(kinds: pl.DataFrame, moved: pl.DataFrame) -> answers.Sentence | None:
    if kinds.height < 2:
        return None
    rows = kinds.select("kind", "amount", "currency").rows()
    figures = {kind: answers.amount(amount, currency) for kind, amount, currency in rows}
    text = "By kind of entry: " + ", ".join(f"{kind.replace('_', ' ')} {{{kind}}}" for kind, _, _ in rows) + "."
    return answers.Sentence(text, figures, posted.ids(moved))


def _candidates(
    asked: query.Asked, whole: pl.DataFrame, of_lines: pl.DataFrame, role: str
) -> list[tuple[str, str, int]]:
    """Every figure that a person may mean by an amount: what it is, its currency, minor units."""
    found = []
    for row in whole.iter_rows(named=True):
        names = {"closing": "the closing balance", "opening": "the opening balance"} | posted.SHOWN
        found += [(names[name], row["currency"], row[name]) for name in names if row[name]]
        found.append(("the change of the balance", row["currency"], row["closing"] - row["opening"]))
    for row in of_lines.iter_rows(named=True):
        place = f"line {row['line'] or 'without a name'}"
        found += [(f"the balance of {place}", row["currency"], row["closing"])]
        found += [(f"billed on {place}", row["currency"], row["billed"])] if row["billed"] else []
    entries = posted.to(asked.during, role)
    return found + [(f"entry {entry[:12]}", code, abs(change)) for entry, code, change in entries.select(
        "entry", "currency", "change").rows()]  # fmt: skip


def _asked_amount(
    asked: query.Asked, candidates: list[tuple[str, str, int]], role: str
) -> tuple[answers.Sentence | None, bool]:
    """What the amount of the question is; where it is nothing, that it is not there, and the nearest figures."""
    given, currency = asked.get("amount"), asked.get("currency")
    if not given or not candidates:
        return None, False
    code = currency or candidates[0][1]
    wanted = answers.minor(given, code)
    shown = answers.amount(wanted, code)
    same = [(what, own, part) for what, own, part in candidates if own == code]
    meant = [what for what, _, part in same if abs(part) == wanted]
    if meant:
        more = f" and {len(meant) - _NEAREST} more" if len(meant) > _NEAREST else ""
        figures = {"asked": shown, "what": answers.name(", ".join(meant[:_NEAREST]) + more)}
        return answers.Sentence("{asked} is {what}.", figures, answers.cite("snapshot", [asked.snapshot.name])), False
    during, slots = posted.when(asked)
    nearest = sorted(dict.fromkeys(same), key=lambda one: (abs(abs(one[2]) - wanted), one[0]))[:_NEAREST]
    figures = slots | {"asked": shown, "subject": posted.subject(asked)}
    for place, (what, own, part) in enumerate(nearest, start=1):
        figures |= {f"nearest_{place}": answers.amount(part, own), f"what_{place}": answers.name(what)}
    near = ", ".join(f"{{nearest_{place}}} ({{what_{place}}})" for place in range(1, len(nearest) + 1))
    text = f"{{asked}} is no figure of the {_CALLED.get(role, posted.ROLES[role])} of {{subject}} in {during}."
    text += f" The nearest that are: {near}." if near else ""
    return answers.Sentence(text, figures, answers.cite("snapshot", [asked.snapshot.name])), True


def _nothing(asked: query.Asked, role: str) -> answers.Answer:
    """No entry of the scope touches the account: that is the true figure, and an amount asked is not so."""
    during, slots = posted.when(asked)
    figures = slots | {"subject": posted.subject(asked), "entries": answers.count(0)}
    text = f"No entry of {{subject}} touches {posted.ROLES[role]} in or before {during}: there are {{entries}}."
    if role in ("revenue", "receivable"):
        text = f"No entry of {{subject}} touches {posted.ROLES[role]} in {during}: there are {{entries}}."
    sentence = answers.Sentence(text, figures, answers.cite("snapshot", [asked.snapshot.name]))
    currency = asked.get("currency") or next(iter(posted.currencies(asked.entries)), "")
    name = {"revenue": "recognized", "receivable": "billed"}.get(role, "closing")
    more = {name: answers.amount(0, currency)} if currency else {}
    return _with(answers.answered([sentence], more=more), contradicts=True)


def _with(answer: answers.Answer, *, contradicts: bool) -> answers.Answer:
    return replace(answer, contradicts=contradicts)


def _why_entry(asked: query.Asked) -> answers.Answer:
    """One entry: what it posts, why, from which terms, and who was behind it."""
    row = obligations.entry(asked)
    figures = {
        "entry": answers.name(row["entry"]), "day": answers.day(row["date"]),
        "amount": answers.amount(row["amount"], row["currency"]), "debit": answers.name(row["debit"]),
        "credit": answers.name(row["credit"]), "origin": answers.month(row["origin_period"]),
        "narrative": answers.quote(row["narrative"]),
    }  # fmt: skip
    cites = answers.cite("entries", [row["entry"]])
    state = "is posted" if row["state"] == "posted" else "waits for approval"
    said: list[answers.Sentence | None] = [
        answers.Sentence(
            "Entry {entry} of {day} debits account {debit} and credits account {credit} by {amount}, for {origin}; it "
            + state + ".", figures, cites,
        ),
        answers.Sentence("Its own words: {narrative}.", figures, cites),
        obligations.source(asked, row),
    ]  # fmt: skip
    of_line = asked.snapshot.lines.filter(pl.col("line") == (row["line"] or ""))
    said += obligations.terms(asked, of_line)
    rows = asked.snapshot.entries.filter(pl.col("entry") == row["entry"])
    return answers.answered(said, tables=[answers.Table("The entry", obligations.listed(rows))])


_ON = (*query.SCOPE, *query.PERIOD, "amount")
QUERIES = (
    query.Query(
        "why-deferred",
        "Why revenue was deferred",
        "Why was {amount} deferred for {customer} this month?",
        ("why deferred", "why @amount deferred", "why @customer deferred", "why @contract deferred"),
        _why_deferred,
        takes=_ON,
        needs=query.PARTY,
    ),
    query.Query(
        "why-recognized",
        "Why revenue was recognized",
        "Why was {amount} recognized for {customer} in {month}?",
        ("why recognized", "why revenue", "why @amount recognized", "why @customer revenue"),
        _why_recognized,
        takes=_ON,
        needs=query.PARTY,
    ),
    query.Query(
        "why-contract-asset",
        "Why there is a contract asset",
        "Why does {customer} have a contract asset?",
        ("why asset", "why contract asset", "why @customer asset"),
        _why_asset,
        takes=_ON,
        needs=query.PARTY,
    ),
    query.Query(
        "why-unbilled",
        "Why there is an unbilled receivable",
        "Why is there an unbilled receivable for {customer}?",
        ("why unbilled", "why unbilled receivable"),
        _why_unbilled,
        takes=_ON,
        needs=query.PARTY,
    ),
    query.Query(
        "why-billed",
        "Why a customer was billed",
        "Why was {customer} billed in {month}?",
        ("why billed", "why @amount billed", "why invoice @customer"),
        _why_billed,
        takes=_ON,
        needs=query.PARTY,
    ),
    query.Query(
        "why-entry",
        "Why an entry was made",
        "Why was entry {entry} made?",
        ("why @entry", "explain @entry", "@entry", "why entry @entry", "entry @entry", "where @entry"),
        _why_entry,
        takes=("entry",),
        needs=("entry",),
    ),
)
ROOM = query.Room("why", "Why a figure is what it is", QUERIES)
