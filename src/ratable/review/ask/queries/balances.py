"""Balances: what stands on an account at the end of a month, by whom, and where one contract stands.

Worked example: Acme at the end of March 2026 has 44,047.79 USD of deferred revenue on 7 lines of 2 contracts; contract
C-001 has billed 70,560.00 and recognized 28,080.00, so that 42,480.00 is deferred.
"""

import polars as pl

from ratable.review.ask import answers, posted, query
from ratable.review.ask.queries import obligations

_SIDES = ("billed", "recognized", "deferred_revenue", "unbilled_receivable", "contract_asset")


def _balance(asked: query.Asked) -> answers.Answer:
    role = asked.get("role", "deferred_revenue")
    rows = posted.rolled(asked, role)
    by = ("contract", "line") if set(query.PARTY) & set(asked.scope) else ("customer",)
    parts = posted.rolled(asked, role, by)
    among = posted.currencies(rows)
    touched = posted.to(asked.entries.filter(pl.col("period") <= asked.last), role)
    said: list[answers.Sentence | None] = [_none(asked, role)] if rows.is_empty() else []
    checks = []
    for currency, closing in rows.select("currency", "closing").rows():
        slot = f"closing{posted.suffix(currency, among)}"
        figures = {
            slot: answers.amount(closing, currency), "subject": posted.subject(asked),
            "month": answers.month(asked.last),
        }  # fmt: skip
        own = touched.filter(pl.col("currency") == currency)
        text = f"The {posted.ROLES[role]} of {{subject}} was {{{slot}}} at the end of {{month}}."
        said.append(answers.Sentence(text, figures, posted.ids(own)))
        checks.append(_foots(parts.filter(pl.col("currency") == currency), (by[-1], currency, closing)))
    table = answers.Table(f"{posted.ROLES[role].capitalize()} by {by[-1]}", parts.select(*by, "closing", "currency"))
    return answers.answered(said, tables=[table], checks=checks)


def _foots(parts: pl.DataFrame, whole: tuple[str, str, int]) -> answers.Check:
    by, currency, closing = whole
    rows = parts.sort(pl.col("closing").abs(), descending=True).select(by, "closing").rows()
    shown = [(str(key or "none"), answers.amount(part, currency)) for key, part in rows[: obligations.MOST_SAID]]
    rest = sum(part for _, part in rows[obligations.MOST_SAID :])
    others = [("all others", answers.amount(rest, currency))] if rest else []
    return answers.Check(
        f"Closing by {by} foots", tuple(shown + others), ("closing", answers.amount(closing, currency))
    )


def _none(asked: query.Asked, role: str) -> answers.Sentence:
    figures = {
        "subject": posted.subject(asked), "month": answers.month(asked.last), "entries": answers.count(0),
    }  # fmt: skip
    text = f"{{subject}} has no {posted.ROLES[role]} at the end of {{month}}: {{entries}} entries touch it."
    return answers.Sentence(text, figures, answers.cite("snapshot", [asked.snapshot.name]))


def _position(asked: query.Asked) -> answers.Answer:
    """Where contracts stand: billed, recognized and the sides of the difference, from the entries."""
    entries = asked.entries.filter(pl.col("period") <= asked.last)
    rows = _sides(entries, ("contract", "line", "currency"))
    whole = _sides(entries, ("currency",))
    among = posted.currencies(whole)
    said: list[answers.Sentence | None] = [] if whole.height else [_none(asked, "deferred_revenue")]
    checks = []
    for row in whole.iter_rows(named=True):
        currency = row["currency"]
        end = posted.suffix(currency, among)
        figures = {f"{side}{end}": answers.amount(row[side], currency) for side in _SIDES}
        figures |= {"subject": posted.subject(asked), "month": answers.month(asked.last)}
        text = (
            f"By the end of {{month}}, {{subject}} was billed {{billed{end}}} and {{recognized{end}}} was recognized: "
            f"{{deferred_revenue{end}}} is deferred, {{unbilled_receivable{end}}} is an unbilled receivable and "
            f"{{contract_asset{end}}} a contract asset."
        )
        said.append(answers.Sentence(text, figures, posted.ids(entries.filter(pl.col("currency") == currency))))
        checks.append(_identity(row))
    terms = obligations.terms(asked, asked.lines) if asked.get("contract") or asked.get("line") else []
    return answers.answered([*said, *terms], tables=[answers.Table("Position by line", rows)], checks=checks)


def _sides(entries: pl.DataFrame, keys: tuple[str, ...]) -> pl.DataFrame:
    """Billed without tax, recognized, and the three balances."""

    def sums(role: str) -> pl.Expr:
        debit, credit = pl.col("debit_role") == role, pl.col("credit_role") == role
        return (credit.cast(pl.Int64) - debit.cast(pl.Int64)) * pl.col("amount")

    recognized, deferred = sums("revenue").sum(), sums("deferred_revenue").sum()
    unbilled, asset = -sums("unbilled_receivable").sum(), -sums("contract_asset").sum()
    rows = entries.group_by(keys).agg(
        recognized=recognized, deferred_revenue=deferred, unbilled_receivable=unbilled, contract_asset=asset
    )
    billed = (
        pl.col("recognized") + pl.col("deferred_revenue") - pl.col("unbilled_receivable") - pl.col("contract_asset")
    )
    by = [key for key in keys if key != "currency"]
    return rows.with_columns(billed=billed).sort(keys, nulls_last=True).select(*by, *_SIDES, "currency")


def _identity(row: dict[str, int]) -> answers.Check:
    currency = str(row["currency"])
    parts = (
        ("recognized", row["recognized"]), ("deferred revenue", row["deferred_revenue"]),
        ("less unbilled receivable", -row["unbilled_receivable"]), ("less contract asset", -row["contract_asset"]),
    )  # fmt: skip
    shown = tuple((name, answers.amount(part, currency)) for name, part in parts)
    return answers.Check("Position foots", shown, ("billed", answers.amount(row["billed"], currency)))


def _top(asked: query.Asked) -> answers.Answer:
    role, by = asked.get("role", "deferred_revenue"), asked.get("by", "customer")
    rows = posted.rolled(asked, role, (by,)).select(by, "closing", "currency")
    rows = rows.sort("currency", pl.col("closing").abs(), by, descending=[False, True, False])
    rows = rows.group_by("currency", maintain_order=True).head(asked.limit)
    touched = posted.to(asked.entries.filter(pl.col("period") <= asked.last), role)
    said: list[answers.Sentence | None] = [] if rows.height else [_none(asked, role)]
    among = posted.currencies(rows)
    for currency in among:
        key, closing, _ = rows.filter(pl.col("currency") == currency).select(by, "closing", "currency").row(0)
        slot = f"largest{posted.suffix(currency, among)}"
        figures = {
            "who": posted.called(asked, by, key), slot: answers.amount(closing, currency),
            "month": answers.month(asked.last),
        }  # fmt: skip
        text = f"At the end of {{month}}, the largest {posted.ROLES[role]} was that of {by} {{who}}, {{{slot}}}."
        own = touched.filter((pl.col("currency") == currency) & (pl.col(by) == key))
        said.append(answers.Sentence(text, figures, posted.ids(own)))
    made = answers.answered(said, tables=[answers.Table(f"Largest {posted.ROLES[role]} by {by}", rows)])
    return answers.charted(made, "bars", by, "closing")


def _stale(asked: query.Asked) -> answers.Answer:
    """Balances of lines whose service is over."""
    rows = posted.rolled(asked, "deferred_revenue", ("customer", "contract", "line"))
    ended = asked.snapshot.lines.filter(pl.col("end") < asked.end).select("line", "end")
    left = rows.filter(pl.col("closing") != 0).join(ended, on="line").select(
        "customer", "contract", "line", "end", "closing", "currency"
    )  # fmt: skip
    figures = {
        "subject": posted.subject(asked), "month": answers.month(asked.last), "lines": answers.count(left.height),
    }  # fmt: skip
    text = "{lines} lines of {subject} have deferred revenue at the end of {month} although their service is over."
    cites = answers.cite("contract_lines", left["line"]) or answers.cite("snapshot", [asked.snapshot.name])
    return answers.answered(
        [answers.Sentence(text, figures, cites)], tables=[answers.Table("Balances after the end of service", left)]
    )


QUERIES = (
    query.Query(
        "balance",
        "A balance at the end of a month",
        "What is the deferred revenue balance of {customer}?",
        ("balance", "deferred", "deferred balance", "@role balance", "@role", "@role @customer", "deferred @customer"),
        _balance,
        takes=(*query.SCOPE, *query.PERIOD, "role"),
    ),
    query.Query(
        "position",
        "Where a contract or customer stands",
        "Where does contract {contract} stand?",
        ("stand", "position", "status", "stand @contract", "position @contract", "summary @customer", "@contract"),
        _position,
        needs=query.PARTY,
    ),
    query.Query(
        "top-balances",
        "The largest balances",
        "Which customers have the largest deferred revenue?",
        (
            "top deferred",
            "top balance",
            "top @role",
            "top @role balance",
            "top customer deferred",
            "top @by deferred",
            "top @by @role",
        ),
        _top,
        takes=(*query.SCOPE, *query.PERIOD, "role", "by", "limit"),
    ),
    query.Query(
        "stale-balances",
        "Balances of lines whose service is over",
        "Which deferred balances are stale?",
        ("stale", "stale balance", "old balance", "deferred after end", "stale deferred"),
        _stale,
    ),
)
ROOM = query.Room("balances", "What stands on an account", QUERIES)
