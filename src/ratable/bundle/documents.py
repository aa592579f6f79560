"""Reads a YAML or JSON document as a tree of mappings, lists and texts.

Worked example: `{id: 007, amount: 10.1, on: 2026-01-05}` becomes `{"id": "007", "amount": Inexact("10.1"), "on":
"2026-01-05"}`: every value keeps the characters that were written, so that no reader turns an id into a number, a day
into a timestamp or the key `on` into true; only a float is marked, since it may not say what was meant.

Refuses text that is not UTF-8, is not one document, states a key twice, nests or repeats itself beyond any bundle.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from ratable.bundle import sources

DEEPEST = 60
_HALF_A_PAIR = re.compile("[\ud800-\udfff]")

Tree = dict[str, Any] | list[Any] | str | bool | None
_TAG = "tag:yaml.org,2002:"
_DEEP_INDENT = re.compile(rb"^[ ?:\-]{400}", re.MULTILINE)


class Inexact(str):
    """The text of a number that came as a float."""

    __slots__ = ()


def read_json(data: bytes, name: str) -> Tree:
    """The tree of a JSON document.

    Raises:
        Unreadable: it is not JSON, repeats a key, nests too deep, or holds half a character.
    """
    try:
        tree: Tree = json.loads(
            sources.decode(data, name), object_pairs_hook=lambda pairs: _unrepeated(pairs, name),
            parse_float=Inexact, parse_int=str, parse_constant=Inexact,
        )  # fmt: skip
    except json.JSONDecodeError as error:
        raise sources.Unreadable(f"{name}, line {error.lineno}: not JSON ({error.msg}).") from error
    except RecursionError as error:
        raise sources.Unreadable(f"{name}: nested too deep for a bundle.") from error
    # Only an escape can bring one in, and few documents have any.
    if b"\\ud" in data.lower() and (half := _HALF_A_PAIR.search(json.dumps(tree, ensure_ascii=False))):
        raise sources.Unreadable(
            f"{name}: saw \\u{ord(half[0]):04x}, which is half of a character; expected both halves or neither."
        )
    return tree


def _unrepeated(pairs: list[tuple[str, Any]], name: str) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise sources.Unreadable(f"{name}: the key {twice!r} stands twice in one object; keep one of them.")
    return mapping


def read_yaml(data: bytes, name: str) -> Tree:
    """The tree of a YAML document.

    Raises:
        Unreadable: it is not YAML, is more than one document, repeats a key, nests or refers to itself without end.
    """
    text = sources.decode(data, name)
    # The C parser of PyYAML descends on the C stack, so that depth must be bounded before it starts.
    if _bracket_depth(text) > DEEPEST or _DEEP_INDENT.search(data):
        raise sources.Unreadable(f"{name}: nested too deep for a bundle.")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        node = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark else ""
        raise sources.Unreadable(f"{name}{line}: not YAML ({error.problem or error.context}).") from error
    except yaml.YAMLError as error:
        raise sources.Unreadable(f"{name}: not YAML ({error}).".replace("\n", " ")) from error
    # Every value takes a character at least, unless aliases repeat it: ten times over is enough for any of them.
    return None if node is None else _tree(node, name, iter(range(10 * len(text))))


def _bracket_depth(text: str) -> int:
    """How deep brackets nest, at most; those within quotes count too, which only overstates the depth."""
    depth = deepest = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        depth = depth + 1 if bracket in "[{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest


def _tree(node: yaml.Node, name: str, budget: Iterator[int], depth: int = 0) -> Tree:
    if next(budget, None) is None or depth > DEEPEST:
        raise sources.Unreadable(f"{name}: its aliases repeat or nest values without end; write them out.")
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Tree] = {}
        for key_node, value_node in node.value:
            mapping[_fresh_key(key_node, mapping, name)] = _tree(value_node, name, budget, depth + 1)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_tree(item, name, budget, depth + 1) for item in node.value]
    text: str = node.value
    if node.tag == _TAG + "null":
        return None
    return Inexact(text) if node.tag == _TAG + "float" else text


def _fresh_key(node: yaml.Node, mapping: dict[str, Tree], name: str) -> str:
    place = f"{name}, line {node.start_mark.line + 1}"
    if not isinstance(node, yaml.ScalarNode) or node.tag == _TAG + "merge":
        raise sources.Unreadable(f"{place}: a key must be a plain word.")
    key: str = node.value
    if key in mapping:
        raise sources.Unreadable(f"{place}: the key {key!r} stands twice in one mapping; keep one of them.")
    return key
