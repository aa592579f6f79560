"""The stand-alone verifier as an auditor runs it: a program of its own, on a zip that somebody may have changed."""

import ast
import json
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given
from hypothesis import strategies as st

from ratable.ledger import canonical, proofs, stored
from ratable.proof import verify_proof
from tests.ledger import histories, tampering
from tests.stores import Store

PROGRAM = Path(verify_proof.__file__)
DOCUMENT = f"files/{canonical.sha256(histories.CONTRACT)}"
Change = Callable[[dict[str, bytes]], None]


def verified(*arguments: Path) -> tuple[int, str]:
    """Exit status and output of the program, apart from everything that is installed here."""
    done = subprocess.run([sys.executable, "-I", PROGRAM, *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def changed(path: Path, change: Change) -> Path:
    """A copy of a bundle with its files changed."""
    with zipfile.ZipFile(path) as bundle:
        files = {name: bundle.read(name) for name in bundle.namelist()}
    change(files)
    other = path.with_name("changed.zip")
    with zipfile.ZipFile(other, "w") as bundle:
        for name, content in files.items():
            bundle.writestr(name, content)
    return other


@pytest.fixture
def bundle(store: Store, tmp_path: Path) -> Path:
    """The proof of books with rows in every table."""
    histories.small(store)
    proofs.write(tmp_path / "proof.zip")
    return tmp_path / "proof.zip"


def test_it_needs_nothing_but_python_and_is_short() -> None:
    source = PROGRAM.read_text()
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else name.name) or ""
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }

    assert {module.split(".")[0] for module in imported} <= sys.stdlib_module_names
    assert len(source.splitlines()) <= 300


def test_sound_books_pass_and_give_the_same_bytes_each_time(bundle: Path, tmp_path: Path) -> None:
    status, said = verified(bundle)
    proofs.write(tmp_path / "again.zip")

    assert (status, said) == (0, "OK: 13 events, 93 rows, 1 files, 2 checkpoints, 0 anchors\n")
    assert (tmp_path / "again.zip").read_bytes() == bundle.read_bytes()
    with zipfile.ZipFile(bundle) as files:
        assert files.read("verify_proof.py") == PROGRAM.read_bytes()
        assert b"Quillmere Software" in files.read("README.txt")


def edit(name: str, old: bytes, new: bytes) -> Change:
    def change(files: dict[str, bytes]) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)

    return change


def keep(name: str, which: Callable[[list[bytes]], list[bytes]]) -> Change:
    def change(files: dict[str, bytes]) -> None:
        files[name] = b"".join(which(files[name].splitlines(keepends=True)))

    return change


def without(name: str) -> Change:
    def change(files: dict[str, bytes]) -> None:
        del files[name]

    return change


def empty(files: dict[str, bytes]) -> None:
    files.update({name: b"" for name in files if name.endswith(".jsonl")})


CHANGES: dict[str, tuple[Change, str]] = {
    "an amount": (edit("rows/entries.jsonl", b'"amount":"2"', b'"amount":"3"'), "entries 2: saw what hashes to"),
    "a row taken out": (keep("rows/entries.jsonl", lambda all_: all_[:1]), "entries 2: is missing or cannot be read"),
    "a row put in": (keep("rows/entries.jsonl", lambda all_: [*all_, all_[0]]), "entries 3: no event covers it"),
    "rows swapped": (keep("rows/grants.jsonl", lambda all_: all_[::-1]), "grants 1: is missing; number 4 is in"),
    "a table taken away": (without("rows/locks.jsonl"), "locks 1: is missing"),
    "an event taken out": (keep("events.jsonl", lambda all_: all_[:5] + all_[6:]), "events 6: saw number 7"),
    "events cut": (keep("events.jsonl", lambda all_: all_[:-1]), "checkpoints 2: no event covers it"),
    "everything cut": (empty, "events 1: is missing"),
    "an actor": (edit("events.jsonl", b'"actor":"dana"', b'"actor":"cora"'), "says something else than its body"),
    "a body": (edit("events.jsonl", rb"reason\":\"\"", rb"reason\":\"x\""), "its hash is not that of what it says"),
    "no JSON": (edit("events.jsonl", b'{"', b'"'), "events 1: cannot be read"),
    "a document": (lambda files: files.update({DOCUMENT: b"other"}), "is another document"),
    "a document taken away": (without(DOCUMENT), "is missing"),
    "a document put in": (
        lambda files: files.update({f"files/{canonical.sha256('x')}": b"x"}), "is named by nothing",
    ),
    "another company": (edit("proof.json", b"test-company", b"best-company"), "events 1: its hash is not that"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_bundle_is_convicted(small_bundle: Path, name: str) -> None:
    change, cause = CHANGES[name]
    status, said = verified(changed(small_bundle, change))

    assert status == 1
    assert said.startswith("BAD: ")
    assert cause in said


@pytest.fixture(scope="module")
def small_bundle(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One proof, made once: which database it came from makes no difference to its bytes."""
    from tests import stores  # noqa: PLC0415  beside the fixture that shares its books

    folder = tmp_path_factory.mktemp("proof")
    with stores.sqlite(sqlite_template, folder) as url:
        histories.small(stores.founded(url))
        proofs.write(folder / "proof.zip")
    return folder / "proof.zip"


def test_what_was_changed_before_the_export_is_convicted(store: Store, tmp_path: Path) -> None:
    histories.small(store)
    anchor = histories.checkpoint(store)
    anchors = tmp_path / "anchors.jsonl"
    anchors.write_text(f"{anchor.line()}\n")
    path = tmp_path / "proof.zip"
    proofs.write(path)
    assert verified(path, anchors)[0] == 0
    with histories.unguarded():
        tampering.rewrite(6, lambda said: said.update(reason="a better one"), sign=True)
    proofs.write(path)

    assert verified(path)[0] == 0
    assert verified(path, anchors) == (1, "BAD: anchors 1: events 1 to 13 are not those that were signed\n")

    with histories.unguarded():
        tampering.cut(12)
    proofs.write(path)
    assert verified(path, anchors)[1].startswith("BAD: events 12: is missing; 13 were there at")


@pytest.mark.parametrize("change", ["debit = '6000'", "amount = 3 - amount"])
def test_ta_25_entries_that_are_not_what_was_approved_are_convicted(store: Store, tmp_path: Path, change: str) -> None:
    """Count, totals, digests and events agree, since they were made anew: the approved hash does not."""
    histories.small(store)
    with histories.unguarded():
        histories.run(f"UPDATE entries SET {change} WHERE run_no = 1")  # noqa: S608  a change of ours
        for no in (1, 2):
            tampering.rehash("entries", no)
        digest = canonical.of_all(stored.read("entries", 1, 2)["digest"])
        tampering.rewrite(10, lambda said: said["what"]["rows"]["entries"].update(digest=digest), sign=True)
    proofs.write(tmp_path / "proof.zip")

    said = "BAD: runs 1: its entries are not the drafts that were approved\n"
    assert verified(tmp_path / "proof.zip") == (1, said)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers() | st.none())
def test_its_canonical_form_of_a_row_is_that_of_the_books(text: str, number: int | None) -> None:
    row = {"b": None if number is None else str(number), "a": unicodedata.normalize("NFC", text)}

    (written,) = canonical.rows(pl.DataFrame([row], schema={"b": pl.String(), "a": pl.String()}))
    assert verify_proof._canonical(json.loads(written)) == written


@pytest.mark.parametrize("what", ["missing", "no zip", "another zip", "usage"])
def test_what_is_no_proof_ends_with_2(tmp_path: Path, what: str) -> None:
    path = tmp_path / "proof.zip"
    if what == "no zip":
        path.write_text("hello")
    if what == "another zip":
        with zipfile.ZipFile(path, "w") as other:
            other.writestr("a.txt", "hello")

    assert verified(*([] if what == "usage" else [path]))[0] == 2


@given(st.binary(min_size=32, max_size=32), st.text(max_size=20), st.integers(0, 511))
def test_its_signatures_are_those_of_the_library(seed: bytes, words: str, bit: int) -> None:
    key = ed25519.Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw().hex(), key.sign(words.encode())
    other = (int.from_bytes(signature, "little") ^ (1 << bit)).to_bytes(64, "little")

    assert verify_proof._signed(public, words, signature.hex())
    assert not verify_proof._signed(public, words, other.hex())
    assert not verify_proof._signed(public, f"{words}.", signature.hex())


def test_signatures_of_the_standard() -> None:
    """Test 2 of RFC 8032, section 7.1, whose message is the one byte 72, which is the text "r"."""
    public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    signature = (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )

    assert verify_proof._signed(public, "r", signature)
    assert not verify_proof._signed(public, "s", signature)
    assert not verify_proof._signed("zz", "r", signature)
    assert not verify_proof._signed(public, "r", signature[:64])


def test_every_line_of_a_bundle_is_json(small_bundle: Path) -> None:
    with zipfile.ZipFile(small_bundle) as files:
        for name in files.namelist():
            if name.endswith(".jsonl"):
                assert all(json.loads(line) for line in files.read(name).splitlines())
