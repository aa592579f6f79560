from datetime import timedelta
from pathlib import Path

import pytest
from allauth.account.forms import default_token_generator as tokens
from django.test import Client

from ratable.access import invitations
from ratable.access.models import Account
from ratable.ledger import models, verification
from ratable.operations import acts, founding, people
from tests import stores
from tests.access import visitors
from tests.stores import Store

URL = "https://books.example.com"


def followed(link: str, password: str = visitors.PASSWORD) -> Client:
    """The browser of whoever follows a link and chooses a password."""
    visitor = visitors.browser()
    page = visitor.get(link.removeprefix(URL), follow=True)
    assert visitors.inline(page) == []
    where = page.redirect_chain[-1][0] if page.redirect_chain else link.removeprefix(URL)
    visitor.post(where, {"password1": password, "password2": password})
    return visitor


def test_a_person_is_invited_and_chooses_a_password(store: Store) -> None:
    link = invitations.invite(store.actor("cora"), "eve", "approver", URL, ({"USD": 5}, people.EVERYWHERE))

    assert not Account.objects.get(username="eve").has_usable_password()
    assert visitors.is_in(followed(link))
    assert visitors.is_in(visitors.signed_in("eve"))
    assert (people.role("eve"), people.limits("eve")) == ("approver", {"USD": 5})
    assert list(models.Event.objects.order_by("-no").values_list("action", "actor", "subject")[:2]) == [
        ("invite", "cora", "eve"), ("grant a role", "cora", "eve"),
    ]  # fmt: skip


def test_a_link_is_dead_once_used(store: Store) -> None:
    link = invitations.invite(store.actor("cora"), "eve", "viewer", URL)
    followed(link)
    thief = followed(link, "another long password")

    assert not visitors.is_in(thief)
    assert "This link is over" in visitors.text(visitors.browser().get(link.removeprefix(URL)))
    assert visitors.is_in(visitors.signed_in("eve"))


def test_a_link_is_dead_once_there_is_a_later_one(store: Store) -> None:
    first = invitations.invite(store.actor("cora"), "eve", "viewer", URL)
    later = invitations.link(store.actor("cora"), "eve", URL)

    assert not visitors.is_in(followed(first))
    assert visitors.is_in(followed(later))


def test_a_link_is_good_for_three_days(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    link = invitations.invite(store.actor("cora"), "eve", "viewer", URL)
    now = tokens._now()
    monkeypatch.setattr(tokens, "_now", lambda: now + timedelta(days=3, seconds=2))

    assert "This link is over" in visitors.text(visitors.browser().get(link.removeprefix(URL)))


def test_a_new_link_ends_the_old_password_and_its_sessions(store: Store) -> None:
    visitors.account("dana")
    dana = visitors.signed_in("dana")
    invitations.link(store.actor("cora"), "dana", URL)

    assert not visitors.is_in(dana)
    assert visitors.sign_in(visitors.browser(), "dana").status_code == 200


def test_whoever_gives_no_roles_invites_nobody(store: Store) -> None:
    with pytest.raises(acts.Refused, match="dana is an approver here and may not grant a role"):
        invitations.invite(store.actor("dana"), "eve", "controller", URL)
    with pytest.raises(acts.Refused, match="dana is an approver here and may not invite"):
        invitations.link(store.actor("dana"), "cora", URL)
    with pytest.raises(acts.Refused, match="eve has no role here"):
        invitations.link(store.actor("cora"), "eve", URL)

    assert not Account.objects.exists()


@pytest.mark.parametrize("name", ["Eve Adams", "eve/../cora", "", "DANA"])
def test_a_name_is_one_that_can_be_typed_and_told_apart(store: Store, name: str) -> None:
    visitors.account("dana")

    with pytest.raises(acts.Refused, match="person: saw"):
        invitations.invite(store.actor("cora"), name, "viewer", URL)


def test_the_first_start_makes_one_administrator(store: Store) -> None:
    link = invitations.first_link(URL)
    assert link is not None
    assert link.startswith(f"{URL}/accounts/password/reset/key/")
    assert people.role("administrator") == "administrator"

    again = invitations.first_link(URL)
    assert again is not None
    assert not visitors.is_in(followed(link))
    assert visitors.is_in(followed(again))
    assert invitations.first_link(URL) is None
    assert models.Event.objects.filter(action="appoint").count() == 1
    assert verification.verify() == []


def test_the_first_start_leaves_the_administrator_who_is_there(store: Store) -> None:
    founding.grant(store.actor("cora"), "adam", "administrator")

    assert invitations.first_link(URL) is not None
    assert people.role("administrator") == "none"
    assert Account.objects.get().username == "adam"


def test_the_first_start_begins_the_books(sqlite_template: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with stores.sqlite(sqlite_template, empty) as url:
        stores.use(url)
        link = invitations.first_link(URL, person="adam")

        assert link is not None
        assert people.role("adam") == "administrator"
        assert models.Event.objects.get().action == "found"
        assert people.denial("adam", "import").startswith("adam is an administrator here and may not import")


def test_it_01_no_account_begins_with_a_password(store: Store) -> None:
    invitations.first_link(URL)
    invitations.invite(store.actor("administrator"), "eve", "viewer", URL)

    assert [account.has_usable_password() for account in Account.objects.all()] == [False, False]
