"""Small journals and bundles for the tests of exports, in the words of the journal report."""

from datetime import date
from typing import Any

import polars as pl
from hypothesis import strategies as st

from ratable.core import bundles, tables

JOURNAL: dict[str, pl.DataType] = {
    "entry": pl.String(),
    "date": pl.Date(),
    "period": pl.String(),
    "origin_period": pl.String(),
    "entity": pl.String(),
    "currency": pl.String(),
    "kind": pl.String(),
    "contract": pl.String(),
    "line": pl.String(),
    "customer": pl.String(),
    "product": pl.String(),
    "source": pl.String(),
    "debit": pl.String(),
    "credit": pl.String(),
    "debit_role": pl.String(),
    "credit_role": pl.String(),
    "amount": pl.Int64(),
    "narrative": pl.String(),
}
ACCOUNTS = {
    "receivable": ("1100", "Accounts receivable"),
    "unbilled_receivable": ("1150", "Unbilled receivable"),
    "tax_payable": ("2200", "Tax payable"),
    "deferred_revenue": ("2400", "Deferred revenue"),
    "revenue": ("4000", "Revenue"),
}
CHART = pl.DataFrame(
    [{"code": code, "name": name, "entity": None} for code, name in ACCOUNTS.values()],
    schema={"code": pl.String(), "name": pl.String(), "entity": pl.String()},
)


def pair(kind: str, debit_role: str, credit_role: str, amount: int, **other: Any) -> dict[str, Any]:
    """One journal row; what is not said is a USD entry of acme's platform line on 31 January 2026."""
    day = other.get("date", date(2026, 1, 31))
    row = {
        "date": day,
        "period": day.strftime("%Y-%m"),
        "origin_period": day.strftime("%Y-%m"),
        "currency": "USD",
        "kind": kind,
        "contract": "C-1",
        "line": "C-1-1",
        "customer": "acme",
        "product": "platform",
        "debit": ACCOUNTS[debit_role][0],
        "credit": ACCOUNTS[credit_role][0],
        "debit_role": debit_role,
        "credit_role": credit_role,
        "amount": amount,
    }
    return row | other


def journal(*rows: dict[str, Any]) -> pl.DataFrame:
    """The journal of these rows, with entry ids by their place."""
    numbered = [{"entry": f"E{place}"} | row for place, row in enumerate(rows, start=1)]
    return pl.DataFrame(numbered, schema=JOURNAL)


def bundle(**given: list[dict[str, Any]]) -> bundles.Bundle:
    """A bundle with acme and birch, and with the rows given by table."""
    named = {"customers": [{"id": "acme", "name": "Acme, Inc."}, {"id": "birch", "name": "Birch GmbH"}]} | given
    return bundles.of({name: pl.DataFrame(rows, schema=tables.TABLES[name].schema) for name, rows in named.items()})


def january() -> pl.DataFrame:
    """An invoice with tax and its first month, a second customer, yen, a late month and a credit note."""
    mid = date(2026, 1, 15)
    birch = {"customer": "birch", "contract": "C-2", "line": "C-2-1"}
    yen = {"customer": "birch", "contract": "C-3", "line": "C-3-1", "currency": "JPY", "product": "support"}
    return journal(
        pair("billing", "receivable", "deferred_revenue", 120000, date=date(2026, 1, 1), source="I-1-1"),
        pair("billing", "receivable", "tax_payable", 24000, date=date(2026, 1, 1), source="I-1-1"),
        pair("recognition", "deferred_revenue", "revenue", 10000, narrative="Platform Access, January 2026"),
        pair("catch_up", "deferred_revenue", "revenue", 2500, origin_period="2025-12"),
        pair("recognition", "deferred_revenue", "revenue", 3333, **birch),
        pair("reclassification", "unbilled_receivable", "deferred_revenue", 3333, **birch),
        pair("recognition", "deferred_revenue", "revenue", 50000, **yen),
        pair("credit_note", "deferred_revenue", "receivable", 300, date=mid, source="CN-1"),
        pair("credit_note", "revenue", "receivable", 200, date=mid, source="CN-1"),
        pair("recognition", "deferred_revenue", "revenue", 10000, date=date(2026, 2, 28)),
    )


def imported() -> bundles.Bundle:
    """The bundle of `january` in which invoice I-1 came from the ERP, and with it credit note CN-1."""
    return bundle(
        invoices=[{"id": "I-1", "customer": "acme", "currency": "USD", "issued_on": date(2026, 1, 1)}],
        invoice_lines=[{"id": "I-1-1", "invoice": "I-1", "amount": 120000, "tax": 24000}],
        credit_notes=[{"id": "CN-1", "invoice": "I-1", "issued_on": date(2026, 1, 15)}],
    )


def by_account(pairs: pl.DataFrame) -> dict[tuple[str, str], int]:
    """Debits less credits by account and currency, without those that come to nothing."""
    sides = [
        pairs.select("currency", account=side, signed=pl.col("amount") * sign)
        for side, sign in (("debit", 1), ("credit", -1))
    ]
    sums = pl.concat(sides).group_by("account", "currency").agg(pl.col("signed").sum())
    return {(account, currency): signed for account, currency, signed in sums.iter_rows() if signed}


_SIDES = {
    "billing": [("receivable", "deferred_revenue"), ("receivable", "tax_payable")],
    "credit_note": [("deferred_revenue", "receivable"), ("revenue", "receivable"), ("tax_payable", "receivable")],
    "catch_up": [("deferred_revenue", "revenue"), ("revenue", "receivable")],
    "recognition": [("deferred_revenue", "revenue")],
    "reclassification": [("unbilled_receivable", "deferred_revenue")],
}


@st.composite
def journals(draw: st.DrawFn, most: int = 25) -> pl.DataFrame:
    """Journals of January over few lines and days, so that rows meet in one journal."""
    rows = []
    for _ in range(draw(st.integers(0, most))):
        kind = draw(st.sampled_from(sorted(_SIDES)))
        debit, credit = draw(st.sampled_from(_SIDES[kind]))
        line = draw(st.integers(0, 30))
        rows.append(
            pair(
                kind,
                debit,
                credit,
                draw(st.integers(1, 10**9)),
                date=date(2026, 1, draw(st.integers(1, 3))),
                currency=draw(st.sampled_from(["USD", "JPY"])) if line > 20 else "USD",
                line=f"L-{line}",
                contract="C-1" if line % 2 else None,
                customer=draw(st.sampled_from(["acme", "birch"])),
                product=f"product-{line}",
                source=draw(st.sampled_from(["I-1-1", "CN-1", "OWN/2026-01-01"])),
            )
        )
        # Every line was billed at some time, so that its deferred revenue account is known.
        earlier = {"date": date(2025, 12, 1), "line": f"L-{line}", "contract": "C-1" if line % 2 else None}
        rows.append(pair("billing", "receivable", "deferred_revenue", 1, **earlier))
    return journal(*rows)
