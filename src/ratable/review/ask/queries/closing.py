"""The close: what stands in its way, which months are closed, what was wrong with the data, whether imports tie.

Worked example: 42 entries wait, one blocking finding keeps contract C-900 out of the books, and February is the last
closed month: three sentences, each with the rows that it rests on.
"""

import polars as pl

from ratable.review.ask import answers, query


def _here(asked: query.Asked) -> tuple[answers.Citation, ...]:
    return answers.cite("snapshot", [asked.snapshot.name])


def _blocking(asked: query.Asked) -> answers.Answer:
    """Entries that wait, findings that block, flags of the review without an answer, imports that do not tie."""
    waiting = asked.snapshot.entries.filter((pl.col("state") == "draft") & (pl.col("period") <= asked.last))
    findings = asked.snapshot.bundle.findings.filter(pl.col("severity") == "blocks")
    flagged = asked.snapshot.waiting.filter(pl.col("period").fill_null(asked.last) <= asked.last)
    untied = asked.snapshot.imports.filter(pl.col("stated") != pl.col("held"))
    counts = {"waiting": waiting.height, "findings": findings.height, "flags": flagged.height, "imports": untied.height}
    month = {"month": answers.month(asked.last)}
    said: list[answers.Sentence | None] = []
    if not any(counts.values()):
        text = "Nothing in the snapshot stands in the way of closing {month}: no entry waits, no finding blocks, "
        text += "and no flag of the review is without an answer."
        said.append(answers.Sentence(text, month, _here(asked)))
    if waiting.height:
        cites = answers.cite("entries", waiting["entry"].sort())
        text = "{waiting} entries through {month} wait for approval or posting."
        said.append(answers.Sentence(text, month | {"waiting": answers.count(waiting.height)}, cites))
    if findings.height:
        text = "{findings} findings keep facts out of the books."
        cites = _rows_of(findings) or _here(asked)
        said.append(answers.Sentence(text, {"findings": answers.count(findings.height)}, cites))
    if untied.height:
        text = "{imports} totals of imports do not tie to their control record."
        said.append(answers.Sentence(text, {"imports": answers.count(untied.height)}, _here(asked)))
    if flagged.height:
        text = "Flags of the review that wait for an answer: {flags}."
        figures = {"flags": answers.count(flagged.height)}
        said.append(answers.Sentence(text, figures, answers.cite("flags", flagged["id"].sort())))
    said += _left_out(asked)
    more = {name: answers.count(number) for name, number in counts.items()}
    tables = [answers.Table("Findings that block", _findings_shown(findings)),
              answers.Table("Flags that wait", flagged.sort("class", "period", "id"))]  # fmt: skip
    return answers.answered(said, tables=tables, more=more)


def _left_out(asked: query.Asked) -> list[answers.Sentence]:
    """What an answer to somebody of one entity does not tell."""
    if asked.snapshot.entity is None:
        return []
    text = "Findings about rows that never came into the books belong to no entity, and are left out here."
    return [answers.Sentence(text, {}, _here(asked))]


def _rows_of(findings: pl.DataFrame) -> tuple[answers.Citation, ...]:
    """What was left out is in no table of the facts, so that the finding itself is cited."""
    return answers.cite(
        "findings", findings.select(pl.concat_str("code", pl.lit(":"), pl.col("id").fill_null("")))["code"]
    )


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
