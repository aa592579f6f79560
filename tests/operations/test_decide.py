import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django import db

from ratable.ledger import canonical, covering, entries, models, rows
from ratable.operations import acts, choices, decide, drafting, founding
from tests.operations import books
from tests.stores import Store


def proposed(store: Store, folder: Path) -> drafting.Proposed:
    books.bring(store, folder, books.bundle())
    return books.propose(store, "2026-01-31")


def test_a_run_goes_from_draft_to_posted(store: Store, tmp_path: Path) -> None:
    run = proposed(store, tmp_path).run
    assert run is not None
    held = models.Run.objects.get(no=run)
    states = [entries.state(run)]

    decide.review(store.actor("dana"), run)
    states.append(entries.state(run))
    decide.approve(store.actor("dana"), run, held.hash)
    states.append(entries.state(run))
    drafts = entries.drafts(run)
    posted = decide.post(store.actor("dana"), run)
    states.append(entries.state(run))

    assert states == ["draft", "review", "approve", "post"]
    assert posted == decide.Posted(1, 2, 2, {"USD": 1300_00})
    assert entries.drafts(run).is_empty()
    kept = entries.posted()
    assert kept.drop("no", "digest", "known_on").equals(drafts.drop("no", "digest"))
    assert kept["known_on"].to_list() == [store.clock.now.date()] * 2


def test_numbers_of_entries_have_no_gaps(store: Store, tmp_path: Path) -> None:
    books.bring(store, tmp_path, books.bundle())
    for month in ("2026-01-31", "2026-02-28"):
        books.propose(store, month)  # Replaced by the one that is posted.
        books.post(store, month)

    assert entries.posted()["no"].to_list() == [1, 2, 3]


def test_the_event_of_a_post_holds_the_digest_of_its_entries(store: Store, tmp_path: Path) -> None:
    books.bring(store, tmp_path, books.bundle())
    books.post(store, "2026-01-31")

    body = json.loads(models.Event.objects.order_by("-no").first().body)["what"]

    kept = entries.posted()
    assert body["rows"]["entries"] == {"from": "1", "to": "2", "digest": canonical.of_all(kept["digest"])}
    assert body["posted"] == {"rows": "2", "totals": {"USD": "130000"}}
    assert covering.digests(kept).to_list() == kept["digest"].to_list()


def test_who_prepared_a_run_cannot_approve_it(store: Store, tmp_path: Path) -> None:
    founding.grant(store.actor("cora"), "ben", "controller")
    made = proposed(store, tmp_path)
    assert made.run is not None

    with pytest.raises(acts.Refused, match="ben prepared run 1 and cannot approve it; another person has to"):
        decide.approve(store.actor("ben"), made.run, made.hash)
    with pytest.raises(acts.Refused, match="these books take two people"):
        decide.approve(store.actor("ben", "alone"), made.run, made.hash, override=True)

    assert entries.state(made.run) == "draft"


def test_one_person_approves_alone_where_the_company_says_so_with_a_reason(store: Store, tmp_path: Path) -> None:
    founding.grant(store.actor("cora"), "ben", "controller")
    choices.set_choice(store.actor("cora", "a company of one"), "single_person", "on")
    made = proposed(store, tmp_path)
    assert made.run is not None

    with pytest.raises(acts.Refused, match="saw no reason"):
        decide.approve(store.actor("ben"), made.run, made.hash, override=True)
    decide.approve(store.actor("ben", "everybody else is ill"), made.run, made.hash, override=True)
    decide.post(store.actor("ben"), made.run)

    decision = models.Decision.objects.get(verb="approve")
    assert (decision.override, decision.by, decision.reason) == (True, "ben", "everybody else is ill")


def test_an_override_of_two_people_is_none(store: Store, tmp_path: Path) -> None:
    made = proposed(store, tmp_path)
    assert made.run is not None

    decide.approve(store.actor("dana"), made.run, made.hash, override=True)

    assert not models.Decision.objects.get(verb="approve").override


def test_another_hash_than_the_one_shown_is_refused(store: Store, tmp_path: Path) -> None:
    made = proposed(store, tmp_path)
    assert made.run is not None

    with pytest.raises(acts.Refused, match=f"run 1 has the hash {made.hash}, saw 0000"):
        decide.approve(store.actor("dana"), made.run, "0000")


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ({"USD": 1300_00}, ""),
        ({"USD": 1299_99}, r"it totals 1,300.00 USD, and the limit is 1,299.99 USD"),
        ({"EUR": 10**9}, r"it totals 1,300.00 USD, and the limit is 0.00 USD"),
    ],
)
def test_an_approval_keeps_within_the_limits_of_the_person(
    store: Store, tmp_path: Path, limits: dict[str, int], says: str
) -> None:
    founding.grant(store.actor("cora"), "dana", "approver", limits)
    made = proposed(store, tmp_path)
    assert made.run is not None

    assert decide.approvers(made.run) == (["cora"] if says else ["cora", "dana"])
    if says:
        with pytest.raises(acts.Refused, match=says):
            decide.approve(store.actor("dana"), made.run, made.hash)
    else:
        decide.approve(store.actor("dana"), made.run, made.hash)


def test_a_rejected_run_is_over_and_says_why(store: Store, tmp_path: Path) -> None:
    run = proposed(store, tmp_path).run
    assert run is not None

    with pytest.raises(acts.Refused, match="saw no reason"):
        decide.reject(store.actor("dana"), run)
    decide.reject(store.actor("dana", "the price is wrong"), run)

    assert entries.state(run) == "reject"
    assert entries.drafts(run).is_empty()
    assert models.Decision.objects.get(run=run).reason == "the price is wrong"
    with pytest.raises(acts.Refused, match="run 1 is rejected; to approve it, it has to be not reviewed yet or in"):
        decide.approve(store.actor("dana"), run, "")
    assert books.propose(store, "2026-01-31").run == run + 1


def test_a_run_is_posted_once_and_only_when_approved(store: Store, tmp_path: Path) -> None:
    made = proposed(store, tmp_path)
    assert made.run is not None

    with pytest.raises(acts.Refused, match="run 1 is not reviewed yet; to post it, it has to be approved"):
        decide.post(store.actor("dana"), made.run)
    books.approve(store, made)
    decide.post(store.actor("dana"), made.run)
    with pytest.raises(acts.Refused, match="run 1 is posted"):
        decide.post(store.actor("dana"), made.run)
    with pytest.raises(acts.Refused, match="run 1 is posted"):
        decide.reject(store.actor("dana", "too late"), made.run)


def test_a_run_that_is_not_there_is_named(store: Store) -> None:
    with pytest.raises(acts.Refused, match="run 7: there is none"):
        decide.review(store.actor("dana"), 7)


def test_who_prepares_may_not_post(store: Store, tmp_path: Path) -> None:
    run = books.approve(store, proposed(store, tmp_path))

    with pytest.raises(acts.Refused, match="ben is a preparer here and may not post"):
        decide.post(store.actor("ben"), run)


def test_drafts_that_were_changed_by_hand_are_neither_approved_nor_posted(store: Store, tmp_path: Path) -> None:
    made = proposed(store, tmp_path)
    run = books.approve(store, made)
    drafts = entries.drafts(run)
    drafting.drop(run)
    rows.add("drafts", drafts.with_columns(amount=pl.col("amount") + 1))

    with pytest.raises(acts.Refused, match="the drafts of run 1 are not those that were prepared"):
        decide.post(store.actor("dana"), run)

    assert entries.posted().is_empty()


def test_a_lock_that_came_in_between_stops_a_run(store: Store, tmp_path: Path) -> None:
    run = books.approve(store, proposed(store, tmp_path))
    books.lock(store, "2026-01-31")

    with pytest.raises(acts.Refused, match="run 1 has 2 entries in periods that were locked since, from 2026-01 on"):
        decide.post(store.actor("dana"), run)


def test_a_posted_entry_cannot_change(store: Store, tmp_path: Path) -> None:
    books.bring(store, tmp_path, books.bundle())
    books.post(store, "2026-01-31")

    for statement in ("UPDATE entries SET amount = 1", "DELETE FROM entries"):
        with pytest.raises(db.Error, match="rows of entries are never"), db.transaction.atomic():
            db.connection.cursor().execute(statement)


def test_the_first_post_brings_the_locks_of_the_opening_import_into_force(store: Store, tmp_path: Path) -> None:
    locks = [{"through": "2026-01-31", "locked_on": "2026-02-04"}, {"through": "2026-02-28", "locked_on": "2026-03-04"}]
    books.bring(store, tmp_path, books.bundle(locks=locks))

    history = books.post(store, "2026-03-31")

    assert history["date"].min() == date(2026, 1, 1)
    made = models.Lock.objects.order_by("no").values_list("entity", "state", "through", "locked_on", "opening")
    assert list(made) == [
        ("", "locked", date(2026, 1, 31), date(2026, 2, 4), True),
        ("", "locked", date(2026, 2, 28), date(2026, 3, 4), True),
    ]
    assert books.propose(store, "2026-03-31").run is None
    books.post(store, "2026-04-30")
    assert models.Lock.objects.count() == 2


def test_a_lock_of_all_entities_is_one_for_each(store: Store, tmp_path: Path) -> None:
    entities = [{"id": name, "name": name, "currency": "USD"} for name in ("de", "us")]
    locks = [{"through": "2026-01-31", "locked_on": "2026-02-04"},
             {"through": "2026-02-28", "locked_on": "2026-03-04", "entity": "us"}]  # fmt: skip
    given = books.bundle(entities=entities, locks=locks)
    given["customers"][0]["entity"] = "us"
    books.bring(store, tmp_path, given)

    books.post(store, "2026-03-31")

    made = models.Lock.objects.order_by("no").values_list("entity", "through")
    assert list(made) == [("de", date(2026, 1, 31)), ("us", date(2026, 1, 31)), ("us", date(2026, 2, 28))]
