"""Relative standalone selling prices, with the discount before or after the sharing."""

import numpy as np
import polars as pl
import pytest

from ratable.engine import allocation


def allocated(total: int, ssps: list[int], discounts: list[int], *, owned: list[bool]) -> list[int]:
    count = len(ssps)
    lines = pl.DataFrame(
        {
            "part": ["C"] * count,
            "line": [f"C-{n}" for n in range(count)],
            "total": [total] * count,
            "discount": discounts,
            "owned": owned,
        }
    )
    return allocation.allocate(lines, weight=np.array(ssps)).to_list()


@pytest.mark.parametrize(
    ("total", "discounts", "owned", "shares"),
    [
        (80_00, [0, 0, 0], [False] * 3, [17_78, 26_67, 35_55]),
        (90_00, [4_00, 3_00, 3_00], [False] * 3, [17_78, 26_67, 35_55]),  # A discount of all lowers the total first.
        (90_00, [10_00, 0, 0], [True, True, True], [10_00, 30_00, 40_00]),  # One of a named line comes off that line.
        (90_00, [10_00, 0, 0], [True, False, False], [10_00, 30_00, 40_00]),
        (0, [0, 0, 0], [False] * 3, [0, 0, 0]),
    ],
)
def test_a_price_is_shared_by_standalone_price(
    total: int, discounts: list[int], owned: list[bool], shares: list[int]
) -> None:
    assert allocated(total, [20_00, 30_00, 40_00], discounts, owned=owned) == shares
    assert sum(shares) == total - sum(discounts)


def test_parts_are_shared_apart() -> None:
    lines = pl.DataFrame(
        {"part": ["C", "D"], "line": ["a", "b"], "total": [5, 7], "discount": [1, 0], "owned": [False, False]}
    )

    assert allocation.allocate(lines, weight=np.array([1, 9]), per=np.array([3, 4])).to_list() == [4, 7]


def test_weights_over_denominators_and_equal_remainders_by_line_id() -> None:
    lines = pl.DataFrame(
        {"part": ["C"] * 3, "line": ["c", "a", "b"], "total": [10] * 3, "discount": [0] * 3, "owned": [False] * 3}
    )
    found = allocation.allocate(lines, weight=np.array([1, 2, 3]), per=np.array([1, 2, 3]))

    assert found.to_list() == [3, 4, 3]
    assert found.name == "allocated"
