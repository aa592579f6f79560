"""Every kind of finding, in its smallest bundle, with its exact words."""

from pathlib import Path

import pytest

from ratable.core import findings
from tests.errors import gallery

CASES = gallery.cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_a_fault_gives_exactly_its_findings(case: gallery.Case, tmp_path: Path) -> None:
    assert gallery.findings_of(case, tmp_path) == case.expect


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_a_case_shows_its_own_code_and_no_other(case: gallery.Case) -> None:
    assert {expected["code"] for expected in case.expect} == {case.code}


def test_every_code_has_a_case() -> None:
    assert {case.code for case in CASES} == set(findings.CODES)


def test_the_message_names_place_value_rule_and_remedy() -> None:
    case = next(case for case in CASES if case.code == "unknown_id")

    [finding] = case.expect
    for part in ("invoices", "I-1", "row 1", "customer", "nobody", "an id of customers", "Add the row"):
        assert part in finding["message"]
