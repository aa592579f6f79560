"""Words in one form, and how far apart two words are."""

import pytest

from ratable.review.ask import vocabulary


@pytest.mark.parametrize(
    ("one", "other", "most", "away"),
    [("acme", "acme", 2, 0), ("amce", "acme", 2, 1), ("acm", "acme", 2, 1), ("larkfeild", "larkfield", 2, 1),
     ("deferd", "deferred", 2, 2), ("bolt", "acme", 2, 3), ("a", "abcdef", 2, 3)],
)  # fmt: skip
def test_distance(one: str, other: str, most: int, away: int) -> None:
    assert vocabulary.distance(one, other, most) == vocabulary.distance(other, one, most) == away


def test_words_have_one_form() -> None:
    assert vocabulary.canonical("How come Acme's defered revenue went up?") == {"why", "deferred", "revenue", "up"}
    assert vocabulary.canonical("credit notes and Roll-forwards") == {"credit_note", "rollforward"}
    assert vocabulary.canonical("") == frozenset()


def test_a_right_word_is_never_a_typo() -> None:
    assert vocabulary.nearly("revenue") == ""
    assert vocabulary.nearly("recogniezd") == "recognized"
    assert vocabulary.nearly("xyzzy") == ""
