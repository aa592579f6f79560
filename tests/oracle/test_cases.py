"""The second engine against every conformance case, for the reports that it gives."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from ratable.bundle import reading
from ratable.core import currencies
from ratable.oracle import books

CASES = sorted((Path(__file__).parents[1] / "conformance" / "cases").rglob("*.yaml"))
Row = dict[str, Any]


def report(asked: Row, kept: books.Books) -> list[Row]:
    """The rows of a report, as text; the journal by day."""
    by_day = asked.get("grain") == "day"
    rows = {
        "schedule": kept.schedule_by_day if by_day else kept.schedule,
        "balances": kept.balances,
        "roll-forward": kept.roll_forward,
        "allocation": kept.allocation,
        "journal": kept.movements,
    }[asked["report"]]()
    return [as_text(row) for row in rows]


def as_text(row: Row) -> Row:
    exponent = currencies.EXPONENTS[row["currency"]]
    if "date" in row:
        row = row | {"period": row["date"].isoformat()[:7]}
    return {name: major(v, exponent) if isinstance(v, int) else v for name, v in row.items()}


def major(amount: int, exponent: int) -> str:
    whole, rest = divmod(abs(amount), 10**exponent)
    return ("-" if amount < 0 else "") + str(whole) + (f".{rest:0{exponent}d}" if exponent else "")


def holds(want: Row, row: Row) -> bool:
    return all(row.get(name) == value for name, value in want.items())


def is_zero(row: Row) -> bool:
    return all(float(v) == 0 for k, v in row.items() if isinstance(v, str) and k in ("amount", "billed", "recognized"))


def answerable(asked: Row) -> bool:
    """Reports of the second engine; it has no dimensions, and no recognition by month in its journal."""
    if asked["report"] == "journal":
        asked["rows"] = [row for row in asked.get("rows") or [] if row.get("kind") != "recognition"]
    known = {"schedule", "balances", "roll-forward", "allocation", "journal"}
    return asked["report"] in known and not asked.get("by")


def expectations() -> list[Any]:
    found = []
    for path in CASES:
        for number, asked in enumerate(yaml.safe_load(path.read_text())["expect"]):
            if answerable(asked):
                found.append(pytest.param(path, asked, id=f"{path.parent.name}/{path.stem}-{number}-{asked['report']}"))
    return found


@pytest.mark.parametrize(("path", "asked"), expectations())
def test_the_case_holds(path: Path, asked: Row, tmp_path: Path) -> None:
    given = yaml.safe_load(path.read_text())["given"]
    bundle = tmp_path / "bundle.yaml"
    bundle.write_text(given if isinstance(given, str) else yaml.safe_dump(given, sort_keys=False))

    free = report(asked, books.run(reading.read(bundle), asked["through"], asked.get("known_on")))
    whole = list(free)

    for want in asked.get("rows") or []:
        found = next((row for row in free if holds(want, row)), None)
        assert found is not None, (want, free)
        free.remove(found)
    for want in asked.get("absent") or []:
        assert [row for row in whole if holds(want, row) and not is_zero(row)] == []
    if asked.get("total_rows") is not None:
        assert len(whole) == asked["total_rows"]


def test_amounts_are_written_with_the_decimals_of_their_currency() -> None:
    assert (major(-5, 2), major(1234, 3), major(70, 0)) == ("-0.05", "1.234", "70")


def test_there_are_cases_to_check() -> None:
    assert len(expectations()) > 60
    assert date(2026, 1, 1) < date.max
