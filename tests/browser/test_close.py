"""UI-50: a whole close by keyboard alone, by the people it takes: import, review, approve, post, lock, export."""

import re
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, expect

from ratable.ledger import closed, models
from tests.browser import keyboard
from tests.browser.conftest import Open
from tests.ledger import closing
from tests.stores import Store
from tests.web import companies


def imports(page: Page, file: Path) -> None:
    """Ben brings the facts in."""
    page.goto("/imports")
    keyboard.choose_file(page, file)
    keyboard.press(page, "Check")
    keyboard.told(page, "nothing is saved yet")
    keyboard.press(page, "Import")
    page.wait_for_url(re.compile("/imports/1"))


def proposes(page: Page) -> None:
    """Ben proposes January on the first screen."""
    page.goto("/?period=2026-01")
    expect(page.get_by_role("button", name="Propose")).to_be_visible()
    page.keyboard.press("p")
    page.wait_for_url(re.compile("/review"))
    expect(page.locator("main")).to_contain_text("un 1")


def reviews(page: Page) -> None:
    """Dana looks at the entries of the run one after the other, approves it and posts it."""
    page.goto("/review/1?period=2026-01")
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page.locator("#panel").get_by_role("button", name="Reviewed")).to_be_visible()
    page.keyboard.press("a")
    expect(page.locator("#decide")).to_contain_text("1 of ")
    page.keyboard.press("Escape")
    page.goto("/review/1?period=2026-01")
    keyboard.press(page, "Approve run")
    keyboard.told(page, "Approved")
    keyboard.press(page, "Post ")
    page.wait_for_load_state("networkidle")


def locks(page: Page) -> None:
    """Cora locks the month when every step is done."""
    page.goto("/?period=2026-01")
    keyboard.told(page, "Everything is done")
    page.keyboard.press("l")
    page.wait_for_url(re.compile(r"/\?period=2026-01"))
    expect(page.locator(".bar .status")).to_have_text("locked")


def exports(page: Page) -> None:
    """Cora sends the month to the general ledger."""
    keyboard.go(page, "e")
    page.goto("/exports?period=2026-01&layout=generic")
    keyboard.press(page, "Export Jan 2026")
    page.wait_for_url(re.compile("/jobs/"))
    page.wait_for_url(re.compile("/exports"))


def test_a_month_is_closed_by_keyboard_alone_by_three_people(store: Store, as_: Open, tmp_path: Path) -> None:
    store.clock.now = datetime(2026, 4, 1, 9, tzinfo=UTC)
    ben, dana, cora = as_("ben"), as_("dana"), as_("cora")

    imports(ben, closing.written(tmp_path, companies.FACTS))
    proposes(ben)
    ben.goto("/review/1?period=2026-01")
    expect(ben.locator("#decide")).to_contain_text("dana may approve it")
    reviews(dana)
    locks(cora)
    exports(cora)

    acts = list(models.Event.objects.order_by("no").values_list("actor", "action"))
    assert [act for act in acts if act[1] in ("import", "propose", "approve", "post", "lock", "export")] == [
        ("ben", "import"), ("ben", "propose"), ("dana", "approve"), ("dana", "post"), ("cora", "lock"),
        ("cora", "export"),
    ]  # fmt: skip
    assert closed.of_month("2026-01", "us") == closed.LOCKED


def test_a_double_click_proposes_once(store: Store, as_: Open, tmp_path: Path) -> None:
    companies.imported(store, tmp_path)
    page = as_("ben")
    page.goto("/?period=2026-01")
    page.get_by_role("button", name="Propose").dblclick()
    page.wait_for_url(re.compile("/review"))

    assert models.Event.objects.filter(action="propose").count() == 1


def test_going_back_after_an_act_does_not_do_it_again(store: Store, as_: Open, tmp_path: Path) -> None:
    run = companies.proposed(store, tmp_path)
    page = as_("dana")
    page.goto(f"/review/{run}?period=2026-03")
    page.get_by_role("button", name="Approve run").click()
    keyboard.told(page, "Approved")
    page.go_back()
    page.reload()

    assert models.Decision.objects.filter(run=run, verb="approve").count() == 1


def test_a_dropped_connection_loses_nothing_that_was_typed(
    store: Store, as_: Open, tmp_path: Path, told: list[str]
) -> None:
    companies.posted(store, tmp_path)
    page = as_("ben")
    page.goto("/journals/new")
    page.get_by_label("Date", exact=True).fill("2026-03-31")
    for name, place in (("Debit", 1), ("Credit", 2), ("Currency", 1), ("Entity", 1)):
        page.locator("main").get_by_label(name, exact=True).select_option(index=place)
    page.get_by_label("Amount").fill("12.50")
    page.get_by_label("Memo").fill("accrued by hand")
    page.get_by_label("Document").set_input_files(closing.written(tmp_path, "why: the meter broke"))
    page.context.set_offline(offline=True)
    page.get_by_role("button", name="Prepare the journal").click()
    keyboard.told(page, "The server cannot be reached. Nothing was sent, and what you typed is still here.")

    assert page.get_by_label("Memo").input_value() == "accrued by hand"
    assert not models.Run.objects.filter(kind="manual").exists()
    page.context.set_offline(offline=False)
    page.get_by_role("button", name="Prepare the journal").click()
    page.wait_for_url(re.compile("/review"))
    assert models.Run.objects.filter(kind="manual").count() == 1
    told.clear()  # The browser says itself that it was offline.
