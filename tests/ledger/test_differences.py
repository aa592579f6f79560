"""The comparison of frames alone; no store."""

from datetime import date
from random import Random

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from ratable.ledger import differences

OPEN = pl.DataFrame(schema={"entity": pl.String(), "closed": pl.Date()})
MONTHS = ("2026-01", "2026-02", "2026-03")
PAIRS = (
    ("recognition", "deferred_revenue", "revenue"),
    ("recognition", "revenue", "deferred_revenue"),
    ("catch_up", "deferred_revenue", "revenue"),
    ("billing", "receivable", "deferred_revenue"),
    ("credit_note", "revenue", "receivable"),
    ("reclassification", "contract_asset", "deferred_revenue"),
)
CODES = {"deferred_revenue": "2400", "revenue": "4000", "receivable": "1100", "contract_asset": "1160"}
LAST = date(2026, 12, 31)


def row(month: str = "2026-01", amount: int = 100_00, kind: str = "recognition", **more: object) -> dict[str, object]:
    """A row of the journal, dated on the 28th of its month."""
    debit, credit = next(pair[1:] for pair in PAIRS if pair[0] == kind)
    plain: dict[str, object] = {
        "date": date.fromisoformat(f"{month}-28"), "period": month, "origin_period": month, "entity": "",
        "currency": "USD", "kind": kind, "contract": "C-1", "line": "L-1", "account": "contract C-1",
        "customer": "quill", "product": "access", "source": None, "debit": CODES[debit], "credit": CODES[credit],
        "debit_role": debit, "credit_role": credit, "amount": amount, "narrative": f"Posted {amount}.",
    } | more  # fmt: skip
    return plain | {"entry": "-".join(str(plain[name]) for name in ("kind", "date", "line", "amount"))} | more


def journal(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=differences.ROWS)


def locked(through: date) -> pl.DataFrame:
    return pl.DataFrame({"entity": [""], "closed": [through]})


def missing(target: pl.DataFrame, posted: pl.DataFrame, closed: pl.DataFrame = OPEN) -> pl.DataFrame:
    return differences.between(target, posted, closed=closed, through=LAST)


def sums(rows: pl.DataFrame) -> dict[tuple[str, ...], int]:
    """Signed sums by line, month of origin and pair of roles."""
    directed = differences.directed(rows)
    by = ["entity", "line", "origin_period", "debit_role", "credit_role"]
    each = directed.group_by(by).agg(pl.col("signed").sum()).filter(pl.col("signed") != 0)
    return {tuple(key): total for *key, total in each.iter_rows()}


@st.composite
def journals(draw: st.DrawFn) -> pl.DataFrame:
    """Some rows of few keys, so that they often meet."""
    rows = []
    for number in range(draw(st.integers(0, 8))):
        kind, debit, credit = draw(st.sampled_from(PAIRS))
        month = draw(st.sampled_from(MONTHS))
        rows.append(row(
            month, draw(st.integers(1, 9)), kind, debit_role=debit, credit_role=credit, debit=CODES[debit],
            credit=draw(st.sampled_from([CODES[credit], "4999"])), line=draw(st.sampled_from(["L-1", "L-2"])),
            entity=draw(st.sampled_from(["", "de"])),
            origin_period=draw(st.sampled_from([m for m in MONTHS if m <= month])),
            source=draw(st.sampled_from([None, "I-1"])), entry=str(number),
        ))  # fmt: skip
    ids = [f"{draw(st.integers(0, 10**9))}-{name}" for name in range(len(rows))]
    return journal(*rows).with_columns(entry=pl.Series(ids, dtype=pl.String))


closings = st.sampled_from([
    OPEN, locked(date(2026, 1, 31)), locked(date(2026, 2, 28)),
    pl.DataFrame({"entity": ["", "de"], "closed": [date(2026, 1, 31), date(2026, 3, 31)]}),
])  # fmt: skip


@given(journals())
def test_with_nothing_posted_all_of_the_target_is_missing_as_it_is(target: pl.DataFrame) -> None:
    found = missing(target, journal())

    assert found.sort("entry").equals(target.sort("entry"))


@given(journals(), journals(), journals(), closings)
def test_what_was_posted_is_never_missing_again(
    first: pl.DataFrame, then: pl.DataFrame, last: pl.DataFrame, closed: pl.DataFrame
) -> None:
    posted = journal()
    for target in (first, then, last):
        found = missing(target, posted, closed)
        posted = pl.concat([posted, found])
        assert missing(target, posted, closed).is_empty()

    assert posted["entry"].is_unique().all()
    assert (posted["amount"] > 0).all()


@given(journals(), journals(), closings)
def test_the_sums_become_those_of_the_target_and_nothing_is_dated_in_a_locked_period(
    before: pl.DataFrame, target: pl.DataFrame, closed: pl.DataFrame
) -> None:
    posted = missing(before, journal())

    found = missing(target, posted, closed)

    dated = found.join(closed, on="entity")
    assert dated.filter(pl.col("date") <= pl.col("closed")).is_empty()
    assert sums(pl.concat([posted, found])) == sums(target)


@given(journals(), journals(), closings, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    before: pl.DataFrame, target: pl.DataFrame, closed: pl.DataFrame, random: Random
) -> None:
    posted = missing(before, journal())
    seed = random.randrange(100)

    shuffled = missing(
        target.sample(fraction=1, shuffle=True, seed=seed), posted.sample(fraction=1, shuffle=True, seed=seed), closed
    )

    assert shuffled.equals(missing(target, posted, closed))


def test_a_change_in_an_open_month_is_one_row_more_of_that_month() -> None:
    posted = journal(row("2026-01", 100_00))

    found = missing(journal(row("2026-01", 120_00)), posted)

    assert found.select("period", "origin_period", "kind", "debit_role", "amount").rows() == [
        ("2026-01", "2026-01", "recognition", "deferred_revenue", 20_00)
    ]
    assert found["narrative"].item() == "Posted 12000. Of this, 100.00 USD was posted before."


def test_what_is_no_longer_due_is_taken_back_on_the_same_day() -> None:
    posted = journal(row("2026-01", 100_00))

    found = missing(journal(), posted)

    assert found.select("date", "debit_role", "credit_role", "amount").rows() == [
        (date(2026, 1, 28), "revenue", "deferred_revenue", 100_00)
    ]
    assert found["narrative"].item() == (
        "Takes back 100.00 USD, which is no longer due. It was posted as: Posted 10000."
    )


def test_a_correction_of_a_locked_month_is_posted_on_the_first_open_day_with_its_origin() -> None:
    posted = journal(row("2026-01", 100_00), row("2026-02", 100_00))
    target = journal(row("2026-01", 70_00), row("2026-02", 100_00))

    found = missing(target, posted, locked(date(2026, 2, 28)))

    assert found.select("date", "period", "origin_period", "kind", "debit_role", "amount").rows() == [
        (date(2026, 3, 1), "2026-03", "2026-01", "catch_up", "revenue", 30_00)
    ]
    assert found["narrative"].item() == (
        "Brings revenue of contract C-1, line L-1, for 2026-01 from 100.00 USD as posted to 70.00 USD: "
        "that month was locked before this was known."
    )


def test_what_the_engine_itself_posts_late_nets_against_what_was_posted_in_time() -> None:
    posted = journal(row("2026-01", 100_00), row("2026-01", 500_00, "billing", source="I-1"))
    late = {"date": date(2026, 2, 1), "period": "2026-02", "origin_period": "2026-01"}
    target = journal(
        row("2026-01", 110_00, "catch_up", **late), row("2026-01", 500_00, "billing", source="I-1", **late)
    )  # fmt: skip

    found = missing(target, posted, locked(date(2026, 1, 31)))

    assert found.select("date", "origin_period", "kind", "amount").rows() == [
        (date(2026, 2, 1), "2026-01", "catch_up", 10_00)
    ]


def test_another_account_of_an_open_month_moves_what_is_posted_and_of_a_locked_month_it_does_not() -> None:
    posted = journal(row("2026-01"), row("2026-02"))
    target = posted.with_columns(credit=pl.lit("4100"))

    found = missing(target, posted, locked(date(2026, 1, 31)))

    assert found.select("period", "debit", "credit", "amount").sort("debit").rows() == [
        ("2026-02", "2400", "4100", 100_00),
        ("2026-02", "4000", "2400", 100_00),
    ]


def test_what_is_written_by_hand_counts_neither_way() -> None:
    by_hand = [row("2026-01", 5_00, kind="recognition", entry=kind) | {"kind": kind} for kind in differences.BY_HAND]

    assert missing(journal(), journal(*by_hand)).is_empty()


def test_nothing_is_taken_back_after_the_last_day_of_the_books() -> None:
    posted = journal(row("2026-01"), row("2026-02"))

    found = differences.between(journal(row("2026-01")), posted, closed=OPEN, through=date(2026, 1, 31))

    assert found.is_empty()
