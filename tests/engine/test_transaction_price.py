"""A contract's discount: of the lines it covers, a percent rounded half even, spread by standalone price."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from ratable.engine import transaction_price

TEN_PERCENT = 10 * 10_000


def shares(
    prices: list[int], *, covered: list[bool] | None = None, per: list[int] | None = None, **terms: Any
) -> list[int]:
    count = len(prices)
    lines = pl.DataFrame(
        {
            "account": ["C"] * count,
            "line": [f"C-{n}" for n in range(count)],
            "price": prices,
            "covered": covered or [True] * count,
            "discount_percent": [terms.get("percent")] * count,
            "discount_amount": [terms.get("amount")] * count,
        },
        schema_overrides={"discount_percent": pl.Int64, "discount_amount": pl.Int64},
    )
    denominators = None if per is None else np.array(per)
    return transaction_price.discounts(lines, weight=np.array(prices), per=denominators).to_list()


@pytest.mark.parametrize(
    ("prices", "terms", "expected"),
    [
        ([12_000_00, 3_000_00], {"percent": TEN_PERCENT}, [1_200_00, 300_00]),
        ([12_000_00, 3_000_00], {"amount": 500_00}, [400_00, 100_00]),
        ([12_000_00, 3_000_00], {}, [0, 0]),
        ([12_000_00, 3_000_00], {"percent": TEN_PERCENT, "covered": [False, True]}, [0, 300_00]),
        ([12_000_00, 3_000_00], {"amount": 500_00, "covered": [True, False]}, [500_00, 0]),
        ([12_000_00, 3_000_00], {"amount": 500_00, "covered": [False, False]}, [0, 0]),
        ([25], {"percent": TEN_PERCENT}, [2]),  # 2.5 is rounded to the even 2.
        ([35], {"percent": TEN_PERCENT}, [4]),
        ([100, 100], {"amount": 30, "per": [1, 2]}, [20, 10]),
    ],
)
def test_a_discount_is_spread_over_the_lines_it_covers(
    prices: list[int], terms: dict[str, Any], expected: list[int]
) -> None:
    assert shares(prices, **terms) == expected


def test_contracts_have_discounts_of_their_own() -> None:
    lines = pl.DataFrame(
        {"account": ["C", "D"], "line": ["a", "b"], "price": [100, 100], "covered": [True, True],
         "discount_percent": [None, TEN_PERCENT], "discount_amount": [7, None]}
    )  # fmt: skip

    assert transaction_price.discounts(lines, weight=np.array([1, 1])).to_list() == [7, 10]


def test_equal_remainders_are_served_by_line_id_in_whole_units() -> None:
    lines = pl.DataFrame(
        {"account": ["C"] * 3, "line": ["c", "a", "b"], "price": [100] * 3, "covered": [True] * 3,
         "discount_percent": [None] * 3, "discount_amount": [10] * 3}
    )  # fmt: skip
    found = transaction_price.discounts(lines, weight=np.array([1, 1, 1]))

    assert found.to_list() == [3, 4, 3]
    assert (found.name, str(found.dtype)) == ("discount", "Int64")
