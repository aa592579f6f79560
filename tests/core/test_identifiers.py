import random
from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from ratable.core import identifiers

CONTENT = pl.DataFrame(
    {
        "contract": ["C-1", "C-1", None],
        "date": [date(2026, 1, 31), date(2026, 2, 28), date(2026, 1, 31)],
        "kind": pl.Series(["recognition", "billing", "billing"], dtype=pl.Enum(["billing", "recognition"])),
        "amount": [100000, 100000, -5],
    }
)
# Written down once; whoever changes them makes every posted entry look like another.
GOLDEN = [
    "96d830a59a870c8131e57592790c761f",
    "7617cc67bb8a35cda9f47b3f2065dadf",
    "12635e98175f4056b2e34bdfb0ea6e40",
]
VALUES = st.lists(st.tuples(st.sampled_from(["a", "b", "", None]), st.integers(-3, 3)), min_size=1, max_size=30)


def frame(rows: list[tuple[str | None, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"text": pl.String, "number": pl.Int64}, orient="row")


def test_the_same_content_has_the_same_id_for_ever() -> None:
    assert identifiers.of(CONTENT).to_list() == GOLDEN


def test_an_id_is_32_lowercase_hexadecimal_digits() -> None:
    assert identifiers.of(CONTENT).str.contains(r"^[0-9a-f]{32}$").all()


def test_the_order_of_an_enumeration_does_not_show() -> None:
    turned = CONTENT.with_columns(pl.col("kind").cast(pl.Enum(["recognition", "billing"])))

    assert identifiers.of(turned).to_list() == GOLDEN


def test_missing_is_neither_empty_nor_zero() -> None:
    rows = pl.DataFrame({"text": ["", None, "", None], "number": [0, 0, None, None]})

    assert identifiers.of(rows).n_unique() == 4


def test_one_column_cannot_stand_in_for_another() -> None:
    assert identifiers.of(frame([("a", 1), ("a", 2)])).n_unique() == 2
    swapped = pl.DataFrame({"text": ["a", "b"], "other": ["b", "a"]})
    assert identifiers.of(swapped).n_unique() == 2


@given(VALUES, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_shows(rows: list[tuple[str | None, int]], chance: random.Random) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)

    one, other = identifiers.of(frame(rows)), identifiers.of(frame(shuffled))

    assert one.n_unique() == len(rows)
    assert sorted(one) == sorted(other)


@given(VALUES)
def test_partitions_give_the_ids_of_the_whole(rows: list[tuple[str | None, int]]) -> None:
    whole = set(identifiers.of(frame(rows)))
    parts = frame(rows).partition_by("text")

    assert {name for part in parts for name in identifiers.of(part)} == whole


def test_no_rows_have_no_ids() -> None:
    assert identifiers.of(CONTENT.clear()).to_list() == []
