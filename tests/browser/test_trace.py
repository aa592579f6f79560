"""UI-22, MS-26: from a balance to the words of the clause in three steps, by mouse and by keys, and back."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.stores import Store
from tests.web import companies


def test_three_steps_lead_from_a_balance_to_the_clause(store: Store, as_: Open, tmp_path: Path) -> None:
    companies.posted(store, tmp_path)
    page = as_("vic")
    page.goto("/roll-forward?period=2026-02&by=customer")
    page.locator("#roll-forward tbody tr", has_text="acme").locator("td.num a").last.click()
    page.locator("#journal tbody tr", has_text="recognition").first.locator("a[data-panel]").first.click()

    expect(page.locator("#panel blockquote")).to_have_text(f"p. 3: {companies.HOSTILE}")
    assert page.locator("#journal").is_visible()


def test_keys_open_an_entry_walk_the_list_and_come_back_to_the_row(store: Store, as_: Open, tmp_path: Path) -> None:
    companies.posted(store, tmp_path)
    page = as_("vic")
    page.goto("/journals?period=2026-01")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("o")
    first = page.locator("#panel dd.id").first
    expect(first).to_be_visible()
    shown = first.inner_text()
    page.keyboard.press("Escape")
    focused = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("j")
    page.keyboard.press("o")

    assert focused == f"/entries/{shown}"
    expect(page.locator("#panel dd.id").first).not_to_have_text(shown)


def test_ui_18_rows_are_copied_as_numbers(store: Store, as_: Open, tmp_path: Path) -> None:
    companies.posted(store, tmp_path)
    page = as_("vic")
    page.goto("/roll-forward?period=2026-02&by=customer")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("c")
    lines = page.evaluate("navigator.clipboard.readText()").split("\n")

    assert lines[0].split("\t")[3:5] == ["Opening", "Billed"]
    assert all(cell.replace(".", "").replace("-", "").isdigit() for cell in lines[1].split("\t")[3:])


def test_ui_01_and_02_figures_line_up(store: Store, as_: Open, tmp_path: Path) -> None:
    companies.posted(store, tmp_path)
    page = as_("vic")
    page.goto("/roll-forward?period=2026-02&by=customer")
    ends = page.evaluate("""() => [...document.querySelectorAll("#roll-forward tbody tr")].map((row) => {
      const cell = row.cells[5];
      const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const at = walker.currentNode.textContent.indexOf(".");
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(walker.currentNode, at);
        range.setEnd(walker.currentNode, at + 1);
        return range.getBoundingClientRect().left;
      }
      return null;
    }).filter((left) => left !== null)""")
    widths = page.evaluate("""() => ["1111", "8888"].map((digits) => {
      const probe = document.querySelector("td.num").appendChild(document.createElement("span"));
      probe.textContent = digits;
      return probe.getBoundingClientRect().width;
    })""")

    assert len(ends) > 1
    assert max(ends) - min(ends) <= 1
    assert widths[0] == widths[1]
