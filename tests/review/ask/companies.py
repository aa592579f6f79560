"""The companies that questions are asked of: the example company through March 2026, made once."""

from dataclasses import replace
from datetime import date
from functools import cache

import polars as pl

import ratable
from ratable.core.bundles import Bundle
from ratable.review import computed
from ratable.review.ask import answers
from ratable.review.snapshot import Snapshot
from tests.tidy import tree

THROUGH = date(2026, 3, 31)


@cache
def facts() -> Bundle:
    """The bundle of the example company."""
    return ratable.read_bundle(tree.ROOT / "examples" / "company")


@cache
def example() -> Snapshot:
    """Quillmere Software at the end of March 2026; February was closed on 4 March."""
    return computed.of_bundle(facts(), THROUGH, name="example")


def with_rows(bundle: Bundle, **rows: pl.DataFrame) -> Bundle:
    """The bundle with some of its tables in other words."""
    return replace(bundle, tables=bundle.tables | rows)


def texts(answer: answers.Answer) -> list[str]:
    """The sentences as they are shown."""
    return [told.text for told in answer.told]


def withheld(answer: answers.Answer) -> list[tuple[str, ...]]:
    """What the verifier missed."""
    return [told.missed for told in answer.told if told.missed]


def amounts(answer: answers.Answer) -> dict[str, str]:
    """The amounts by name, as exact decimal text."""
    return {name: figure.value for name, figure in answer.figures.items() if figure.kind == "amount"}
