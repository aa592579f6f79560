"""Functions and files stay short. What is longer today is listed with its length, and may only shrink."""

import ast
from pathlib import Path

from tests.tidy import tree

FUNCTION_LINES = 40
TEST_FUNCTION_LINES = 60
FILE_LINES = 350
TEST_FILE_LINES = 600

# Place: lines allowed. An entry goes when its file or function has come down to the limit.
LONGER_FILES = {
    "src/ratable/ledger/migrations/0001_store.py": 1_500,  # Written by Django from the models.
    "src/ratable/core/tables.py": 500,  # A list of tables, one entry each: it has no parts that could move apart.
}
LONGER_FUNCTIONS: dict[str, int] = {}


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement after the docstring to the last."""
    documented = ast.get_docstring(node) is not None and len(node.body) > 1
    first = node.body[1] if documented else node.body[0]
    return (node.end_lineno or first.lineno) - first.lineno + 1


def function_lengths(source: str, place: str) -> dict[str, int]:
    """Body lines of every function, by place and name."""
    return {f"{place}:{node.name}": body_lines(node) for node in tree.functions(ast.parse(source))}


def too_long(lengths: dict[str, int], limit: int, allowed: dict[str, int]) -> list[str]:
    """What is longer than the limit and than its own allowance."""
    return [
        f"{place} has {lines} lines; at most {max(limit, allowed.get(place, 0))}. Split it where its subject splits."
        for place, lines in lengths.items()
        if lines > max(limit, allowed.get(place, 0))
    ]


def needless(lengths: dict[str, int], limit: int, allowed: dict[str, int]) -> list[str]:
    """Allowances for what is gone, or short enough by now."""
    return [place for place in allowed if lengths.get(place, 0) <= limit]


def is_test(path: Path) -> bool:
    return tree.ROOT / "tests" in path.parents


def test_files_are_short() -> None:
    lengths = {tree.place(path): len(path.read_text().splitlines()) for path in tree.modules()}
    tests = {place: lines for place, lines in lengths.items() if place.startswith("tests/")}
    rest = {place: lines for place, lines in lengths.items() if place not in tests}

    assert too_long(tests, TEST_FILE_LINES, LONGER_FILES) == []
    assert too_long(rest, FILE_LINES, LONGER_FILES) == []
    assert needless(rest, FILE_LINES, LONGER_FILES) == []


def test_functions_are_short() -> None:
    tests: dict[str, int] = {}
    rest: dict[str, int] = {}
    for path in tree.modules():
        (tests if is_test(path) else rest).update(function_lengths(path.read_text(), tree.place(path)))

    assert too_long(tests, TEST_FUNCTION_LINES, LONGER_FUNCTIONS) == []
    assert too_long(rest, FUNCTION_LINES, LONGER_FUNCTIONS) == []
    assert needless(rest, FUNCTION_LINES, LONGER_FUNCTIONS) == []


def test_a_long_function_is_seen() -> None:
    source = 'def long() -> None:\n    """One line of docstring does not count."""\n' + "    print()\n" * 3
    lengths = function_lengths(source, "sample.py")

    assert lengths == {"sample.py:long": 3}
    assert too_long(lengths, 3, {}) == []
    assert too_long(lengths, 2, {}) != []
    assert too_long(lengths, 2, {"sample.py:long": 3}) == []


def test_an_allowance_that_is_not_needed_is_seen() -> None:
    assert needless({"a.py": 2, "b.py": 9}, 5, {"a.py": 7, "b.py": 9, "gone.py": 8}) == ["a.py", "gone.py"]
