"""Whoever silences a check says which one, and why."""

import io
import re
import tokenize

from tests.tidy import tree

REASON = r".*[A-Za-z]{3}.*"
RULES = {
    "noqa": re.compile(r"# (ruff: |flake8: )?noqa: [A-Z]+\d+(, ?[A-Z]+\d+)* " + REASON),
    "type: ignore": re.compile(r"# type: ignore\[[a-z-]+(, ?[a-z-]+)*\] " + REASON),
    "pragma: no": re.compile(r"# pragma: no (cover|branch|mutate) " + REASON),
}


def unexplained(source: str) -> list[str]:
    """Comments that silence a check without its code or without a reason after it."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = [token for token in tokens if token.type == tokenize.COMMENT]
    return [
        f"line {token.start[0]}: {token.string}"
        for token in comments
        for mark, rule in RULES.items()
        if re.match(rf".*# ?(\w+: )?{mark}", token.string) and not rule.search(token.string)
    ]


def test_every_suppression_has_a_code_and_a_reason() -> None:
    assert [f"{tree.place(path)}, {found}" for path in tree.modules() for found in unexplained(path.read_text())] == []


def test_a_bare_suppression_is_seen() -> None:
    assert unexplained("x = 1  # noqa\n") != []
    assert unexplained("x = 1  # noqa: S608\n") != []
    assert unexplained("# ruff: noqa: S608\n") != []
    assert unexplained("x = 1  # type: ignore\n") != []
    assert unexplained("x = 1  # type: ignore[attr-defined]\n") != []
    assert unexplained("x = 1  # pragma: no cover\n") != []


def test_an_explained_suppression_passes() -> None:
    assert unexplained("x = 1  # noqa: S608 the table name is one of ours\n") == []
    assert unexplained("x = 1  # type: ignore[attr-defined]  # set by the line above\n") == []
    assert unexplained('x = "# noqa"\n') == []
