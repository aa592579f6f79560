"""The money table: figures as finance reads them, one place where everything is escaped."""

import polars as pl
import pytest

from ratable.web import tables

HOSTILE = "<script>alert(1)</script>\" onclick='x' =1+1"
MONEY = tables.Column("amount", "Amount", "money", lambda _: "/entries/1?a=1&b=2")


def shown(amount: int | None, currency: str = "USD") -> str:
    return tables.cell(MONEY, {"amount": amount, "currency": currency})


@pytest.mark.parametrize(("amount", "currency", "figure", "raw"), [
    (123_450, "USD", ">1,234.50<", "1234.50"), (123_450, "JPY", ">123,450<", "123450"),
    (1_500, "BHD", ">1.500<", "1.500"), (0, "USD", ">\N{EN DASH}<", "0.00"),
])  # fmt: skip
def test_an_amount_has_the_decimals_of_its_currency(amount: int, currency: str, figure: str, raw: str) -> None:
    assert figure in shown(amount, currency)
    assert f'data-v="{raw}"' in shown(amount, currency)


def test_ui_03_a_negative_is_in_parentheses_and_read_as_minus() -> None:
    said = shown(-5)

    assert '<span class="sr">minus </span>' in said
    assert '(</span>0.05<span class="hang" aria-hidden="true">)</span>' in said
    assert 'data-v="-0.05"' in said


def test_ui_04_zero_and_missing_never_look_alike() -> None:
    assert shown(None) == '<td class="num"></td>'
    assert shown(0) != shown(None)


def test_zero_leads_nowhere_and_everything_else_does() -> None:
    assert "<a" not in shown(0)
    assert '<a href="/entries/1?a=1&amp;b=2">' in shown(1)


@pytest.mark.parametrize("kind", ["text", "id", "entry", "words", "period", "status"])
def test_se_01_what_comes_from_data_is_text(kind: str) -> None:
    row = {"name": HOSTILE, "currency": HOSTILE}
    column = tables.Column("name", HOSTILE, kind, lambda found: f"/x?{found['name']}")
    table = tables.Table(HOSTILE, HOSTILE, (column,), pl.DataFrame([row]), more=f"/more?{HOSTILE}")
    html = str(table.html())

    assert "<script" not in html
    assert "onclick='" not in html


def test_totals_stand_under_their_columns() -> None:
    rows = pl.DataFrame({"name": ["a", "b"], "currency": ["USD", "USD"], "amount": [100, 200]})
    columns = (tables.Column("name", "Name"), tables.Column("currency", "Currency"), MONEY)
    foot = str(tables.Table("t", "T", columns, rows, totals=tables.sums(rows, "amount")).html()).partition("<tfoot>")[2]

    assert foot.startswith('<tr><th scope="row">Total</th><td class="text">USD</td><td class="num"')
    assert ">3.00<" in foot


def test_currencies_are_never_added() -> None:
    rows = pl.DataFrame({"currency": ["USD", "EUR", "USD"], "amount": [1, 2, 3]})

    assert tables.sums(rows, "amount").rows() == [("EUR", 2), ("USD", 4)]


def in_thousands(*amounts: int, count: int | None = None, total: int | None = None) -> str:
    """A table of some amounts in USD with their total, in thousands."""
    rows = pl.DataFrame({"currency": "USD", "amount": amounts})
    sums = pl.DataFrame({"currency": ["USD"], "amount": [sum(amounts) if total is None else total]})
    columns = (tables.Column("currency", "Currency"), MONEY)
    return str(tables.Table("t", "T", columns, rows, totals=sums, count=count).html("thousands"))


def test_ui_06_the_header_says_the_scale_and_each_figure_is_whole_on_focus_and_to_the_ear() -> None:
    html = in_thousands(-1_234_567_89)

    assert "Amount<small>thousands</small>" in html
    assert ">(1,235<" in html
    assert '<span class="sr">minus 1,234,567.89</span>' in html
    assert 'data-v="-1234567.89" data-c="USD" title="(1,234,567.89) USD"' in html


def test_ui_06_what_rounds_to_nothing_is_no_dash() -> None:
    assert '<span aria-hidden="true">0</span><span class="sr">4.00</span>' in in_thousands(400)
    assert ">\N{EN DASH}<" in in_thousands(0)


def test_ui_07_a_note_says_where_rounded_rows_do_not_add_up_to_their_total() -> None:
    low = "Rounding: the rows of Amount show 1,000.00 USD less than their total."

    assert low in in_thousands(1_400_00, 1_400_00)
    assert low.replace("less", "more") in in_thousands(1_600_00, 1_600_00)
    assert "Rounding" not in in_thousands(1_000_00, 2_000_00)


def test_ui_07_what_differs_in_full_or_has_more_rows_is_no_rounding() -> None:
    assert "Rounding" not in in_thousands(1_400_00, 1_400_00, total=5_000_00)
    assert "Rounding" not in in_thousands(1_400_00, 1_400_00, count=3)
