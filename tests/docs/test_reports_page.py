"""The page of the reports names exactly the columns that they have."""

import pytest

from ratable.reports import books, names
from tests.reports import outcomes
from tools import reports_page


@pytest.mark.parametrize("name", list(names.REPORTS))
def test_the_page_names_every_column_in_its_order(name: str) -> None:
    frame = books.report(outcomes.books_of(outcomes.year()), name)
    _, _, columns = reports_page.REPORTS[name]

    fixed = [column for column in frame.columns if not column[:4].isdigit()]
    assert fixed == [column for column in columns if not column.startswith("[")]
