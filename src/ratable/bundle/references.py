"""Checks what names what: keys that are unique, and references that lead to a row.

Worked example: a contract with `customer: nobody` gives `unknown_id` on `contracts C-1, customer`, value nobody; two
contracts with the id C-1 give `duplicate_id` twice, and both are out.
"""

import numpy as np
import polars as pl

from ratable.bundle import faults
from ratable.core import accounts, currencies, tables

Tables = dict[str, pl.DataFrame]

OWN_BILL = r"^(.+)/\d{4}-\d{2}-\d{2}$"
"""The form of the id of a bill of our own, CONTRACT/ISSUE-DATE, with the contract as its group."""

MASTERS = ("entities", "customers", "products", "accounts")
"""Tables whose rows belong to no contract, in the order in which they refer to each other."""


def duplicates(typed: Tables, raw: Tables) -> list[pl.DataFrame]:
    """Findings for rows that share the key of their table; every one of them is at fault.

    Findings: `duplicate_id`, blocks, in the last column of the key.
    """
    found = []
    for name, table in tables.TABLES.items():
        rows, key = typed[name], list(table.key)
        if not key or len(rows) < 2 or _all_distinct(rows.select(key)):
            continue
        whole = rows.drop_nulls([c.name for c in table.columns if c.name in key and c.required])
        twice = whole.filter(pl.struct(key).is_duplicated())
        found.append(faults.report(raw, "duplicate_id", name, key[-1], rows=twice["row"]))
    return found


def _all_distinct(keys: pl.DataFrame) -> bool:
    """Whether no two rows are alike, which rows of different hashes never are: far cheaper than to compare them."""
    hashes = np.sort(keys.hash_rows().to_numpy())
    return bool((hashes[1:] != hashes[:-1]).all()) or keys.n_unique() == keys.height


def known_lines(typed: Tables) -> pl.DataFrame:
    """Lines with their contract, those that amendments add among them: id, contract."""
    lines = typed["contract_lines"].select("id", "contract")
    added = typed["amendment_changes"].filter(pl.col("op") == "add").select("amendment", id="line")
    if added.is_empty():
        return lines
    contracts = typed["amendments"].select("contract", amendment="id").unique("amendment")
    return pl.concat([lines, added.join(contracts, on="amendment", how="left").select("id", "contract")])


def unknown(typed: Tables, raw: Tables, table: str) -> list[pl.DataFrame]:
    """Findings for the references of one table that lead nowhere.

    Findings: `unknown_id`, blocks; its value is the id that is missing.
    """
    found = []
    for column in tables.TABLES[table].columns:
        if column.kind != "reference" or typed[table][column.name].null_count() == typed[table].height:
            continue
        ids = _ids(typed, column.to).rename({"id": column.name})
        lost = typed[table].select(column.name, "row").drop_nulls().join(ids, on=column.name, how="anti")
        lost = lost.with_columns(code=pl.coalesce(faults.text_fault(pl.col(column.name)), pl.lit("unknown_id")))
        for (code,), rows in lost.group_by("code", maintain_order=True) if len(lost) else ():
            expected = f"an id of {column.to}"
            found.append(faults.report(raw, str(code), table, column.name, rows=rows["row"], expected=expected))
    return found


def _ids(typed: Tables, table: str) -> pl.DataFrame:
    if table == "contract_lines":
        return known_lines(typed).select("id")
    if table == "accounts":
        return typed["accounts"].select(id="code") if len(typed["accounts"]) else accounts.DEFAULT.select(id="account")
    return typed[table].select("id")


def line_lists(typed: Tables, raw: Tables) -> list[pl.DataFrame]:
    """Findings for the lines that a contract's discount names and the contract does not have."""
    named = typed["contracts"].select("row", contract="id", id="discount.lines").drop_nulls().explode("id")
    if named.is_empty():
        return []
    lost = named.join(known_lines(typed), on=["id", "contract"], how="anti")
    return [
        faults.report(
            raw,
            "unknown_id",
            "contracts",
            "discount.lines",
            rows=lost["row"].unique(),
            expected="lines of the contract",
        )
    ]


def credited(typed: Tables, raw: Tables) -> list[pl.DataFrame]:
    """Findings for credit notes and payments whose invoice is neither imported nor can be a bill of our own.

    An id CONTRACT/ISSUE-DATE of a contract that exists is left for the engine, which alone knows what was billed.

    Findings: `unknown_id`, blocks; `payment_without_invoice`, warns.
    """
    imported = typed["invoices"].select(invoice="id")
    found = []
    for table, code in (("credit_notes", "unknown_id"), ("payments", "payment_without_invoice")):
        if typed[table].is_empty():
            continue
        lost = typed[table].select("invoice", "row").drop_nulls().join(imported, on="invoice", how="anti")
        lost = lost.with_columns(id=pl.col("invoice").str.extract(OWN_BILL)).join(
            typed["contracts"], on="id", how="anti"
        )
        found.append(faults.report(raw, code, table, "invoice", rows=lost["row"], expected="an id of invoices"))
    if typed["credit_note_lines"].is_empty():
        return found
    lines = typed["credit_note_lines"].join(typed["credit_notes"].select("invoice", credit_note="id"), on="credit_note")
    lines = lines.join(imported, on="invoice", how="semi").select("row", "invoice", id="invoice_line")
    lost = lines.join(typed["invoice_lines"], on=["invoice", "id"], how="anti")
    expected = "a line of the credit note's invoice"
    return [
        *found,
        faults.report(raw, "unknown_id", "credit_note_lines", "invoice_line", rows=lost["row"], expected=expected),
    ]


def mismatched_currencies(typed: Tables, raw: Tables) -> list[pl.DataFrame]:
    """Findings for invoices in another currency than the contract that they, or a line of theirs, bill.

    A code that is no currency has a finding of its own, and is not compared.

    Findings: `currency_mismatch`, blocks.
    """
    contracts, invoices = typed["contracts"], typed["invoices"]
    if len(faults.distinct([contracts["currency"], invoices["currency"]])) <= 1:
        return []
    billed = billed_contracts(typed).join(_known_currencies(contracts), on="contract")
    other = invoices.join(billed, left_on="id", right_on="invoice").filter(
        pl.col("currency") != pl.col("currency_right")
    )
    expected = "the currency of the contract it bills"
    return [
        faults.report(raw, "currency_mismatch", "invoices", "currency", rows=other["row"].unique(), expected=expected)
    ]


def _known_currencies(contracts: pl.DataFrame) -> pl.DataFrame:
    known = contracts.filter(currencies.exponent(pl.col("currency")).is_not_null())
    return known.select("currency", contract="id")


def billed_contracts(typed: Tables) -> pl.DataFrame:
    """Which invoice bills which contract, by its own `contract` or by a line's `contract_line`: invoice, contract."""
    direct = typed["invoices"].select("contract", invoice="id").drop_nulls()
    lines = typed["invoice_lines"].filter(pl.col("contract_line").is_not_null()).select("invoice", id="contract_line")
    by_line = lines.join(known_lines(typed), on="id", how="inner").select("contract", "invoice")
    return pl.concat([direct, by_line]).drop_nulls().unique()


def milestones(typed: Tables, raw: Tables) -> list[pl.DataFrame]:
    """Findings for milestones reached that their line does not declare.

    Findings: `unknown_milestone`, blocks.
    """
    if typed["milestones_reached"].is_empty():
        return []
    declared = typed["milestones"].select("contract_line", milestone="id")
    lost = (
        typed["milestones_reached"]
        .drop_nulls("milestone")
        .join(declared, on=["contract_line", "milestone"], how="anti")
    )
    return [faults.report(raw, "unknown_milestone", "milestones_reached", "milestone", rows=lost["row"])]


def changed_lines(typed: Tables, raw: Tables) -> list[pl.DataFrame]:
    """Findings for amendments of lines that their contract does not have, and for added ids that are taken.

    Findings: `line_not_in_contract` and `duplicate_id`, both block.
    """
    changes = typed["amendment_changes"].join(
        typed["amendments"].select("contract", amendment="id").unique("amendment"), on="amendment", how="inner"
    )
    if changes.is_empty():
        return []
    lines = known_lines(typed)
    lost = changes.filter(pl.col("op") != "add").join(
        lines, left_on=["line", "contract"], right_on=["id", "contract"], how="anti"
    )
    taken = lines.filter(pl.col("id").is_duplicated()).select(line="id").unique()
    added = changes.filter(pl.col("op") == "add").join(taken, on="line", how="semi")
    return [
        faults.report(raw, "line_not_in_contract", "amendment_changes", "line", rows=lost["row"]),
        faults.report(raw, "duplicate_id", "amendment_changes", "line", rows=added["row"]),
    ]


def minimum_lines(typed: Tables, raw: Tables) -> list[pl.DataFrame]:
    """Findings for lines under a minimum of another contract, and for minimums without a line.

    Findings: `line_not_in_contract` and `minimum_without_lines`, both block.
    """
    contracts = typed["minimums"].select("contract", minimum="id").unique("minimum")
    counted = (
        typed["minimum_lines"]
        .join(contracts, on="minimum")
        .join(known_lines(typed), left_on="contract_line", right_on="id")
    )
    foreign = counted.filter(pl.col("contract") != pl.col("contract_right"))
    bare = typed["minimums"].join(typed["minimum_lines"], left_on="id", right_on="minimum", how="anti")
    return [
        faults.report(raw, "line_not_in_contract", "minimum_lines", "contract_line", rows=foreign["row"]),
        faults.report(raw, "minimum_without_lines", "minimums", "id", rows=bare["row"]),
    ]


CHECKS = (line_lists, credited, mismatched_currencies, milestones, changed_lines, minimum_lines)
"""Every check of references that are more than one column naming one table."""
