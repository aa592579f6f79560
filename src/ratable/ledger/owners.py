"""Whose books a contract or an invoice is in: the entity that it names, else the one that its customer buys from.

Worked example: contract C-1 names no entity, and its customer Acme buys from entity us: `of_contract("C-1", stated)` is
"us". Where Acme names none either, it is the company's only entity; where that has none, an empty text.
"""

import polars as pl

from ratable.engine import contracts

Tables = dict[str, pl.DataFrame]


def of_contract(contract: str, stated: Tables) -> str:
    """The entity of a contract.

    Args:
        contract: its id.
        stated: the tables of the contract and all that is shared (ledger.knowledge).

    Returns:
        the id; empty where there is none, or no such contract.
    """
    own = stated["contracts"].filter(pl.col("id") == contract)
    return _owner(own.select("customer", "entity", contract="id"), stated)


def of_invoice(invoice: str, stated: Tables) -> str:
    """The entity of an invoice, or of a bill of our own, CONTRACT/ISSUE-DATE, which is that of its contract.

    Args:
        invoice: its id.
        stated: the tables of the invoice and all that is shared (ledger.knowledge).

    Returns:
        the id; empty where there is none, or no such invoice.
    """
    own = stated["invoices"].filter(pl.col("id") == invoice)
    if own.is_empty():
        return of_contract(invoice.rpartition("/")[0], stated)
    return _owner(own.select("customer", "entity", "contract"), stated)


def _owner(own: pl.DataFrame, stated: Tables) -> str:
    named = stated["contracts"].select(contract="id", of_contract="entity")
    sellers = stated["customers"].select(customer="id", seller="entity")
    found = own.join(named, on="contract", how="left").join(sellers, on="customer", how="left").select(
        owner=pl.coalesce("entity", "of_contract", "seller", contracts.sole_entity(stated))
    )  # fmt: skip
    return next((str(one) for one in found["owner"] if one), "")
