"""New rows are as sound beside what is kept as they would be in one bundle with it."""

from pathlib import Path

import pytest

from ratable.bundle import documents, joining, nesting, parsing, sources
from ratable.core import tables
from tests.bundle import samples
from tests.frames import column

KEPT = (
    samples.SMALLEST
    + """\
credit_notes:
  - {id: CN-1, invoice: I-1, issued_on: 2026-02-01, lines: [{invoice_line: I-1-1, amount: "20.00"}]}
"""
)
NOTE = 'credit_notes: [{id: CN-2, invoice: I-1, issued_on: 2026-01-20, lines: [{invoice_line: I-1-1, amount: "%s"}]}]'


def source(text: str) -> sources.Source:
    return nesting.flatten(documents.read_yaml(text.encode(), "bundle.yaml"), "bundle.yaml")


def joined(kept: str, new: str) -> joining.Joined:
    """A text checked beside another one."""
    before = parsing.parse(source(kept)).tables if kept else {}
    whole = {name: before.get(name, tables.empty(name)) for name in tables.TABLES}
    return joining.check(source(new), whole)


def test_only_new_rows_are_given_back() -> None:
    found = joined(KEPT, NOTE % "11.00")

    assert {name for name, frame in found.sound.items() if len(frame)} == {"credit_notes", "credit_note_lines"}
    assert column(found.sound["credit_note_lines"], "amount") == [1100]
    assert found.findings.is_empty()


def test_what_is_kept_counts_first() -> None:
    found = joined(KEPT, NOTE % "11.01")

    assert column(found.findings, "code") == ["over_credit"]
    assert column(found.findings, "row") == [1]
    assert found.sound["credit_notes"].is_empty()
    assert found.clashes.is_empty()


@pytest.mark.parametrize("kept", ["", KEPT], ids=["nothing kept", "itself kept"])
def test_a_file_that_stands_alone_is_read_as_ever(kept: str, tmp_path: Path) -> None:
    found = joined(kept, samples.SMALLEST)

    wanted = samples.read_yaml(samples.SMALLEST, tmp_path)
    assert all(found.sound[name].equals(frame) for name, frame in wanted.tables.items())


def test_a_line_that_a_kept_amendment_added_is_taken() -> None:
    kept = samples.CONTRACT + """\
amendments:
  - id: A-1
    contract: C-1
    effective_on: 2026-03-01
    approved_on: 2026-03-01
    changes: [{op: add, line: {id: C-2-1, product: plan, price: "10.00"}}]
"""  # fmt: skip
    other = samples.CONTRACT.replace("C-1", "C-2")

    found = joined(kept, other)

    assert column(found.findings, "code") == ["duplicate_id"]
    assert column(found.findings, "row") == [None]
    assert "(row" not in found.findings["message"][0]
    assert column(found.clashes, "code") == ["duplicate_id"]


def test_a_kept_row_that_cannot_stay_is_a_clash() -> None:
    found = joined(samples.CONTRACT, "products: [{id: plan, name: Plan, method: milestone}]")

    assert column(found.clashes, "code") == ["milestones_missing"]
