"""UI-20, UI-06: a screen on paper says what it shows and of which books, whole; a scale is of the screen alone."""

from pathlib import Path

import pytest
from django.test import Client

from ratable import web
from ratable.ledger import events
from ratable.web import filters
from ratable.web.screens import journals
from tests.stores import Store
from tests.web import companies, pages
from tests.web.conftest import SignedIn

CSS = (Path(str(web.__file__)).parent / "static" / "web" / "print.css").read_text(encoding="utf-8")
TEMPLATES = Path(str(web.__file__)).parent / "templates" / "web"


@pytest.fixture
def ben(store: Store, tmp_path: Path, signed_in: SignedIn) -> Client:
    companies.posted(store, tmp_path)
    return signed_in("ben")


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_ui_20_the_line_under_the_title_says_what_was_asked_and_of_which_books(ben: Client) -> None:
    page = ben.get("/roll-forward?period=2026-02&entity=us&by=customer&known_on=2026-12-31").content.decode()
    line = page.partition('<p class="printed on-paper">')[2].partition("</p>")[0]
    no, hash_, _ = events.last()

    for said in ("entity us", "Feb 2026", "as of 2026-02-28", "as known on 2026-12-31", "by customer", f"event {no}"):
        assert said in line, said
    assert hash_ in line
    assert page.index("<h1>") < page.index("printed on-paper") < page.index("<table")


def test_ui_20_every_screen_with_a_title_has_that_line() -> None:
    titled = {path.name for path in TEMPLATES.glob("*.html") if 'class="head"' in path.read_text(encoding="utf-8")}
    told = {path.name for path in TEMPLATES.glob("*.html") if "web/parts/printed.html" in path.read_text("utf-8")}

    assert titled == told


def test_ui_20_pages_are_numbered_and_headers_come_again() -> None:
    assert 'content: "Page " counter(page) " of " counter(pages)' in CSS
    assert "thead { display: table-header-group; }" in CSS
    assert "tfoot { display: table-row-group;" in CSS


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_paper_has_every_row(ben: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "_AT_A_TIME", 2)
    monkeypatch.setattr(filters, "AT_A_TIME", 1)

    assert "More rows follow" in ben.get("/journals?period=2026-01").content.decode()
    for address in ("/journals?period=2026-01&whole=yes", "/roll-forward?period=2026-02&by=customer&whole=yes"):
        page = ben.get(address).content.decode()
        assert "More rows follow" not in page
        assert page.count("<tr>") > 2


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_ui_06_a_scale_is_kept_by_links_and_left_out_of_files(ben: Client) -> None:
    scaled = ben.get("/journals?period=2026-01&scale=thousands")
    full = ben.get("/journals?period=2026-01")

    assert "<small>thousands</small>" in scaled.content.decode()
    assert '/roll-forward?period=2026-01&amp;scale=thousands"' in scaled.content.decode()
    assert pages.table(scaled, "journal")["Entry"] == pages.table(full, "journal")["Entry"]
    for format_ in ("csv", "json"):
        asked = f"/journals?period=2026-01&format={format_}"
        assert ben.get(f"{asked}&scale=millions").content == ben.get(asked).content
    refused = ben.get("/journals?scale=dozens")
    assert (refused.status_code, "expected one of thousands, millions" in refused.content.decode()) == (404, True)
