from datetime import date

import polars as pl
import pytest
from hypothesis import given

from ratable.core import bundles
from ratable.exports import erp_billing, layout
from tests.exports import samples


def divide(journal: pl.DataFrame, bundle: bundles.Bundle) -> erp_billing.Division:
    return erp_billing.divide(journal, bundle, period="2026-01")


def policy(value: str, **other: object) -> dict[str, object]:
    return {"name": "billing_posted_by", "value": value} | other


def test_what_the_erp_invoiced_is_left_out_with_its_tax() -> None:
    division = divide(samples.january(), samples.imported())

    assert division.left_out.rows() == [
        (erp_billing.BY_DEFAULT, "billing", "USD", 2, 144000),
        (erp_billing.BY_DEFAULT, "credit_note", "USD", 1, 300),
    ]


def test_what_a_credit_note_took_off_revenue_moves_between_revenue_and_deferred() -> None:
    division = divide(samples.january(), samples.imported())

    of_note = pl.col("source") == "CN-1"
    assert division.ours.filter(of_note).select("debit", "credit", "credit_role", "amount").rows() == [
        ("4000", "2400", "deferred_revenue", 200)
    ]
    assert division.already.filter(of_note).select("debit", "credit", "amount").rows() == [
        ("2400", "1100", 300),
        ("2400", "1100", 200),
    ]
    assert division.restated["entries"].to_list() == [1]


def test_our_own_billing_is_ours() -> None:
    division = divide(samples.january(), samples.bundle())

    assert division.already.is_empty()
    assert division.ours.height == 9
    assert division.left_out.is_empty()


def test_another_month_is_not_in_it() -> None:
    assert set(divide(samples.january(), samples.bundle()).ours["period"]) == {"2026-01"}


def test_a_policy_goes_before_what_was_imported() -> None:
    rows = samples.january()
    invoices = {name: samples.imported()[name].drop("row").to_dicts() for name in ("invoices", "invoice_lines")}

    ours = divide(rows, samples.bundle(policies=[policy("ratable")], **invoices))
    theirs = divide(rows, samples.bundle(policies=[policy("erp")]))

    assert ours.already.is_empty()
    assert set(theirs.left_out["reason"]) == {erp_billing.BY_POLICY}


def test_a_policy_holds_from_its_day_and_for_its_product() -> None:
    rows = samples.journal(
        samples.pair("billing", "receivable", "deferred_revenue", 1, date=date(2026, 1, 9)),
        samples.pair("billing", "receivable", "deferred_revenue", 2, date=date(2026, 1, 10)),
        samples.pair("billing", "receivable", "deferred_revenue", 4, date=date(2026, 1, 10), product="support"),
    )
    stated = [policy("erp", **{"from": date(2026, 1, 10)}), policy("ratable", product="support")]

    assert divide(rows, samples.bundle(policies=stated)).already["amount"].to_list() == [2]


def test_manual_entries_are_never_the_erp_s() -> None:
    rows = samples.journal(samples.pair("manual", "receivable", "deferred_revenue", 1))

    assert divide(rows, samples.bundle(policies=[policy("erp")])).already.is_empty()


def test_a_late_reversal_of_revenue_by_a_credit_note_counts_whatever_its_kind() -> None:
    rows = samples.journal(
        samples.pair("billing", "receivable", "deferred_revenue", 900, date=date(2025, 12, 1), source="I-1-1"),
        samples.pair("catch_up", "revenue", "receivable", 200, source="CN-1"),
    )

    assert divide(rows, samples.imported()).ours.select("debit", "credit").rows() == [("4000", "2400")]


def test_an_unknown_value_is_refused() -> None:
    with pytest.raises(layout.ExportError, match="saw sap; expected erp or ratable"):
        divide(samples.january(), samples.bundle(policies=[policy("sap")]))


def test_a_line_without_deferred_revenue_is_refused() -> None:
    rows = samples.journal(samples.pair("credit_note", "revenue", "receivable", 200, source="CN-1"))

    with pytest.raises(layout.ExportError, match=r"entry E1, line C-1-1: .* Give the whole journal"):
        divide(rows, samples.imported())


@given(rows=samples.journals())
def test_file_and_erp_together_are_the_journal_by_account(rows: pl.DataFrame) -> None:
    division = divide(rows, samples.imported())
    whole = rows.filter(pl.col("period") == "2026-01")

    assert samples.by_account(pl.concat([division.ours, division.already])) == samples.by_account(whole)
    assert division.ours.height + division.left_out["entries"].sum() == whole.height
    # The ERP knows nothing of revenue, and no imported invoice is posted twice.
    assert (
        not division.already.select(pl.any_horizontal(pl.col("debit_role", "credit_role") == "revenue"))
        .to_series()
        .any()
    )
