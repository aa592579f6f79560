"""Reads a bundle from wherever it lies: a YAML or JSON document, a folder or zip of tables, a workbook.

Worked example: `read("contracts.yaml")` with one contract whose customer does not exist gives a bundle without that
contract, one finding `unknown_id` and one row of `left_out`; everything else in the file is there.

Refuses, with `Unreadable` and one clear sentence, what is no bundle at all; every fault inside a bundle is a finding.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ratable.bundle import archives, checking, documents, flat_files, nesting, parsing, sources, workbooks
from ratable.core import bundles

Unreadable = sources.Unreadable


def read(path: str | Path) -> bundles.Bundle:
    """The bundle at a path, checked.

    Args:
        path: a `.yaml`, `.yml` or `.json` document, a folder or `.zip` with one TABLE.csv or TABLE.parquet per table,
            or an `.xlsx` with a sheet per table.

    Returns:
        sound typed tables, every finding, and what was left out because of one that blocks.

    Raises:
        Unreadable: there is no such file, or it is no bundle.
    """
    return checking.check(parsing.parse(source(Path(path))))


def source(path: Path) -> sources.Source:
    """The raw tables at a path, by what stands there: a folder, or a file of one of the known extensions.

    Raises:
        Unreadable: there is nothing, or nothing of a known form.
    """
    return understood({file.name: file for file in _tables(path)} if path.is_dir() else contents(path), path)


@dataclass(frozen=True)
class Opened:
    """A bundle that was read and not checked: its place, its files by name as they are, and its raw tables."""

    path: Path
    files: dict[str, bytes]
    source: sources.Source


def opened(path: Path) -> Opened:
    """The bundle at a path with its files, each read once.

    Raises:
        Unreadable: there is nothing, it cannot be read, or it is no bundle.
    """
    files = contents(path)
    return Opened(path, files, understood(files, path))


def contents(path: Path) -> dict[str, bytes]:
    """The files at a path as they are, by name: itself, or the tables of a folder.

    Raises:
        Unreadable: there is nothing, or it cannot be read.
    """
    try:
        return {file.name: file.read_bytes() for file in (_tables(path) if path.is_dir() else [path])}
    except FileNotFoundError as error:
        raise Unreadable(f"{path}: no such file or folder.") from error
    except OSError as error:
        raise Unreadable(f"{path}: cannot be read ({error.strerror}).") from error


def _tables(folder: Path) -> list[Path]:
    """The files of a folder that can be tables."""
    try:
        return sorted(
            file for file in folder.iterdir() if file.is_file() and file.suffix.lower() in (".csv", ".parquet")
        )
    except OSError as error:
        raise Unreadable(f"{folder}: cannot be read ({error.strerror}).") from error


def understood(files: Mapping[str, bytes | Path], path: Path) -> sources.Source:
    """The raw tables in the files of a path.

    Args:
        files: what `contents` gives, or where it is.
        path: the file or folder that they came from; its name tells their form.

    Raises:
        Unreadable: they are of no known form.
    """
    if path.is_dir():
        return flat_files.read(dict(files), path.name)
    data = files[path.name]
    form = path.suffix.lower()
    if form not in FORMS or not isinstance(data, bytes):
        raise Unreadable(
            f"{path}: no form of a bundle; give a .yaml or .json document, a folder or .zip of TABLE.csv or "
            "TABLE.parquet, or an .xlsx workbook."
        )
    return FORMS[form](data, path.name)


FORMS: dict[str, Callable[[bytes, str], sources.Source]] = {
    ".yaml": lambda data, name: nesting.flatten(documents.read_yaml(data, name), name),
    ".yml": lambda data, name: nesting.flatten(documents.read_yaml(data, name), name),
    ".json": lambda data, name: nesting.flatten(documents.read_json(data, name), name),
    ".xlsx": workbooks.read,
    ".zip": lambda data, name: flat_files.read({**archives.members(data, name)}, name),
}
"""How the files of each known extension are read."""
