"""Of the policies that apply, the most specific wins, and among equals the latest."""

from typing import Any

import polars as pl
import pytest

from ratable.core import policies
from tests import frames

BY_MONTH: dict[str, Any] = {"name": "proration", "value": "monthly_prorated", "from": "2025-01-01"}
BY_DAY_FOR_API: dict[str, Any] = {"name": "proration", "value": "daily", "product": "api"}
HALVES_FOR_US: dict[str, Any] = {"name": "proration", "value": "mid_month", "entity": "us"}


def chosen(
    *rows: dict[str, Any], product: str | None = "platform", entity: str | None = None, day: str = "2026-01-01"
) -> str:
    line = pl.DataFrame(
        {"product": [product], "entity": [entity], "signed_on": [frames.day(day)]},
        schema_overrides={"product": pl.String, "entity": pl.String},
    )
    found: str = line.select(policies.choose(frames.table("policies", *rows), "proration", default="usual")).item()
    return found


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        ({}, "monthly_prorated"),
        ({"product": "api"}, "daily"),
        ({"product": None}, "monthly_prorated"),
        ({"day": "2025-01-01"}, "monthly_prorated"),
        ({"day": "2024-12-31"}, "usual"),
        ({"entity": "us"}, "mid_month"),
        ({"product": "api", "entity": "us"}, "daily"),  # The product goes before the entity.
    ],
)
def test_the_most_specific_policy_wins(asked: dict[str, str], value: str) -> None:
    for rows in ((BY_MONTH, BY_DAY_FOR_API, HALVES_FOR_US), (HALVES_FOR_US, BY_DAY_FOR_API, BY_MONTH)):
        assert chosen(*rows, **asked) == value


def test_product_and_entity_together_are_the_most_specific() -> None:
    both = {"name": "proration", "value": "both", "product": "api", "entity": "us"}

    assert chosen(both, BY_DAY_FOR_API, HALVES_FOR_US, product="api", entity="us") == "both"
    assert chosen(both, BY_DAY_FOR_API, product="api", entity="uk") == "daily"


def test_among_equals_the_latest_wins() -> None:
    newer = BY_MONTH | {"value": "newer", "from": "2025-06-01"}
    always = {"name": "proration", "value": "always"}

    assert chosen(newer, BY_MONTH, always) == "newer"
    assert chosen(newer, BY_MONTH, always, day="2025-05-31") == "monthly_prorated"
    assert chosen(newer, BY_MONTH, always, day="2024-05-31") == "always"


def test_another_policy_says_nothing() -> None:
    assert chosen(BY_MONTH | {"name": "ssp_tolerance"}) == "usual"


def test_another_day_may_decide() -> None:
    line = pl.DataFrame({"product": ["p"], "entity": ["e"], "issued_on": [frames.day("2024-01-01")]})
    value = policies.choose(frames.table("policies", BY_MONTH), "proration", default=None, day="issued_on")

    assert line.select(value).item() is None
