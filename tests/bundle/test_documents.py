"""Documents keep what was written, and nest what belongs together."""

from datetime import date
from pathlib import Path

import pytest

from ratable.bundle import documents, nesting, sources
from tests.bundle import samples

USAGE = """\
usage:
  - {id: U-1, contract_line: C-1-2, KEY: 2026-01-09, quantity: "3"}
"""


def test_half_a_character_is_refused_and_a_whole_one_is_read() -> None:
    assert documents.read_json(rb'{"name": "\ud83d\ude00"}', "sample") == {"name": "\N{GRINNING FACE}"}
    with pytest.raises(sources.Unreadable, match=r"saw \\ud800, which is half of a character"):
        documents.read_json(rb'{"name": "\ud800"}', "sample")


def test_every_value_keeps_its_characters() -> None:
    tree = documents.read_yaml(b"{a: 007, b: 10.10, c: no, d: 2026-01-05, e: ~, f: 1:30, on: yes}", "sample")

    assert tree == {"a": "007", "b": "10.10", "c": "no", "d": "2026-01-05", "e": None, "f": "1:30", "on": "yes"}


def test_a_float_is_marked_in_both_forms() -> None:
    from_yaml = documents.read_yaml(b"{amount: 10.1, quoted: '10.1', whole: 10}", "sample")
    from_json = documents.read_json(b'{"amount": 10.1, "quoted": "10.1", "whole": 10}', "sample")

    for tree in (from_yaml, from_json):
        assert isinstance(tree, dict)
        assert [key for key, value in tree.items() if isinstance(value, documents.Inexact)] == ["amount"]
        assert tree == {"amount": "10.1", "quoted": "10.1", "whole": "10"}


@pytest.mark.parametrize("key", ["on", "'on'", "true", "True"])
def test_the_key_on_is_read_however_it_was_written(key: str, tmp_path: Path) -> None:
    line = '{id: C-1-2, product: calls, unit_price: "2.00"}'
    text = samples.CONTRACT.replace('price: "1200.00"}]', f'price: "1200.00"}}, {line}]')

    found = samples.read_yaml(text + USAGE.replace("KEY", key), tmp_path)

    assert found.findings.is_empty()
    assert found["usage"]["on"].to_list() == [date(2026, 1, 9)]


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    assert samples.read_yaml("\ufeff" + samples.SMALLEST, tmp_path).findings.is_empty()


def test_children_become_tables_of_their_own() -> None:
    tree = documents.read_yaml(
        b"""
contracts:
- id: C-1
  discount: {percent: "10", lines: [A, B]}
  lines:
  - {id: A, pricing: {model: volume, tiers: [{up_to: "5", unit_price: "1"}, {unit_price: "2"}]}}
  - {id: B, milestones: [{id: design, percent: "30"}]}
minimums: [{id: M, lines: [A, B]}]
""",
        "sample",
    )

    flat = nesting.flatten(tree, "sample").tables

    assert flat["contracts"].row(0, named=True) == {
        "id": "C-1", "discount.percent": "10", "discount.lines": "A;B", "row": 1,
    }  # fmt: skip
    assert flat["contract_lines"].rows() == [("C-1", "A", "volume", 1), ("C-1", "B", None, 2)]
    assert flat["price_tiers"].rows() == [("A", "5", "1", 1), ("A", None, "2", 2)]
    assert flat["milestones"].rows() == [("B", "design", "30", 1)]
    assert flat["minimum_lines"].rows() == [("M", "A", 1), ("M", "B", 2)]


@pytest.mark.parametrize(
    "change",
    [
        '{op: add, line: {id: N, product: calls, pricing: {model: volume, tiers: [{unit_price: "1"}]}}}',
        '{op: add, line: N, product: calls, pricing: {model: volume, tiers: [{unit_price: "1"}]}}',
    ],
    ids=["nested", "flat"],
)
def test_an_added_line_is_a_whole_line(change: str, tmp_path: Path) -> None:
    amendment = f"""\
amendments:
  - {{id: A-1, contract: C-1, effective_on: 2026-03-01, approved_on: 2026-03-05, changes: [{change}]}}
"""
    found = samples.read_yaml(samples.CONTRACT + amendment, tmp_path)

    assert found.findings.is_empty()
    assert found["amendment_changes"].select("line", "product", "start", "end").rows() == [
        ("N", "calls", date(2026, 3, 5), date(2026, 12, 31))
    ]
    assert found["price_tiers"].select("contract_line", "unit_price").rows() == [("N", 100_000_000)]


def test_a_mapping_in_place_of_a_word_is_told(tmp_path: Path) -> None:
    found = samples.read_yaml(samples.SMALLEST.replace("name: Acme", "name: {first: Acme}"), tmp_path)

    assert found.findings.select("code", "column").rows()[0] == ("wrong_shape", "name")
