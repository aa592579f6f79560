"""The schema in words names every column, and the pages made from it are current."""

import pytest

from ratable.bundle import schema_page
from ratable.core import tables
from tools import reference_pages


@pytest.mark.parametrize("table", tables.TABLES)
def test_the_schema_of_a_table_names_every_column(table: str) -> None:
    text = schema_page.text(table)

    for column in tables.TABLES[table].columns:
        assert f"\n{column.name} " in text
        assert all(choice in text for choice in column.choices)


def test_the_overview_names_every_table() -> None:
    lines = schema_page.text().splitlines()

    assert [line.split()[0] for line in lines] == list(tables.TABLES)


@pytest.mark.parametrize("name", reference_pages.pages())
def test_the_reference_pages_are_current(name: str) -> None:
    page = reference_pages.FOLDER / name

    assert page.read_text(encoding="utf-8") == reference_pages.pages()[name], (
        "make it again: python -m tools.reference_pages"
    )
