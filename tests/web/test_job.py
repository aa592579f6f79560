"""The page of long work: what it says while it goes on, where it leads, and who sees it."""

import html
import threading
from typing import Any

import pytest

from ratable.api import jobs
from ratable.operations import acts
from tests.stores import Store
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def done(store: Store, work: jobs.Work, person: str = "ben") -> int:
    no = jobs.start("post", store.actor(person), work)
    jobs.finish()
    return no


def test_it_says_its_step_and_asks_again_until_it_is_over(store: Store, signed_in: SignedIn) -> None:
    reached, leave = threading.Event(), threading.Event()

    def work(step: jobs.Step) -> dict[str, Any]:
        step("Posting 42 entries")
        reached.set()
        leave.wait(30)
        return {"says": "Entries 1 to 42 are posted."}

    ben = signed_in("ben")
    no = jobs.start("post", store.actor("ben"), work)
    reached.wait(30)
    try:
        page = text(ben.get(f"/jobs/{no}?next=/review"))
        part = text(ben.get(f"/jobs/{no}?next=/review", headers={"hx-request": "true"}))
    finally:
        leave.set()
        jobs.finish()

    assert "Posting 42 entries" in page
    assert 'hx-trigger="every 700ms"' in page
    assert part.startswith('<div id="job"')
    over = ben.get(f"/jobs/{no}?next=/review", headers={"hx-request": "true"})
    assert over["HX-Redirect"] == "/review"
    assert "Entries 1 to 42 are posted." in text(ben.get("/review"))


def test_without_a_way_on_it_says_what_came_of_it(store: Store, signed_in: SignedIn) -> None:
    no = done(store, lambda _: {"rows": 42, "files": ["a", "b"]})
    page = text(signed_in("ben").get(f"/jobs/{no}"))

    assert "<dt>Rows</dt><dd>42</dd><dt>Files</dt><dd>2</dd>" in page
    assert "hx-trigger" not in page


def test_a_refusal_is_one_sentence(store: Store, signed_in: SignedIn) -> None:
    def refused(_: jobs.Step) -> dict[str, Any]:
        raise acts.Refused("run 3 is <posted>; nothing more is noted on it.")

    answer = signed_in("ben").get(f"/jobs/{done(store, refused)}?next=/review")

    assert "run 3 is <posted>; nothing more is noted on it." in text(answer)
    assert b"<posted>" not in answer.content


def test_it_leads_nowhere_outside(store: Store, signed_in: SignedIn) -> None:
    no = done(store, lambda _: {"says": "x"})
    for place in ("https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"):
        answer = signed_in("ben").get(f"/jobs/{no}", {"next": place})
        assert answer.status_code == 200, place


def test_others_do_not_see_it_but_for_those_who_see_all(store: Store, signed_in: SignedIn) -> None:
    no = done(store, lambda _: {})

    seen = {person: signed_in(person).get(f"/jobs/{no}").status_code for person in ("ben", "dana", "vic", "cora")}
    assert seen == {"ben": 200, "dana": 404, "vic": 404, "cora": 200}
    assert signed_in("ben").get("/jobs/99").status_code == 404
