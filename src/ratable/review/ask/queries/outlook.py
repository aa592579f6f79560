"""What is to come of what is signed: scheduled revenue, remaining obligations, release of balances, ends and starts.

Worked example: at the end of March 2026 contract C-009 has fourteen months of 2,333.33 USD left, which is 32,666.67 in
all. Nothing is said of contracts that nobody signed: a month after the last scheduled one is refused.
"""

import polars as pl

from ratable.reports import remaining as left_over
from ratable.reports import rpo, scheduled
from ratable.review.ask import answers, calendar, posted, query


def _to_come(asked: query.Asked, basis: str = "contracted") -> pl.DataFrame:
    """What the lines of the scope are still to recognize, by month (`reports.scheduled`)."""
    lines = asked.lines
    if lines.is_empty():
        return scheduled.table(asked.snapshot.books.outcome.of(lines), basis=basis)
    known = asked.snapshot.books.outcome.of(
        asked.snapshot.lines.filter(pl.col("account").is_in(lines["account"].implode()))
    )
    return scheduled.table(known, basis=basis, lines=lines)


def _forecast(asked: query.Asked) -> answers.Answer:
    """Revenue that signed contracts bring in months to come."""
    first = asked.get("from", calendar.plus(asked.snapshot.period, 1))
    last = asked.get("to", asked.get("from", calendar.plus(asked.snapshot.period, 12)))
    every = _to_come(asked)
    end = every["period"].max()
    if end is None or first > str(end):
        raise query.Unanswerable(_beyond(asked, str(end) if end else "", first))
    rows = every.filter(pl.col("period").is_between(pl.lit(first), pl.lit(last)))
    months = rows.group_by("period", "currency").agg(pl.col("amount").sum()).sort("currency", "period")
    during, slots = posted.when(query.Asked(asked.snapshot, {"from": first, "to": last}))
    among = posted.currencies(rows)
    said: list[answers.Sentence | None] = []
    checks = []
    for currency, own in ((code, months.filter(pl.col("currency") == code)) for code in among):
        slot = f"scheduled{posted.suffix(currency, among)}"
        total = answers.amount(answers.total(own["amount"]), currency)
        text = f"Signed contracts of {{subject}} are scheduled to bring {{{slot}}} of revenue in {during}."
        cites = answers.cite("contract_lines", rows.filter(pl.col("currency") == currency)["line"].unique().sort())
        said.append(answers.Sentence(text, slots | {"subject": posted.subject(asked), slot: total}, cites))
        parts = tuple((month, answers.amount(part, currency)) for month, part in own.select("period", "amount").rows())
        checks.append(answers.Check("Months foot", parts, ("scheduled", total)))
    said.append(
        answers.Sentence(
            "It counts what is signed and fixed: no renewals, no new contracts, no use to come.", {},
            answers.cite("snapshot", [asked.snapshot.name]),
        )
    )  # fmt: skip
    tables = [answers.Table("Scheduled revenue by month", months), answers.Table("Scheduled revenue by line", rows)]
    return answers.charted(answers.answered(said, tables=tables, checks=checks), "bars", "period", "amount")


def _beyond(asked: query.Asked, end: str, first: str) -> answers.Answer:
    figures = {"first": answers.month(first), "subject": posted.subject(asked)}
    if not end:
        text = "Nothing signed of {subject} is left to recognize, so that nothing is known of {first}."
        return answers.refused(text, "signed contracts with revenue to come", **figures)
    text = "Nothing signed of {subject} reaches {first}: the last month with scheduled revenue is {end}."
    return answers.refused(text, f"contracts signed for {first}", end=answers.month(end), **figures)


def _rpo(asked: query.Asked) -> answers.Answer:
    """Remaining performance obligations at the end of the books, in the bands of the disclosure."""
    rows = rpo.table(asked.snapshot.books.outcome.of(asked.lines))
    among = posted.currencies(rows)
    said: list[answers.Sentence | None] = []
    checks = []
    for row in rows.iter_rows(named=True):
        currency, end = row["currency"], posted.suffix(row["currency"], among)
        shown = {name: answers.amount(row[name], currency) for name in ("total", *rpo.BANDS)}
        figures = {
            f"total{end}": shown["total"], f"within{end}": shown[rpo.BANDS[0]], f"next{end}": shown[rpo.BANDS[1]],
            f"later{end}": shown[rpo.BANDS[2]], "subject": posted.subject(asked), "day": answers.day(row["as_of"]),
        }  # fmt: skip
        text = (
            f"On {{day}}, {{subject}} has {{total{end}}} left to recognize: {{within{end}}} within a year, "
            f"{{next{end}}} in the year after, {{later{end}}} later."
        )
        said.append(answers.Sentence(text, figures, answers.cite("contract_lines", asked.lines["line"])))
        parts = tuple((name.replace("_", " "), shown[name]) for name in rpo.BANDS)
        checks.append(answers.Check("Bands foot", parts, ("total", shown["total"])))
    if asked.last != asked.snapshot.through.isoformat()[:7] and asked.get("to"):
        said.append(_only_now(asked))
    return answers.answered(said, tables=[answers.Table("Remaining performance obligations", rows)], checks=checks)


def _only_now(asked: query.Asked) -> answers.Sentence:
    text = "The snapshot knows them at {day} alone."
    cites = answers.cite("snapshot", [asked.snapshot.name])
    return answers.Sentence(text, {"day": answers.day(asked.snapshot.through)}, cites)


def _remaining(asked: query.Asked) -> answers.Answer:
    """What is left of lines: contracted, recognized, remaining."""
    outcome = asked.snapshot.books.outcome.of(asked.lines)
    left = left_over.of(outcome, "ask").group_by("line_no").agg(remaining=pl.col("amount").sum())
    rows = (
        asked.lines.filter("fixed").join(left, on="line_no", how="left").with_columns(pl.col("remaining").fill_null(0))
    )
    rows = rows.with_columns(recognized=pl.col("contracted").fill_null(0) - pl.col("remaining"))
    shown = rows.select("contract", "line", "end", "contracted", "recognized", "remaining", "currency").sort("line")
    among = posted.currencies(shown)
    said: list[answers.Sentence | None] = []
    checks = []
    for currency in among:
        own, end = shown.filter(pl.col("currency") == currency), posted.suffix(currency, among)
        names = ("contracted", "recognized", "remaining")
        figures = {f"{name}{end}": answers.amount(answers.total(own[name]), currency) for name in names}
        figures |= {"subject": posted.subject(asked), "day": answers.day(asked.snapshot.through)}
        text = (
            f"On {{day}}, of {{contracted{end}}} contracted with {{subject}}, {{recognized{end}}} is recognized and "
            f"{{remaining{end}}} remains."
        )
        said.append(answers.Sentence(text, figures, answers.cite("contract_lines", own["line"])))
        parts = tuple((name, figures[f"{name}{end}"]) for name in names[1:])
        checks.append(answers.Check("Contracted foots", parts, ("contracted", figures[f"contracted{end}"])))
    return answers.answered(said or [_only_now(asked)], tables=[answers.Table("What remains", shown)], checks=checks)


def _release(asked: query.Asked) -> answers.Answer:
    """When the deferred balance at the end of the books becomes revenue."""
    rows = _to_come(asked, "deferred")
    among = posted.currencies(rows)
    said: list[answers.Sentence | None] = []
    checks = []
    for currency in among:
        own = rows.filter(pl.col("currency") == currency)
        end = posted.suffix(currency, among)
        dated = own.filter(pl.col("period").is_not_null())
        total = answers.amount(answers.total(own["amount"]), currency)
        figures = {
            f"deferred{end}": total,
            "subject": posted.subject(asked),
            "day": answers.day(asked.snapshot.through),
        }
        text = f"Of {{deferred{end}}} that {{subject}} has deferred on {{day}}, no month is known yet."
        if dated.height:
            figures |= {"first": answers.month(dated["period"].min()), "last": answers.month(dated["period"].max())}
            figures[f"dated{end}"] = answers.amount(answers.total(dated["amount"]), currency)
            text = (
                f"Of {{deferred{end}}} that {{subject}} has deferred on {{day}}, {{dated{end}}} becomes revenue from "
                f"{{first}} to {{last}}."
            )
        said.append(answers.Sentence(text, figures, answers.cite("contract_lines", own["line"].unique().sort())))
        dated_rows = own.group_by("period").agg(pl.col("amount").sum()).sort("period", nulls_last=True).rows()
        parts = tuple((month or "no month", answers.amount(part, currency)) for month, part in dated_rows)
        checks.append(answers.Check("Release foots", parts, ("deferred", total)))
    if not said:
        text = "{subject} has nothing deferred on {day}."
        figures = {"subject": posted.subject(asked), "day": answers.day(asked.snapshot.through)}
        said.append(answers.Sentence(text, figures, answers.cite("snapshot", [asked.snapshot.name])))
    months = rows.group_by("period", "currency").agg(pl.col("amount").sum()).sort("currency", "period", nulls_last=True)
    tables = [answers.Table("Release by month", months), answers.Table("Release by line", rows)]
    return answers.charted(answers.answered(said, tables=tables, checks=checks), "bars", "period", "amount")


def _dated(asked: query.Asked, column: str, verb: str) -> answers.Answer:
    """Contracts whose start, end or signature falls into the months asked."""
    rows = asked.table("contracts").filter(
        pl.col(column).dt.to_string("%Y-%m").is_between(pl.lit(asked.first), pl.lit(asked.last))
    )
    for name in ("customer", "entity", "currency"):
        rows = rows.filter(pl.col(name) == asked.get(name)) if asked.get(name) else rows
    shown = rows.select("id", "customer", "signed_on", "start", "end", "currency").sort(column, "id")
    during, slots = posted.when(asked)
    figures = slots | {"contracts": answers.count(shown.height), "subject": posted.subject(asked)}
    text = f"{{contracts}} contracts of {{subject}} {verb} in {during}."
    cites = answers.cite("contracts", shown["id"]) or answers.cite("snapshot", [asked.snapshot.name])
    return answers.answered([answers.Sentence(text, figures, cites)], tables=[answers.Table("Contracts", shown)])


def _ending(asked: query.Asked) -> answers.Answer:
    return _dated(asked, "end", "end")


def _signed(asked: query.Asked) -> answers.Answer:
    return _dated(asked, "signed_on", "were signed")


_OF = (*query.SCOPE, *query.PERIOD)
QUERIES = (
    query.Query(
        "forecast",
        "Scheduled revenue of months to come",
        "How much revenue is scheduled for next quarter?",
        (
            "forecast",
            "forecast revenue",
            "forecast recognized",
            "scheduled",
            "scheduled revenue",
            "revenue @ahead",
            "recognized @ahead",
            "schedule revenue",
            "schedule",
            "waterfall",
            "schedule @customer",
            "schedule @contract",
        ),
        _forecast,
        takes=_OF,
        ahead=True,
    ),
    query.Query(
        "rpo",
        "Remaining performance obligations",
        "What are our remaining performance obligations?",
        ("rpo", "backlog", "remaining obligation", "remaining performance obligation", "rpo @customer"),
        _rpo,
    ),
    query.Query(
        "remaining",
        "What remains of a contract",
        "How much of contract {contract} remains to be recognized?",
        (
            "remaining",
            "remaining @contract",
            "remaining recognized",
            "remaining revenue",
            "remaining @customer",
            "left recognized",
            "contracted",
            "transaction_price",
        ),
        _remaining,
    ),
    query.Query(
        "release",
        "When deferred revenue is released",
        "When will the deferred revenue of {customer} be released?",
        (
            "when released",
            "when deferred recognized",
            "forecast released",
            "forecast deferred",
            "release schedule",
            "when deferred released",
            "deferred @ahead",
            "deferred becomes revenue",
            "when recognized deferred",
            "released @ahead",
            "forecast deferred released",
        ),
        _release,
        ahead=True,
    ),
    query.Query(
        "ending-contracts",
        "Contracts that end",
        "Which contracts end next quarter?",
        ("contract ended", "ended", "renewal", "contract renewal", "which contract ended"),
        _ending,
        takes=_OF,
        ahead=True,
    ),
    query.Query(
        "signed-contracts",
        "Contracts that were signed",
        "Which contracts were signed this quarter?",
        ("contract signed", "signed", "new contract", "new customer", "booked contract", "which contract signed"),
        _signed,
        takes=_OF,
    ),
)
ROOM = query.Room("outlook", "What is to come of what is signed", QUERIES)
