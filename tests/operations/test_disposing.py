import pytest

from ratable.ledger import models
from ratable.operations import acts, choices, disposing
from tests.ledger import noticed
from tests.stores import Store


def test_an_answer_is_kept_with_its_reason(store: Store) -> None:
    noticed.on_import(store, noticed.FLOAT)

    disposing.dispose(store.actor("dana", "a draft that never was signed"), 1, "accepted")

    kept = models.Disposition.objects.get()
    assert (kept.finding_id, kept.verdict, kept.reason) == (1, "accepted", "a draft that never was signed")
    assert models.Event.objects.get(no=kept.event_id).subject == "finding 1"


def test_all_findings_of_a_code_are_answered_at_once(store: Store) -> None:
    other = (*noticed.UNPRICED[:3], "C-1-2", *noticed.UNPRICED[4:])
    noticed.on_import(store, noticed.FLOAT, noticed.UNPRICED, other)

    assert disposing.dispose_all(store.actor("dana", "prices are negotiated"), "ssp_missing", "accepted") == 2
    assert sorted(models.Disposition.objects.values_list("finding_id", flat=True)) == [2, 3]


@pytest.mark.parametrize(
    ("person", "reason", "answer", "told"),
    [
        ("ben", "mine", (1, "accepted"), "ben is a preparer here and may not dispose of a finding"),
        ("dana", "", (1, "accepted"), "dispose of finding 1: saw no reason"),
        ("dana", "fine", (1, "ignored"), "verdict: saw 'ignored'; expected resolved or accepted"),
        ("dana", "fine", (7, "accepted"), "finding 7: there is none of that number"),
        ("cora", "fine", (1, "accepted"), "cora made import 1 and cannot answer its findings"),
    ],
)
def test_what_is_refused_changes_nothing(
    store: Store, person: str, reason: str, answer: tuple[int, str], told: str
) -> None:
    noticed.on_import(store, noticed.FLOAT, person="cora")

    with pytest.raises(acts.Refused, match=told):
        disposing.dispose(store.actor(person, reason), *answer)
    assert not models.Disposition.objects.exists()


def test_a_finding_is_answered_once(store: Store) -> None:
    noticed.on_import(store, noticed.FLOAT)
    disposing.dispose(store.actor("dana", "fine"), 1, "accepted")

    with pytest.raises(acts.Refused, match="finding 1: nothing waits for an answer"):
        disposing.dispose(store.actor("dana", "fine"), 1, "resolved")


def test_one_person_in_both_roles_is_a_choice_of_the_company(store: Store) -> None:
    noticed.on_import(store, noticed.FLOAT, person="cora")
    choices.set_choice(store.actor("cora", "nobody else keeps books here"), "single_person", "on")

    disposing.dispose(store.actor("cora", "fine"), 1, "accepted")
    assert models.Disposition.objects.count() == 1
