"""The proof bundle: everything that an auditor needs to verify the books without us, in one .zip.

Worked example: `write(Path("proof.zip"))` puts in events.jsonl, rows/entries.jsonl and a file like it for every other
covered table, files/5d0c... for each imported document, proof.json with the company and the public keys, README.txt,
and verify_proof.py, which needs nothing but Python. The same store gives the same bytes.

A line of rows/ is `{"digest":"...","row":{...}}`, where the digest is SHA-256 over the bytes of the row as they stand
there. The bundle holds what the store holds, sound or not: whether it is sound is for the verifier to say.
"""

import hashlib
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import polars as pl

import ratable
from ratable import proof
from ratable.ledger import canonical, covering, models, stored

RULE = "ratable proof 1"
_VERIFIERS = ("verify_proof.py", "verify_entry.py")
_BEGINNING_OF_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_README = """Proof of the books of {name}

This bundle holds the event log of the books ({events} events), every row that those events cover, and the documents
that were imported. To verify it without the company and without ratable, on any machine with Python 3.11 or later:

    python verify_proof.py proof.zip

It prints OK with counts, or BAD with the first bad row and its cause. Take verify_proof.py from the published source
of ratable instead of from this bundle if you trust neither; both are the same file, of standard-library code alone.

A history that was written and signed anew as a whole looks right in itself. Keep the lines that
`ratable checkpoint --out anchors.jsonl` gave you at each close, and hold every later bundle against them:

    python verify_proof.py proof.zip anchors.jsonl

verify_entry.py is for the proof of one entry, which `ratable proof --entry` writes.

How it is made
  events.jsonl       one event a line. hash = SHA-256 over the parts "1", company, number, previous hash and SHA-256 of
                     the body, each as its length in bytes, a colon and itself. The first previous hash is 64 zeros.
  rows/TABLE.jsonl   one row a line; digest = SHA-256 over the bytes of "row". The body of an event names, by table, the
                     first and the last row that it added, and SHA-256 over their digests (as bytes) in order.
  files/SHA256       documents by their SHA-256, which imports and runs name.
  checkpoints        rows of rows/checkpoints.jsonl: Ed25519 over the canonical JSON of at, company, root, rule
                     ("ratable checkpoint 1") and size, where size is the number of events before the one that made it
                     and root the Merkle root (RFC 6962) over their hashes.
  canonical JSON     names sorted, no spaces, UTF-8, numbers and days as text in rows.
"""


@dataclass(frozen=True)
class Written:
    """A proof bundle as it was written: how many events and covered rows it holds, and its SHA-256."""

    events: int
    rows: int
    sha256: str


def write(path: Path) -> Written:
    """Write the proof bundle of the store, whole or not at all.

    Raises:
        OSError: the file cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(part, "w") as bundle:
            events = _put_rows(bundle, stored.EVENTS, "events.jsonl", _events)
            tables = {table: _put_rows(bundle, table, f"rows/{table}.jsonl", _rows) for table in stored.covered()}
            for sha256 in models.File.objects.order_by("sha256").values_list("sha256", flat=True):
                content = models.File.objects.values_list("content", flat=True).get(sha256=sha256)
                _put(bundle, f"files/{sha256}", bytes(content))
            _put_words(bundle, events, tables)
        with part.open("rb") as made:
            digest = hashlib.file_digest(made, "sha256").hexdigest()
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return Written(events, sum(tables.values()), digest)


def _put_rows(bundle: zipfile.ZipFile, table: str, name: str, lines: Callable[[pl.DataFrame], pl.Series]) -> int:
    """Write each row of a table as a line, and count them."""
    count = 0
    with bundle.open(_member(name), "w", force_zip64=True) as file:
        for part in stored.parts(table):
            written = lines(part)
            file.write("".join(f"{line}\n" for line in written).encode())
            count += written.len()
    return count


def _events(frame: pl.DataFrame) -> pl.Series:
    """Each event as it stands: its body is hashed byte for byte, and so is never put into another normal form."""
    return frame.select(line=pl.struct(pl.all().cast(pl.String)).struct.json_encode())["line"]


def _rows(frame: pl.DataFrame) -> pl.Series:
    """Each row with its digest: the one that it was stored with, or computed where its table keeps none."""
    digest = frame["digest"] if "digest" in frame.columns else covering.digests(frame)
    said = canonical.rows(frame.drop("digest", strict=False).with_columns(pl.col(pl.Binary).bin.encode("hex")))
    return '{"digest":"' + digest + '","row":' + said + "}"


def _put_words(bundle: zipfile.ZipFile, events: int, tables: dict[str, int]) -> None:
    """What the bundle is, for machines and for people, and the verifier itself."""
    company, title = models.Company.objects.values_list("id", "name").get()
    keys = sorted(set(models.Checkpoint.objects.values_list("key", flat=True)))
    said = {
        "code": ratable.__version__, "company": company, "name": title, "rule": RULE, "keys": keys,
        "events": str(events), "tables": {table: str(count) for table, count in tables.items()},
    }  # fmt: skip
    _put(bundle, "proof.json", f"{canonical.text(said)}\n".encode())
    _put(bundle, "README.txt", _README.format(name=title, events=events).encode())
    for name in _VERIFIERS:
        _put(bundle, name, (resources.files(proof) / name).read_bytes())


def _put(bundle: zipfile.ZipFile, name: str, content: bytes) -> None:
    with bundle.open(_member(name), "w") as file:
        file.write(content)


def _member(name: str) -> zipfile.ZipInfo:
    """A file of the bundle, without the time at which it was made, so that the same store gives the same bytes."""
    member = zipfile.ZipInfo(name, _BEGINNING_OF_ZIP_TIME)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member
