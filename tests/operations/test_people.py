from datetime import date
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ratable.exports import options
from ratable.ledger import models, verification
from ratable.operations import acts, decide, exporting, founding, manual, people, periods, proving
from tests.ledger import histories
from tests.operations import books, test_manual
from tests.stores import Store

BOTH = {"comment on an entry", "reject a revision", "accept a proposal"}
PREPARES = BOTH | {"import", "correct", "keep a mapping", "propose", "propose a revision", "enter manually"}
APPROVES = BOTH | {
    "review", "approve", "reject", "post", "dispose of a finding", "mark an entry", "approve a revision",
    "answer a flag",
}  # fmt: skip
CLOSES = {"soft-close", "lock", "ask to unlock", "unlock", "set a choice"}
ADMITS = {"grant a role", "invite", "change a webhook"}
LOOKS = {"checkpoint", "make a key", "revoke a key"}
MATRIX = {
    "none": set[str](),
    "viewer": LOOKS,
    "auditor": LOOKS | {"export"},
    "preparer": LOOKS | {"export"} | PREPARES,
    "approver": LOOKS | {"export"} | APPROVES,
    "controller": LOOKS | {"export"} | PREPARES | APPROVES | CLOSES | ADMITS,
    "administrator": LOOKS | {"export"} | ADMITS,
}
SOON = people.Scope((), date(2026, 6, 30))


@pytest.mark.parametrize("role", MATRIX)
def test_a_role_allows_these_acts_and_no_others(store: Store, role: str) -> None:
    founding.grant(store.actor("cora"), "eve", role, None, SOON)
    may = {verb for verb in people.MAY if not people.denial("eve", verb, on=store.clock.now.date())}

    assert may == MATRIX[role]


@pytest.mark.parametrize("role", MATRIX)
def test_an_act_that_a_role_does_not_allow_is_refused_and_logged(store: Store, role: str) -> None:
    founding.grant(store.actor("cora"), "eve", role, None, SOON)
    for verb in sorted(people.MAY.keys() - MATRIX[role]):
        with pytest.raises(acts.Refused, match=f"may not {verb}"), acts.begin(store.actor("eve"), verb):
            raise AssertionError("it was allowed")

        event = models.Event.objects.order_by("-no").first()
        assert (event.actor, event.action) == ("eve", "refused")


def test_it_06_once_there_is_an_administrator_nobody_else_lets_people_in(store: Store) -> None:
    assert people.denial("cora", "grant a role") == ""
    founding.grant(store.actor("cora"), "adam", "administrator")

    assert people.denial("cora", "grant a role") == (
        "cora is a controller here and may not grant a role; that takes an administrator. An administrator gives roles."
    )
    assert people.denial("adam", "grant a role") == ""
    founding.grant(store.actor("adam"), "dana", "viewer")


def test_without_an_administrator_a_controller_stands_in_again(store: Store) -> None:
    founding.grant(store.actor("cora"), "adam", "administrator", None, people.Scope((), date(2026, 4, 1)))

    assert people.denial("cora", "invite", on=date(2026, 4, 1)).startswith("cora is a controller here and may not")
    assert people.denial("cora", "invite", on=date(2026, 4, 2)) == ""


def test_it_10_no_role_holds_both_of_what_is_kept_apart(store: Store) -> None:
    founding.grant(store.actor("cora"), "adam", "administrator")
    for number, role in enumerate(people.ROLES):
        if role != "administrator":
            founding.grant(store.actor("adam"), f"p{number}", role, None, SOON)
    day = store.clock.now.date()
    both = [
        (person, pair) for pair in people.CONFLICTS for person in people.everyone(on=day)
        if not pair.of and not any(people.denial(person, verb, on=day) for verb in (pair.one, pair.other))
    ]  # fmt: skip

    assert both == []
    assert {pair.other for pair in people.CONFLICTS if pair.one == "grant a role"} == PREPARES | APPROVES | CLOSES


@pytest.mark.parametrize("over", ["preparer", "approver", "controller"])
def test_it_10_from_administering_to_finance_takes_two_others(store: Store, over: str) -> None:
    for giver, person in (("cora", "adam"), ("adam", "eve"), ("eve", "fay")):
        founding.grant(store.actor(giver), person, "administrator")
    with pytest.raises(acts.Refused, match=f"adam is an administrator here, and nobody becomes an? {over} from there"):
        founding.grant(store.actor("eve"), "adam", over)
    founding.grant(store.actor("eve"), "adam", "viewer")
    with pytest.raises(acts.Refused, match="eve ended the role of adam as an administrator and cannot make them"):
        founding.grant(store.actor("eve"), "adam", over)
    founding.grant(store.actor("fay"), "adam", over)

    assert people.role("adam") == over
    with pytest.raises(acts.Refused, match="nobody becomes an administrator from there"):
        founding.grant(store.actor("eve"), "adam", "administrator")


def test_nobody_changes_their_own_role(store: Store) -> None:
    founding.grant(store.actor("cora"), "adam", "administrator")
    with pytest.raises(acts.Refused, match="adam cannot change the role of adam; another administrator has to"):
        founding.grant(store.actor("adam"), "adam", "none")


def test_it_07_an_auditor_has_a_last_day(store: Store) -> None:
    for until in (None, date(2027, 4, 3)):
        with pytest.raises(acts.Refused, match="the role of an auditor ends, by 2027-04-02 at the latest"):
            founding.grant(store.actor("cora"), "ada", "auditor", None, people.Scope((), until))
    with pytest.raises(acts.Refused, match="until: saw 2026-03-31, which is over"):
        founding.grant(store.actor("cora"), "ada", "auditor", None, people.Scope((), date(2026, 3, 31)))
    founding.grant(store.actor("cora"), "ada", "auditor", None, people.Scope((), date(2026, 4, 30)))

    assert people.role("ada", on=date(2026, 4, 30)) == "auditor"
    assert people.role("ada", on=date(2026, 5, 1)) == "none"
    assert people.denial("ada", "export", on=date(2026, 5, 1)).startswith("ada has no role here and may not export")
    assert "ada" not in people.everyone(on=date(2026, 5, 1))
    assert verification.verify() == []


def test_today_is_asked_of_the_clock(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    founding.grant(store.actor("cora"), "ada", "auditor", None, people.Scope((), date(2026, 4, 30)))
    monkeypatch.setattr("ratable.operations.clock.now", store.clock)
    assert people.role("ada") == "auditor"

    store.clock.pass_days(30)
    assert people.role("ada") == "none"
    with pytest.raises(acts.Refused, match="ada has no role here and may not checkpoint"):
        proving.checkpoint(store.actor("ada"))


@pytest.fixture
def two(store: Store, tmp_path: Path) -> Store:
    """Books of two entities, posted through January, with Dirk, who controls DE alone."""
    given_ = books.bundle()
    contract = given_["contracts"][0]
    given_["contracts"] = [
        contract | {"id": f"C-{name}", "entity": name, "lines": [contract["lines"][0] | {"id": f"L-{name}"}]}
        for name in ("DE", "US")
    ]  # fmt: skip
    given_["entities"] = [{"id": name, "name": name, "currency": "USD"} for name in ("DE", "US")]
    books.posted(store, tmp_path, given_, "2026-01-31")
    founding.grant(store.actor("cora"), "dirk", "controller", None, people.Scope(("DE",)))
    return store


def test_se_18_a_role_for_one_entity_closes_that_one_alone(two: Store) -> None:
    assert people.entities("dirk") == frozenset({"DE"})
    assert people.entities("cora") is None
    for entity in ("US", None):
        with pytest.raises(acts.Refused, match="dirk acts for DE here and may not soft-close US"):
            periods.soft_close(two.actor("dirk"), "2026-01", entity=entity)
        with pytest.raises(acts.Refused, match="dirk acts for DE here and may not lock US"):
            periods.lock(two.actor("dirk"), "2026-01", entity=entity)
    assert periods.soft_close(two.actor("dirk"), "2026-01", entity="DE") == ("DE",)
    assert periods.lock(two.actor("dirk"), "2026-01", entity="DE").entities == ("DE",)

    periods.lock(two.actor("cora"), "2026-01", entity="US")
    with pytest.raises(acts.Refused, match="may not ask to unlock US"):
        periods.ask_to_unlock(two.actor("dirk", "moved"), "2026-01")
    periods.ask_to_unlock(two.actor("cora", "moved"), "2026-01", entity="US")
    with pytest.raises(acts.Refused, match="may not unlock US"):
        periods.unlock(two.actor("dirk", "agreed"), "2026-01", entity="US")


def test_se_18_a_role_for_one_entity_exports_that_one_alone(two: Store, tmp_path: Path) -> None:
    def asked(entity: str) -> options.Options:
        return options.Options(layout="generic", period="2026-01", out=tmp_path / "out", entity=entity)

    for entity in ("US", ""):
        with pytest.raises(acts.Refused, match="dirk acts for DE here and may not export US"):
            exporting.export(two.actor("dirk"), asked(entity), through=date(2026, 1, 31))
    with pytest.raises(acts.Refused, match="may not export US"):
        proving.proof(two.actor("dirk"), tmp_path / "proof.zip")
    assert exporting.export(two.actor("dirk"), asked("DE"), through=date(2026, 1, 31)).written.files


def test_se_18_a_role_for_one_entity_decides_on_its_entries_alone(two: Store) -> None:
    of_us = test_manual.journal(entity="US", line="L-US")
    with pytest.raises(acts.Refused, match="dirk acts for DE here and may not enter manually US"):
        manual.enter(two.actor("dirk"), of_us, test_manual.GROUND)
    made = manual.enter(two.actor("ben"), of_us, test_manual.GROUND)
    assert made.run is not None
    for act in (
        lambda: decide.review(two.actor("dirk"), made.run or 0),
        lambda: decide.approve(two.actor("dirk"), made.run or 0, made.hash),
        lambda: decide.reject(two.actor("dirk", "no"), made.run or 0),
        lambda: decide.post(two.actor("dirk"), made.run or 0),
    ):
        with pytest.raises(acts.Refused, match="dirk acts for DE here"):
            act()
    assert decide.approvers(made.run) == ["cora", "dana"]
    assert not decide.may_take_up(two.actor("dirk"), made.run)

    own = manual.enter(two.actor("ben"), test_manual.journal(entity="DE", line="L-DE"), test_manual.GROUND)
    assert own.run is not None
    decide.approve(two.actor("dirk"), own.run, own.hash)


def test_an_entity_is_one_that_there_is(two: Store) -> None:
    with pytest.raises(acts.Refused, match="entity: saw 'FR'; expected one of DE, US"):
        founding.grant(two.actor("cora"), "eve", "viewer", None, people.Scope(("DE", "FR")))


NAMES = ("cora", "ben", "dana", "eve")
GRANTS = st.tuples(st.just("grant"), st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(list(MATRIX)))
RUNS = st.tuples(st.just("prepare"), st.sampled_from(NAMES), st.none(), st.none())
APPROVALS = st.tuples(st.just("approve"), st.sampled_from(NAMES), st.none(), st.none())


@given(steps=st.lists(GRANTS | RUNS | APPROVALS, min_size=4, max_size=14))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_12_nobody_ever_approves_their_own_run_whatever_roles_were_given(
    store: Store, steps: list[tuple[str, str, str, str]]
) -> None:
    with transaction.atomic():
        for what, by, person, role in steps:
            try:
                with transaction.atomic():
                    if what == "grant":
                        founding.grant(store.actor(by), person, role, None, SOON)
                    elif what == "prepare":
                        histories.prepare(store, by=by)
                    else:
                        last = models.Run.objects.order_by("-no").first()
                        decide.approve(store.actor(by), last.no if last else 1, last.hash if last else "")
            except acts.Refused:
                continue
        own = models.Decision.objects.filter(verb="approve").values_list("by", "run__prepared_by")
        assert all(by != prepared for by, prepared in own)
        for event in models.Event.objects.filter(action="grant a role"):
            assert event.actor != event.subject
        transaction.set_rollback(True)
