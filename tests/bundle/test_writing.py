"""A bundle that is written and read again is the same bundle, in every form."""

import tempfile
from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ratable.bundle import reading, writing
from ratable.core import bundles, tables
from tests import strategies
from tests.bundle import samples

FORMS = [
    ("bundle.yaml", "csv"),
    ("bundle.json", "csv"),
    ("bundle.xlsx", "csv"),
    ("bundle.zip", "csv"),
    ("bundle", "csv"),
    ("bundle", "parquet"),
]


def contents(bundle: bundles.Bundle) -> dict[str, pl.DataFrame]:
    """The rows of each table, whatever their order and place in the source."""
    found = {}
    for name, frame in bundle.tables.items():
        order = [c for c in (*tables.TABLES[name].key, *frame.columns) if not isinstance(frame.schema[c], pl.List)]
        found[name] = frame.sort(list(dict.fromkeys(order)), nulls_last=True).drop("row")
    return found


def same(one: bundles.Bundle, other: bundles.Bundle) -> bool:
    rows, others = contents(one), contents(other)
    return all(rows[name].equals(others[name]) for name in tables.TABLES)


@settings(max_examples=25)
@given(strategies.questions(), st.sampled_from(FORMS))
def test_what_is_written_is_read_again(question: strategies.Question, form: tuple[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bundle = samples.read_yaml(yaml.safe_dump(question.bundle), Path(folder))
        writing.write(bundle, Path(folder) / form[0], form=form[1])
        again = reading.read(Path(folder) / form[0])

    blocked = again.findings.filter(pl.col("severity") == "blocks")
    assert blocked.is_empty()
    assert same(again, bundle)


WORDS = [
    "007",
    "1.10",
    "yes",
    "null",
    "~",
    "2026-01-01",
    "#1",
    "- x",
    "a: b",
    '"',
    "'",
    "a,b",
    "a\nb",
    "ñ",
    "1e5",
    "on",
]


@pytest.mark.parametrize(("name", "form"), FORMS)
@pytest.mark.parametrize("word", WORDS)
def test_a_word_stays_the_word_it_was(word: str, name: str, form: str, tmp_path: Path) -> None:
    products = pl.DataFrame({"id": [word], "name": [word], "method": ["usage"], "row": [1]})
    whole = pl.concat([tables.empty("products"), products.cast({"row": pl.Int64})], how="diagonal")
    bundle = bundles.of({"products": whole})

    writing.write(bundle, tmp_path / name, form=form)

    assert same(reading.read(tmp_path / name), bundle)


def test_lines_stand_under_their_contract(tmp_path: Path) -> None:
    bundle = samples.read_yaml(samples.CONTRACT, tmp_path)

    writing.write(bundle, tmp_path / "again.yaml")

    document = yaml.safe_load((tmp_path / "again.yaml").read_text())
    assert document["contracts"][0]["lines"][0]["price"] == "1200.00"
    assert "contract_lines" not in document


@pytest.mark.parametrize("name", ["bundle.docx", "bundle.csv"])
def test_an_unknown_form_is_refused_before_anything_is_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(reading.Unreadable, match="no form of a bundle"):
        writing.write(bundles.of({}), tmp_path / name)

    assert list(tmp_path.iterdir()) == []
