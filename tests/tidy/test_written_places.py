"""Nothing that we keep names a place on somebody's machine, or the host that a package came from."""

import re

from tests.tidy import tree

# Written in pieces, so that this page passes its own check.
FOLDERS = ("root", "home", "Users", "work", "farm", "opt", "mnt")
MACHINE = re.compile(r"(?<![\w.~/:-])/(" + "|".join(FOLDERS) + r")/[\w.]|[A-Z]:\\\\?Users")
HOSTS = re.compile(r"pypi" + r"\.org|python" + r"hosted\.org|/simp" + r"le/|(?<!emit)-index-u" + r"rl")
PICTURES = {".png", ".jpg", ".xlsx", ".parquet", ".zip", ".ico", ".woff2"}


def places_named(text: str) -> list[str]:
    return [
        f"line {number}: {line.strip()[:80]}"
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE.search(line) or HOSTS.search(line)
    ]


def test_no_file_names_a_machine_or_an_index_host() -> None:
    texts = {tree.place(path): path.read_text() for path in tree.files() if path.suffix not in PICTURES}
    assert [f"{place}, {found}" for place, text in texts.items() for found in places_named(text)] == []


def test_the_lock_names_no_address() -> None:
    assert "://" not in (tree.ROOT / "requirements.lock").read_text()


def test_a_place_is_seen() -> None:
    assert places_named("see /" + "home/anna/books") != []
    assert places_named("--index-u" + "rl of our own") != []
    assert places_named("https://files.python" + "hosted.org/x") != []
    assert places_named("docs/home/page.md and --no-emit-index-u" + "rl") == []
