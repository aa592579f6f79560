from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ratable.ledger import closed, flagged, models, verification
from ratable.ledger.review_tables import FlagDisposition
from ratable.operations import acts, answering, choices, decide, noting, people, periods, propose, reviewing
from ratable.review import flags
from tests.operations import books as steps
from tests.operations import reviewed
from tests.operations.agreed import BUNDLE
from tests.stores import Store

TODAY = date(2026, 4, 1)


@pytest.fixture
def books(store: Store, tmp_path: Path) -> Store:
    """One contract of 100.00 a month, with January waiting as run 1."""
    steps.proposed(store, tmp_path, BUNDLE, "2026-01-31")
    return store


@pytest.fixture
def odd(books: Store, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of a flag on run 1 that asks for a look."""
    reviewed.use(monkeypatch, flags.FLAGS)
    return str(reviewing.review_run(books.actor("ben"), 1).flags["id"][0])


@pytest.fixture
def blocking(books: Store, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of a flag that blocks run 1."""
    reviewed.use(monkeypatch, flags.BLOCKS)
    return str(reviewing.review_run(books.actor("ben"), 1).flags["id"][0])


def hash_of(run: int) -> str:
    return str(models.Run.objects.get(no=run).hash)


def waiting(on: date = TODAY) -> int:
    return flagged.open_(flagged.of_run(1, on=on)).height


def test_an_answer_holds_in_the_next_review_until_it_expires(books: Store, odd: str) -> None:
    """GR-13."""
    assert waiting() == 1
    until = answering.answer(books.actor("dana", "as the clause says"), odd[:6], "false_alarm")

    assert until == date(2026, 9, 28)
    reviewing.review_run(books.actor("ben"), 1)
    row = flagged.of_run(1, on=TODAY).row(0, named=True)
    assert (row["state"], row["verdict"], row["by"], row["reason"]) == (
        "answered", "false_alarm", "dana", "as the clause says",
    )  # fmt: skip
    assert waiting(on=until) == 0
    assert waiting(on=date(2026, 9, 29)) == 1
    assert verification.verify() == []


def test_what_says_something_else_waits_again(books: Store, odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answering.answer(books.actor("dana", "as agreed"), odd, "exception")
    before = reviewed._each_line

    def other(snapshot: object) -> object:
        return (replace(flag, actual="more") for flag in before(snapshot))  # type: ignore[arg-type]  # A snapshot.

    monkeypatch.setattr(reviewed, "_each_line", other)
    reviewed.use(monkeypatch, flags.FLAGS)
    assert reviewing.review_run(books.actor("ben"), 1).flags["id"].to_list() == [odd]
    assert waiting() == 1


def test_an_error_is_no_answer(books: Store, odd: str) -> None:
    assert answering.answer(books.actor("dana", "the price is wrong"), odd, "error") is None
    assert waiting() == 1
    assert flagged.of_run(1, on=TODAY)["verdict"].to_list() == ["error"]


def test_who_may_not_answer(books: Store, odd: str) -> None:
    with pytest.raises(acts.Denied, match="ben is a preparer here and may not answer a flag"):
        answering.answer(books.actor("ben", "mine"), odd, "false_alarm")
    run = propose.propose(books.actor("cora"), date(2026, 1, 31))
    own = reviewing.review_run(books.actor("cora"), run.run or 0).flags["id"][0]
    with pytest.raises(acts.Refused, match="cora prepared run 2 and cannot answer flags on it"):
        answering.answer(books.actor("cora", "mine"), own, "false_alarm")
    assert answering.denial("cora", own).startswith("cora prepared run 2")
    assert answering.denial("dana", own) == ""
    choices.set_choice(books.actor("cora", "alone"), "single_person", "on")
    answering.answer(books.actor("cora", "mine"), own, "false_alarm")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("", "false_alarm", None), "no reason"),
        (("why", "never mind", None), "verdict: saw 'never mind'"),
        (("why", "exception", date(2026, 3, 31)), "until: saw 2026-03-31"),
        (("why", "exception", date(2027, 9, 1)), "until: saw 2027-09-01"),
    ],
)
def test_what_is_no_answer_is_refused(books: Store, odd: str, given: tuple[str, str, date | None], says: str) -> None:
    reason, verdict, until = given
    with pytest.raises(acts.Refused, match=says):
        answering.answer(books.actor("dana", reason), odd, verdict, until=until)
    with pytest.raises(acts.Refused, match="flag ffff: no review raised it"):
        answering.answer(books.actor("dana", "why"), "ffff", "error")


def test_no_answer_silences_what_blocks(books: Store, blocking: str) -> None:
    for verdict in ("exception", "false_alarm", "duplicate"):
        with pytest.raises(acts.Refused, match="blocks, and no answer changes that"):
            answering.answer(books.actor("dana", "it is right"), blocking, verdict)
    answering.answer(books.actor("dana", "it is wrong"), blocking, "error")
    with pytest.raises(acts.Refused, match=f"run 1: 1 flag blocks it; the first is {blocking}"):
        decide.approve(books.actor("dana"), 1, hash_of(1))


def test_a_second_person_overrides_what_blocks_with_a_reason(books: Store, blocking: str) -> None:
    with pytest.raises(acts.Refused, match="saw no reason"):
        decide.approve(books.actor("dana"), 1, hash_of(1), despite=True)
    decide.approve(books.actor("dana", "the bank confirmed it"), 1, hash_of(1), despite=True)

    kept = FlagDisposition.objects.get()
    assert (kept.verdict, kept.by, kept.reason, kept.flag) == ("overridden", "dana", "the bank confirmed it", blocking)
    assert waiting() == 0
    decide.post(books.actor("dana"), 1)
    assert verification.verify() == []


def test_nobody_overrides_what_blocks_their_own_run(books: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    choices.set_choice(books.actor("cora", "alone"), "single_person", "on")
    reviewed.use(monkeypatch, flags.BLOCKS)
    run = propose.propose(books.actor("cora"), date(2026, 1, 31))
    reviewing.review_run(books.actor("cora"), run.run or 0)

    with pytest.raises(acts.Refused, match="cora prepared it; another person overrides that"):
        decide.approve(books.actor("cora", "mine"), run.run or 0, run.hash, override=True, despite=True)


def test_an_override_is_for_one_run(books: Store, blocking: str) -> None:
    decide.approve(books.actor("dana", "confirmed"), 1, hash_of(1), despite=True)
    made = propose.propose(books.actor("ben"), date(2026, 1, 31))
    reviewing.review_run(books.actor("ben"), made.run or 0)

    with pytest.raises(acts.Refused, match="run 2: 1 flag blocks it"):
        decide.approve(books.actor("dana"), made.run or 0, made.hash)


def test_switched_off_nothing_waits_for_flags(books: Store, blocking: str) -> None:
    """GR-14."""
    choices.set_choice(books.actor("cora", "an incident"), "review", "off")
    decide.approve(books.actor("dana"), 1, hash_of(1))
    decide.post(books.actor("dana"), 1)
    periods.lock(books.actor("cora"), "2026-01")

    assert closed.of_month("2026-01", "") == closed.LOCKED
    assert flagged.of_run(1, on=TODAY)["id"].to_list() == [blocking]


def test_open_flags_keep_a_month_open(books: Store, odd: str) -> None:
    decide.approve(books.actor("dana"), 1, hash_of(1))
    decide.post(books.actor("dana"), 1)

    with pytest.raises(acts.Refused, match=f"1 flag of the review on 2026-01 waits; the first is {odd}"):
        periods.lock(books.actor("cora"), "2026-01")
    assert flagged.waiting(on=TODAY) == 1
    answering.answer(books.actor("dana", "as agreed"), odd, "exception")
    periods.lock(books.actor("cora"), "2026-01")
    assert flagged.waiting(on=TODAY) == 0


def test_a_new_review_of_the_month_counts_from_then_on(books: Store, odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    decide.approve(books.actor("dana"), 1, hash_of(1))
    decide.post(books.actor("dana"), 1)
    reviewed.use(monkeypatch)
    reviewing.review_period(books.actor("cora"), "2026-01")

    assert flagged.of_month("2026-01", on=TODAY).is_empty()
    periods.lock(books.actor("cora"), "2026-01")


def test_many_are_not_marked_at_once_where_a_flag_waits(books: Store, odd: str) -> None:
    every = list(models.Draft.objects.values_list("entry", flat=True))
    shown = noting.Shown(1, hash_of(1))
    with pytest.raises(acts.Refused, match="has a flag that nobody answered"):
        noting.note(books.actor("dana"), shown, every, kind="reviewed")
    for entry in every:
        noting.note(books.actor("dana"), shown, [entry], kind="reviewed")


def test_the_agent_is_given_no_role_and_no_act(books: Store, odd: str) -> None:
    """GR-09, GR-10."""
    agent = books.actor(people.AGENT, "by myself")
    for verb in people.MAY:
        assert people.denial(people.AGENT, verb).startswith("agent:review is a program")
    with pytest.raises(acts.Denied):
        answering.answer(agent, odd, "false_alarm")
    with pytest.raises(acts.Denied):
        decide.approve(agent, 1, hash_of(1))
    for verb in people.AGENT_MAY:
        assert people.denial("dana", verb).startswith("dana may not")
    assert people.denial("agent:other", "intend to review")
