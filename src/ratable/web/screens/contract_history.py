"""How a contract came to be what it is: its terms with their clauses, its amendments, its events, its versions.

Worked example: amendment A-1 of C-1, effective 1 July, approved 20 June, prospective, "what remains is distinct from
what was delivered (606-10-25-13(a))", known 21 June from row 1 of amendments.csv.
"""

from datetime import date
from typing import Any

import polars as pl

from ratable.ledger import books, lineage, scope, timeline, whatif
from ratable.web import comparing, places, state, tables

_CLOSED = ("locked", "reopened")


def terms(lines: pl.DataFrame, stated: whatif.Tables) -> tables.Table:
    """The lines as they were agreed, with the clause that each rests on and the row that it came from."""
    within = scope.of_account(f"contract {lines['contract'][0]}") if lines.height else None
    columns = (
        tables.Column("line", "Line", "id"), tables.Column("product", "Product"),
        tables.Column("currency", "Currency"), tables.Column("ssp", "SSP", "money"),
        tables.Column("price", "Price", "money"),
        tables.Column("clause", "Clause", wide=True), tables.Column("known", "Known", "day"),
        tables.Column("origin", "Origin", "text", _import),
    )  # fmt: skip
    if within is None:
        return tables.Table("terms", "Terms and their clauses", columns, pl.DataFrame(schema=[c.name for c in columns]))
    last = pl.col("version") == pl.col("version").max().over("key")
    own = lineage.every("contract_lines", within).filter(last).select("id", "origin", "import_no")
    added = lineage.every("amendment_changes", within).filter(last & (pl.col("op") == "add"))
    came = pl.concat([own, added.select("line", "origin", "import_no").rename({"line": "id"})])
    signed = pl.lit(stated["contracts"]["known_on"][0], pl.Date)
    rows = lines.join(came, left_on="line", right_on="id", how="left").with_columns(known=signed).sort("line")
    shown = rows.select(*(column.name for column in columns), "import_no")
    return tables.Table(
        "terms", "Terms and their clauses", columns, shown, tables.sums(shown, "ssp", "price"), short=True
    )


def tables_of(asked: state.State, contract: str, part: books.Posted, stated: whatif.Tables) -> dict[str, tables.Table]:
    """Amendments, timeline and versions of a contract, as tables by name."""
    return {
        "amendments": _amendments(asked, part.outcome.treatments, stated),
        "timeline": _timeline(asked, contract),
        "versions": _versions(asked, lineage.changes(contract)),
    }


def comparison(asked: state.State, contract: str, stated: whatif.Tables, lines: pl.DataFrame) -> dict[str, Any]:
    """The schedule before and after the amendment that the address names; empty where it names none of the contract."""
    named = asked.get("amendment")
    own = stated["amendments"].filter(pl.col("contract") == contract)
    own = own.with_columns(day=pl.max_horizontal("effective_on", "approved_on")).sort("day", "id")
    if named not in own["id"]:
        return {}
    at = own["id"].to_list().index(named)
    later = own["id"][at + 1 :].to_list()
    day: date = own["day"][at]
    after = whatif.without_amendments(stated, later)
    through = max(asked.through, day)
    before = whatif.without_amendments(after, [named])
    entity = next(iter(lines["entity"]), None)
    compared = comparing.of(whatif.state(before, through), whatif.state(after, through), asked.months, entity)
    return {
        "amendment": named, "compared": compared, "table": compared.table("comparison", f"Before and after {named}"),
        "later": later,
    }  # fmt: skip


def _amendments(asked: state.State, treatments: pl.DataFrame, stated: whatif.Tables) -> tables.Table:
    """The amendments with their treatments; each opens what it did to the schedule."""
    told = timeline.changed(stated)
    used = treatments.select("why", id="amendment", treatment_used="treatment")
    rows = (
        stated["amendments"].join(used, on="id", how="left")
        .join(told, left_on="id", right_on="amendment", how="left")
        .join(stated["contracts"].select("currency", contract="id"), on="contract")
        .sort("effective_on", "id")
    )  # fmt: skip

    def compared(row: tables.Row) -> str:
        return asked.here(amendment=row["id"], since=None, line=None) + "#comparison"

    columns = (
        tables.Column("id", "Amendment", "id", compared), tables.Column("effective_on", "Effective", "day"),
        tables.Column("approved_on", "Approved", "day"), tables.Column("known_on", "Known", "day"),
        tables.Column("says", "What changed"), tables.Column("treatment_used", "Treatment", "words"),
        tables.Column("why", "Why", wide=True), tables.Column("currency", "Currency"),
        tables.Column("amount", "Adds to prices", "money", compared),
    )  # fmt: skip
    return tables.Table("amendments", "Amendments", columns, rows.select(c.name for c in columns), short=True)


def _timeline(asked: state.State, contract: str) -> tables.Table:
    """All events, each with both its days."""
    told = timeline.of_contract(contract, known_on=asked.known_on)
    days = pl.when("late").then(pl.concat_list(pl.lit("warn"), pl.lit("late"))).otherwise(
        pl.when(pl.col("what").is_in(_CLOSED)).then(pl.concat_list(pl.lit("good"), pl.lit("close")))
    )  # fmt: skip
    columns = (
        tables.Column("effective", "Effective", "day"), tables.Column("known", "Known", "day"),
        tables.Column("what", "What", "text", _detail(asked)), tables.Column("id", "Of", "id"),
        tables.Column("says", "Says"), tables.Column("came", "Came", "status"), tables.Column("currency", "Currency"),
        tables.Column("amount", "Amount", "money", _detail(asked)), tables.Column("origin", "Origin", "text", _import),
    )  # fmt: skip
    rows = told.with_columns(came=days)
    return tables.Table("timeline", "All that happened", columns, rows, short=True)


def _detail(asked: state.State) -> tables.Link:
    """Where an event leads: to its own page, or to what it did."""
    leads: dict[str, tables.Link] = {
        "invoiced": lambda row: asked.link(places.invoice(row["id"])),
        "credited": lambda row: asked.link(places.credit_note(row["id"])),
        "amended": lambda row: asked.here(amendment=row["id"], since=None, line=None) + "#comparison",
        "paid": lambda row: asked.link(places.invoice(str(row["says"]).removeprefix("for invoice "))),
        "manual": lambda row: places.entry(row["id"]),
        "reversal": lambda row: places.entry(row["id"]),
        "SSP stated": lambda _: asked.link("/products"),
        "policy": lambda _: asked.link("/policies"),
    }
    return lambda row: leads.get(str(row["what"]).partition(",")[0], _import)(row)


def _versions(asked: state.State, changed: pl.DataFrame) -> tables.Table:
    """What each version after the first changed."""
    columns = (
        tables.Column("known", "Known", "day"), tables.Column("table", "Table", "words"),
        tables.Column("id", "Row", "id"), tables.Column("version", "Version", "count"),
        tables.Column("column", "What"), tables.Column("before", "Before"), tables.Column("now", "After"),
        tables.Column("reason", "Reason", wide=True), tables.Column("origin", "Origin", "text", _import),
    )  # fmt: skip
    seen = changed if asked.known_on is None else changed.filter(pl.col("known") <= asked.known_on)
    return tables.Table("versions", "Versions of its facts", columns, seen, short=True)


def _import(row: tables.Row) -> str:
    return f"/imports/{row['import_no']}" if row.get("import_no") else ""
