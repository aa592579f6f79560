"""UI-47: no screen has a violation that axe-core finds, in light and dark; none complains in the console."""

from importlib import resources
from pathlib import Path

import pytest

from tests.browser.conftest import Open
from tests.browser.screens import SCREENS
from tests.stores import Store
from tests.web import companies

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASKED = """async (tags) => (await axe.run(document, {runOnly: tags})).violations.map(
  (found) => `${found.id}: ${found.help}: ${found.nodes.slice(0, 3).map((node) => node.html).join(" | ")}`)"""


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1024)])
def test_no_screen_has_a_violation(store: Store, as_: Open, tmp_path: Path, scheme: str, width: int) -> None:
    companies.proposed(store, tmp_path)
    page = as_("cora", scheme=scheme, width=width)
    found: list[str] = []
    for address in SCREENS:
        answer = page.goto(address, wait_until="networkidle")
        assert answer is not None
        assert answer.ok, f"{address}: {answer.status}"
        page.evaluate(AXE)
        found += [f"{address}: {violation}" for violation in page.evaluate(ASKED, RULES)]

    assert "\n".join(found) == ""
