"""Every conformance case through the library, and a handful through the command itself.

A case is one YAML file; its README says what the fields mean. Rows of `expect` are subsets: each must be found in a row
of its own, compared exactly on the columns it names.
"""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import ratable
from ratable.reports import books, names, rendering

CASES = Path(__file__).parent / "cases"
SOURCES = Path(__file__).parents[2] / "src"
FOUND = sorted(CASES.rglob("*.yaml"))
THROUGH_THE_COMMAND = FOUND[:: max(1, len(FOUND) // 5)]

Row = dict[str, Any]
Answer = dict[str, Any]


def text(value: object) -> object:
    """A day as the text that the output has."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def same(wanted: Row, row: Row) -> bool:
    return all(name in row and text(value) == row[name] for name, value in wanted.items())


def is_zero(row: Row) -> bool:
    """Every amount of the row is zero."""
    amounts = [value for name, value in row.items() if name not in ("line", "contract", "customer", "product", "id")]
    numbers = [value for value in amounts if isinstance(value, str) and value.replace(".", "", 1).lstrip("-").isdigit()]
    return bool(numbers) and all(set(number) <= set("-0.") for number in numbers)


def disagreements(expected: Row, answer: Answer) -> list[str]:
    """What the answer lacks, has too much of, or counts otherwise."""
    free = list(answer["rows"])
    wrong = []
    for wanted in expected.get("rows") or []:
        hit = next((row for row in free if same(wanted, row)), None)
        if hit is None:
            wrong.append(f"expected {wanted}, got {json.dumps(free)[:2000]}")
        else:
            free.remove(hit)
    for unwanted in expected.get("absent") or []:
        wrong += [f"unexpected {row}" for row in answer["rows"] if same(unwanted, row) and not is_zero(row)]
    if expected.get("total_rows") not in (None, len(answer["rows"])):
        wrong.append(f"expected {expected['total_rows']} rows, got {len(answer['rows'])}")
    return wrong


def written(case: Row, folder: Path) -> Path:
    """The bundle of a case as a file; a bundle given as a text is written as it stands."""
    given = case["given"]
    path = folder / "bundle.yaml"
    path.write_text(given if isinstance(given, str) else yaml.safe_dump(given, sort_keys=False))
    return path


def library(path: Path, expected: Row) -> Answer:
    """What the library answers, as the JSON that users get."""
    ledger = ratable.recognize(ratable.read_bundle(path), str(expected["through"]), known_on=expected.get("known_on"))
    choices = names.Choices(by=names.dimensions(expected.get("by") or []), grain=expected.get("grain"))
    heading = rendering.Heading(expected["report"], {}, ledger.findings)
    out = io.BytesIO()
    rendering.write_json(out, books.parts(ledger, expected["report"], choices), heading)
    answer: Answer = json.loads(out.getvalue())
    return answer | {"status": int(ledger.blocked)}


def command(path: Path, expected: Row) -> Answer:
    """What the command answers, with its exit status."""
    options = ["--through", str(expected["through"]), "--report", expected["report"], "--format", "json"]
    options += ["--by", ",".join(expected["by"])] if expected.get("by") else []
    options += ["--grain", expected["grain"]] if expected.get("grain") else []
    options += ["--known-on", str(expected["known_on"])] if expected.get("known_on") else []
    typed = [sys.executable, "-m", "ratable", "run", str(path), *options]
    done = subprocess.run(typed, env=os.environ | {"PYTHONPATH": str(SOURCES)}, capture_output=True, check=False)
    assert done.stdout, done.stderr.decode()
    answer: Answer = json.loads(done.stdout)
    return answer | {"status": done.returncode}


def judged(case: Row, expected: Row, answer: Answer) -> list[str]:
    """All that is wrong with one answer."""
    blocking = [found for found in answer["findings"] if found["severity"] == "blocks"]
    may_block = any(row.get("severity") == "blocks" for each in case["expect"] for row in each.get("rows") or [])
    wrong = disagreements(expected, answer)
    if answer["status"] != bool(blocking):
        wrong.append(f"status {answer['status']} with {len(blocking)} blocking findings")
    if blocking and not may_block:
        wrong.append(f"blocked by {blocking[0]}")
    return [f"{expected['report']} through {expected['through']}: {fault}" for fault in wrong]


@pytest.mark.parametrize("path", FOUND, ids=lambda path: str(path.relative_to(CASES).with_suffix("")))
def test_the_library_agrees_with_the_case(path: Path, tmp_path: Path) -> None:
    case = yaml.safe_load(path.read_text())
    bundle = written(case, tmp_path)

    assert [fault for expected in case["expect"] for fault in judged(case, expected, library(bundle, expected))] == []


@pytest.mark.parametrize("path", THROUGH_THE_COMMAND, ids=lambda path: str(path.relative_to(CASES).with_suffix("")))
def test_the_command_agrees_with_the_case(path: Path, tmp_path: Path) -> None:
    case = yaml.safe_load(path.read_text())
    bundle = written(case, tmp_path)

    assert [fault for expected in case["expect"] for fault in judged(case, expected, command(bundle, expected))] == []


def test_there_are_cases() -> None:
    assert len(FOUND) > 40


def test_a_disagreement_is_seen() -> None:
    answer = {"rows": [{"line": "A", "amount": "1.00"}]}

    assert disagreements({"rows": [{"line": "A", "amount": "1.00"}], "total_rows": 1}, answer) == []
    assert disagreements({"rows": [{"line": "A"}, {"line": "A"}]}, answer) != []
    assert disagreements({"absent": [{"line": "A"}]}, answer) != []
    assert disagreements({"total_rows": 2}, answer) != []
