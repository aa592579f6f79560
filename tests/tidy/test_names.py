"""No drawer for what has no name: a function without a room has no noun yet."""

import ast
import re

from tests.tidy import tree

BANNED = {"util", "utils", "helper", "helpers", "common", "services", "manager", "managers", "misc"}


def words(name: str) -> set[str]:
    """The words of an identifier: `ContractManager` and `contract_manager` both hold `manager`."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}


def banned_in_path(place: str) -> list[str]:
    return [place] if words(place) & BANNED else []


def banned_in_source(source: str) -> list[str]:
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = [node.name for node in ast.walk(ast.parse(source)) if isinstance(node, defined)]
    return [name for name in names if words(name) & BANNED]


def test_no_file_is_a_drawer() -> None:
    assert [found for path in tree.modules() for found in banned_in_path(tree.place(path))] == []


def test_no_function_or_class_is_a_drawer() -> None:
    sources = {tree.place(path): path.read_text() for path in tree.modules()}
    assert [f"{place}: {name}" for place, source in sources.items() for name in banned_in_source(source)] == []


def test_a_drawer_is_seen() -> None:
    assert banned_in_path("src/ratable/engine/date_utils.py") != []
    assert banned_in_source("class ContractManager: ...") == ["ContractManager"]
    assert banned_in_source("def service_credit(): ...") == []
