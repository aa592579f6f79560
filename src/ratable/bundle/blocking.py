"""What a blocking finding takes out: the contract or lone invoice that the row belongs to, and nothing else.

Worked example: a float amount on usage `U-7` takes out the line's contract `C-1` with its lines, amendments, use and
invoices; an invoice of that contract that also bills `C-2` takes `C-2` with it. A credit note at fault goes alone.

Rows that belong to no contract (a rate, a rule, a payment) go alone as well.
"""

import polars as pl

from ratable.bundle import references
from ratable.core import bundles

Tables = dict[str, pl.DataFrame]


def at_fault(found: pl.DataFrame) -> pl.DataFrame:
    """The rows with a finding that blocks: table, row, code.

    A payment of an unknown invoice is among them, though it only warns: its currency is not known and it posts nothing.
    """
    at_fault = (pl.col("severity") == "blocks") | (pl.col("code") == "payment_without_invoice")
    blocking = found.filter(at_fault & pl.col("row").is_not_null())
    return blocking.select("table", "row", "code").unique(["table", "row"], keep="first", maintain_order=True)


def without(typed: Tables, faulty: pl.DataFrame, name: str) -> pl.DataFrame:
    """A table without its own rows at fault."""
    rows = faulty.filter(pl.col("table") == name).select("row")
    return typed[name].join(rows, on="row", how="anti", maintain_order="left") if rows.height else typed[name]


def sound(typed: Tables, faulty: pl.DataFrame) -> tuple[Tables, pl.DataFrame]:
    """The tables without everything that a row at fault takes out, and what that was.

    Args:
        typed: every declared table, filled.
        faulty: what `at_fault` gives.

    Returns:
        the sound tables, and rows of `bundles.LEFT_OUT_SCHEMA`: contracts, lone invoices and credit notes.
    """
    if faulty.is_empty():
        return typed, pl.DataFrame(schema=bundles.LEFT_OUT_SCHEMA)
    owned = _owners(typed)
    seeds = owned.join(_with_priced_lines(typed, faulty), on=["table", "row"]).select("kind", "id", "code")
    seeds = seeds.unique(["kind", "id"], keep="first", maintain_order=True)
    out = _spread(seeds, _links(typed))
    gone = pl.concat(
        [owned.join(out, on=["kind", "id"]).select("table", "row"), faulty.select("table", "row")]
    ).unique()
    kept = {name: without(typed, gone, name) for name in typed}
    return kept, _left_out(typed, seeds, out)


def _with_priced_lines(typed: Tables, faulty: pl.DataFrame) -> pl.DataFrame:
    """The rows at fault, and the lines whose standalone selling price would have come from an SSP at fault."""
    prices = faulty.filter(pl.col("table") == "ssps").join(typed["ssps"].select("row", "product"), on="row")
    lines = typed["contract_lines"].filter(pl.col("ssp").is_null()).select("row", "product")
    priced = lines.join(prices.select("product", "code").unique("product"), on="product")
    return pl.concat([faulty, priced.select(pl.lit("contract_lines").alias("table"), "row", "code")])


def _owners(typed: Tables) -> pl.DataFrame:
    """Every row that belongs to a contract, an invoice or a credit note: table, row, kind, id."""
    by_line = references.known_lines(typed).select("contract", contract_line="id")
    amendments = typed["amendments"].select("contract", amendment="id")
    minimums = typed["minimums"].select("contract", minimum="id")
    through_line = ("milestones", "price_tiers", "usage", "milestones_reached", "opening_balances")
    parts = [
        _owned("contracts", "contract", typed["contracts"], "id"),
        *(_owned(t, "contract", typed[t], "contract") for t in ("contract_lines", "amendments", "minimums")),
        *(_owned(t, "contract", typed[t].join(by_line, on="contract_line"), "contract") for t in through_line),
        _owned(
            "amendment_changes", "contract", typed["amendment_changes"].join(amendments, on="amendment"), "contract"
        ),
        _owned("minimum_lines", "contract", typed["minimum_lines"].join(minimums, on="minimum"), "contract"),
        _owned("invoices", "invoice", typed["invoices"], "id"),
        _owned("invoice_lines", "invoice", typed["invoice_lines"], "invoice"),
        _owned("credit_notes", "credit_note", typed["credit_notes"], "id"),
        _owned("credit_note_lines", "credit_note", typed["credit_note_lines"], "credit_note"),
        _owned("payments", "payment", typed["payments"], "id"),
    ]
    return pl.concat(parts).drop_nulls()


def _owned(table: str, kind: str, rows: pl.DataFrame, column: str) -> pl.DataFrame:
    return rows.select(pl.lit(table).alias("table"), "row", pl.lit(kind).alias("kind"), pl.col(column).alias("id"))


def _links(typed: Tables) -> pl.DataFrame:
    """What goes with what: contracts and their invoices both ways, credits and payments with what they settle."""
    forth = references.billed_contracts(typed).select(
        kind=pl.lit("contract"), id="contract", to_kind=pl.lit("invoice"), to_id="invoice"
    )
    back = forth.select(kind="to_kind", id="to_id", to_kind="kind", to_id="id")
    settled = pl.concat(
        typed[table].select("invoice", to_kind=pl.lit(kind), to_id="id")
        for table, kind in (("credit_notes", "credit_note"), ("payments", "payment"))
    )
    imported = settled.select(pl.lit("invoice").alias("kind"), "to_kind", "to_id", id="invoice")
    own = settled.select(
        pl.lit("contract").alias("kind"), "to_kind", "to_id", id=pl.col("invoice").str.extract(references.OWN_BILL)
    )
    return pl.concat([forth, back, imported.select(forth.columns), own.select(forth.columns)]).drop_nulls()


def _spread(seeds: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Everything that is out: kind, id and code.

    The number of passes is the longest chain of invoices that bill several contracts, one or two in most bundles.
    """
    out = seeds
    while True:
        reached = (
            out.join(links, on=["kind", "id"]).select("code", kind="to_kind", id="to_id").select("kind", "id", "code")
        )
        fresh = reached.unique(["kind", "id"], keep="first", maintain_order=True).join(
            out, on=["kind", "id"], how="anti"
        )
        if fresh.is_empty():
            return out
        out = pl.concat([out, fresh])


def _left_out(typed: Tables, seeds: pl.DataFrame, out: pl.DataFrame) -> pl.DataFrame:
    """Contracts, invoices that bill no contract, and credit notes that were refused for themselves."""
    billing = references.billed_contracts(typed).select(id="invoice", kind=pl.lit("invoice"))
    lone = out.filter(pl.col("kind").is_in(["contract", "invoice"])).join(billing, on=["id", "kind"], how="anti")
    refused = seeds.filter(pl.col("kind") == "credit_note")
    told = pl.concat([lone, refused])
    return told.select(pl.concat_str("kind", pl.lit("s")).alias("table"), "id", "code").sort("table", "id")
