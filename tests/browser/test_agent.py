"""The agent in a real browser: a question by keyboard beside a screen, its chips, a citation; a flag, a proposal."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from ratable.ledger.review_tables import Acceptance, FlagDisposition, Question
from tests.browser import keyboard
from tests.browser.conftest import Open
from tests.browser.test_accessibility import ASKED, AXE, RULES
from tests.stores import Store
from tests.web import companies
from tests.web import flagged as company


def test_a_question_by_keyboard_a_chip_and_the_clause(store: Store, as_: Open, tmp_path: Path) -> None:
    """UI-40, UI-42."""
    companies.posted(store, tmp_path)
    page = as_("vic")
    page.goto("/roll-forward?period=2026-02&by=customer")
    page.keyboard.press("q")
    expect(page.locator("#panel #q")).to_be_focused()
    page.keyboard.type("Why was revenue deferred for Bolt GmbH in February 2026?")
    page.keyboard.press("Enter")
    expect(page.locator("#panel .sentence").first).to_be_visible()
    assert page.locator("#roll-forward").is_visible()
    assert Question.objects.get().query == "why-deferred"
    page.locator("#panel select[name=customer]").select_option("acme")
    cited = page.locator("#panel a.cite", has_text="clause of C-1-1").first
    expect(cited).to_be_visible()
    cited.click()

    expect(page.locator("#terms + *, #terms ~ *").filter(has_text=companies.HOSTILE).first).to_be_visible()
    assert Question.objects.count() == 1


def test_e_explains_the_figure_that_has_the_focus(store: Store, as_: Open, tmp_path: Path) -> None:
    companies.posted(store, tmp_path)
    page = as_("vic")
    page.goto("/roll-forward?period=2026-02&by=customer")
    page.locator("#roll-forward tbody tr", has_text="acme").locator("td.num a").last.focus()
    page.keyboard.press("e")

    expect(page.locator("#panel select[name=query]")).to_have_value("why-deferred")
    expect(page.locator("#panel .answer.answered")).to_be_visible()


def test_a_flag_is_answered_and_the_next_item_comes(
    store: Store, as_: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = company.reviewed(store, tmp_path, monkeypatch)
    page = as_("dana")
    page.goto(f"/review/{run}?period=2026-03")
    page.locator("#queue tbody tr").first.locator("a[data-panel]").first.click()
    expect(page.locator("#panel .finding").first).to_contain_text("The price is not that of the clause")
    page.locator("#panel input[value=false_alarm]").check()
    page.keyboard.press("r")
    page.locator("#panel #words").fill("as the order form says")
    keyboard.press(page, "Answer")

    expect(page.locator("#panel .flag")).to_contain_text("The entry is odd.")
    expect(page.locator("#queue tbody tr").first).to_contain_text("answered")
    assert FlagDisposition.objects.get().verdict == "false_alarm"


def test_a_proposal_is_read_by_month_and_accepted(
    store: Store, as_: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = company.reviewed(store, tmp_path, monkeypatch)
    page = as_("ben")
    page.goto(f"/review/flags/{company.ids(run)['JC-27']}?period=2026-03")
    expect(page.locator("#proposal table")).to_be_visible()
    page.locator("#proposal input[name=words]").fill("the clause says so")
    page.locator("#proposal button", has_text="Accept the proposal").click()

    keyboard.told(page, "It became import")
    assert Acceptance.objects.get().by == "ben"


def test_the_watchtower_makes_a_review_again(
    store: Store, as_: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """UI-41."""
    company.reviewed(store, tmp_path, monkeypatch)
    page = as_("dana")
    page.goto("/watchtower")
    page.locator("#watchtower tbody tr a").first.click()
    page.locator("main button", has_text="Make it again").click()

    keyboard.told(page, "the same 2 flags")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1024)])
def test_no_screen_of_the_agent_has_a_violation(
    *, store: Store, as_: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str, width: int
) -> None:
    """UI-47."""
    run = company.reviewed(store, tmp_path, monkeypatch, on_entries="blocks")
    flags = company.ids(run)
    page = as_("dana", scheme=scheme, width=width)
    found: list[str] = []
    for address in (
        "/review", f"/review/{run}", f"/review/flags/{flags['JC-27']}?of={run}", f"/review/flags/{flags['JC-05']}",
        f"/review/flags/{flags['JC-27']}/proposal", "/ask?period=2026-02",
        "/ask?period=2026-02&query=why-deferred&customer=acme", "/ask?period=2026-02&query=trend", "/watchtower",
        "/watchtower/reviews/1",
    ):  # fmt: skip
        page.goto(address, wait_until="networkidle")
        page.evaluate(AXE)
        found += [f"{address}: {violation}" for violation in page.evaluate(ASKED, RULES)]

    assert "\n".join(found) == ""
