"""Sign-in as it is for people: a link that works once, a password of one's own, asked for again before a lock."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from ratable.access import invitations
from ratable.ledger import closed, models
from tests.access import visitors
from tests.browser import keyboard
from tests.browser.conftest import Open
from tests.stores import Store
from tests.web import companies

MONTH = "/?period=2026-01"


def enters(page: Page, link: str) -> None:
    """Carl follows his link and chooses a password; then he signs out, and in again by it."""
    page.goto(link)
    for field in page.locator("input[type=password]").all():
        field.fill(visitors.PASSWORD)
    page.get_by_role("button", name="Keep it and sign in").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/accounts/login/"))
    page.locator("input[name=login]").fill("carl")
    page.locator("input[type=password]").fill(visitors.PASSWORD)
    page.locator("main button").first.click()
    expect(page.locator(".bar .who")).to_have_text("carl, controller")
    page.goto(MONTH)


def test_a_lock_asks_for_the_password_and_is_then_done(store: Store, served: str, window: Open, tmp_path: Path) -> None:
    companies.posted(store, tmp_path)
    link = invitations.invite(store.actor("cora"), "carl", "controller", served)
    page = window()
    enters(page, link)

    page.get_by_role("button", name="Lock Jan 2026").click()
    page.wait_for_url(re.compile("/accounts/reauthenticate/"))
    assert closed.of_month("2026-01", "us") == closed.OPEN
    page.locator("input[type=password]").fill(visitors.PASSWORD)
    page.get_by_role("button", name="Confirm").click()

    page.wait_for_url(re.compile(r"/\?period=2026-01"))
    expect(page.locator(".bar .status")).to_have_text("locked")
    page.goto("/?period=2026-02")
    page.get_by_role("button", name="Lock Feb 2026").click()  # Within five minutes, nobody is asked again.
    page.wait_for_url(re.compile("/jobs/"))
    page.wait_for_url(re.compile(r"/\?period=2026-02"))
    expect(page.locator(".bar .status")).to_have_text("locked")
    assert list(models.Event.objects.filter(action="lock").values_list("actor", flat=True)) == ["carl", "carl"]


def test_whoever_signs_in_again_before_a_lock_comes_back_to_its_button(store: Store, as_: Open, tmp_path: Path) -> None:
    companies.posted(store, tmp_path)
    page = as_("cora")

    page.goto("/close/act?period=2026-01")  # Where the sign-in page sends them.

    keyboard.told(page, "Nothing was done yet: press the button again.")
    page.get_by_role("button", name="Lock Jan 2026").click()
    page.wait_for_url(re.compile("/jobs/"))
    page.wait_for_url(re.compile(r"/\?period=2026-01"))
    expect(page.locator(".bar .status")).to_have_text("locked")
