"""The files of this project, as the tests of the code itself see them."""

import ast
import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ROOT / "src" / "ratable"
MADE = {"__pycache__", "build", "dist", "htmlcov", "mutants", "node_modules", "ratable-demo"}


def files(*suffixes: str) -> list[Path]:
    """Every file that a person wrote, with one of these suffixes; all of them where none is given."""
    found: list[Path] = []
    for folder, below, names in os.walk(ROOT):
        below[:] = [name for name in below if name not in MADE and (name == ".ci" or not name.startswith("."))]
        found += [Path(folder) / name for name in names if not name.startswith(".coverage")]
    return sorted(path for path in found if not suffixes or path.suffix in suffixes)


def modules(*rooms: str) -> list[Path]:
    """The Python files of these rooms; every Python file of the project where none is given."""
    return [path for path in files(".py") if not rooms or any((ROOMS / room) in path.parents for room in rooms)]


def place(path: Path) -> str:
    """The path as the project names it."""
    return path.relative_to(ROOT).as_posix()


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a module, methods and inner functions included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
