"""Imported invoices: each line net of its share of the invoice's discount."""

from typing import Any

import pytest

from ratable.core import invoices
from tests import frames


def net(*lines: dict[str, Any], **terms: Any) -> list[int]:
    rows = [{"id": f"I-{number}", "invoice": "I"} | line for number, line in enumerate(lines)]
    other = {"id": "J-1", "invoice": "J", "amount": 50}
    found = invoices.net_lines(
        frames.table("invoices", {"id": "I"} | terms, {"id": "J"}), frames.table("invoice_lines", *rows, other)
    )
    assert found["discount"].to_list()[-1] == 0
    assert found["net"].to_list()[-1] == 50
    return frames.column(found, "net")[:-1]


@pytest.mark.parametrize(
    ("terms", "lines", "expected"),
    [
        ({}, [{"amount": 800_00}, {"amount": 200_00}], [800_00, 200_00]),
        ({"discount.amount": 100_00}, [{"amount": 800_00}, {"amount": 200_00}], [720_00, 180_00]),
        ({"discount.percent": 100_000}, [{"amount": 800_00}, {"amount": 200_00}], [720_00, 180_00]),
        ({"discount.percent": 100_000}, [{"amount": 25}], [23]),  # 2.5 is rounded to the even 2.
        ({"discount.amount": 100_00}, [{"amount": 800_00, "ssp": 1}, {"amount": 200_00, "ssp": 1}], [750_00, 150_00]),
        ({"discount.amount": 100}, [{"amount": 300, "tax": 30}], [200]),
    ],
)
def test_a_discount_is_spread_over_the_lines(
    terms: dict[str, Any], lines: list[dict[str, Any]], expected: list[int]
) -> None:
    assert net(*lines, **terms) == expected
