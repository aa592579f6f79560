"""Every finding has a case in the gallery of errors: the smallest input that shows it, with its exact message."""

from pathlib import Path

import pytest

from ratable.core import findings
from tests.tidy import tree

GALLERY = tree.ROOT / "tests" / "errors"


def without_case(codes: set[str], gallery: Path) -> set[str]:
    """Codes for which the gallery has neither a folder nor a file of that name."""
    return codes - {path.stem for path in gallery.iterdir()}


def test_every_finding_has_a_case() -> None:
    if not GALLERY.is_dir():
        pytest.skip("there is no gallery yet")
    assert without_case(set(findings.CODES), GALLERY) == set()


def test_every_finding_says_what_to_do() -> None:
    for name, code in findings.CODES.items():
        assert code.severity in {"blocks", "warns"}, name
        assert code.expected, name
        assert code.remedy.endswith("."), f"{name}: what to do is a sentence"


def test_a_finding_without_a_case_is_seen(tmp_path: Path) -> None:
    (tmp_path / "float_amount").mkdir()
    (tmp_path / "unknown_id.yaml").touch()

    assert without_case({"float_amount", "unknown_id"}, tmp_path) == set()
    assert without_case({"float_amount", "over_credit"}, tmp_path) == {"over_credit"}
