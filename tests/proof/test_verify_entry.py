"""The verifier of one entry as an auditor runs it: a program of its own, on a proof that somebody may have changed."""

import ast
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratable.ledger import canonical, inclusion, merkle
from ratable.proof import verify_entry
from tests import stores
from tests.ledger import histories, tampering
from tests.stores import Store

PROGRAM = Path(verify_entry.__file__)
Proof = dict[str, Any]


def verified(*arguments: Path) -> tuple[int, str]:
    """Exit status and output of the program, apart from everything that is installed here."""
    done = subprocess.run([sys.executable, "-I", PROGRAM, *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def folder(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The proof of an entry under the last two of three checkpoints, and the lines of these three."""
    made = tmp_path_factory.mktemp("entry")
    with stores.sqlite(sqlite_template, made) as url:
        store = stores.founded(url)
        kept = [histories.checkpoint(store)]
        histories.small(store)
        kept += [histories.checkpoint(store), histories.checkpoint(store)]
        (made / "entry.json").write_text(inclusion.prove("1-b", kept))
    (made / "anchors.jsonl").write_text("".join(f"{anchor.line()}\n" for anchor in kept))
    return made


def test_it_needs_nothing_but_python() -> None:
    imports = [node for node in ast.walk(ast.parse(PROGRAM.read_text())) if isinstance(node, ast.Import)]
    froms = [node for node in ast.walk(ast.parse(PROGRAM.read_text())) if isinstance(node, ast.ImportFrom)]
    imported = {name.name for node in imports for name in node.names} | {str(node.module) for node in froms}

    assert imported <= sys.stdlib_module_names


def test_al_10_an_entry_is_proved_to_who_kept_a_checkpoint(folder: Path) -> None:
    status, said = verified(folder / "entry.json", folder / "anchors.jsonl")

    assert (status, said.splitlines()[0]) == (
        0,
        "OK: entry 2 was added by event 11 (post by dana at 2026-04-01T09:00:11.000000Z); "
        "covered by 2 of the checkpoints that you kept",
    )
    assert json.loads(said.partition("\n")[2])["entry"] == "1-b"


def put(*path: str | int, to: object) -> Callable[[Proof], None]:
    """A change of one value of a proof."""

    def change(proof: Proof) -> None:
        at: Any = proof
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = to

    return change


def another_amount(proof: Proof) -> None:
    proof["row"] = proof["row"].replace('"amount":"2"', '"amount":"3"')


def another_amount_and_digest(proof: Proof) -> None:
    another_amount(proof)
    proof["digests"][1] = canonical.sha256(proof["row"])


def another_event(proof: Proof) -> None:
    another_amount_and_digest(proof)
    said = json.loads(proof["event"]["body"])
    said["what"]["rows"]["entries"]["digest"] = canonical.of_all(proof["digests"])
    proof["event"]["body"] = canonical.text(said)


CHANGES: dict[str, tuple[Callable[[Proof], None], str]] = {
    "an amount": (another_amount, "the row of entry 2 is not what event 11 added"),
    "an amount and its digest": (another_amount_and_digest, "the rows beside entry 2 are not those that event 11"),
    "an amount and its event": (another_event, "event 11 does not hash to what it says"),
    "another company": (put("company", to="other"), "event 11 does not hash to what it says"),
    "a way cut": (put("checkpoints", 1, "includes", to=[]), "event 11 is not under the checkpoint of 14 events"),
    "a way that goes on": (
        lambda proof: proof["checkpoints"][1]["includes"].append("00" * 32), "event 11 is not under the checkpoint",
    ),
    "another history between": (
        put("checkpoints", 2, "continues", to=[]), "the checkpoint of 15 events does not continue that of 14",
    ),
    "another root": (put("checkpoints", 1, "anchor", "root", to="00" * 32), "14 events is none of the lines that you"),
    "no checkpoint over it": (lambda proof: proof["checkpoints"].pop() and proof["checkpoints"].pop(), "no checkpoint"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_proof_is_convicted(folder: Path, tmp_path: Path, name: str) -> None:
    change, cause = CHANGES[name]
    proof = json.loads((folder / "entry.json").read_text())
    change(proof)
    (tmp_path / "entry.json").write_text(json.dumps(proof))

    status, said = verified(tmp_path / "entry.json", folder / "anchors.jsonl")

    assert status == 1
    assert said.startswith("BAD: ")
    assert cause in said


def test_a_history_signed_anew_is_not_that_of_the_line_that_was_kept(store: Store, tmp_path: Path) -> None:
    histories.small(store)
    (tmp_path / "anchors.jsonl").write_text(histories.checkpoint(store).line())
    with histories.unguarded():
        tampering.rewrite(6, lambda said: said.update(reason="a better one"), sign=True)
    (tmp_path / "entry.json").write_text(inclusion.prove("1-b"))

    assert verified(tmp_path / "entry.json", tmp_path / "anchors.jsonl")[0] == 1


@pytest.mark.parametrize("content", [None, "hello", "{}"])
def test_what_is_no_proof_ends_with_2(tmp_path: Path, content: str | None) -> None:
    (tmp_path / "anchors.jsonl").write_text("")
    if content is not None:
        (tmp_path / "entry.json").write_text(content)

    assert verified(tmp_path / "entry.json", tmp_path / "anchors.jsonl")[0] == 2
    assert verified(tmp_path / "entry.json")[0] == 2


@given(st.integers(1, 40), st.data())
def test_al_10_its_ways_are_those_of_the_tree(size: int, data: st.DataObject) -> None:
    hashes = [hashlib.sha256(bytes([number])).hexdigest() for number in range(size)]
    number, earlier = data.draw(st.integers(1, size)), data.draw(st.integers(1, size))
    roots = merkle.roots(hashes, [earlier, size])
    way = [bytes.fromhex(part) for part in merkle.inclusion(hashes, number - 1)]
    between = [bytes.fromhex(part) for part in merkle.consistency(hashes, earlier)]
    ends = (earlier, roots[earlier]), (size, roots[size])

    assert verify_entry._includes(roots[size], size, hash_=hashes[number - 1], number=number, way=way)
    assert verify_entry._continues(*ends, between)
    for other in (way[:-1] if way else [b"0" * 32], [*way, b"0" * 32], [b"0" * 32, *way[1:]]):
        assert not verify_entry._includes(roots[size], size, hash_=hashes[number - 1], number=number, way=other)
    assert not verify_entry._continues((earlier, "00" * 32), ends[1], between)
    assert not verify_entry._continues(*ends, [*between, b"0" * 32])
