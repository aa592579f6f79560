"""Flags of the agent in the review queue: what is shown, who may answer, what blocks, what a proposal becomes."""

import csv
import html
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from ratable.api import jobs
from ratable.ledger import flagged, knowledge, models
from ratable.ledger.review_tables import Acceptance, FlagDisposition
from ratable.operations import founding, people
from ratable.review import flags
from ratable.web import queues
from tests.stores import Store
from tests.web import companies, pages
from tests.web import flagged as company
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
TODAY = date(2026, 4, 1)
LINE, ENTRY = "JC-27", "JC-05"


@pytest.fixture
def run(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """A run with a flag on a line and one on an entry; a third check could not run."""
    return company.reviewed(store, tmp_path, monkeypatch)


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def waiting(person: Client) -> int:
    """The count beside Review in the rail."""
    return int(re.findall(r'title="(\d+) waiting for review"', text(person.get("/review")))[0])


def said(verdict: str = "false_alarm", words: str = "as the order form says", **more: str) -> dict[str, str]:
    return {"verdict": verdict, "words": words} | more


def test_the_run_says_what_the_agent_looked_at_and_what_could_not_run(run: int, signed_in: SignedIn) -> None:
    page = text(signed_in("dana").get(f"/review/{run}"))

    entries = models.Draft.objects.filter(run=run).count()
    assert f"{entries} entries, <a" in page
    assert "2 of 3 checks</a>, 2 flags to answer" in page
    assert "Spike in deferred revenue: fewer than 12 months of history." in page


def test_the_file_has_the_flags_as_the_screen_has_them(run: int, signed_in: SignedIn) -> None:
    """The same items in the same order, whatever the filter; what a flag affects is no amount of an entry."""
    dana = signed_in("dana")

    def file(asked: str) -> list[dict[str, str]]:
        return list(csv.DictReader(text(dana.get(f"/review/{run}?{asked}&format=csv")).splitlines()))

    for asked in ("", f"check={LINE}", f"check={ENTRY}"):
        shown = pages.table(dana.get(f"/review/{run}?{asked}"), "queue")["Item"]
        assert [row["about"].removeprefix("contract_lines/") or row["entry"][:8] for row in file(asked)] == shown
    (line,), (entry,) = file(f"check={LINE}"), file(f"check={ENTRY}")
    assert (line["check"], line["class"], line["mark"], line["amount"]) == (LINE, "flags", "open", "")
    assert Decimal(line["affected"]) > 0
    assert (entry["check"], entry["flag"]) == (ENTRY, "")


def test_flags_on_no_entry_stand_first_in_the_queue_and_entries_with_flags_next(run: int, signed_in: SignedIn) -> None:
    rows = pages.table(signed_in("dana").get(f"/review/{run}"), "queue")

    assert rows["Item"][0] == "C-1-1"
    assert rows["Affected"][0] == "12000.00"
    assert rows["What is odd"][1].startswith("The entry is odd.")
    assert [state for state in rows["State"] if state == "to answer"] == ["to answer", "to answer"]


def test_ui_31_the_queue_is_filtered_by_check_and_class(run: int, signed_in: SignedIn) -> None:
    dana = signed_in("dana")

    assert pages.table(dana.get(f"/review/{run}?check={LINE}"), "queue")["Item"] == ["C-1-1"]
    of_entry = pages.table(dana.get(f"/review/{run}?check={ENTRY}"), "queue")
    assert len(of_entry["Item"]) == 1
    assert len(pages.table(dana.get(f"/review/{run}?class=flags"), "queue")["Item"]) == 2
    assert "fits these filters" in text(dana.get(f"/review/{run}?class=blocks"))


def test_a_flag_shows_all_that_it_rests_on_as_links_that_resolve(run: int, signed_in: SignedIn) -> None:
    """UI-32."""
    dana = signed_in("dana")
    answer = dana.get(f"/review/flags/{company.ids(run)[LINE]}?of={run}")
    page = text(answer)

    assert companies.HOSTILE not in answer.content.decode()
    assert f"clause {companies.HOSTILE}" in page
    for words in ("24,000.00 - 12,000.00 = 12,000.00", "Read the clause.", "12,000.00"):
        assert words in page
    for link in ("/contracts/C-1#terms", "/invoices/I-7"):
        assert f'href="{link}"' in page
        assert dana.get(link).status_code == 200


def test_an_answer_is_kept_leads_on_and_leaves_the_count(store: Store, run: int, signed_in: SignedIn) -> None:
    dana, ids = signed_in("dana"), company.ids(run)
    before = waiting(dana)
    answer = dana.post(f"/review/flags/{ids[LINE]}?of={run}", said(until="2026-06-30"))

    assert answer.status_code == 303
    assert "/entries/" in answer["Location"]
    kept = FlagDisposition.objects.get()
    assert (kept.flag, kept.verdict, kept.by, str(kept.until)) == (ids[LINE], "false_alarm", "dana", "2026-06-30")
    assert waiting(dana) == before - 1
    assert "as the order form says" in text(dana.get(f"/review/flags/{ids[LINE]}"))
    assert "as the order form says" in text(signed_in("cora").get(f"/review/flags/{ids[LINE]}"))


def test_a_panel_shows_the_next_item_and_the_row_that_changed(run: int, signed_in: SignedIn) -> None:
    headers = {"HX-Request": "true", "HX-Target": "panel"}
    flag = company.ids(run)[LINE]
    page = text(signed_in("dana").post(f"/review/flags/{flag}?of={run}", said(), headers=headers))

    assert "The entry is odd." in page
    assert f'<tr id="flag-{flag}" hx-swap-oob="true">' in page


@pytest.mark.parametrize(
    ("person", "given", "says"),
    [
        ("vic", said(), "vic is a viewer here and may not answer a flag"),
        ("ben", said(), "ben is a preparer here and may not answer a flag"),
        ("dana", said(words=""), "a reason"),
        ("dana", said("nonsense"), "verdict: saw 'nonsense'"),
        ("dana", said(until="2036-01-01"), "until: saw 2036-01-01"),
        ("dana", said(until="soon"), "until: saw 'soon'"),
    ],
)
def test_a_refused_answer_says_why_and_changes_nothing(
    run: int, signed_in: SignedIn, person: str, given: dict[str, str], says: str
) -> None:
    answer = signed_in(person).post(f"/review/flags/{company.ids(run)[LINE]}?of={run}", given)

    assert answer.status_code == 409
    assert says in text(answer)
    assert not FlagDisposition.objects.exists()


def test_who_may_not_answer_reads_why(run: int, signed_in: SignedIn) -> None:
    """UI-37."""
    page = text(signed_in("vic").get(f"/review/flags/{company.ids(run)[LINE]}?of={run}"))

    assert "may not answer a flag" in page
    assert 'name="verdict"' not in page


def test_whoever_acts_for_another_entity_does_not_see_a_flag(store: Store, run: int, signed_in: SignedIn) -> None:
    founding.grant(store.actor("cora"), "emma", "approver", scope=people.Scope(("eu",)))
    flag = company.ids(run)[LINE]

    assert signed_in("emma").get(f"/review/flags/{flag}").status_code == 404
    assert "C-1-1" not in text(signed_in("emma").get("/review"))


def test_what_blocks_stops_the_approval_and_says_who_may_override(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signed_in: SignedIn
) -> None:
    run = company.reviewed(store, tmp_path, monkeypatch, on_entries=flags.BLOCKS)
    hash_ = models.Run.objects.get(no=run).hash
    dana = signed_in("dana")

    page = text(dana.get(f"/review/{run}"))
    assert "1 flag blocks this run." in page
    assert "cora, dana may approve it despite that, with a reason." in page
    refused = dana.post(f"/review/{run}/decide", {"verb": "approve", "hash": hash_})
    assert refused.status_code == 409
    assert "1 flag blocks it" in text(refused)
    override = {"verb": "approve", "hash": hash_, "despite": "yes", "reason": "agreed with the auditor"}
    assert dana.post(f"/review/{run}/decide", override).status_code == 303
    assert FlagDisposition.objects.get().verdict == flagged.OVERRIDDEN


def test_ui_35_what_is_flagged_is_not_marked_at_once(run: int, signed_in: SignedIn) -> None:
    clean = queues.of(models.Run.objects.get(no=run), "dana").clean

    assert not set(clean["entry"]) & set(flagged.of_run(run, on=TODAY)["subject"])
    assert f"<button>Mark {clean.height} as reviewed" in text(signed_in("dana").get(f"/review/{run}"))


def test_a_proposal_is_shown_by_month_and_becomes_an_import(store: Store, run: int, signed_in: SignedIn) -> None:
    ben, flag = signed_in("ben"), company.ids(run)[LINE]
    shown = ben.get(f"/review/flags/{flag}/proposal")
    months = pages.table(shown, "proposal")

    assert months["Month"][0] == "2026-01"
    for before, change, after in zip(months["Before"], months["Change"], months["After"], strict=True):
        assert Decimal(after) == Decimal(before) + Decimal(change)
    answer = ben.post(f"/review/flags/{flag}/proposal", {"words": "the clause says so"})
    jobs.finish()
    seen = jobs.get(int(answer["Location"].partition("?")[0].rpartition("/")[2]))
    assert seen is not None
    assert seen.state == jobs.DONE, seen.result
    assert Acceptance.objects.get().by == "ben"
    assert knowledge.current("contract_lines").filter(id="C-1-1")["price"].to_list() == [2_400_000]
    assert "It became import" in text(ben.get(f"/review/flags/{flag}"))


def test_a_viewer_reads_a_proposal_and_cannot_accept_it(run: int, signed_in: SignedIn) -> None:
    page = text(signed_in("vic").get(f"/review/flags/{company.ids(run)[LINE]}/proposal"))

    assert "may not accept a proposal" in page
    assert "Accept the proposal" not in page


def test_the_agent_looks_at_a_run_when_it_is_told_to(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signed_in: SignedIn
) -> None:
    company.use(monkeypatch)
    run = companies.proposed(store, tmp_path)
    dana = signed_in("dana")

    assert "The agent has not looked at this run yet." in text(dana.get(f"/review/{run}"))
    assert dana.post(f"/review/{run}/decide", {"verb": "agent"}).status_code == 303
    jobs.finish()
    assert "2 flags to answer" in text(dana.get(f"/review/{run}"))


def test_a_flag_that_nobody_raised_is_none(run: int, signed_in: SignedIn) -> None:
    answer = signed_in("dana").get("/review/flags/nothing")

    assert answer.status_code == 404
    assert "no review raised it" in text(answer)


def test_ui_21_an_affected_amount_leads_to_where_it_is_shown_again(run: int, signed_in: SignedIn) -> None:
    dana = signed_in("dana")
    found = [*pages.figures(dana.get(f"/review/{run}"), "queue"), *pages.figures(dana.get("/review"), "flags")]

    assert any("/review/flags/" in link for _, link in found)
    assert [(amount, link) for amount, link in found if f'data-v="{amount}"' not in dana.get(link).content.decode()
            and f"{Decimal(amount):,}" not in dana.get(link).content.decode()] == []  # fmt: skip
