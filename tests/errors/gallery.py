"""The gallery of errors: one file per code of finding, with the smallest bundle that shows it and what is said of it.

A case has `says` (one line); the bundle, as `given` (a YAML document as it stands) or `files` (by name; a long cell is
`before`, `repeat` x `times`, `after`); `through`, where only the engine can find it; and `expect`, every finding whole.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

import ratable

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """One file of the gallery."""

    code: str
    says: str
    files: dict[str, str]
    through: str | None
    expect: list[dict[str, Any]]


def cases() -> list[Case]:
    """Every case, by code."""
    return [_case(path) for path in sorted(FOLDER.glob("*.yaml"))]


def _case(path: Path) -> Case:
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    files = {"bundle.yaml": found["given"]} if "given" in found else found["files"]
    texts = {name: text if isinstance(text, str) else _long(text) for name, text in files.items()}
    through = found.get("through")
    return Case(path.stem, found["says"], texts, str(through) if through else None, found["expect"])


def _long(text: dict[str, Any]) -> str:
    return str(text["before"] + text["repeat"] * text["times"] + text["after"])


def findings_of(case: Case, folder: Path) -> list[dict[str, Any]]:
    """The findings of a case, written to an empty folder and read from there."""
    for name, text in case.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    bundle = ratable.read_bundle(folder / "bundle.yaml" if "bundle.yaml" in case.files else folder)
    found = bundle.findings if case.through is None else ratable.recognize(bundle, through=case.through).findings
    return found.rows(named=True)
