from collections.abc import Callable
from datetime import date, timedelta

import pytest

from ratable.access import keys
from ratable.access.models import Account, ServiceKey
from ratable.ledger import models, verification
from ratable.operations import acts, founding
from tests.access import visitors
from tests.stores import Store

LAST = date(2026, 12, 31)


def test_a_key_tells_whose_it_is(store: Store) -> None:
    token = keys.make(store.actor("ben"), "ben", "nightly", {"import", "read"}, LAST)

    assert len(token) == 47
    assert keys.known(token, store.clock()) == keys.Known("ben", frozenset({"import", "read"}), "nightly")


def test_its_text_is_kept_nowhere(store: Store) -> None:
    token = keys.make(store.actor("ben"), "ben", "nightly", {"read"}, LAST)
    event = models.Event.objects.order_by("-no").first()
    row = ServiceKey.objects.get()

    assert (event.actor, event.action, event.subject) == ("ben", "make a key", "nightly of ben")
    assert row.sha256 in event.body
    assert token not in event.body
    assert token not in str(ServiceKey.objects.values().get())
    assert token.startswith(row.prefix)
    assert verification.verify() == []


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t[:-1] + "!", lambda t: t[4:], lambda _: "", str.upper])
def test_no_other_text_is_known(store: Store, change: Callable[[str], str]) -> None:
    token = keys.make(store.actor("ben"), "ben", "nightly", {"read"}, LAST)

    assert keys.known(change(token), store.clock()) is None


def test_a_key_ends_with_its_last_day(store: Store) -> None:
    token = keys.make(store.actor("ben"), "ben", "nightly", {"read"}, store.clock.now.date() + timedelta(days=1))

    assert keys.known(token, store.clock() + timedelta(days=1)) is not None
    assert keys.known(token, store.clock() + timedelta(days=2)) is None


def test_a_revoked_key_is_dead(store: Store) -> None:
    token = keys.make(store.actor("ben"), "ben", "nightly", {"read"}, LAST)
    keys.revoke(store.actor("ben"), ServiceKey.objects.get().pk)

    assert keys.known(token, store.clock()) is None
    assert models.Event.objects.order_by("-no").first().action == "revoke a key"
    with pytest.raises(acts.Refused, match="was revoked already"):
        keys.revoke(store.actor("ben"), ServiceKey.objects.get().pk)
    with pytest.raises(acts.Refused, match="there is none of that number"):
        keys.revoke(store.actor("ben"), 99)


def test_it_03_a_key_ends_with_the_role_or_the_account_of_its_person(store: Store) -> None:
    visitors.account("dana")
    of_ben = keys.make(store.actor("ben"), "ben", "nightly", {"read"}, LAST)
    of_dana = keys.make(store.actor("dana"), "dana", "nightly", {"read"}, LAST)
    founding.grant(store.actor("cora"), "ben", "none")
    Account.objects.filter(username="dana").update(is_active=False)

    assert keys.known(of_ben, store.clock()) is None
    assert keys.known(of_dana, store.clock()) is None


def test_when_it_was_used_is_kept_to_the_minute(store: Store) -> None:
    token = keys.make(store.actor("ben"), "ben", "nightly", {"read"}, LAST)
    first = store.clock()
    keys.known(token, first)
    keys.known(token, first + timedelta(seconds=59))
    assert ServiceKey.objects.get().last_used_at == first

    keys.known(token, first + timedelta(seconds=60))
    assert ServiceKey.objects.get().last_used_at == first + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("person", "scopes", "last", "says"),
    [
        ("ben", {"everything"}, LAST, "scope: saw everything; expected some of read"),
        ("ben", set(), LAST, "scope: saw none"),
        ("vic", {"decide"}, LAST, "scope decide: vic is a viewer here and may not"),
        ("vic", {"import"}, LAST, "scope import: vic is a viewer here"),
        ("ben", {"read"}, date(2027, 4, 3), "expiry: saw 2027-04-03; expected a day from 2026-04-01 to 2027-04-02"),
        ("ben", {"read"}, date(2026, 3, 31), "expiry: saw 2026-03-31"),
        ("eve", {"read"}, LAST, "eve has no role here"),
    ],
)
def test_a_key_opens_what_its_person_may_for_a_year_at_most(
    store: Store, person: str, scopes: set[str], last: date, says: str
) -> None:
    with pytest.raises(acts.Refused, match=says):
        keys.make(store.actor(person if person != "eve" else "cora"), person, "nightly", scopes, last)

    assert not ServiceKey.objects.exists()


def test_it_12_nobody_holds_a_key_that_decides_as_somebody_else(store: Store) -> None:
    founding.grant(store.actor("cora"), "adam", "administrator")
    founding.grant(store.actor("adam"), "bot", "approver")

    with pytest.raises(acts.Refused, match="ben makes keys of their own alone"):
        keys.make(store.actor("ben"), "bot", "nightly", {"read"}, LAST)
    with pytest.raises(acts.Refused, match="adam would hold a key that acts as bot"):
        keys.make(store.actor("adam"), "bot", "nightly", {"decide"}, LAST)
    visitors.account("dana")
    with pytest.raises(acts.Refused, match="dana signs in here and makes their own keys"):
        keys.make(store.actor("adam"), "dana", "nightly", {"read"}, LAST)

    assert not ServiceKey.objects.exists()


def test_it_09_a_program_has_a_key_of_its_own_name(store: Store) -> None:
    founding.grant(store.actor("cora"), "bot", "preparer")
    token = keys.make(store.actor("cora"), "bot", "nightly", {"import"}, LAST)

    assert keys.known(token, store.clock()) == keys.Known("bot", frozenset({"import"}), "nightly")
    with pytest.raises(acts.Refused, match="bot has a key 'nightly' already"):
        keys.make(store.actor("cora"), "bot", "nightly", {"import"}, LAST)
    with pytest.raises(acts.Refused, match="the key 'nightly' belongs to bot; ben is a preparer here"):
        keys.revoke(store.actor("ben"), ServiceKey.objects.get().pk)
    keys.revoke(store.actor("cora"), ServiceKey.objects.get().pk)
    assert keys.known(token, store.clock()) is None
