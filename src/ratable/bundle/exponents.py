"""How many decimals the amounts of each row have, and in which currency: that of its contract or invoice.

Worked example: usage `U-1` names the line `C-1-1`, that line the contract `C-1`, and that contract JPY: its amount has
no decimals. A bundle in which every contract and invoice has two decimals is answered at once, without that walk.
"""

import polars as pl

from ratable.bundle import faults
from ratable.core import currencies, tables

MOST_DECIMALS = 4
"""No currency of ISO 4217 has more."""

# Where a row's currency is found: the column that names the holder, and the holder's table.
_HOLDERS: dict[str, tuple[str, str]] = {
    "contract_lines": ("contract", "contracts"),
    "milestones": ("contract_line", "contract_lines"),
    "price_tiers": ("contract_line", "contract_lines"),
    "usage": ("contract_line", "contract_lines"),
    "opening_balances": ("contract_line", "contract_lines"),
    "amendments": ("contract", "contracts"),
    "amendment_changes": ("amendment", "amendments"),
    "minimums": ("contract", "contracts"),
    "invoice_lines": ("invoice", "invoices"),
    "credit_notes": ("invoice", "invoices"),
    "credit_note_lines": ("credit_note", "credit_notes"),
    "payments": ("invoice", "invoices"),
}


def of_rows(bundle: dict[str, pl.DataFrame], table: str) -> pl.Series:
    """The decimals of a table's amounts, Int64.

    A row whose currency cannot be found has a finding for that reason and does not stay; it counts the most decimals
    here, so that nothing else is said of it.

    Args:
        bundle: every declared table, raw or typed; only ids, references and currencies are read.
        table: the table asked about.

    Returns:
        a series of one value where all rows share it, else one value for each row.
    """
    shared = _shared_exponent(bundle)
    if shared is not None and table != "ssps":
        return pl.Series([shared], dtype=pl.Int64)
    codes = currency_of_rows(bundle, table).to_frame("currency")
    return codes.select(currencies.exponent(pl.col("currency"))).to_series().fill_null(MOST_DECIMALS)


def _shared_exponent(bundle: dict[str, pl.DataFrame]) -> int | None:
    codes = faults.distinct([bundle[table]["currency"] for table in ("contracts", "invoices")])
    found = {currencies.EXPONENTS.get(code) for code in codes}
    return found.pop() if len(found) == 1 else None


def currency_of_rows(bundle: dict[str, pl.DataFrame], table: str) -> pl.Series:
    """The currency that each row of a table is in, as written there or where it hangs; null where none is found."""
    rows = bundle[table]
    if tables.TABLES[table].column("currency"):
        return rows["currency"].cast(pl.String)
    if table not in _HOLDERS:
        return pl.Series("currency", [None] * rows.height, dtype=pl.String)
    column, holder = _HOLDERS[table]
    held = rows.select(holder=column).join(_by_id(bundle, holder), on="holder", how="left", maintain_order="left")
    return held["currency"]


def _by_id(bundle: dict[str, pl.DataFrame], holder: str) -> pl.DataFrame:
    """The currency by id of a holder, among them lines that amendments add and bills of our own."""
    parts = [bundle[holder].select(holder="id", currency=currency_of_rows(bundle, holder))]
    if holder == "contract_lines":
        changes = bundle["amendment_changes"].with_columns(currency=currency_of_rows(bundle, "amendment_changes"))
        parts.append(changes.filter(pl.col("op") == "add").select(holder="line", currency="currency"))
    if holder == "invoices":
        parts.append(_own_bills(bundle))
    return pl.concat(parts).drop_nulls().unique("holder", keep="first")


def _own_bills(bundle: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Ids CONTRACT/ISSUE-DATE that credit notes and payments name, with the currency of the contract."""
    named = pl.concat([bundle[t].select(holder="invoice") for t in ("credit_notes", "payments")]).unique()
    named = named.with_columns(contract=pl.col("holder").str.extract(r"^(.+)/\d{4}-\d{2}-\d{2}$"))
    contracts = bundle["contracts"].select("currency", contract="id").unique("contract")
    return named.join(contracts, on="contract", how="inner").select("holder", "currency")
