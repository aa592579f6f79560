import pytest

from ratable.ledger import models
from ratable.operations import acts, choices
from tests.stores import Store


def test_a_choice_is_off_until_a_controller_makes_it(store: Store) -> None:
    assert choices.chosen("single_person") == "off"

    choices.set_choice(store.actor("cora", "nobody else keeps books here"), "single_person", "on")
    assert choices.chosen("single_person") == "on"
    event = models.Event.objects.order_by("-no").first()
    assert (event.actor, event.action, event.subject) == ("cora", "set a choice", "single_person")

    choices.set_choice(store.actor("cora", "Dana joined"), "single_person", "off")
    assert choices.chosen("single_person") == "off"


@pytest.mark.parametrize(
    ("person", "reason", "choice", "told"),
    [
        ("ben", "why not", ("single_person", "on"), "ben is a preparer here and may not set a choice"),
        ("cora", "", ("single_person", "on"), "set single_person: saw no reason"),
        ("cora", "why not", ("single_person", "yes"), "single_person: saw 'yes'; expected off or on"),
        ("cora", "why not", ("color", "red"), "choice: saw 'color'; expected one of single_person"),
        ("cora", "why not", ("single_person", "off"), "single_person is off already"),
    ],
)
def test_what_is_refused_changes_nothing(
    store: Store, person: str, reason: str, choice: tuple[str, str], told: str
) -> None:
    with pytest.raises(acts.Refused, match=told):
        choices.set_choice(store.actor(person, reason), *choice)

    assert not models.Setting.objects.exists()
