"""A real browser before the real application: Chromium, a waitress, a store of its own for each test.

Whoever is signed in has a session made for them: the sign-in itself is tested once, in tests/browser/test_entrance.py.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import waitress
from django.conf import settings as configured
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from ratable.access import models
from ratable.operations import clock
from ratable.server import application
from tests import stores

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of this machine; `make browser` installs one."""
    # From here on this thread runs an event loop, which Django would take for that of a view.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=found, args=_QUIET)
        yield browser
        browser.close()


@pytest.fixture
def store(
    chromium: Browser, sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[stores.Store]:
    """Books of a company whose clock is that of this machine, as in life; they are shown by several threads."""
    monkeypatch.setenv("RATABLE_SIGNING_KEY", str(tmp_path / "signing.key"))
    with stores.sqlite(sqlite_template, tmp_path) as url:
        made = stores.founded(url)
        yield made


@pytest.fixture
def served(store: stores.Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the application answers."""
    monkeypatch.setattr(clock, "now", store.clock)
    server = waitress.create_server(application.application, host="127.0.0.1", port=0, threads=4)

    def run() -> None:
        with suppress(OSError):  # It waits for connections that are closed below, from another thread.
            server.run()

    running = threading.Thread(target=run, daemon=True)
    running.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    running.join(timeout=10)


@pytest.fixture
def contexts(chromium: Browser) -> Iterator[list[BrowserContext]]:
    """The windows of a test, closed after it."""
    made: list[BrowserContext] = []
    yield made
    for context in made:
        context.close()


@pytest.fixture
def told() -> Iterator[list[str]]:
    """What the browser complains of on any page; a test ends well only where that is nothing."""
    said: list[str] = []
    yield said
    assert said == []


@pytest.fixture
def window(served: str, chromium: Browser, contexts: list[BrowserContext], told: list[str]) -> Open:
    """Opens a window in which nobody is signed in."""

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            told.append(f"{message.type}: {message.text}")

    def open_(*, scheme: str = "light", width: int = 1440) -> Page:
        context = chromium.new_context(
            base_url=served, color_scheme="dark" if scheme == "dark" else "light",
            viewport={"width": width, "height": 900}, permissions=["clipboard-read", "clipboard-write"],
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda fault: told.append(str(fault)))
        page.set_default_timeout(float(os.environ.get("RATABLE_PATIENCE", "30000")))
        return page

    return open_


@pytest.fixture
def as_(served: str, window: Open) -> Open:
    """Opens a window in which a person is signed in."""

    def open_(person: str, **look: object) -> Page:
        # Without a password, as by another provider, who is not asked again before a lock of the next minutes.
        known = models.Account.objects.filter(username=person).first()
        account = known or models.Account.objects.create_user(person)
        client = Client()
        client.force_login(account)
        session = client.session
        session["signed_in_at"] = session["seen_at"] = clock.now().isoformat()
        session.save()
        page = window(**look)
        page.context.add_cookies(
            [{"name": configured.SESSION_COOKIE_NAME, "value": str(session.session_key), "url": served}]
        )
        return page

    return open_
