"""What the pages say is so: rooms are named, links lead somewhere, commands run and print what is shown."""

import re
from pathlib import Path

import pytest

from tests.tidy import consoles, tree

PAGES = tree.files(".md")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<img[^>]*\ssrc=\"([^\"]+)\"")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """The anchors that the headings of a page make."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(page: Path) -> list[str]:
    """Links within the project that lead to no file or to no heading."""
    dead: list[str] = []
    for pair in LINK.findall(FENCE.sub("", page.read_text())):
        link = "".join(pair)
        if "://" in link or link.startswith("mailto:"):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text())):
            dead.append(link)
    return dead


def unnamed_rooms(page: str, rooms: Path) -> list[str]:
    """Folders with code that a page does not name."""
    folders = [path.name for path in rooms.iterdir() if path.is_dir() and any(path.glob("*.py"))]
    return sorted(name for name in folders if f"{name}/" not in page)


def test_every_room_is_named_in_the_architecture() -> None:
    page = (tree.ROOT / "ARCHITECTURE.md").read_text()
    assert unnamed_rooms(page, tree.ROOMS) == []
    assert unnamed_rooms(page, tree.ROOT / "tests") == []


def test_every_link_leads_somewhere() -> None:
    assert [f"{tree.place(page)}: {link}" for page in PAGES for link in dead_links(page)] == []


@pytest.mark.parametrize("page", [page for page in PAGES if consoles.commands(page.read_text())], ids=tree.place)
def test_every_command_prints_what_the_page_says(page: Path, tmp_path: Path) -> None:
    folder = consoles.workplace(tmp_path)
    found = [consoles.disagreement(command, folder) for command in consoles.commands(page.read_text())]
    assert [text for text in found if text] == []


def test_a_room_without_a_name_is_seen(tmp_path: Path) -> None:
    (tmp_path / "attic").mkdir()
    (tmp_path / "attic" / "__init__.py").touch()

    assert unnamed_rooms("core/ and engine/", tmp_path) == ["attic"]
    assert unnamed_rooms("core/ and attic/", tmp_path) == []


def test_a_dead_link_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One room\n[here](page.md#one-room) [gone](gone.md) [nowhere](#two-rooms) [far](https://example.com)\n"
    )

    assert dead_links(page) == ["gone.md", "#two-rooms"]


def test_a_command_that_prints_something_else_is_seen(tmp_path: Path) -> None:
    page = "```console\n$ echo one\none\n$ echo two\nthree\n$ false\n```\n```console exit=3\n$ exit 3\n```\n"
    found = [consoles.disagreement(command, tmp_path) for command in consoles.commands(page)]

    assert [text is None for text in found] == [True, False, False, True]


def test_dots_stand_for_lines_left_out() -> None:
    assert consoles.same(("first", "...", "last"), ["first", "second", "third", "last"])
    assert not consoles.same(("first", "...", "last"), ["first", "second"])
