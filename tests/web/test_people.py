"""People: seen by those who may, changed by those who give roles, and nobody by themselves."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, override_settings

from ratable.access import keys, models
from ratable.operations import clock, people
from tests.access import visitors
from tests.stores import Store
from tests.web import companies, pages
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    """Nothing is counted from one test to the next, and hashing is quick."""
    cache.clear()
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


def confirmed(person: str) -> Client:
    """The browser of a person who signed in and has just typed their password again."""
    visitors.account(person)
    browser = visitors.signed_in(person)
    browser.post("/accounts/reauthenticate/", {"password": visitors.PASSWORD})
    return browser


@pytest.fixture
def cora(store: Store) -> Client:
    return confirmed("cora")


def act(browser: Client, verb: str, **said: object) -> HttpResponse:
    answer: HttpResponse = browser.post("/people/act", {"verb": verb, **said}, follow=True)
    return answer


def test_everybody_stands_in_the_table_and_in_the_access_review(cora: Client, store: Store) -> None:
    table = pages.table(cora.get("/people"), "people")
    assert dict(zip(table["Person"], table["Role"], strict=True)) == {
        "ben": "preparer", "cora": "controller", "dana": "approver", "vic": "viewer",
    }  # fmt: skip

    header, *lines = cora.get("/people?format=csv").content.decode().splitlines()
    assert header.startswith("person,role,entities,until,limits")
    assert "propose and approve: never the same run" in lines[1]


def test_a_role_is_given_with_its_bounds_and_ended(cora: Client) -> None:
    page = act(cora, "grant", person="dana", role="approver", limits="USD 50,000.00; JPY 700", until="2026-12-31",
               reason="she leaves then")  # fmt: skip

    assert "dana is approver from now on." in page.content.decode()
    held = people.held("dana")
    assert (held.limits, str(held.scope.until)) == ({"USD": 5_000_000, "JPY": 700}, "2026-12-31")
    assert "USD 50,000.00" in cora.get("/people/dana").content.decode()

    act(cora, "end", person="dana")
    assert people.role("dana") == people.NONE


def test_an_invitation_shows_its_link_once_and_it_lets_in(cora: Client) -> None:
    page = act(cora, "invite", person="eve", role="preparer")
    link = page.content.decode().split('value="http')[1].split('"')[0]

    assert people.role("eve") == "preparer"
    assert visitors.browser().get(f"http{link}", follow=True).status_code == 200
    assert link not in cora.get("/people/eve").content.decode()


def test_a_key_is_shown_once_opens_what_it_says_and_ends(cora: Client) -> None:
    until = (clock.now().date() + timedelta(days=30)).isoformat()
    page = act(cora, "key", person="cora", name="nightly", scope=["export", "read"], until=until).content.decode()
    token = page.split('value="rtb_')[1].split('"')[0]

    known = keys.known(f"rtb_{token}", clock.now())
    assert known is not None
    assert (known.person, known.scopes) == ("cora", frozenset({"export", "read"}))
    assert token not in cora.get("/people/cora").content.decode()

    act(cora, "revoke", key=models.ServiceKey.objects.get().pk)
    assert keys.known(f"rtb_{token}", clock.now()) is None


def test_nobody_changes_their_own_role_and_the_page_says_who_can(cora: Client) -> None:
    assert "You cannot change your own role" in cora.get("/people/cora").content.decode()

    refused = act(cora, "grant", person="cora", role="administrator")
    assert "cora cannot change the role of cora" in refused.content.decode()
    assert people.role("cora") == "controller"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"role": "boss"}, "role: saw"),
        ({"role": "approver", "limits": "many dollars"}, "limit: saw"),
        ({"role": "viewer", "until": "soon"}, "until: saw"),
        ({"role": "auditor"}, "the role of an auditor ends"),
    ],
)
def test_what_cannot_be_given_is_said_and_changes_nothing(cora: Client, said: dict[str, str], words: str) -> None:
    answer = act(cora, "grant", person="dana", **said)

    assert answer.status_code == 409
    assert words in answer.content.decode()
    assert people.role("dana") == "approver"


def test_others_read_and_are_told_who_acts(store: Store, signed_in: SignedIn) -> None:
    ben = confirmed("ben")

    assert "ben is a preparer here and may not grant a role" in ben.get("/people").content.decode()
    assert "ben is a preparer here and may not grant a role" in ben.get("/people/dana").content.decode()
    assert "may not grant a role" in act(ben, "grant", person="vic", role="controller").content.decode()
    assert people.role("vic") == "viewer"
    vic = signed_in("vic")
    assert vic.get("/people").status_code == 403
    assert vic.get("/people/cora").status_code == 404


def test_whoever_has_not_shown_lately_that_it_is_they_is_asked_first(store: Store) -> None:
    visitors.account("cora")
    cora = visitors.signed_in("cora")

    answer = cora.post("/people/act", {"verb": "end", "person": "dana"})

    assert "/accounts/reauthenticate/" in answer.headers["Location"]
    assert people.role("dana") == "approver"


def test_hostile_names_and_unknown_acts_are_text(cora: Client) -> None:
    for answer in (act(cora, companies.HOSTILE), act(cora, "invite", person=companies.HOSTILE, role="viewer")):
        assert answer.status_code == 409
        assert companies.HOSTILE not in answer.content.decode()
