import pytest

from ratable.ledger import models
from ratable.operations import acts, founding, people
from tests.stores import Store


def test_whoever_begins_the_books_controls_them(store: Store) -> None:
    assert people.role("cora") == "controller"
    assert models.Event.objects.get(no=1).action == "found"


def test_books_are_begun_once(store: Store) -> None:
    before = models.Event.objects.count()

    founding.found(store.actor("eve"), name="Another", company="other")

    assert models.Event.objects.count() == before
    assert people.role("eve") == "none"


def test_roles_are_given_by_those_who_may_and_never_to_oneself(store: Store) -> None:
    with pytest.raises(acts.Refused, match="ben is a preparer here and may not grant a role"):
        founding.grant(store.actor("ben"), "eve", "controller")
    with pytest.raises(acts.Refused, match="cora cannot change the role of cora"):
        founding.grant(store.actor("cora"), "cora", "administrator")

    assert people.role("eve") == "none"
    refusal = models.Event.objects.order_by("-no").first()
    assert (refusal.actor, refusal.action) == ("ben", "refused")


def test_a_role_ends_with_none(store: Store) -> None:
    founding.grant(store.actor("cora"), "ben", "none")

    assert people.denial("ben", "import").startswith("ben has no role here and may not import")
