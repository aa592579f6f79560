"""Movements: what was recognized, billed or credited in some months, roll-forwards, and activity of an account.

Worked example: revenue of the company in March 2026 was 144,208.09 USD by the entries that credit revenue less those
that debit it; by customer, the rows sum to it.
"""

import polars as pl

from ratable.review.ask import answers, posted, query
from ratable.review.ask.queries import obligations


def _sum(asked: query.Asked, role: str, verb: str, kinds: tuple[str, ...] = ()) -> answers.Answer:
    """What entries of the months asked add to a role, as a total, by month and by customer or line."""
    moved = posted.to(asked.during, role)
    taxed = (pl.col("debit_role") == "tax_payable") | (pl.col("credit_role") == "tax_payable")
    moved = moved.filter(~taxed & (pl.col("kind").is_in(kinds) if kinds else pl.lit(value=True)))
    if verb == "credited":
        moved = moved.with_columns(change=-pl.col("change"))
    by = asked.get("by") or ("line" if set(query.PARTY) & set(asked.scope) else "customer")
    moved = _with_dimension(asked, moved, by)
    whole = moved.group_by("currency").agg(change=pl.col("change").sum()).sort("currency")
    among = posted.currencies(whole) or [asked.get("currency")]
    sums = dict(whole.rows())
    said: list[answers.Sentence | None] = []
    checks = []
    rows = moved.group_by(by, "currency").agg(change=pl.col("change").sum())
    rows = rows.sort("currency", "change", by, descending=[False, True, False], nulls_last=True)
    for currency in among:
        own = moved.filter(pl.col("currency") == currency)
        said.append(_total(asked, own, (verb, currency, sums.get(currency, 0)), posted.suffix(currency, among)))
        checks += _foots(rows.filter(pl.col("currency") == currency), (by, verb, currency))
    monthly = moved.group_by("period", "currency").agg(change=pl.col("change").sum()).sort("currency", "period")
    named = [
        answers.Table(f"{verb.capitalize()} by {by}", rows),
        answers.Table(f"{verb.capitalize()} by month", monthly),
    ]
    made = answers.answered(said, tables=[table for table in named if table.rows.height], checks=checks)
    return answers.charted(made, "bars", by, "change")


def _with_dimension(asked: query.Asked, moved: pl.DataFrame, by: str) -> pl.DataFrame:
    if by in moved.columns:
        return moved
    return moved.join(asked.snapshot.lines.unique("line").select("line", by), on="line", how="left")


def _total(asked: query.Asked, own: pl.DataFrame, total: tuple[str, str, int], suffix: str) -> answers.Sentence:
    verb, currency, minor = total
    during, slots = posted.when(asked)
    slot = f"{verb}{suffix}"
    shown = answers.amount(minor, currency) if currency else answers.count(minor)
    figures = slots | {"subject": posted.subject(asked), slot: shown}
    cites = posted.ids(own) or answers.cite("snapshot", [asked.snapshot.name])
    return answers.Sentence(f"In {during}, {{{slot}}} was {verb} for {{subject}}.", figures, cites)


def _foots(rows: pl.DataFrame, said: tuple[str, str, str]) -> list[answers.Check]:
    by, verb, currency = said
    parts = [(str(key or "none"), part) for key, part in rows.select(by, "change").rows()]
    most = obligations.MOST_SAID
    shown = [(key, answers.amount(part, currency)) for key, part in parts[:most]]
    rest = sum(part for _, part in parts[most:])
    shown += [("all others", answers.amount(rest, currency))] if rest else []
    whole = (verb, answers.amount(sum(part for _, part in parts), currency))
    return [answers.Check(f"{verb.capitalize()} by {by} foots", tuple(shown), whole)] if shown else []


def _revenue(asked: query.Asked) -> answers.Answer:
    return _sum(asked, "revenue", "recognized")


def _billed(asked: query.Asked) -> answers.Answer:
    return _sum(asked, "receivable", "billed", ("billing",))


def _credited(asked: query.Asked) -> answers.Answer:
    return _sum(asked, "receivable", "credited", ("credit_note",))


def _released(asked: query.Asked) -> answers.Answer:
    """What was recognized out of deferred revenue, by its own kinds of entry."""
    moved = posted.to(asked.during, "deferred_revenue").filter(pl.col("part") == "recognized")
    whole = moved.group_by("currency").agg(change=-pl.col("change").sum()).sort("currency")
    among = posted.currencies(whole)
    said: list[answers.Sentence | None] = [
        _total(asked, moved.filter(pl.col("currency") == currency), ("released", currency, change),
               posted.suffix(currency, among))
        for currency, change in whole.rows()
    ]  # fmt: skip
    rows = moved.group_by("customer", "line", "currency").agg(released=-pl.col("change").sum()).sort("customer", "line")
    return answers.answered(said or [_nothing(asked)], tables=[answers.Table("Released from deferred revenue", rows)])


def _nothing(asked: query.Asked) -> answers.Sentence:
    during, slots = posted.when(asked)
    figures = slots | {"subject": posted.subject(asked), "entries": answers.count(0)}
    text = f"{{entries}} entries of {{subject}} fall into {during}."
    return answers.Sentence(text, figures, answers.cite("snapshot", [asked.snapshot.name]))


def _roll_forward(asked: query.Asked) -> answers.Answer:
    role = asked.get("role", "deferred_revenue")
    by = (asked.get("by"),) if asked.get("by") in ("customer", "product", "contract", "line", "entity") else ()
    rows, whole = posted.rolled(asked, role, by), posted.rolled(asked, role)
    among = posted.currencies(whole)
    during, slots = posted.when(asked)
    own = posted.to(asked.during, role)
    said: list[answers.Sentence | None] = []
    checks = []
    for row in whole.iter_rows(named=True):
        currency, end = row["currency"], posted.suffix(row["currency"], among)
        names = ("opening", *posted.PARTS, "closing")
        figures = slots | {f"{name}{end}": answers.amount(row[name], currency) for name in names}
        figures["subject"] = posted.subject(asked)
        parts = ", ".join(f"{posted.SHOWN[name]} {{{name}{end}}}" for name in posted.PARTS if row[name])
        figures = {name: one for name, one in figures.items() if name.removesuffix(end) not in posted.PARTS or
                   row[name.removesuffix(end)]}  # fmt: skip
        text = (
            f"The {posted.ROLES[role]} of {{subject}} opened {during} with {{opening{end}}}; "
            f"{parts or 'nothing moved it'}; it closed with {{closing{end}}}."
        )
        said.append(answers.Sentence(text, figures, posted.ids(own) or answers.cite("snapshot", [asked.snapshot.name])))
        shown = posted.shown(row)
        checks.append(answers.Check("Roll-forward foots", shown, ("closing", answers.amount(row["closing"], currency))))
    tables = [answers.Table(f"Roll-forward of {posted.ROLES[role]}", rows)]
    return answers.answered(said or [_nothing(asked)], tables=tables, checks=checks)


def _account(asked: query.Asked) -> answers.Answer:
    """Debits and credits of one account in the months asked."""
    code = asked.get("account")
    rows = asked.during.filter((pl.col("debit") == code) | (pl.col("credit") == code))
    sums = rows.group_by("currency").agg(
        debit=pl.col("amount").filter(pl.col("debit") == code).sum(),
        credit=pl.col("amount").filter(pl.col("credit") == code).sum(),
    )
    among = posted.currencies(sums)
    during, slots = posted.when(asked)
    said: list[answers.Sentence | None] = []
    for currency, debit, credit in sums.sort("currency").rows():
        end = posted.suffix(currency, among)
        figures = slots | {
            "account": answers.name(code), f"debit{end}": answers.amount(debit, currency),
            f"credit{end}": answers.amount(credit, currency), f"net{end}": answers.amount(debit - credit, currency),
        }  # fmt: skip
        text = (
            f"In {during}, account {{account}} was debited {{debit{end}}} and credited {{credit{end}}}: "
            f"net {{net{end}}}."
        )
        said.append(answers.Sentence(text, figures, posted.ids(rows)))
    table = answers.Table("Entries of the account", obligations.listed(rows))
    return answers.answered(said or [_nothing(asked)], tables=[table])


def _trial_balance(asked: query.Asked) -> answers.Answer:
    """Debits, credits and the closing balance of every account at the end of the months asked."""
    known = asked.entries.filter(pl.col("period") <= asked.last)
    inside = pl.col("period") >= asked.first
    halves = [
        known.select("entity", "currency", "period", account="debit", debit="amount", credit=pl.lit(0, pl.Int64)),
        known.select("entity", "currency", "period", account="credit", debit=pl.lit(0, pl.Int64), credit="amount"),
    ]
    keys = ["entity", "currency", "account"]
    both = pl.concat(halves).group_by(keys).agg(
        opening=(pl.col("debit") - pl.col("credit")).filter(~inside).sum(),
        debit=pl.col("debit").filter(inside).sum(), credit=pl.col("credit").filter(inside).sum(),
        closing=(pl.col("debit") - pl.col("credit")).sum(),
    ).sort(keys, nulls_last=True)  # fmt: skip
    during, slots = posted.when(asked)
    said: list[answers.Sentence | None] = []
    sums = both.group_by("currency").agg(pl.col("debit", "credit", "closing").sum()).sort("currency")
    among = posted.currencies(sums)
    for currency, debit, credit, closing in sums.rows():
        end = posted.suffix(currency, among)
        figures = slots | {
            f"debit{end}": answers.amount(debit, currency), f"credit{end}": answers.amount(credit, currency),
            f"difference{end}": answers.amount(closing, currency),
        }  # fmt: skip
        text = (
            f"In {during}, debits were {{debit{end}}} and credits {{credit{end}}}; closing balances sum to "
            f"{{difference{end}}}."
        )
        own = asked.during.filter(pl.col("currency") == currency)
        said.append(answers.Sentence(text, figures, posted.ids(own) or answers.cite("snapshot", [asked.snapshot.name])))
    return answers.answered(said or [_nothing(asked)], tables=[answers.Table("Trial balance", both)])


_BY = (*query.SCOPE, *query.PERIOD, "by")
QUERIES = (
    query.Query(
        "revenue",
        "Revenue of some months",
        "How much revenue was recognized in {month}?",
        ("revenue", "recognized", "recognized revenue", "revenue @customer", "revenue @by", "revenue total"),
        _revenue,
        takes=_BY,
    ),
    query.Query(
        "billings",
        "What was billed in some months",
        "How much was billed to {customer} this quarter?",
        ("billed", "billed total", "billed @customer", "billed @by"),
        _billed,
        takes=_BY,
    ),
    query.Query(
        "credits",
        "What was credited in some months",
        "How much was credited in {month}?",
        ("credited", "credited @customer", "credited total", "credited @by"),
        _credited,
        takes=_BY,
    ),
    query.Query(
        "released",
        "What deferred revenue released",
        "How much deferred revenue was released in {month}?",
        ("released", "released deferred", "released @customer"),
        _released,
    ),
    query.Query(
        "roll-forward",
        "Opening, movements and closing",
        "Show the roll-forward of deferred revenue for {month}.",
        (
            "rollforward",
            "rollforward deferred",
            "opening closing",
            "rollforward @role",
            "movement deferred",
            "movement @role",
            "movement",
            "happened deferred",
            "happened @role",
            "happened balance",
        ),
        _roll_forward,
        takes=(*_BY, "role"),
    ),
    query.Query(
        "account-activity",
        "Debits and credits of one account",
        "What moved on account {account} in {month}?",
        (
            "@account",
            "movement @account",
            "activity @account",
            "entry @account",
            "debit @account",
            "credited @account",
            "balance @account",
        ),
        _account,
        takes=(*query.SCOPE, *query.PERIOD, "account"),
        needs=("account",),
    ),
    query.Query(
        "trial-balance",
        "Trial balance",
        "Show the trial balance of {month}.",
        ("trial", "trial balance", "debit credited balance", "balance balanced", "balanced"),
        _trial_balance,
    ),
)
ROOM = query.Room("movements", "What moved in a month", QUERIES)
