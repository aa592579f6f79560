from datetime import date

from ratable.access import keys, roster
from ratable.operations import founding, people
from tests.access import visitors
from tests.stores import Store


def test_everybody_is_listed_with_what_they_may_and_how_they_come_in(store: Store) -> None:
    founding.grant(store.actor("cora"), "dana", "approver", {"USD": 5}, people.Scope(("DE",), date(2026, 6, 30)))
    visitors.account("dana")
    visitors.signed_in("dana")
    keys.make(store.actor("dana"), "dana", "nightly", {"read"}, date(2026, 6, 30))
    founding.grant(store.actor("cora"), "vic", "none")
    listed = {person.name: person for person in roster.everyone()}

    assert list(listed) == ["ben", "cora", "dana", "vic"]
    dana = listed["dana"]
    assert (dana.role, dana.entities, dana.until, dana.limits) == ("approver", ("DE",), date(2026, 6, 30), {"USD": 5})
    assert dana.last_sign_in is not None
    assert (dana.account, dana.second_factor) == (True, False)
    assert [key.name for key in dana.keys] == ["nightly"]
    assert dana.conflicts == ()
    assert (listed["vic"].role, listed["vic"].account) == ("none", False)
    assert "propose and approve: never the same run" in listed["cora"].conflicts


def test_keys_that_are_over_are_not_listed(store: Store) -> None:
    keys.make(store.actor("ben"), "ben", "first", {"read"}, date(2026, 4, 1))
    keys.make(store.actor("ben"), "ben", "second", {"read"}, date(2026, 6, 30))
    keys.revoke(store.actor("ben"), keys.kept("ben")[1].pk)
    store.clock.pass_days(1)

    assert [person.keys for person in roster.everyone() if person.name == "ben"] == [()]
