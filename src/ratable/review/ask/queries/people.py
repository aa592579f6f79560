"""People: who prepared, approved and posted what, and what each may approve.

Worked example: run 3 was prepared by Cora, approved by Dana and posted by Ben; "Who approved entry 5f1c?" names Dana,
run 3 and the moment. A snapshot without the acts behind its entries says so.
"""

import polars as pl

from ratable.review.ask import answers, posted, query
from ratable.review.ask.queries import obligations

_SHOWN = (
    "run", "kind", "through", "prepared_by", "approved_by", "posted_by", "alone", "memo", "rows",
)  # fmt: skip


def _runs(asked: query.Asked) -> pl.DataFrame:
    """The runs of one entry, of one number, or of the entries of the scope and months."""
    if asked.get("entry"):
        row = obligations.entry(asked)
        return asked.snapshot.runs.filter(pl.col("run") == row["run"])
    if asked.get("run"):
        return asked.snapshot.runs.filter(pl.col("run") == int(asked.get("run")))
    named = asked.during.select("run").unique()
    runs = asked.snapshot.runs.join(named, on="run", how="semi").sort("run")
    if person := asked.get("person"):
        runs = runs.filter(
            pl.any_horizontal(pl.col(name) == person for name in ("prepared_by", "approved_by", "posted_by"))
        )
    return runs


def _who(asked: query.Asked, verb: str) -> answers.Answer:
    runs = _runs(asked)
    if runs.is_empty():
        text = "The snapshot holds no run behind what is asked, so that nobody is known to have {verb} it."
        raise query.Unanswerable(answers.refused(text, f"who {verb} it", verb=answers.name(verb)))
    said: list[answers.Sentence | None] = []
    for row in runs.head(obligations.MOST_SAID).iter_rows(named=True):
        person, at = row[f"{verb}_by"], row[f"{verb}_at"]
        figures = {"run": answers.name(row["run"])}
        text = f"Run {{run}} is not {verb} yet."
        if person:
            figures["person"] = answers.name(person)
            text = f"Run {{run}} was {verb} by {{person}}"
            if at is not None:
                figures["day"] = answers.day(at.date())
                text += " on {day}"
            text += "."
        said.append(answers.Sentence(text, figures, answers.cite("runs", [row["run"]])))
    return answers.answered(said, tables=[answers.Table("Runs", _shown(runs))])


def _shown(runs: pl.DataFrame) -> pl.DataFrame:
    # Whole numbers of runs are no amounts, and a table of an answer takes Int64 for amounts.
    return runs.select(_SHOWN).with_columns(pl.col("run", "rows").cast(pl.String))


def _prepared(asked: query.Asked) -> answers.Answer:
    return _who(asked, "prepared")


def _approved(asked: query.Asked) -> answers.Answer:
    return _who(asked, "approved")


def _posted(asked: query.Asked) -> answers.Answer:
    return _who(asked, "posted")


def _all_runs(asked: query.Asked) -> answers.Answer:
    runs = _runs(asked)
    during, slots = posted.when(asked)
    figures = slots | {"runs": answers.count(runs.height), "alone": answers.count(runs.filter("alone").height)}
    text = f"{{runs}} runs made the entries of {during}; in {{alone}} of them one person had both roles."
    cites = answers.cite("runs", runs["run"]) or answers.cite("snapshot", [asked.snapshot.name])
    return answers.answered([answers.Sentence(text, figures, cites)], tables=[answers.Table("Runs", _shown(runs))])


def _limits(asked: query.Asked) -> answers.Answer:
    """The most that each person may approve."""
    limits = asked.snapshot.limits
    chosen = {asked.get("person"): limits.get(asked.get("person"), {})} if asked.get("person") else limits
    cites = answers.cite("snapshot", [asked.snapshot.name])
    said: list[answers.Sentence | None] = []
    for person, by_currency in sorted(chosen.items()):
        figures = {"person": answers.name(person)}
        figures |= {f"limit_{code}": answers.amount(most, code) for code, most in sorted(by_currency.items())}
        most = ", ".join(f"{{limit_{code}}}" for code in sorted(by_currency))
        text = f"{{person}} may approve up to {most}." if most else "No limit is set for {person}."
        said.append(answers.Sentence(text, figures, cites))
    said = said or [answers.Sentence("The snapshot holds no limits of approval.", {}, cites)]
    return answers.answered(said)


_ON = (*query.SCOPE, *query.PERIOD, "entry", "run", "person")
QUERIES = (
    query.Query(
        "who-prepared",
        "Who prepared entries",
        "Who prepared the entries of {month}?",
        ("who prepared", "who prepared entry", "who prepared @entry", "who prepared @run"),
        _prepared,
        takes=_ON,
    ),
    query.Query(
        "who-approved",
        "Who approved entries",
        "Who approved the entries of {month}?",
        ("who approved", "who approved entry", "who approved @entry", "approved @run", "who approved @run"),
        _approved,
        takes=_ON,
    ),
    query.Query(
        "who-posted",
        "Who posted entries",
        "Who posted the entries of {month}?",
        ("who posted", "who posted entry", "who posted @entry", "who posted @run"),
        _posted,
        takes=_ON,
    ),
    query.Query(
        "runs",
        "Runs and the people behind them",
        "Which runs made the entries of this month?",
        ("run", "which run", "list run", "@run", "prepared @person", "approved @person", "posted @person", "count run"),
        _all_runs,
        takes=_ON,
    ),
    query.Query(
        "limits",
        "What each person may approve",
        "What are the approval limits?",
        ("limit", "limit approved", "limit @person", "approved limit @person"),
        _limits,
        takes=("person",),
    ),
)
ROOM = query.Room("people", "Who did what", QUERIES)
