"""Entries: found by amount, account, words, kind or person; the largest; those by hand; those that wait.

Worked example: "Find entries of $375" finds one entry, the credit note CN-028 of Kestrelway. Where none has the amount,
the answer says so and gives the nearest amounts that there are.
"""

from dataclasses import replace

import polars as pl

from ratable.review.ask import answers, posted, query
from ratable.review.ask.queries import obligations

_NEAREST = 3


def _chosen(asked: query.Asked) -> pl.DataFrame:
    """Entries by every choice that was made but the amount; all months unless some were named."""
    rows = asked.during if asked.get("from") or asked.get("to") else asked.entries
    if account := asked.get("account"):
        rows = rows.filter((pl.col("debit") == account) | (pl.col("credit") == account))
    if words := asked.get("text"):
        rows = rows.filter(
            pl.col("narrative").fill_null("").str.to_lowercase().str.contains(words.lower(), literal=True)
        )
    if person := asked.get("person"):
        by = pl.any_horizontal(pl.col(name) == person for name in ("prepared_by", "approved_by", "posted_by"))
        rows = rows.filter(pl.col("run").is_in(asked.snapshot.runs.filter(by)["run"].implode()))
    return rows


def _find(asked: query.Asked) -> answers.Answer:
    rows = _chosen(asked)
    given = asked.get("amount")
    if not given:
        return _listed(asked, rows, "match")
    codes = [asked.get("currency")] if asked.get("currency") else posted.currencies(asked.snapshot.entries)
    wanted = {code: minor for code in codes if (minor := _minor(given, code)) is not None}
    same = pl.any_horizontal(
        pl.lit(value=False),
        *((pl.col("currency") == code) & (pl.col("amount") == minor) for code, minor in wanted.items()),
    )
    found = rows.filter(same)
    if found.height:
        return _listed(asked, found, "have this amount")
    return _nearest(asked, rows, wanted)


def _minor(given: str, code: str) -> int | None:
    try:
        return answers.minor(given, code)
    except ValueError:
        return None


def _nearest(asked: query.Asked, rows: pl.DataFrame, wanted: dict[str, int]) -> answers.Answer:
    """No entry has the amount: the nearest amounts that there are."""
    known = rows.filter(pl.col("currency").is_in(list(wanted)))
    away = (pl.col("amount") - pl.col("currency").replace_strict(wanted, default=None, return_dtype=pl.Int64)).abs()
    near = known.with_columns(away=away).sort("away", "entry").unique(["amount", "currency"], maintain_order=True)
    near = near.head(_NEAREST)
    code = asked.get("currency") or next(iter(wanted), "")
    figures = {"asked": answers.amount(wanted[code], code) if code in wanted else answers.name(asked.get("amount"))}
    terms = []
    for place, (entry, amount, currency) in enumerate(near.select("entry", "amount", "currency").rows(), start=1):
        figures |= {f"nearest_{place}": answers.amount(amount, currency), f"entry_{place}": answers.name(entry[:12])}
        terms.append(f"{{nearest_{place}}} (entry {{entry_{place}}})")
    text = "No entry has the amount {asked}." + (f" The nearest are {', '.join(terms)}." if terms else "")
    cites = posted.ids(near) or answers.cite("snapshot", [asked.snapshot.name])
    made = answers.answered(
        [answers.Sentence(text, figures, cites)], tables=[answers.Table("Nearest", obligations.listed(near))]
    )
    return replace(made, contradicts=True)


def _listed(asked: query.Asked, rows: pl.DataFrame, verb: str) -> answers.Answer:
    """How many entries there are, what they sum to, and the entries."""
    sums = rows.group_by("currency").agg(pl.col("amount").sum()).sort("currency")
    figures = {"entries": answers.count(rows.height), "subject": posted.subject(asked)}
    cites = posted.ids(rows) or answers.cite("snapshot", [asked.snapshot.name])
    during = ""
    if asked.get("from") or asked.get("to"):
        words, slots = posted.when(asked)
        during, figures = f" in {words}", figures | slots
    said: list[answers.Sentence | None] = [
        answers.Sentence(f"{{entries}} entries of {{subject}}{during} {verb}.", figures, cites)
    ]
    among = posted.currencies(sums)
    for currency, amount in sums.rows():
        slot = f"total{posted.suffix(currency, among)}"
        said.append(answers.Sentence(f"Together they are {{{slot}}}.", {slot: answers.amount(amount, currency)}, cites))
    if rows.height == 1:
        said.append(
            answers.Sentence("{narrative}.", {"narrative": answers.quote(rows["narrative"][0])}, cites)
        )  # fmt: skip
    return answers.answered(said, tables=[answers.Table("Entries", obligations.listed(rows))])


def _count(asked: query.Asked) -> answers.Answer:
    made = _listed(asked, asked.during, "are there")
    kinds = asked.during.group_by("kind", "currency").agg(
        entries=pl.len().cast(pl.UInt32), amount=pl.col("amount").sum()
    )
    return replace(made, tables=(answers.Table("Entries by kind", kinds.sort("kind", "currency")), *made.tables))


def _largest(asked: query.Asked) -> answers.Answer:
    rows = asked.during.sort("currency", "amount", "entry", descending=[False, True, False])
    rows = rows.group_by("currency", maintain_order=True).head(asked.limit)
    among = posted.currencies(rows)
    during, slots = posted.when(asked)
    said: list[answers.Sentence | None] = []
    for currency in among:
        top = rows.filter(pl.col("currency") == currency).row(0, named=True)
        end = posted.suffix(currency, among)
        figures = slots | {
            f"largest{end}": answers.amount(top["amount"], currency), f"entry{end}": answers.name(top["entry"][:12]),
            f"narrative{end}": answers.quote(top["narrative"]),
        }  # fmt: skip
        text = f"The largest entry in {during} is {{entry{end}}} with {{largest{end}}}: {{narrative{end}}}."
        said.append(answers.Sentence(text, figures, answers.cite("entries", [top["entry"]])))
    made = answers.answered(said, tables=[answers.Table("Largest entries", obligations.listed(rows))])
    return made if said else _listed(asked, rows, "are there")


def _by_hand(asked: query.Asked) -> answers.Answer:
    return _listed(asked, asked.during.filter(pl.col("kind").is_in(["manual", "reversal"])), "were written by hand")


def _waiting(asked: query.Asked) -> answers.Answer:
    return _listed(asked, asked.entries.filter(pl.col("state") == "draft"), "wait and are not posted")


_FILTERS = (*query.SCOPE, *query.PERIOD, "amount", "account", "text", "person")
QUERIES = (
    query.Query(
        "find-entries",
        "Find entries",
        "Find entries of {amount}.",
        (
            "find entry",
            "find @amount",
            "entry @amount",
            "find",
            "which entry",
            "find entry @amount",
            "find entry @account",
            "find entry @person",
            "entry @person",
            "entry @text",
            "find @text",
            "which entry @amount",
            "@amount",
        ),
        _find,
        takes=_FILTERS,
    ),
    query.Query(
        "count-entries",
        "How many entries there are",
        "How many entries were made in {month}?",
        ("count entry", "count entry @customer"),
        _count,
    ),
    query.Query(
        "largest-entries",
        "The largest entries",
        "What are the largest entries of {month}?",
        ("top entry", "top entry @customer"),
        _largest,
        takes=(*query.SCOPE, *query.PERIOD, "limit"),
    ),
    query.Query(
        "manual-entries",
        "Entries by hand",
        "Which entries were written by hand this month?",
        ("manual", "manual entry", "find manual entry", "reversal", "which manual entry", "count manual entry"),
        _by_hand,
    ),
    query.Query(
        "waiting-entries",
        "Entries that wait",
        "Which entries are not posted yet?",
        (
            "waiting",
            "waiting entry",
            "not posted entry",
            "entry not posted",
            "draft",
            "which entry not posted",
            "count waiting entry",
            "not posted",
        ),
        _waiting,
        takes=query.SCOPE,
    ),
)
ROOM = query.Room("entries", "Finding entries", QUERIES)
