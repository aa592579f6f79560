from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratable.engine import outcome
from ratable.exports import grouping, layout
from tests.exports import samples

SUMMARY = grouping.Grouping("main", entries=False, most_lines=None)
SIGNED = pl.when(pl.col("side") == "debit").then("amount").otherwise(-pl.col("amount"))


def test_entries_of_an_account_customer_and_product_become_one_line() -> None:
    rows = samples.journal(
        samples.pair("recognition", "deferred_revenue", "revenue", 100),
        samples.pair("catch_up", "deferred_revenue", "revenue", 20),
        samples.pair("recognition", "deferred_revenue", "revenue", 3, customer="birch"),
    )

    lines = grouping.journals(rows, SUMMARY)

    assert lines.select("line_no", "side", "account", "customer", "amount", "entries").rows() == [
        (1, "debit", "2400", "acme", 120, 2),
        (2, "debit", "2400", "birch", 3, 1),
        (3, "credit", "4000", "acme", 120, 2),
        (4, "credit", "4000", "birch", 3, 1),
    ]
    assert lines["key"].n_unique() == 1


def test_two_pairs_that_share_an_account_share_a_line() -> None:
    rows = samples.january().filter(pl.col("kind") == "billing")

    lines = grouping.journals(rows, SUMMARY)

    assert lines.select("account", "amount").rows() == [("1100", 144000), ("2200", 24000), ("2400", 120000)]


def test_each_entry_may_keep_its_pair_of_lines() -> None:
    rows = samples.january().filter(pl.col("kind") == "billing")

    lines = grouping.journals(rows, grouping.Grouping("main", entries=True, most_lines=None))

    assert lines.select("line_no", "entry", "side", "account").rows() == [
        (1, "E2", "debit", "1100"),
        (2, "E2", "credit", "2200"),
        (3, "E1", "debit", "1100"),
        (4, "E1", "credit", "2400"),
    ]


def test_entities_currencies_days_and_kinds_do_not_mix() -> None:
    one = samples.pair("recognition", "deferred_revenue", "revenue", 1)
    others: list[dict[str, object]] = [
        {"entity": "de"},
        {"currency": "EUR"},
        {"date": date(2026, 1, 30)},
        {"kind": "reclassification"},
    ]

    lines = grouping.journals(samples.journal(one, *(one | other for other in others)), SUMMARY)

    assert lines["key"].n_unique() == 5


def test_a_journal_with_too_many_lines_becomes_balanced_parts() -> None:
    rows = samples.journal(
        *(samples.pair("recognition", "deferred_revenue", "revenue", n, product=f"p{n}") for n in (1, 2, 3))
    )

    lines = grouping.journals(rows, grouping.Grouping("main", entries=False, most_lines=5))

    key = lines["key"].item(0)
    assert lines["key"].to_list() == [key] * 4 + [f"{key}-2"] * 2
    assert lines["line_no"].to_list() == [1, 2, 3, 4, 1, 2]


def test_too_many_parts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "MOST_PARTS", 1)
    rows = samples.journal(
        *(samples.pair("recognition", "deferred_revenue", "revenue", n, product=f"p{n}") for n in (1, 2))
    )

    with pytest.raises(layout.ExportError, match="2 parts, more than 1"):
        grouping.journals(rows, grouping.Grouping("main", entries=False, most_lines=2))


def test_a_key_comes_from_content() -> None:
    key = grouping.external_key("main", None, "USD", "2026-01", "2026-01-31", "Revenue")

    assert key == "Rd7ce1e49fa9339d"
    assert key != grouping.external_key("tax", None, "USD", "2026-01", "2026-01-31", "Revenue")
    assert grouping.external_key("a", "b") != grouping.external_key("a,b")


def test_every_kind_has_a_group() -> None:
    assert set(grouping.GROUP_OF_KIND) == set(outcome.KINDS.categories)


@given(rows=samples.journals(), most_lines=st.integers(2, 12), entries=st.booleans())
def test_journals_balance_within_the_limit_and_lose_nothing(rows: pl.DataFrame, most_lines: int, entries: bool) -> None:
    lines = grouping.journals(rows, grouping.Grouping("main", entries=entries, most_lines=most_lines))

    by_key = lines.group_by("key").agg(
        lines=pl.len(), rest=SIGNED.sum(), currencies=pl.col("currency").n_unique(), last=pl.col("line_no").max()
    )
    assert by_key.filter(pl.col("rest") != 0).is_empty()
    assert by_key.filter((pl.col("lines") > most_lines) | (pl.col("currencies") > 1)).is_empty()
    assert by_key["lines"].to_list() == by_key["last"].to_list()
    signed = lines.group_by("account", "currency").agg(SIGNED.sum().alias("amount")).rows()
    assert {(a, c): amount for a, c, amount in signed if amount} == samples.by_account(rows)


@given(rows=samples.journals(), seed=st.integers(0, 99))
def test_the_order_of_rows_changes_nothing(rows: pl.DataFrame, seed: int) -> None:
    limited = grouping.Grouping("main", entries=False, most_lines=4)

    shuffled = grouping.journals(rows.sample(fraction=1, shuffle=True, seed=seed), limited)

    assert shuffled.drop("place", strict=False).equals(grouping.journals(rows, limited).drop("place", strict=False))
