"""The close: what stands in its way, which months are closed, what was wrong with the data, whether imports tie.

Worked example: run 7 waits, one finding keeps contract C-900 out of the books, two flags have no answer: three
sentences, each with what it rests on, the same things that the checklist of the close counts.
"""

import polars as pl

from ratable.review import snapshot
from ratable.review.ask import answers, query


def _here(asked: query.Asked) -> tuple[answers.Citation, ...]:
    return answers.cite("snapshot", [asked.snapshot.name])


def _blocking(asked: query.Asked) -> answers.Answer:
    """Runs, findings and flags that wait for a person, and imports that do not tie."""
    untied = asked.snapshot.imports.filter(pl.col("stated") != pl.col("held"))
    waits = _waiting(asked)
    held = {kind: waits.filter(kind=kind).unique("id").sort("id") for kind in _WAITS}
    counts = {kind: rows.height for kind, rows in held.items()} | {"imports": untied.height}
    said: list[answers.Sentence | None] = []
    if not any(counts.values()):
        text = (
            "No run, finding or flag waits for a person in {month}, and every import ties. Whether all that is due is "
        )
        text += "posted, and the log is sound, is worked out by the checklist of the close."
        said.append(answers.Sentence(text, {"month": answers.month(asked.last)}, _here(asked)))
    for kind, text in _WAITS.items():
        if counts[kind]:
            cites = answers.cite(kind, held[kind]["id"])
            said.append(answers.Sentence(text, {"count": answers.count(counts[kind])}, cites))
    if untied.height:
        text = "Totals of imports that do not tie to their control record: {imports}."
        said.append(answers.Sentence(text, {"imports": answers.count(untied.height)}, _here(asked)))
    said += _left_out(asked)
    more = {name: answers.count(number) for name, number in counts.items()}
    return answers.answered(said, tables=[answers.Table("What waits", waits.sort("kind", "id"))], more=more)


_WAITS = {
    "runs": "Runs that wait for approval or posting: {count}.",
    "findings": "Findings that wait for an answer: {count}.",
    "flags": "Flags of the review that wait for an answer: {count}.",
}


def _waiting(asked: query.Asked) -> pl.DataFrame:
    """What waits (`snapshot.WAITING`); where nothing keeps it, the findings that block, and the runs of drafts."""
    if asked.snapshot.waiting is not None:
        return asked.snapshot.waiting
    drafts = asked.snapshot.entries.filter((pl.col("state") == "draft") & (pl.col("period") <= asked.last))
    blocks = asked.snapshot.bundle.findings.filter(pl.col("severity") == "blocks")
    parts = [
        drafts.select("entity", kind=pl.lit("runs"), id=pl.col("run").cast(pl.String), says=pl.lit("not posted")),
        blocks.select(kind=pl.lit("findings"), id=_named(), entity=pl.lit(None, pl.String), says="message"),
    ]
    return pl.concat(part.select(*snapshot.WAITING) for part in parts).unique(maintain_order=True)


def _left_out(asked: query.Asked) -> list[answers.Sentence]:
    """What an answer to somebody of one entity does not tell."""
    if asked.snapshot.entity is None:
        return []
    text = "Findings about rows that never came into the books belong to no entity, and are left out here."
    return [answers.Sentence(text, {}, _here(asked))]


def _rows_of(findings: pl.DataFrame) -> tuple[answers.Citation, ...]:
    """What was left out is in no table of the facts, so that the finding itself is cited."""
    return answers.cite("findings", findings.select(_named())["code"])


def _named() -> pl.Expr:
    """What tells a finding of a bundle from others: its code and row."""
    return pl.concat_str("code", pl.lit(":"), pl.col("id").fill_null(""))


def _findings_shown(findings: pl.DataFrame) -> pl.DataFrame:
    return findings.select("code", "severity", "table", "id", "column", "value", "message").sort("code", "table", "id")


def _closed(asked: query.Asked) -> answers.Answer:
    """Which months are closed, and since when."""
    periods = asked.snapshot.periods
    if periods.is_empty():
        return answers.answered([answers.Sentence("No month is closed yet.", {}, _here(asked))])
    last = periods.sort("through").row(-1, named=True)
    figures = {"through": answers.day(last["through"]), "locks": answers.count(periods.height)}
    text = "The books are closed through {through}, by {locks} locks."
    said: list[answers.Sentence | None] = [answers.Sentence(text, figures, _here(asked))]
    if last["locked_at"] is not None:
        figures = {"through": answers.day(last["through"]), "locked": answers.day(last["locked_at"].date())}
        said.append(answers.Sentence("The lock through {through} was made on {locked}.", figures, _here(asked)))
    asked_for = asked.given.get("to") or asked.given.get("from")
    if asked_for:
        closed = str(last["through"])[:7] >= asked.last
        state = "is closed" if closed else "is not closed"
        said.append(answers.Sentence(f"{{month}} {state}.", {"month": answers.month(asked.last)}, _here(asked)))
    return answers.answered(said, tables=[answers.Table("Locks", periods.sort("through", "entity"))])


def _findings(asked: query.Asked) -> answers.Answer:
    """What was wrong with the data, or had to be assumed."""
    rows = asked.snapshot.books.findings
    blocks = rows.filter(pl.col("severity") == "blocks").height
    figures = {"findings": answers.count(rows.height), "blocks": answers.count(blocks)}
    text = "There are {findings} findings, of which {blocks} block."
    said = [answers.Sentence(text, figures, _rows_of(rows) or _here(asked)), *_left_out(asked)]
    return answers.answered(said, tables=[answers.Table("Findings", _findings_shown(rows))])


def _imports(asked: query.Asked) -> answers.Answer:
    """Whether what came in is what its control record says."""
    rows = asked.snapshot.imports
    if rows.is_empty():
        return answers.refused("The snapshot holds no control totals of imports.", "control totals")
    untied = rows.filter(pl.col("stated") != pl.col("held"))
    figures = {"totals": answers.count(rows.height), "untied": answers.count(untied.height)}
    text = "Of {totals} control totals, {untied} do not tie."
    shown = rows.with_columns(pl.col("import").cast(pl.String)).filter(pl.col("currency").is_not_null())
    return answers.answered(
        [answers.Sentence(text, figures, _here(asked))], tables=[answers.Table("Control totals", shown)]
    )


def _about(asked: query.Asked) -> answers.Answer:
    """What the snapshot holds: its entries, months and facts."""
    entries = asked.snapshot.entries
    figures = {
        "entries": answers.count(entries.height), "contracts": answers.count(asked.table("contracts").height),
        "customers": answers.count(asked.table("customers").height), "through": answers.day(asked.snapshot.through),
    }  # fmt: skip
    text = "The books hold {contracts} contracts of {customers} customers and {entries} entries, through {through}."
    return answers.answered([answers.Sentence(text, figures, _here(asked))])


QUERIES = (
    query.Query(
        "blocking-close",
        "What blocks the close",
        "What is blocking the close?",
        ("blocks", "blocks close", "close", "ready close", "what blocks", "close not closed"),
        _blocking,
        takes=query.PERIOD,
    ),
    query.Query(
        "closed-months",
        "Which months are closed",
        "Which months are closed?",
        (
            "closed",
            "month closed",
            "which month closed",
            "lock",
            "when closed",
            "closed @period",
            "last close",
            "when last close",
            "open month",
        ),
        _closed,
        takes=query.PERIOD,
    ),
    query.Query(
        "findings",
        "What was wrong with the data",
        "What was wrong with the data?",
        ("finding", "wrong data", "wrong", "finding data", "assumed", "list finding"),
        _findings,
        takes=(),
    ),
    query.Query(
        "import-totals",
        "Whether imports tie",
        "Do the imports tie to their control totals?",
        ("import", "import tie", "control total", "import control", "completeness"),
        _imports,
        takes=(),
    ),
    query.Query(
        "about",
        "What the books hold",
        "How many contracts and customers are there?",
        ("count contract", "count customer", "count contract customer", "list customer"),
        _about,
        takes=(),
    ),
)
ROOM = query.Room("closing", "The close", QUERIES)
