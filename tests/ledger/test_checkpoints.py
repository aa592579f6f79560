from pathlib import Path

import pytest

from ratable.ledger import checkpoints, merkle, models, signing, verification
from tests.ledger import histories
from tests.stores import Store


def test_a_checkpoint_signs_all_events_before_its_act(store: Store) -> None:
    hashes = list(models.Event.objects.order_by("no").values_list("hash", flat=True))

    anchor = histories.checkpoint(store)

    event = models.Event.objects.order_by("-no")[0]
    assert (anchor.size, anchor.root) == (len(hashes), merkle.root(hashes))
    assert (anchor.company, anchor.at) == ("test-company", event.at)
    assert anchor.key == signing.public(histories.KEY)
    assert anchor.holds()
    kept = models.Checkpoint.objects.get()
    assert (kept.event_id, kept.root, kept.signature) == (event.no, anchor.root, anchor.signature)


def test_the_signed_words_say_company_count_root_and_moment() -> None:
    anchor = checkpoints.Anchor("acme", 40, "ab" * 32, "2026-04-01T09:00:00.000000Z", "cd" * 32, "ef" * 64)

    assert anchor.words() == (
        '{"at":"2026-04-01T09:00:00.000000Z","company":"acme","root":"' + "ab" * 32 + '","rule":"ratable checkpoint 1",'
        '"size":"40"}'
    )


@pytest.mark.parametrize("part", ["company", "size", "root", "at", "key", "signature"])
def test_nothing_of_an_anchor_can_be_changed(store: Store, part: str) -> None:
    said = vars(histories.checkpoint(store))

    other = said[part] + 1 if part == "size" else said[part][:-1] + ("0" if said[part][-1] != "0" else "1")
    assert not checkpoints.Anchor(**said | {part: other}).holds()


def test_anchors_come_back_from_their_file(store: Store, tmp_path: Path) -> None:
    made = [histories.checkpoint(store), histories.checkpoint(store)]
    path = tmp_path / "anchors.jsonl"
    path.write_text("".join(f"{anchor.line()}\n" for anchor in made))

    assert checkpoints.read(path) == made
    assert verification.verify(anchors=made) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{}", "line 1: saw no anchor"),
        ("\nnot json", "line 2: saw no anchor"),
        ('{"company":1,"size":"1","root":"","at":"","key":"","signature":""}', "line 1: saw a value that is no text"),
        ('{"company":"","size":"many","root":"","at":"","key":"","signature":""}', "line 1: saw no anchor"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "anchors.jsonl"
    path.write_text(content)

    with pytest.raises(checkpoints.BadAnchors, match=says):
        checkpoints.read(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(checkpoints.BadAnchors, match="cannot be read"):
        checkpoints.read(tmp_path / "anchors.jsonl")


def test_ta_13_guards_taken_away_and_put_back_hide_nothing(store: Store) -> None:
    histories.small(store)
    with histories.unguarded():
        histories.run("UPDATE entries SET amount = 5 WHERE no = 2")

    assert [(fault.table, fault.no) for fault in verification.verify()] == [("entries", 2)]
