"""Facts while they are written: edits leave what was given as it is, and say where they cannot be made."""

from datetime import date

import pytest

from ratable.review.evaluation import facts
from ratable.review.evaluation.facts import Edit


def _given() -> facts.Tables:
    return facts.none() | {"usage": [{"id": "U-1", "contract_line": "C-1-1", "on": date(2026, 1, 5), "quantity": 3}]}


def test_an_edit_makes_new_rows() -> None:
    given = _given()
    made = facts.edited(given, [
        Edit("set", "usage", {"id": "U-1"}, {"quantity": 4}),
        Edit("add", "usage", values={"id": "U-2", "contract_line": "C-1-1", "on": date(2026, 1, 6), "quantity": 1}),
    ])  # fmt: skip

    assert [(row["id"], row["quantity"]) for row in made["usage"]] == [("U-1", 4), ("U-2", 1)]
    assert [(row["id"], row["quantity"]) for row in given["usage"]] == [("U-1", 3)]
    assert facts.edited(given, [Edit("drop", "usage", {"id": "U-1"})])["usage"] == []


def test_an_edit_of_nothing_is_refused() -> None:
    with pytest.raises(LookupError, match=r"no row of usage has \{'id': 'U-9'\}"):
        facts.edited(_given(), [Edit("drop", "usage", {"id": "U-9"})])


def test_a_bundle_knows_when_each_fact_became_known() -> None:
    assert facts.bundle(_given())["usage"]["known_on"][0] == date(2026, 1, 5)
