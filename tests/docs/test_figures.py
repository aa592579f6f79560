"""Every figure that a page shows is what the program computes.

`expect.yaml` beside an example bundle, and `docs/concepts/figures.yaml`, are lists of expectations: `bundle` (a path
beside the list), `report`, `through`, and optionally `by`, `grain` and `known_on` say what to ask; each of `rows` must
be found in a row of its own, compared on the given columns only; `absent` rows must match nothing; `total_rows` counts.

A table of a page under `<!-- figures: LIST -->` holds only numbers with decimals that stand in that list.
"""

import functools
import re
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

import ratable
from ratable.bundle import reading
from ratable.core import amounts
from ratable.reports import books, names
from tests.tidy import tree

Row = dict[str, Any]

LISTS = [*sorted((tree.ROOT / "examples").glob("*/expect.yaml")), tree.ROOT / "docs" / "concepts" / "figures.yaml"]
PAGES = [*sorted((tree.ROOT / "examples").rglob("*.md")), *sorted((tree.ROOT / "docs").rglob("*.md"))]
MARK = re.compile(r"<!-- figures: \S+\.yaml -->")
MARKED = re.compile(r"^<!-- figures: (\S+\.yaml) -->\n\n?((?:^\|.*\n)+)", re.MULTILINE)
NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*\.\d{2,}(?![\w.])")


@functools.cache
def expectations(path: Path) -> list[Row]:
    """The expectations of one list."""
    found: list[Row] = yaml.safe_load(path.read_text())
    return found


@functools.cache
def computed(bundle: Path, through: date, known_on: date | None) -> books.Books:
    """The books of a bundle, worked out once for all that is asked of them."""
    return ratable.recognize(reading.read(bundle), through=through, known_on=known_on)


def answer(bundle: Path, asked: Row) -> list[Row]:
    """The rows of a report as text, as its JSON has them."""
    found = computed(bundle.resolve(), asked["through"], asked.get("known_on"))
    choices = names.Choices(by=tuple(asked.get("by", ())), grain=asked.get("grain"))
    frame = amounts.written(books.report(found, asked["report"], choices))
    return frame.with_columns(pl.all().cast(pl.String)).to_dicts()


def matches(wanted: Row, row: Row) -> bool:
    return all(row.get(column) == str(value) for column, value in wanted.items())


def disagreement(asked: Row, rows: list[Row]) -> str | None:
    """The first thing in which rows differ from what was expected, or None."""
    left = list(rows)
    for wanted in asked.get("rows", []):
        met = next((row for row in left if matches(wanted, row)), None)
        if met is None:
            return f"no row like {wanted}; nearest: {nearest(wanted, left)}"
        left.remove(met)
    for unwanted in asked.get("absent", []):
        met = next((row for row in rows if matches(unwanted, row)), None)
        if met is not None:
            return f"a row like {unwanted}: {met}"
    if asked.get("total_rows", len(rows)) != len(rows):
        return f"{len(rows)} rows instead of {asked['total_rows']}"
    return None


def nearest(wanted: Row, rows: list[Row]) -> Row | None:
    """The row that agrees in most columns, cut to the columns that were asked for."""
    agreeing = sorted(rows, key=lambda row: sum(row.get(column) == str(value) for column, value in wanted.items()))
    return {column: agreeing[-1].get(column) for column in wanted} if agreeing else None


def written(path: Path) -> set[str]:
    """Every value that a list of expectations holds."""
    return {str(value) for asked in expectations(path) for row in asked.get("rows", []) for value in row.values()}


def unsupported(page: Path) -> list[str]:
    """Numbers in the marked tables of a page that stand in no row of the list that the mark names."""
    return [
        f"{number} is not in {name}"
        for name, table in MARKED.findall(page.read_text())
        for number in NUMBER.findall(table)
        if number.replace(",", "") not in written(page.parent / name)
    ]


@pytest.mark.parametrize("path", LISTS, ids=tree.place)
def test_the_program_computes_what_was_worked_out_by_hand(path: Path) -> None:
    found = {
        f"{number}. {asked['report']} through {asked['through']}": disagreement(
            asked, answer(path.parent / asked["bundle"], asked)
        )
        for number, asked in enumerate(expectations(path), 1)
    }
    assert {place: text for place, text in found.items() if text} == {}


@pytest.mark.parametrize("page", [page for page in PAGES if MARKED.search(page.read_text())], ids=tree.place)
def test_the_tables_of_a_page_show_only_those_figures(page: Path) -> None:
    assert unsupported(page) == []


def test_every_mark_stands_above_a_table() -> None:
    texts = {tree.place(page): page.read_text() for page in PAGES}
    assert [place for place, text in texts.items() if len(MARK.findall(text)) != len(MARKED.findall(text))] == []


def test_every_example_has_figures_and_a_page() -> None:
    folders = list((tree.ROOT / "examples").glob("[0-9][0-9]-*"))
    files = [folder / name for folder in folders for name in ("bundle.yaml", "README.md", "expect.yaml")]
    assert folders
    assert [tree.place(file) for file in files if not file.exists()] == []


def test_a_wrong_figure_is_seen() -> None:
    rows = [{"line": "a", "amount": "1.00"}, {"line": "a", "amount": "2.00"}]

    assert disagreement({"rows": [{"amount": "1.00"}, {"line": "a"}], "total_rows": 2}, rows) is None
    assert "nearest" in (disagreement({"rows": [{"line": "a", "amount": "1.01"}]}, rows) or "")
    assert "no row" in (disagreement({"rows": [{"line": "a"}] * 3}, rows) or "")
    assert "a row like" in (disagreement({"absent": [{"amount": "2.00"}]}, rows) or "")
    assert "2 rows" in (disagreement({"total_rows": 3}, rows) or "")


def test_a_figure_that_nobody_worked_out_is_seen(tmp_path: Path) -> None:
    (tmp_path / "list.yaml").write_text('- {rows: [{amount: "1200.00"}]}\n')
    page = tmp_path / "page.md"
    page.write_text("<!-- figures: list.yaml -->\n\n| a | b |\n|---|---|\n| 1,200.00 | -3.50 |\n\nelsewhere 9.99\n")

    assert unsupported(page) == ["-3.50 is not in list.yaml"]
