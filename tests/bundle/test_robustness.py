"""No cell, however wrong, stops the reader: what is sound is read, and the rest is findings."""

import tempfile
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ratable.core import tables
from tests.bundle import samples

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.dates(),
    st.text(max_size=8),
    st.sampled_from(["acme", "C-1", "C-1-1", "plan", "USD", "JPY", "2026-02-30", "1200.00", "=A1", "9" * 40, "a;b"]),
    st.just("C-1/2026-01-01"),
    st.lists(st.sampled_from(["C-1-1", "2026-01-01", ""]), max_size=2),
    st.dictionaries(st.sampled_from(["id", "percent", "x"]), st.text(max_size=3), max_size=2),
)  # fmt: skip


@st.composite
def wrong_documents(draw: st.DrawFn) -> dict[str, Any]:
    """A sound contract beside rows of any cells in any tables."""
    document: dict[str, Any] = yaml.safe_load(samples.CONTRACT)
    for name in draw(st.lists(st.sampled_from(list(tables.TABLES)), min_size=1, max_size=4)):
        columns = [column.name for column in tables.TABLES[name].columns]
        some = st.dictionaries(st.sampled_from(columns), CELLS, max_size=len(columns))
        document[name] = document.get(name, []) + draw(st.lists(some, max_size=3))
    if draw(st.booleans()):
        line = document["contracts"][0]["lines"][0]
        line[draw(st.sampled_from([column.name for column in tables.TABLES["contract_lines"].columns]))] = draw(CELLS)
    return document


@settings(max_examples=60)
@given(wrong_documents())
def test_a_wrong_document_is_read_with_findings(document: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = samples.read_yaml(yaml.safe_dump(document, allow_unicode=True), Path(folder))

    for name, frame in found.tables.items():
        assert frame.schema == tables.TABLES[name].schema
        required = [column.name for column in tables.TABLES[name].columns if column.required]
        assert not any(frame[column].null_count() for column in required), name
