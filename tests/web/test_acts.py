"""An act is done by its button alone: whoever only opens its address is led to the screen that has the button."""

import re
from pathlib import Path

import pytest
from django.contrib.messages import get_messages

from ratable.ledger import models
from ratable.web import urls
from tests.stores import Store
from tests.web import companies
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
PEOPLE = ("ben", "cora", "dana", "vic")
ACTS = {
    "/close/act?period=2026-03&entity=us": "/?period=2026-03&entity=us",
    "/exports/run?period=2026-02&layout=xero": "/exports?period=2026-02&layout=xero",
    "/activity/proof/act?period=2026-02": "/activity/proof?period=2026-02",
    "/people/act?period=2026-02": "/people?period=2026-02",
    "/review/1/decide?period=2026-03": "/review/1?period=2026-03",
}
# What stands for the parts of an address that are named there; of each kind one that is, or one that is not.
NAMED = {"no": "1", "run": "1", "job": "1", "month": "2026-02", "contract": "C-1", "invoice": "I-7", "note": "N-1"}
_PART = re.compile(r"<\w+:(\w+)>")


@pytest.mark.parametrize("person", PEOPLE)
def test_an_act_is_never_done_by_looking(store: Store, tmp_path: Path, signed_in: SignedIn, person: str) -> None:
    companies.proposed(store, tmp_path)
    browser, before = signed_in(person), models.Event.objects.count()

    for address, screen in ACTS.items():
        answer = browser.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (303, screen)
        assert [str(said) for said in get_messages(answer.wsgi_request)] == [
            "Nothing was done yet: press the button again."
        ]
        assert browser.get(screen).headers["Content-Type"].startswith("text/html")
    assert models.Event.objects.count() == before


@pytest.mark.parametrize("person", PEOPLE)
def test_every_address_can_be_opened(store: Store, tmp_path: Path, signed_in: SignedIn, person: str) -> None:
    companies.proposed(store, tmp_path)
    browser = signed_in(person)

    for pattern in urls.urlpatterns:
        address = "/" + _PART.sub(lambda part: NAMED.get(part[1], "x"), str(pattern.pattern))
        answer = browser.get(address)
        assert answer.status_code != 405, address
        # A log that nobody filled yet is an empty file.
        assert answer.content or answer.status_code in (302, 303) or address.endswith(".jsonl"), address
