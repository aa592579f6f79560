"""What changed since the last close: every difference by month, each with the one fact that caused it.

Worked example: February was closed on 4 March. On 6 March use of 27 February came in for Acme: February now has 492.00
USD more of revenue and of bills, caused by usage U-007. The causes sum to the whole change; what is left over is
printed, and is zero.

Refuses a snapshot in which nothing is closed.
"""

from dataclasses import dataclass, replace

import polars as pl

from ratable.review.ask import answers, posted, query, recomputing
from ratable.review.ask.queries import obligations
from ratable.review.snapshot import Close

_FIGURES = ("revenue", "billed")
_KEY = ("contract", "line", "period", "currency")
_CAUSED = [*_KEY, "cause", "fact", "table"]
_ROW = ("contract", "line", "cause", "fact")
_CITED = {"milestones_reached": "contract_lines"}
_MOST_SAID = 12


@dataclass(frozen=True)
class _Found:
    """Differences by line, month, cause and fact, and the same without causes, computed apart."""

    rows: pl.DataFrame
    whole: pl.DataFrame


def _changed(asked: query.Asked) -> answers.Answer:
    return _told(asked, _of(asked, _accounts(asked)))


def _causes(asked: query.Asked) -> answers.Answer:
    whole = _told(asked, _of(asked, _accounts(asked)))
    return replace(whole, tables=whole.tables[1:])


def _accounts(asked: query.Asked) -> frozenset[str]:
    """The contracts and lone invoices of the scope, by the facts then and now."""
    found: set[str] = set()
    for facts in (asked.snapshot.bundle, _close(asked).bundle):
        contracts = facts["contracts"].select("customer", "currency", account="id")
        invoices = facts["invoices"].filter(pl.col("contract").is_null()).select("customer", "currency", account="id")
        rows = pl.concat([contracts, invoices])
        for name in ("customer", "currency"):
            rows = rows.filter(pl.col(name) == asked.get(name)) if asked.get(name) else rows
        if asked.get("contract"):
            rows = rows.filter(pl.col("account") == asked.get("contract"))
        found |= set(rows["account"])
    narrow = {"line", "product", "entity", "region", "stream"} & set(asked.scope)
    if narrow:
        found &= set(asked.lines["account"].str.replace(r"^(contract|invoice) ", ""))
    return frozenset(found)


def _close(asked: query.Asked) -> Close:
    close = asked.snapshot.close
    if close is None:
        text = "Nothing is closed yet, so that there is no last close to compare with."
        raise query.Unanswerable(answers.refused(text, "a closed month"))
    return close


def _of(asked: query.Asked, accounts: frozenset[str]) -> _Found:
    """Every difference of the accounts, and what caused it."""
    before, after = _close(asked).bundle.tables, asked.snapshot.bundle.tables
    touched = _touched(before, after, accounts)
    if not touched:
        return _Found(_nothing(), _nothing())
    between = recomputing.Between(recomputing.only(before, touched), recomputing.only(after, touched), touched)
    told = recomputing.steps(between)
    made = recomputing.targets(between, told, asked.snapshot.through)
    most = int(str(told["step"].max() or 0))
    first, last = made.filter(pl.col("state") == 0), made.filter(pl.col("state") == most + 1)
    shared = _shared_causes(before, after)
    then = recomputing.then(between, asked.snapshot.through) if shared else first
    found = [_minus(_under(then, shared), _under(first, shared), _CAUSED)]
    found += [_step(made, told.filter(pl.col("step") == number), number) for number in range(1, most + 1)]
    return _Found(_in_scope(asked, pl.concat(found)), _in_scope(asked, _minus(then, last, list(_KEY))))


def _touched(before: recomputing.Facts, after: recomputing.Facts, accounts: frozenset[str]) -> frozenset[str]:
    """The accounts that a fact came in for; all of them where what they share has changed."""
    if _shared_causes(before, after):
        return accounts
    return frozenset(recomputing.steps(recomputing.Between(before, after, accounts))["account"])


def _shared_causes(before: recomputing.Facts, after: recomputing.Facts) -> str:
    """What changed that every contract shares, in words; empty: nothing that matters."""
    found = []
    for cause, names in recomputing.GLOBAL.items():
        for name in names:
            then, now = (facts[name].drop("row") for facts in (before, after))
            if not then.sort(pl.all()).equals(now.sort(pl.all())):
                found.append(cause)
    return " and ".join(dict.fromkeys(found))


def _step(made: pl.DataFrame, told: pl.DataFrame, number: int) -> pl.DataFrame:
    """What the facts of one step changed: state `number` less the one before, for the accounts that have the step."""
    states = [made.filter(pl.col("state") == at).join(told, on="account") for at in (number - 1, number)]
    return _minus(states[0], states[1], _CAUSED)


def _under(state: pl.DataFrame, cause: str) -> pl.DataFrame:
    nothing = pl.lit(None, pl.String)
    return state.with_columns(cause=pl.lit(cause), fact=nothing, table=nothing)


def _minus(then: pl.DataFrame, now: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    columns = [*keys, *_FIGURES]
    both = pl.concat([then.with_columns(-pl.col(name) for name in _FIGURES).select(columns), now.select(columns)])
    sums = both.group_by(keys).agg(pl.col(_FIGURES).sum())
    return sums.filter(pl.any_horizontal(pl.col(name) != 0 for name in _FIGURES))


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema=dict.fromkeys(_CAUSED, pl.String()) | dict.fromkeys(_FIGURES, pl.Int64()))


def _in_scope(asked: query.Asked, rows: pl.DataFrame) -> pl.DataFrame:
    """Of the lines and months asked: a scope within a contract chooses lines, months are all unless some are named."""
    if {"line", "product", "region", "stream", "entity"} & set(asked.scope):
        rows = rows.filter(pl.col("line").is_in(asked.lines["line"].implode()))
    if asked.get("from") or asked.get("to"):
        rows = rows.filter(pl.col("period").is_between(pl.lit(asked.first), pl.lit(asked.last)))
    return rows


def _told(asked: query.Asked, found: _Found) -> answers.Answer:
    close = _close(asked)
    since = {
        "subject": posted.subject(asked), "closed": answers.day(close.through), "known": answers.day(close.known_on),
    }  # fmt: skip
    cites = answers.cite("snapshot", [asked.snapshot.name])
    rows = found.rows.sort("period", "line", "cause", "fact", nulls_last=True)
    if rows.is_empty():
        text = "Nothing changed on the schedule of {subject} since {closed} was closed, by what was known on {known}."
        zero = {f"{name}_change": answers.count(0) for name in _FIGURES}
        return answers.answered([answers.Sentence(text, since, cites)], more=zero)
    among = posted.currencies(rows)
    said: list[answers.Sentence | None] = []
    checks = []
    for currency in among:
        own = [frame.filter(pl.col("currency") == currency) for frame in (rows, found.whole)]
        said.append(_total(own[1], since, currency, among))
        said += _each(own[0], currency)
        said.append(_residual(own, currency, among))
        checks += _checks(own, currency)
    tables = [answers.Table("What changed, by month and cause", rows.select("period", *_ROW, *_FIGURES, "currency"))]
    tables.append(answers.Table("Changes by cause", _by_cause(rows)))
    return answers.answered(said, tables=tables, checks=checks)


def _total(whole: pl.DataFrame, since: dict[str, answers.Figure], currency: str, among: list[str]) -> answers.Sentence:
    suffix = posted.suffix(currency, among)
    sums = {f"{name}_change{suffix}": answers.amount(answers.total(whole[name]), currency) for name in _FIGURES}
    text = (
        "Since {closed} was closed, by what was known on {known}, the schedule of {subject} changed by "
        f"{{revenue_change{suffix}}} of revenue and its bills by {{billed_change{suffix}}}."
    )
    return answers.Sentence(text, since | sums, answers.cite("contract_lines", whole["line"].unique().sort()))


def _by_cause(rows: pl.DataFrame) -> pl.DataFrame:
    keys = ("cause", "fact", "table", "currency")
    return rows.group_by(keys).agg(pl.col(_FIGURES).sum()).sort(keys, nulls_last=True)


def _each(rows: pl.DataFrame, currency: str) -> list[answers.Sentence | None]:
    """A sentence for each cause, and the months that it touched."""
    keys = ["cause", "fact", "table"]
    sums = rows.group_by(keys).agg(
        pl.col(_FIGURES).sum(), first=pl.col("period").min(), last=pl.col("period").max(), line=pl.col("line").first()
    ).sort(pl.col("revenue").abs(), *keys, descending=[True, False, False, False], nulls_last=True)  # fmt: skip
    said: list[answers.Sentence | None] = []
    for row in sums.head(_MOST_SAID).iter_rows(named=True):
        figures = {
            "revenue": answers.amount(row["revenue"], currency), "billed": answers.amount(row["billed"], currency),
            "first": answers.month(row["first"]), "last": answers.month(row["last"]),
        }  # fmt: skip
        who = row["cause"].capitalize() if not row["cause"].startswith("SSP") else row["cause"]
        if row["fact"]:
            figures["fact"] = answers.name(row["fact"])
            who += " {fact}"
        text = f"{who}: {{revenue}} of revenue and {{billed}} of bills, in {{first}} to {{last}}."
        if row["first"] == row["last"]:
            figures.pop("last")
            text = f"{who}: {{revenue}} of revenue and {{billed}} of bills, in {{first}}."
        said.append(answers.Sentence(text, figures, _cites(row)))
    return said


def _cites(row: dict[str, str]) -> tuple[answers.Citation, ...]:
    if row["fact"]:
        return answers.cite(_CITED.get(row["table"], row["table"]), [row["fact"]])
    return answers.cite("contract_lines", [row["line"]])


def _residual(own: list[pl.DataFrame], currency: str, among: list[str]) -> answers.Sentence:
    """What the causes leave over of the whole: zero, or said."""
    slot = f"unexplained{posted.suffix(currency, among)}"
    rest = answers.total(own[1]["revenue"]) - answers.total(own[0]["revenue"])
    cites = answers.cite("contract_lines", own[1]["line"].unique().sort())
    text = f"Unexplained by any fact: {{{slot}}} of revenue."
    return answers.Sentence(text, {slot: answers.amount(rest, currency)}, cites)


def _checks(own: list[pl.DataFrame], currency: str) -> list[answers.Check]:
    rows, whole = own
    made = []
    for name, shown in (("revenue", "Revenue"), ("billed", "Bills")):
        for title, key in (("causes", "cause"), ("months", "period")):
            parts = rows.group_by(key).agg(pl.col(name).sum()).sort(key).rows()
            figures = tuple((str(label), answers.amount(part, currency)) for label, part in parts)
            total = answers.amount(answers.total(whole[name]), currency)
            made.append(answers.Check(f"{shown} by {title}", figures, ("change", total)))
    return made


def _amendments(asked: query.Asked) -> answers.Answer:
    """The amendments that came in since the last close, how each is treated, and what it changed."""
    found = _of(asked, _accounts(asked))
    own = found.rows.filter(pl.col("cause") == "amendment")
    since = {"subject": posted.subject(asked), "closed": answers.day(_close(asked).through)}
    sums = _by_cause(own)
    cites = answers.cite("amendments", sums["fact"].unique(maintain_order=True))
    figures = since | {"amendments": answers.count(sums["fact"].n_unique())}
    text = "{amendments} amendments changed the schedule of {subject} since {closed} was closed."
    said: list[answers.Sentence | None] = [
        answers.Sentence(text, figures, cites or answers.cite("snapshot", [asked.snapshot.name]))
    ]
    for currency in posted.currencies(own):
        said += _each(own.filter(pl.col("currency") == currency), currency)
    return answers.answered(said, tables=[answers.Table("Amendments since the last close", sums)])


def _late(asked: query.Asked) -> answers.Answer:
    """Entries of the months asked that belong to an earlier month: facts that came in after a lock."""
    rows = asked.during.filter(pl.col("origin_period") < pl.col("period"))
    during, slots = posted.when(asked)
    figures = slots | {"subject": posted.subject(asked), "entries": answers.count(rows.height)}
    cites = posted.ids(rows) or answers.cite("snapshot", [asked.snapshot.name])
    said: list[answers.Sentence | None] = [
        answers.Sentence(
            f"{{entries}} entries of {{subject}} in {during} belong to an earlier month: their facts came in late.",
            figures, cites,
        )
    ]  # fmt: skip
    moved = posted.to(rows, "revenue")
    sums = moved.group_by("currency").agg(late=pl.col("change").sum()).sort("currency")
    among = posted.currencies(sums)
    for currency, late in sums.rows():
        slot = f"late_revenue{posted.suffix(currency, among)}"
        text = f"They recognize {{{slot}}} of revenue late."
        said.append(answers.Sentence(text, {slot: answers.amount(late, currency)}, posted.ids(moved)))
    return answers.answered(said, tables=[answers.Table("Late entries", obligations.listed(rows))])


QUERIES = (
    query.Query(
        "schedule-changes",
        "What changed on a schedule since the last close",
        "What changed on {customer}'s schedule since last close?",
        (
            "changed schedule",
            "changed @since_close",
            "changed since",
            "changed schedule @since_close",
            "changed @customer",
            "changed @contract",
            "changed @line",
            "changed close",
        ),
        _changed,
    ),
    query.Query(
        "change-causes",
        "Which facts caused the changes since the last close",
        "Which amendments, credit notes and usage changed {customer} since the last close?",
        (
            "cause changed",
            "cause changed @since_close",
            "amendment credit_note usage changed",
            "amendment credit_note changed",
            "usage changed @since_close",
            "policy changed @since_close",
        ),
        _causes,
    ),
    query.Query(
        "amendments-since-close",
        "Amendments since the last close",
        "Which amendments changed {customer} since close?",
        (
            "amendment changed",
            "amendment @since_close",
            "amendment changed schedule",
            "amendment changed @since_close",
            "amendment changed schedule @since_close",
            "amendment changed @customer",
        ),
        _amendments,
    ),
    query.Query(
        "late-facts",
        "Entries whose facts came in late",
        "Which facts came in late this month?",
        ("late", "late facts", "late entry", "late revenue", "backdated", "catch_up", "late @customer"),
        _late,
    ),
)
ROOM = query.Room("changes", "What changed since the last close", QUERIES)
