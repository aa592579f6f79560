"""Reads pages as a test needs them: the cells of a table, what each is worth, and where it leads."""

from html.parser import HTMLParser
from typing import Any

NAMELESS = ""


class _Reader(HTMLParser):
    """Collects the rows of one table: for each cell its text, raw value and link."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.inside, self.part = name, False, ""
        self.rows: list[tuple[str, list[dict[str, str]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "table":
            self.inside = said.get("id") == self.name
        if not self.inside:
            return
        if tag in ("thead", "tbody", "tfoot"):
            self.part = tag
        elif tag == "tr":
            self.rows.append((self.part, []))
        elif tag in ("td", "th") and self.rows:
            self.rows[-1][1].append({"text": "", "value": said.get("data-v", ""), "currency": said.get("data-c", ""),
                                      "link": ""})  # fmt: skip
        elif tag == "a" and self.rows and self.rows[-1][1]:
            self.rows[-1][1][-1]["link"] = said.get("href", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside and self.rows and self.rows[-1][1]:
            self.rows[-1][1][-1]["text"] += data


def _read(answer: Any, name: str) -> _Reader:
    assert answer.status_code == 200, answer.content.decode()[-2000:]
    reader = _Reader(name)
    reader.feed(answer.content.decode())
    return reader


def table(answer: Any, name: str) -> dict[str, list[str]]:
    """The columns of a table by their titles: raw values where there are any, else the text."""
    rows = _read(answer, name).rows
    titles = [cell["text"] for part, row in rows if part == "thead" for cell in row]
    body = [row for part, row in rows if part == "tbody" and len(row) == len(titles)]
    return {title: [row[at]["value"] or row[at]["text"] for row in body] for at, title in enumerate(titles)}


def figures(answer: Any, name: str) -> list[tuple[str, str]]:
    """Every amount of a table that leads somewhere, totals among them: what it is worth, and where it leads."""
    cells = [cell for _, row in _read(answer, name).rows for cell in row]
    return [(cell["value"], cell["link"]) for cell in cells if cell["value"] and cell["link"].startswith("/")]


def amounts(answer: Any, name: str) -> list[tuple[str, dict[str, dict[str, str]]]]:
    """The amounts of each row of a table with the part that it is of, by the title of their column."""
    rows = _read(answer, name).rows
    titles = [cell["text"] for part, row in rows if part == "thead" for cell in row]
    return [
        (part, {title: cell for title, cell in zip(titles, row, strict=False) if cell["currency"]})
        for part, row in rows
        if part != "thead"
    ]


def total(answer: Any, name: str, title: str) -> str:
    """The one total of a column; a table without rows adds nothing."""
    rows = _read(answer, name).rows
    titles = [cell["text"] for part, row in rows if part == "thead" for cell in row]
    sums = [row[titles.index(title)]["value"] for part, row in rows if part == "tfoot"]
    assert len(sums) <= 1, sums
    return sums[0] if sums else ""
