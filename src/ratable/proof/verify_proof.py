"""Verifies a proof bundle of ratable offline, with nothing but Python itself: no package, no database, no network.

    python verify_proof.py proof.zip [anchors.jsonl]

Worked example: "OK: 412 events, 90311 rows, 3 files, 12 checkpoints, 0 anchors" and exit status 0; or, where entry 107
was changed, "BAD: entries 107: saw what hashes to 9b1c..., expected 5d0c..." and 1; what is no such bundle ends with 2.
Anchors are lines that `ratable checkpoint --out` wrote earlier and that were kept away from the company: without them a
history that was written and signed anew as a whole cannot be told from the true one. README.txt says what a bundle is.
"""

import hashlib
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FIRST = "0" * 64
FIELDS = ("action", "actor", "at", "on_behalf_of", "reason", "subject")  # Columns that the body of an event repeats.
OPENS, CLOSES = b'{"digest":"', b'","row":'
KEPT_WHOLE = ("checkpoints", "decisions", "imports", "locks", "runs", "settings")
Point = tuple[int, int, int, int]
Row = dict[str, Any]
Ranges = list[tuple[int, int, int, str]]  # Event, first row, last row, digest over all.


class Bad(Exception):
    """The first bad row: table, number and cause."""


# Ed25519 as in RFC 8032: the curve, its base point, and the check of a signature.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def _point(encoded: bytes) -> Point | None:
    """The point (X, Y, Z, T) that 32 bytes stand for, or None."""
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    if len(encoded) != 32 or y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P  # Times a square root of minus one.
    sign = encoded[31] >> 7
    if x * x % P != square or (x == 0 and sign):
        return None
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P


def _added(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, p: Point) -> Point:
    if not number:
        return 0, 1, 1, 0
    twice = _times(number >> 1, _added(p, p))
    return _added(twice, p) if number & 1 else twice


BASE = _point((4 * pow(5, -1, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)


def _signed(key: str, words: str, signature: str) -> bool:
    try:
        public, both = bytes.fromhex(key), bytes.fromhex(signature)
    except ValueError:
        return False
    a, r = _point(public), _point(both[:32])
    s = int.from_bytes(both[32:], "little")
    if a is None or r is None or len(both) != 64 or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(both[:32] + public + words.encode()).digest(), "little") % ORDER
    left, right = _times(s, BASE), _added(r, _times(k, a))
    return all((left[n] * right[2] - right[n] * left[2]) % P == 0 for n in (0, 1))


def _sha256(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _chained(company: str, event: Row) -> str:
    parts = ("1", company, event["no"], event["previous"], _sha256(event["body"]))
    return _sha256("".join(f"{len(part.encode())}:{part}" for part in parts))


def _parsed(text: str | bytes, place: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as fault:
        raise Bad(f"{place}: cannot be read") from fault


def _events(bundle: zipfile.ZipFile, company: str) -> tuple[dict[str, Ranges], list[str], list[str], list[str]]:
    """Check the chain; the rows that each event covers by table, then moment, hash and first draft of each event."""
    ranges: dict[str, Ranges] = {}
    moments, hashes, drafts = [""], [FIRST], ["0"]
    for number, line in enumerate(bundle.open("events.jsonl"), 1):
        event = _parsed(line, f"events {number}")
        said = _parsed(event["body"], f"events {number}")
        checks = (
            (event["no"] == str(number), f"saw number {event['no']}: an event is missing or out of place"),
            (event["previous"] == hashes[-1], "names another event before it than the one that is there"),
            (event["hash"] == _chained(company, event), "its hash is not that of what it says"),
            (event["body"] == _canonical(said), "its body is not in canonical form"),
            (all(event[name] == said[name] for name in FIELDS), "says something else than its body"),
            (event["at"] >= moments[-1], "is earlier than the one before it"),
        )
        for holds, cause in checks:
            if not holds:
                raise Bad(f"events {number}: {cause}")
        for table, its in said["what"].get("rows", {}).items():
            ranges.setdefault(table, []).append((number, int(its["from"]), int(its["to"]), its["digest"]))
        moments.append(event["at"])
        hashes.append(event["hash"])
        drafts.append(said["what"].get("run", {}).get("first", "0"))
    if len(hashes) == 1:
        raise Bad("events 1: is missing")
    return ranges, moments, hashes, drafts


def _roots(hashes: list[str], sizes: set[int]) -> dict[int, str]:
    """The Merkle root (RFC 6962) over the first events, for each asked number of them."""
    found, peaks = {}, []
    for size, content in enumerate(hashes[1:], 1):
        peaks.append(hashlib.sha256(b"\x00" + bytes.fromhex(content)).digest())
        for _ in range((size & -size).bit_length() - 1):
            peaks[-2:] = [_node(*peaks[-2:])]
        if size in sizes:
            root = peaks[-1]
            for peak in reversed(peaks[:-1]):
                root = _node(peak, root)
            found[size] = root.hex()
    return found


def _split(line: bytes, place: str) -> tuple[str, bytes]:
    """The digest that a line states, and the row as it was hashed."""
    stated, content = line[len(OPENS) : len(OPENS) + 64], line[len(OPENS) + 64 + len(CLOSES) : -2]
    if line != OPENS + stated + CLOSES + content + b"}\n":
        raise Bad(f"{place}: is missing or cannot be read")
    seen = hashlib.sha256(content).hexdigest()
    if seen.encode() != stated:
        raise Bad(f"{place}: saw what hashes to {seen[:16]}, expected {stated.decode()[:16]}")
    return stated.decode(), content


def _rows(bundle: zipfile.ZipFile, table: str, ranges: Ranges) -> Iterator[tuple[int, Row]]:
    """Check the rows of a table against the events that cover it, and give each with the number of its event."""
    name, last = f"rows/{table}.jsonl", 0
    lines = iter(bundle.open(name)) if name in bundle.namelist() else iter(())
    for event, first, to, expected in ranges:
        if first != last + 1 or to < first:
            raise Bad(f"events {event}: the rows of {table} that it covers do not follow on")
        whole = hashlib.sha256()
        for last in range(first, to + 1):
            stated, content = _split(next(lines, b""), f"{table} {last}")
            row = _parsed(content, f"{table} {last}")
            if row["no"] != str(last):
                raise Bad(f"{table} {last}: is missing; number {row['no']} is in its place")
            whole.update(bytes.fromhex(stated))
            yield event, row
        if whole.hexdigest() != expected:
            raise Bad(f"{table} {first}: rows {first} to {to} are not those that event {event} covers")
    if next(lines, None) is not None:
        raise Bad(f"{table} {last + 1}: no event covers it")


def _files(bundle: zipfile.ZipFile, kept: Row) -> int:
    named = {value for _, row in kept["imports"] for value in json.loads(row["files"]).values()}
    named |= {row["support"] for _, row in kept["runs"] if row["support"]}
    there = {name[6:] for name in bundle.namelist() if name.startswith("files/")}
    for name in sorted(there):
        if hashlib.sha256(bundle.read(f"files/{name}")).hexdigest() != name:
            raise Bad(f"files {name}: is another document")
    if named != there:
        raise Bad(f"files {min(named ^ there)}: is {'missing' if min(named ^ there) in named else 'named by nothing'}")
    return len(there)


def _checkpoints(kept: Row, anchors: list[Row], moments: list[str], hashes: list[str]) -> None:
    """Check the anchors from outside and the checkpoints of the bundle: company, signature, root, and known keys."""
    company, trusted = kept["company"], {anchor["key"] for anchor in anchors}
    signed = [(f"anchors {number}", anchor) for number, anchor in enumerate(anchors, 1)]
    for event, row in kept["checkpoints"]:
        own = {"company": company, "size": str(event - 1), "at": moments[event]}
        signed.append((f"checkpoints {row['no']}", row | own))
    roots = _roots(hashes, {int(one["size"]) for _, one in signed})
    for place, one in signed:
        words = {name: one[name] for name in ("at", "company", "root", "size")} | {"rule": "ratable checkpoint 1"}
        if one["company"] != company:
            raise Bad(f"{place}: is of another company")
        if not _signed(one["key"], _canonical(words), one["signature"]):
            raise Bad(f"{place}: its signature does not hold")
        if int(one["size"]) >= len(hashes):
            raise Bad(f"events {len(hashes)}: is missing; {one['size']} were there at {one['at']}, as {place} says")
        if roots.get(int(one["size"])) != one["root"]:
            raise Bad(f"{place}: events 1 to {one['size']} are not those that were signed")
        if trusted and one["key"] not in trusted:
            raise Bad(f"{place}: is signed by a key that no anchor knows")


def _approved(run: Row, kept: Row) -> tuple[int, bool]:
    """The event that posted a run, 0 if none, and whether one who may had approved it at its hash before."""
    own = [(event, row) for event, row in kept["decisions"] if row["run_no"] == run["no"]]
    posted = next((event for event, row in own if row["verb"] == "post"), 0)
    given = [(event, row) for event, row in own if row["verb"] == "approve" and row["hash"] == run["hash"]]
    return posted, any(event < posted and _allowed(event, row, run, kept) for event, row in given)


def _allowed(event: int, approval: Row, run: Row, kept: Row) -> bool:
    """Whether an approval is by another person, or by the preparer where the company let one person act then."""
    if approval["by"] != run["prepared_by"]:
        return True
    chosen = [row["value"] for at, row in kept["settings"] if row["name"] == "single_person" and at < event]
    return approval["override"] == "true" and chosen[-1:] == ["on"]


def _entries(bundle: zipfile.ZipFile, ranges: Ranges, kept: Row) -> int:
    """Check the right of each entry: posted from an approved run, in an open period, and just as it was approved."""
    runs: dict[str, Any] = {row["no"]: (row, *_approved(row, kept), {}, []) for _, row in kept["runs"]}
    first = {row["no"]: int(kept["drafts"][event]) for event, row in kept["runs"]}
    closed: dict[int, dict[tuple[str, str], str]] = {}
    count = 0
    for count, (event, row) in enumerate(_rows(bundle, "entries", ranges), 1):
        _, posted, held, totals, digests = runs.get(row["run_no"], ({}, 0, False, {}, []))
        if event not in closed:
            before = [lock for at, lock in kept["locks"] if at < event and lock["state"] in ("locked", "reopened")]
            closed[event] = {(lock["book"], lock["entity"]): lock["through"] or "" for lock in before}
        if posted != event or not held:
            raise Bad(f"entries {count}: comes from run {row['run_no']}, which was not approved and posted")
        if row["date"] <= closed[event].get((row["book"], row["entity"]), ""):
            raise Bad(f"entries {count}: is dated {row['date']}, in a period that was locked")
        if int(row["amount"]) <= 0 or row["debit"] == row["credit"]:
            raise Bad(f"entries {count}: is no amount above zero between two accounts")
        totals[row["currency"]] = totals.get(row["currency"], 0) + int(row["amount"])
        # The draft that it was: under another number, and not yet posted on a day.
        draft = row | {"no": str(first[row["run_no"]] + len(digests))}
        digests.append(_sha256(_canonical({name: draft[name] for name in draft if name != "known_on"})))
    for run, posted, _, totals, digests in runs.values():
        expected = {currency: int(total) for currency, total in json.loads(run["totals"]).items()}
        seen = hashlib.sha256(bytes.fromhex("".join(digests))).hexdigest()
        if posted and (seen != run["hash"] or len(digests) != int(run["rows"]) or totals != expected):
            raise Bad(f"runs {run['no']}: its entries are not the drafts that were approved")
    return count


def verify(path: str, anchors: list[Row]) -> str:
    """Check a bundle; counts of what was checked."""
    with zipfile.ZipFile(path) as bundle:
        kept: Row = {"company": json.loads(bundle.read("proof.json"))["company"]}
        ranges, moments, hashes, kept["drafts"] = _events(bundle, kept["company"])
        tables = {name[5:-6] for name in bundle.namelist() if name.startswith("rows/")} | set(ranges) | set(KEPT_WHOLE)
        others = sorted(tables - {"entries"})
        for table in others:
            rows = _rows(bundle, table, ranges.get(table, []))
            kept[table] = list(rows) if table in KEPT_WHOLE else [None for _ in rows]
        _checkpoints(kept, anchors, moments, hashes)
        documents = _files(bundle, kept)
        total = _entries(bundle, ranges.get("entries", []), kept) + sum(len(kept[table]) for table in others)
    checkpoints = f"{len(kept['checkpoints'])} checkpoints, {len(anchors)} anchors"
    return f"{len(moments) - 1} events, {total} rows, {documents} files, {checkpoints}"


def main(arguments: list[str]) -> int:
    """Verify what was named; the exit status."""
    if len(arguments) not in (1, 2):
        sys.stderr.write("usage: python verify_proof.py proof.zip [anchors.jsonl]\n")
        return 2
    try:
        lines = [line for path in arguments[1:] for line in Path(path).read_text("utf-8").splitlines()]
        anchors = [json.loads(line) for line in lines if line.strip()]
        sys.stdout.write(f"OK: {verify(arguments[0], anchors)}\n")
    except Bad as bad:
        sys.stdout.write(f"BAD: {bad}\n")
        return 1
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError) as fault:
        sys.stderr.write(f"{arguments[0]}: no proof bundle that can be read: {fault!r}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
