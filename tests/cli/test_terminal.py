import io

import polars as pl
import pytest

from ratable.cli import terminal
from ratable.core import findings
from ratable.reports import rendering

HEADING = rendering.Heading("roll-forward", {"through": "2026-02-28", "by": ["customer"]}, findings.none())
ROWS = pl.DataFrame(
    {
        "period": ["2026-01", "2026-02", "2026-01", "2026-02"],
        "currency": ["USD", "USD", "JPY", "JPY"],
        "opening": [0, 110000, 0, 500],
        "recognized": [-10000, -10000, 500, 0],
        "closing": [110000, 100000, 500, 500],
    }
)


def shown(*parts: pl.DataFrame, heading: rendering.Heading = HEADING) -> str:
    out = io.BytesIO()
    terminal.write(out, parts, heading)
    return out.getvalue().decode()


def cells(line: str) -> list[str]:
    return line.split()


def test_figures_are_those_of_accountants() -> None:
    text = shown(ROWS)

    assert "roll-forward through 2026-02-28, by customer" in text
    assert cells(text.splitlines()[4]) == ["2026-01", "USD", "\N{EN DASH}", "(100.00)", "1,100.00"]


def test_each_currency_has_a_total_that_foots() -> None:
    totals = [cells(line) for line in shown(ROWS).splitlines() if "total" in line]

    assert totals == [
        ["total", "JPY", "\N{EN DASH}", "500", "500"],
        ["total", "USD", "\N{EN DASH}", "(200.00)", "1,000.00"],
    ]


def test_long_reports_are_cut_aloud_and_totals_are_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "MOST_ROWS", 3)
    amounts = pl.DataFrame({"line": ["a", "b"], "currency": ["USD", "USD"], "amount": [100, 200]})

    text = shown(amounts, amounts)

    assert "1 more rows are not shown" in text
    assert "6.00" in text


def test_nothing_is_said_to_be_nothing() -> None:
    assert "Nothing to show." in shown(ROWS.clear())


def test_nothing_left_says_that_it_was_left_out() -> None:
    told = findings.none().vstack(findings.none().clear(1).with_columns(severity=pl.lit("blocks")))
    heading = rendering.Heading("roll-forward", {"through": "2026-02-28"}, told)

    assert "Nothing to show: what 1 blocking finding named was left out." in shown(ROWS.clear(), heading=heading)


def test_months_that_do_not_fit_become_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    months = {f"2026-{month:02}": [1000000] for month in range(1, 13)}
    text = shown(pl.DataFrame({"currency": ["USD"], "remaining": [12000000]} | months))

    assert "later" in text
    assert "2026-12" not in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_text_cannot_steer_the_terminal() -> None:
    text = shown(ROWS.head(1).with_columns(period=pl.lit("\x1b[2J[red]x")))

    assert "\x1b" not in text
    assert "?[2J[red]x" in text
