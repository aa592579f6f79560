"""A tree over the event log, as in RFC 6962: one root stands for all events, and short paths prove what it stands for.

Worked example: of the events A, B and C, the leaves are a = H(00 A), b = H(00 B) and c = H(00 C), and the root is
H(01 H(01 a b) c). That B is the second of three takes the path [a, c]; that the three continue the first two, the
path [c]. A leaf and a node never hash alike, since they begin with different bytes.

All hashes are SHA-256 in hexadecimal digits. Indexes count from 0, sizes from 1.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence

EMPTY = hashlib.sha256().hexdigest()


def root(contents: Iterable[str]) -> str:
    """The root over all contents in their order."""
    whole = list(contents)
    return roots(whole, [len(whole)])[len(whole)]


def roots(contents: Iterable[str], sizes: Collection[int]) -> dict[int, str]:
    """The root over the first n contents for each asked n, in one pass; a size beyond the last has none.

    Args:
        contents: hashes of the events, from the first.
        sizes: how many events each root is asked over.

    Returns:
        size to root.
    """
    asked = frozenset(sizes)
    found = {0: EMPTY} if 0 in asked else {}
    # The roots of the full subtrees so far, widest first, as the binary digits of the size have them.
    peaks: list[bytes] = []
    for size, content in enumerate(contents, 1):
        peaks.append(_leaf(content))
        for _ in range((size & -size).bit_length() - 1):
            right = peaks.pop()
            peaks.append(_node(peaks.pop(), right))
        if size in asked:
            found[size] = _joined(peaks)
    return found


def inclusion(contents: Sequence[str], index: int) -> list[str]:
    """The path that proves to whoever holds the root that a content is at an index, nearest sibling first."""
    return [part.hex() for part in _inclusion([_leaf(content) for content in contents], index)]


def consistency(contents: Sequence[str], earlier: int) -> list[str]:
    """The path that proves to whoever holds both roots that all contents continue the first `earlier` ones."""
    leaves = [_leaf(content) for content in contents]
    return [part.hex() for part in _consistency(leaves, earlier, whole=True)] if 0 < earlier < len(leaves) else []


def includes(root_: str, size: int, *, content: str, index: int, path: Sequence[str]) -> bool:
    """Whether a path proves that the content at an index is among those under a root."""
    if not 0 <= index < size:
        return False
    parts = [bytes.fromhex(part) for part in reversed(path)]
    try:
        found = _climbed(_leaf(content), index, size, parts)
    except IndexError:  # The path is too short.
        return False
    return not parts and found.hex() == root_


def continues(earlier: tuple[int, str], later: tuple[int, str], path: Sequence[str]) -> bool:
    """Whether a path proves that the tree of the later size and root continues that of the earlier."""
    (first, first_root), (size, _) = earlier, later
    if not 0 < first < size:
        return not path and earlier in (later, (0, EMPTY))
    parts = [bytes.fromhex(part) for part in reversed(path)]
    try:
        old, new = _climbed_twice(first, size, parts, known=bytes.fromhex(first_root))
    except IndexError:
        return False
    return not parts and ((first, old.hex()), (size, new.hex())) == (earlier, later)


def _leaf(content: str) -> bytes:
    return hashlib.sha256(b"\x00" + bytes.fromhex(content)).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _joined(peaks: Sequence[bytes]) -> str:
    whole = peaks[-1]
    for peak in reversed(peaks[:-1]):
        whole = _node(peak, whole)
    return whole.hex()


def _root(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    middle = _split(len(leaves))
    return _node(_root(leaves[:middle]), _root(leaves[middle:]))


def _split(size: int) -> int:
    """The largest power of two below a size."""
    return 1 << (size - 1).bit_length() - 1


def _inclusion(leaves: Sequence[bytes], index: int) -> list[bytes]:
    if len(leaves) == 1:
        return []
    middle = _split(len(leaves))
    if index < middle:
        return [*_inclusion(leaves[:middle], index), _root(leaves[middle:])]
    return [*_inclusion(leaves[middle:], index - middle), _root(leaves[:middle])]


def _consistency(leaves: Sequence[bytes], earlier: int, *, whole: bool) -> list[bytes]:
    if earlier == len(leaves):
        # Whoever asks holds the root of the earlier tree itself.
        return [] if whole else [_root(leaves)]
    middle = _split(len(leaves))
    if earlier <= middle:
        return [*_consistency(leaves[:middle], earlier, whole=whole), _root(leaves[middle:])]
    return [*_consistency(leaves[middle:], earlier - middle, whole=False), _root(leaves[:middle])]


def _climbed(leaf: bytes, index: int, size: int, parts: list[bytes]) -> bytes:
    """The root that a leaf and the rest of its path, nearest sibling last, lead to."""
    if size == 1:
        return leaf
    middle = _split(size)
    if index < middle:
        below = _climbed(leaf, index, middle, parts)
        return _node(below, parts.pop())
    below = _climbed(leaf, index - middle, size - middle, parts)
    return _node(parts.pop(), below)


def _climbed_twice(earlier: int, size: int, parts: list[bytes], *, known: bytes | None) -> tuple[bytes, bytes]:
    """The roots of the earlier and of the whole tree that a path leads to; `known` is the first, where it is whole."""
    if earlier == size:
        same = known or parts.pop()
        return same, same
    middle = _split(size)
    if earlier <= middle:
        old, new = _climbed_twice(earlier, middle, parts, known=known)
        return old, _node(new, parts.pop())
    old, new = _climbed_twice(earlier - middle, size - middle, parts, known=None)
    left = parts.pop()
    return _node(left, old), _node(left, new)
