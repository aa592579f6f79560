"""What the proof of one entry holds; that it convinces is tested with its verifier."""

import itertools
import json
from datetime import date

import pytest

from ratable.ledger import canonical, inclusion, merkle, models, tracing
from tests.ledger import histories
from tests.stores import Store


def test_al_10_a_proof_leads_from_the_row_to_the_first_checkpoint_over_it(store: Store) -> None:
    histories.small(store)
    histories.checkpoint(store)

    proof = json.loads(inclusion.prove("1-b"))

    assert json.loads(proof["row"])["no"] == "2"
    assert proof["digests"][1] == canonical.sha256(proof["row"])
    assert proof["event"]["no"] == "10"
    (one,) = proof["checkpoints"]
    assert (one["anchor"]["size"], one["continues"]) == ("10", None)
    assert merkle.includes(
        one["anchor"]["root"], 10, content=proof["event"]["hash"], index=9, path=one["includes"]
    )  # fmt: skip


def test_al_10_checkpoints_that_were_kept_are_tied_to_each_other(store: Store) -> None:
    before = histories.checkpoint(store)
    histories.small(store)
    kept = [histories.checkpoint(store), before, histories.checkpoint(store)]

    ways = json.loads(inclusion.prove("1-a", kept))["checkpoints"]

    assert [way["anchor"]["size"] for way in ways] == ["4", "14", "15"]
    assert [way["includes"] is None for way in ways] == [True, False, False]
    for one, other in itertools.pairwise(ways):
        ends = [(int(way["anchor"]["size"]), way["anchor"]["root"]) for way in (one, other)]
        assert merkle.continues(ends[0], ends[1], other["continues"])


def test_what_no_checkpoint_covers_is_refused(store: Store) -> None:
    early = histories.checkpoint(store)
    histories.small(store)
    run = histories.prepare(store, day=date(2026, 4, 1))
    histories.post(store, run)

    with pytest.raises(inclusion.Unproved, match=f"{run}-a was posted by event {models.Event.objects.count()}, after"):
        inclusion.prove(f"{run}-a")
    with pytest.raises(inclusion.Unproved, match="after every checkpoint that was asked about"):
        inclusion.prove("1-a", [early])
    with pytest.raises(tracing.Unknown, match="several entries begin with '1-'"):
        inclusion.prove("1-")
