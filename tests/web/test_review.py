"""The review queue: what waits, in what order, with what evidence; marks, the decision, and what is refused."""

import html
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from ratable.api import jobs
from ratable.ledger import arithmetic, entries, models, noted
from ratable.operations import drafting, propose
from ratable.web import queues
from tests.ledger import noticed
from tests.operations import books
from tests.stores import Store
from tests.web import pages
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def made(store: Store, tmp_path: Path) -> drafting.Proposed:
    """January is posted; the proposal through March waits, with a line that costs more than before."""
    books.bring(store, tmp_path, books.bundle())
    books.post(store, "2026-01-31")
    return books.propose(store, "2026-03-31")


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def first(made: drafting.Proposed) -> models.Draft:
    found: models.Draft = models.Draft.objects.filter(run=made.run).earliest("no")
    return found


def item(made: drafting.Proposed, draft: models.Draft | None = None) -> str:
    return f"/review/{made.run}/entries/{(draft or first(made)).no}"


def mark(client: Client, made: drafting.Proposed, kind: str, words: str = "", **headers: str) -> Any:
    said = {"kind": kind, "words": words, "hash": made.hash}
    return client.post(item(made), said, headers=headers)


def act(client: Client, made: drafting.Proposed, verb: str, **said: str) -> Any:
    return client.post(f"/review/{made.run}/decide", {"verb": verb, "hash": made.hash} | said)


def test_what_waits_is_listed_with_its_sums(store: Store, made: drafting.Proposed, signed_in: SignedIn) -> None:
    noticed.on_import(store, noticed.FLOAT)
    answer = signed_in("dana").get("/review")

    runs = pages.table(answer, "runs")
    assert (runs["Run"], runs["Prepared by"], runs["May approve"]) == (["run 2"], ["ben"], ["cora, dana"])
    assert runs["Amount"] == [arithmetic.money(made.totals["USD"], "USD")]
    assert pages.table(answer, "findings")["Row"] == ["C-9"]
    (link,) = {link for _, link in pages.figures(answer, "runs") if "/review/" in link}
    assert pages.total(signed_in("dana").get(link), "queue", "Amount") == runs["Amount"][0]


def test_with_nothing_to_do_it_says_what_will_stand_there(store: Store, signed_in: SignedIn) -> None:
    page = text(signed_in("dana").get("/review"))

    assert "No run waits" in page
    assert "No finding waits" in page


def test_the_queue_is_filtered_by_signal_kind_and_month(made: drafting.Proposed, signed_in: SignedIn) -> None:
    dana = signed_in("dana")
    every = pages.table(dana.get(f"/review/{made.run}"), "queue")
    march = pages.table(dana.get(f"/review/{made.run}?month=2026-03&kind=recognition&signal=none"), "queue")

    assert len(every["Item"]) == made.rows
    assert march["For"] == ["2026-03"]
    assert "fits these filters" in text(dana.get(f"/review/{made.run}?signal=by_hand"))


def test_the_file_has_every_row_and_its_signals(made: drafting.Proposed, signed_in: SignedIn) -> None:
    answer = signed_in("dana").get(f"/review/{made.run}?format=csv")
    lines = answer.content.decode().splitlines()

    assert len(lines) == made.rows + 1
    assert lines[0].endswith("amount,affected,check,class,mark,signals,says,risk")


def test_an_entry_shows_what_it_rests_on(made: drafting.Proposed, signed_in: SignedIn) -> None:
    draft = models.Draft.objects.filter(run=made.run, kind="recognition", period="2026-02").get()
    answer = signed_in("dana").get(item(made, draft))
    page = text(answer)

    assert "1,200.00 x 1/6 = 200.00 earned through 2026-02-28, less 100.00 earned before, is 100.00 USD" in page
    assert "the draft is equal" in page
    assert "100.00 USD, the median of what is posted of this kind on the line" in page
    assert pages.table(answer, "peers")["Amount"] == ["100.00"]
    balances = pages.table(answer, "balances")
    assert balances["After it"] == ["1000.00", "200.00"]
    for amount, link in pages.figures(answer, "balances"):
        assert pages.total(signed_in("dana").get(link), "journal", "Adds") == amount, link


def test_a_mark_leads_to_the_next_and_is_kept(made: drafting.Proposed, signed_in: SignedIn) -> None:
    dana = signed_in("dana")
    answer = mark(dana, made, "reviewed")

    assert answer.status_code == 303
    assert answer["Location"] != item(made)
    assert answer["Location"].startswith(f"/review/{made.run}/entries/")
    assert noted.marks(made.run or 0).select("entry", "mark", "by").rows() == [(first(made).entry, "reviewed", "dana")]
    assert f"1 of {made.rows} reviewed" in text(dana.get(f"/review/{made.run}"))
    assert entries.state(made.run or 0) == "review"


def test_in_a_panel_the_next_comes_with_the_row_and_the_progress(made: drafting.Proposed, signed_in: SignedIn) -> None:
    answer = mark(signed_in("dana"), made, "reviewed", hx_request="true", hx_target="panel")
    page = text(answer)

    assert f'<tr id="item-{first(made).no}" hx-swap-oob="true">' in page
    assert f"1 of {made.rows} reviewed" in page
    assert 'data-at="/review/2/entries/' in page
    assert "<html" not in page


def test_a_flag_holds_the_approval_up_until_it_is_answered(made: drafting.Proposed, signed_in: SignedIn) -> None:
    dana, ben = signed_in("dana"), signed_in("ben")
    mark(dana, made, "flagged", HOSTILE)
    page = dana.get(f"/review/{made.run}")

    assert "1 flag has no answer yet" in text(page)
    assert "Approve run at" not in text(page)
    assert "is flagged and not answered" in text(act(dana, made, "approve"))
    shown = ben.get(item(made)).content.decode()
    assert HOSTILE not in shown
    assert html.escape(HOSTILE) in shown
    assert "ben is a preparer here and may not mark an entry" in html.unescape(shown)

    mark(ben, made, "comment", "two seats were added")
    assert "Approve run at" in text(dana.get(f"/review/{made.run}"))


def test_everything_reviewed_approved_and_posted(
    store: Store, made: drafting.Proposed, signed_in: SignedIn
) -> None:  # fmt: skip
    dana = signed_in("dana")
    act(dana, made, "clean")
    for draft in models.Draft.objects.filter(run=made.run):
        if draft.entry not in noted.marks(made.run or 0)["entry"].to_list():
            dana.post(item(made, draft), {"kind": "reviewed", "hash": made.hash})
    page = text(dana.get(f"/review/{made.run}"))
    assert f"All {made.rows} entries reviewed, 0 flagged, ready to approve." in page
    assert made.hash[:12] in page

    assert act(dana, made, "approve").status_code == 303
    posting = act(dana, made, "post")
    jobs.finish()
    assert posting["Location"].startswith("/jobs/")
    done = dana.get(posting["Location"])
    assert done.status_code == 303
    page = text(dana.get(done["Location"]))
    assert "Run 2 is posted" in page
    assert f"Entries 3 to {made.rows + 2} are posted." in page


def test_what_is_without_a_signal_is_marked_at_once(
    made: drafting.Proposed, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    dana = signed_in("dana")
    clean = queues.of(models.Run.objects.get(no=made.run), "dana").clean
    monkeypatch.setattr("ratable.web.screens.review_run._TYPED_ABOVE", 1)

    refused = text(act(dana, made, "clean", typed="7"))
    assert f"count: saw '7'; expected {clean.height}" in refused
    assert not models.ReviewNote.objects.exists()

    act(dana, made, "clean", typed=str(clean.height))
    assert set(noted.marks(made.run or 0)["entry"]) == set(clean["entry"])


def test_a_run_that_was_replaced_says_what_is_different(
    store: Store, made: drafting.Proposed, signed_in: SignedIn
) -> None:  # fmt: skip
    dana = signed_in("dana")
    mark(dana, made, "reviewed")
    again = propose.propose(store.actor("ben"), date(2026, 4, 30))
    page = act(dana, made, "approve")

    assert "run 2 is replaced by a later proposal; to approve it" in text(page)
    assert "What is different now" in text(page)
    assert again.hash[:12] in text(page)
    assert "1 mark of run 2 stays in the log and does not count for run 3." in text(page)
    assert page.status_code == 409
    assert pages.table(dana.get(f"/review/{made.run}"), "changes")["Change"] == ["100.00"]


def test_an_approval_of_another_hash_is_refused(made: drafting.Proposed, signed_in: SignedIn) -> None:
    answer = act(signed_in("dana"), made, "approve", hash="0" * 64)

    assert "look at it again before approving" in text(answer)
    assert entries.state(made.run or 0) == "draft"


def test_whoever_may_not_decide_reads_why_and_who_may(made: drafting.Proposed, signed_in: SignedIn) -> None:
    ben, vic = text(signed_in("ben").get("/review/2")), text(signed_in("vic").get("/review/2"))

    assert "You prepared run 2, and whoever prepares a run does not approve it. cora, dana may approve it." in ben
    assert "vic is a viewer here and may not approve" in vic
    for person in ("ben", "vic"):
        assert "may not" in text(act(signed_in(person), made, "post"))
        assert "may not" in text(act(signed_in(person), made, "approve"))
        assert "may not" in text(mark(signed_in(person), made, "reviewed"))
    assert entries.state(made.run or 0) == "draft"
    assert not models.ReviewNote.objects.exists()


def test_a_run_is_rejected_with_a_reason(made: drafting.Proposed, signed_in: SignedIn) -> None:
    dana = signed_in("dana")
    assert "saw no reason" in text(act(dana, made, "reject"))

    act(dana, made, "reject", reason="wrong quarter")
    assert "wrong quarter" in text(dana.get(f"/review/{made.run}"))
    assert entries.state(made.run or 0) == "reject"


def test_a_finding_is_answered_with_a_reason(store: Store, signed_in: SignedIn) -> None:
    noticed.on_import(store, noticed.FLOAT)
    dana, place = signed_in("dana"), "/review/findings/1"

    assert "Quote the number" in text(dana.get(place))
    assert "saw no reason" in text(dana.post(place, {"verdict": "accepted", "words": " "}))
    assert "may not dispose" in text(signed_in("ben").get(place))
    assert dana.post(place, {"verdict": "accepted", "words": "stays out"}).status_code == 303
    assert models.Disposition.objects.get().reason == "stays out"
    assert "Nothing waits for an answer" in text(dana.get(place))


def test_what_is_not_there_says_so(made: drafting.Proposed, signed_in: SignedIn) -> None:
    dana = signed_in("dana")
    for place in ("/review/9", "/review/findings/9", f"/review/{made.run}/entries/999"):
        assert dana.get(place).status_code == 404, place
