"""Takes the pictures of the pages: the example company in a store, served, and looked at by a real browser.

    python -m tools.screenshots

Worked example: `docs/pictures/close.png` is the first screen as Cora sees it in the month in progress. Run it after the
look has changed, and look at what it wrote.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

_ROOT = Path(__file__).resolve().parent.parent
_PICTURES = _ROOT / "docs" / "pictures"
_PASSWORD = "cora reads the books at nine"  # noqa: S105  of a store that is gone a minute later
_LINK = re.compile(r"cora.*?(http://\S+)", re.IGNORECASE)
_LISTENS = re.compile(r"http://[\d.]+:\d+")
# Picture, address, and whether it is dark.
_SCREENS = (
    ("close", "/", False),
    ("close-dark", "/", True),
    ("review", "/review", False),
    ("roll-forward", "/roll-forward?period=2026-03&by=customer", False),
    ("contract", "/contracts/C-006?period=2026-03", False),
    ("run", "/review/2?period=2026-04", False),
    ("ask", "/ask?query=why-deferred&customer=acme&from=2026-03&to=2026-03&period=2026-04", False),
    ("waterfall", "/waterfall?period=2026-03&by=customer", True),
)


def main() -> None:
    """Write every picture anew."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "ratable", "demo", "--serve", "--port", "0", "--out", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as served:
            try:
                _take(*_told(served))
            finally:
                served.terminate()


def _told(served: "subprocess.Popen[str]") -> tuple[str, str]:
    """Where the application listens, and Cora's link, as it prints them."""
    link = base = ""
    for line in served.stdout or ():
        link = found[1] if (found := _LINK.search(line)) else link
        base = found[0] if (found := _LISTENS.search(line)) else base
        if "Ctrl-C" in line:
            break
    return base, link


def _take(base: str, link: str) -> None:
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        _sign_in(page, link)
        for name, address, dark in _SCREENS:
            page.emulate_media(color_scheme="dark" if dark else "light")
            page.goto(f"{base}{address}", wait_until="networkidle")
            page.screenshot(path=_PICTURES / f"{name}.png")
            print(_PICTURES / f"{name}.png")
        browser.close()


def _sign_in(page: Page, link: str) -> None:
    """Choose a password by the one-time link, and sign in with it."""
    page.goto(link, wait_until="networkidle")
    for field in page.locator("input[type=password]").all():
        field.fill(_PASSWORD)
    page.locator("main button").first.click()
    page.wait_for_load_state("networkidle")
    if page.locator("input[name=login]").count():
        page.locator("input[name=login]").fill("cora")
        page.locator("input[type=password]").fill(_PASSWORD)
        page.locator("main button").first.click()
        page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main()
