import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratable.ledger import merkle

CONTENTS = st.lists(st.binary(min_size=1, max_size=3).map(lambda seed: hashlib.sha256(seed).hexdigest()), min_size=1)


def leaf(content: str) -> bytes:
    return hashlib.sha256(b"\0" + bytes.fromhex(content)).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def test_a_root_of_three_as_written_out_by_hand() -> None:
    a, b, c = "aa" * 32, "bb" * 32, "cc" * 32

    assert merkle.root([]) == hashlib.sha256().hexdigest()
    assert merkle.root([a]) == leaf(a).hex()
    assert merkle.root([a, b, c]) == node(node(leaf(a), leaf(b)), leaf(c)).hex()
    assert merkle.inclusion([a, b, c], 1) == [leaf(a).hex(), leaf(c).hex()]
    assert merkle.consistency([a, b, c], 2) == [leaf(c).hex()]


def test_the_roots_and_paths_of_the_reference_tree() -> None:
    """The tree of seven leaves that RFC 6962, section 2.1.3, works through."""
    d = [hashlib.sha256(bytes([n])).hexdigest() for n in range(7)]
    a, b, c, e, f, j = (leaf(d[n]) for n in range(6))
    g, h, i = node(a, b), node(c, e), node(f, j)
    k, l = node(g, h), node(i, leaf(d[6]))  # noqa: E741  as the text names them

    assert merkle.root(d) == node(k, l).hex()
    assert merkle.inclusion(d, 0) == [b.hex(), h.hex(), l.hex()]
    assert merkle.inclusion(d, 3) == [c.hex(), g.hex(), l.hex()]
    assert merkle.inclusion(d, 6) == [i.hex(), k.hex()]
    assert merkle.consistency(d, 3) == [c.hex(), e.hex(), g.hex(), l.hex()]
    assert merkle.consistency(d, 4) == [l.hex()]
    assert merkle.consistency(d, 6) == [i.hex(), leaf(d[6]).hex(), k.hex()]


@given(CONTENTS, st.data())
def test_every_content_is_proved_to_be_under_the_root(contents: list[str], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(contents) - 1))
    root, path = merkle.root(contents), merkle.inclusion(contents, index)

    assert merkle.includes(root, len(contents), content=contents[index], index=index, path=path)
    assert not merkle.includes(root, len(contents), content="00" * 32, index=index, path=path)
    assert not merkle.includes(root, len(contents), content=contents[index], index=len(contents), path=path)
    assert not merkle.includes(root, len(contents), content=contents[index], index=index, path=[*path, "00" * 32])
    assert not path or not merkle.includes(
        root, len(contents), content=contents[index], index=index, path=path[:-1]
    )  # fmt: skip


@given(CONTENTS, st.data())
def test_every_tree_is_proved_to_continue_each_earlier_one(contents: list[str], data: st.DataObject) -> None:
    size = data.draw(st.integers(0, len(contents)))
    roots = merkle.roots(contents, [size, len(contents)])
    earlier, later = (size, roots[size]), (len(contents), roots[len(contents)])
    path = merkle.consistency(contents, size)

    assert roots[size] == merkle.root(contents[:size])
    assert merkle.continues(earlier, later, path)
    assert not merkle.continues(earlier, later, [*path, "00" * 32])
    assert not merkle.continues((size, "00" * 32), later, path)
    assert not merkle.continues(earlier, (len(contents), "00" * 32), path) or size == 0
    assert not path or not merkle.continues(earlier, later, path[:-1])


@pytest.mark.parametrize("earlier", [(4, "aa" * 32), (3, "bb" * 32)])
def test_no_tree_continues_a_longer_or_another_one(earlier: tuple[int, str]) -> None:
    assert not merkle.continues(earlier, (3, "aa" * 32), [])


@given(CONTENTS, st.data())
def test_a_root_changes_with_each_content(contents: list[str], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(contents) - 1))

    assert merkle.root([*contents[:index], "00" * 32, *contents[index + 1 :]]) != merkle.root(contents)
