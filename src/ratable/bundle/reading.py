"""Reads a bundle from wherever it lies: a YAML or JSON document, a folder or zip of tables, a workbook.

Worked example: `read("contracts.yaml")` with one contract whose customer does not exist gives a bundle without that
contract, one finding `unknown_id` and one row of `left_out`; everything else in the file is there.

Refuses, with `Unreadable` and one clear sentence, what is no bundle at all; every fault inside a bundle is a finding.
"""

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
    try:
        if path.is_dir():
            files: dict[str, bytes | Path] = {file.name: file for file in path.iterdir() if file.is_file()}
            return flat_files.read(files, path.name)
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise Unreadable(f"{path}: no such file or folder.") from error
    except OSError as error:
        raise Unreadable(f"{path}: cannot be read ({error.strerror}).") from error
    form = path.suffix.lower()
    if form in (".yaml", ".yml"):
        return nesting.flatten(documents.read_yaml(data, path.name), path.name)
    if form == ".json":
        return nesting.flatten(documents.read_json(data, path.name), path.name)
    if form == ".xlsx":
        return workbooks.read(data, path.name)
    if form == ".zip":
        return flat_files.read({**archives.members(data, path.name)}, path.name)
    raise Unreadable(
        f"{path}: no form of a bundle; give a .yaml or .json document, a folder or .zip of TABLE.csv or TABLE.parquet, "
        "or an .xlsx workbook."
    )
