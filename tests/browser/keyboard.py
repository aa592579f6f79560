"""A person who has a keyboard and nothing else."""

from pathlib import Path

from playwright.sync_api import Page, expect

_MOST = 400  # Presses of Tab that no page should need.
_NAMED = """(wanted) => {
  const here = document.activeElement;
  if (!here || here === document.body) return false;
  const box = here.getBoundingClientRect();
  const seen = box.width > 0 && box.height > 0;
  const named = !wanted.says || here.innerText.trim().startsWith(wanted.says);
  return seen && named && here.matches(wanted.selector);
}"""


def tab_to(page: Page, says: str = "", selector: str = "a, button, summary") -> None:
    """Press Tab until something that can be seen and says these words has the focus (WCAG 2.4.11)."""
    for _ in range(_MOST):
        page.keyboard.press("Tab")
        if page.evaluate(_NAMED, {"selector": selector, "says": says}):
            return
    raise AssertionError(f"Tab never reaches {says or selector!r} on {page.url}")


def press(page: Page, says: str, key: str = "Enter") -> None:
    """Go to a button by Tab and press it."""
    tab_to(page, says, "main button, #panel button")
    page.keyboard.press(key)


def go(page: Page, letter: str) -> None:
    """To another screen by `g` and its letter."""
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("g")
        page.keyboard.press(letter)


def choose_file(page: Page, file: Path) -> None:
    """Open the chooser of the page's file field, and choose."""
    tab_to(page, selector="input[type=file]")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(file)


def told(page: Page, words: str) -> None:
    """Wait until the page says something."""
    expect(page.get_by_text(words).first).to_be_visible()
