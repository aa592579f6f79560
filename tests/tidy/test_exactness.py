"""Money stays whole numbers, and tables stay whole: no float, no true division and no loop over rows."""

import ast

from ratable.core import tables
from tests.tidy import tree

COLUMNAR_ROOMS = ("core", "billing", "engine", "reports")
FLOATS = {"float", "Float32", "Float64", "float32", "float64"}
BOUNDS_ONLY = {"src/ratable/core/money.py"}  # Its floats ask whether a product fits 64 bits; none becomes an amount.
FEW_ROWS = {"src/ratable/core/policies.py", "src/ratable/engine/locks.py"}  # A turn for each policy or lock.
ROW_BY_ROW = {"iter_rows", "iter_slices", "map_elements", "map_rows", "rows", "rows_by_key"}


def inexact(source: str) -> list[str]:
    """Every mention of a float type, and every true division: in Polars `/` of two integers is a float."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and node.id in FLOATS:
            found.append(f"line {node.lineno}: {node.id}")
        elif isinstance(node, ast.Attribute) and node.attr in FLOATS | {"truediv"}:
            found.append(f"line {node.lineno}: {node.attr}")
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            found.append(f"line {node.lineno}: true division")
    return found


def row_by_row(source: str) -> list[str]:
    """Every call of a method that hands rows to Python one at a time."""
    return [
        f"line {node.lineno}: {node.func.attr}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ROW_BY_ROW
    ]


def test_no_float_where_money_is() -> None:
    sources = {tree.place(path): path.read_text() for path in tree.modules(*COLUMNAR_ROOMS)}
    judged = {place: source for place, source in sources.items() if place not in BOUNDS_ONLY}
    assert [f"{place}, {found}" for place, source in judged.items() for found in inexact(source)] == []


def test_no_loop_over_rows() -> None:
    sources = {tree.place(path): path.read_text() for path in tree.modules(*COLUMNAR_ROOMS)}
    judged = {place: source for place, source in sources.items() if place not in FEW_ROWS}
    assert [f"{place}, {found}" for place, source in judged.items() for found in row_by_row(source)] == []


def test_every_declared_column_is_exact() -> None:
    kinds = {column.kind for table in tables.TABLES.values() for column in table.columns}
    assert kinds <= set(tables.DTYPES)
    assert [kind for kind, dtype in tables.DTYPES.items() if dtype.is_float()] == []


def test_a_float_is_seen() -> None:
    assert inexact("pl.col('amount').cast(pl.Float64)") == ["line 1: Float64"]
    assert inexact("share = amount / 12") == ["line 1: true division"]
    assert inexact("share = amount // 12") == []


def test_a_loop_over_rows_is_seen() -> None:
    assert row_by_row("for row in frame.iter_rows(): ...") == ["line 1: iter_rows"]
