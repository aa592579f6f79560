"""Imports made by hand, of nothing but what they noticed, and of at most one contract."""

from datetime import date

import polars as pl

from ratable.ledger import canonical, covering, facts
from ratable.operations import acts
from tests.stores import Store

Fault = tuple[str, str, str, str, str, str, bool]
COLUMNS = ("code", "severity", "table", "row_id", "column", "value", "left_out")
FLOAT: Fault = ("float_amount", "blocks", "contracts", "C-9", "discount.amount", "10.1", True)
UNPRICED: Fault = ("ssp_missing", "warns", "contract_lines", "C-1-1", "ssp", "", False)


def on_import(store: Store, *faults: Fault, contract: str = "", person: str = "ben") -> None:
    """An import by a person that noticed these faults and brought this contract."""
    with acts.begin(store.actor(person), "import") as act:
        day = acts.ledger_day(act.at)
        made = {"name": "by hand", "files": "{}", "kind": "facts", "reason": "", "totals": "{}", "known_on": day}
        (number,) = covering.cover(act, "imports", pl.DataFrame([made]))["no"]
        if faults:
            found = pl.DataFrame(faults, COLUMNS, orient="row")
            told = found.with_columns(
                import_no=pl.lit(number), row=pl.lit(1), message=pl.lit("saw what it should not.")
            )
            covering.cover(act, "findings", told)
        if contract:
            row = dict.fromkeys(facts.columns("contracts"))
            row |= {"id": contract, "currency": "USD", "customer": "acme", "key": canonical.text([contract])}
            row |= {name: date(2026, 1, 1) for name in ("signed_on", "start", "end")}
            row |= {"version": 1, "import_no": number, "known_on": day, "row": 1}
            covering.cover(act, "fact_contracts", pl.DataFrame([row]))
