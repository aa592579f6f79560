"""Law 12: the naive second engine agrees to the cent, on every movement of bundles made at random."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given

from ratable.bundle import reading
from ratable.core import bundles
from ratable.engine import run
from ratable.engine.outcome import Outcome
from ratable.oracle import books
from tests import strategies
from tests.properties import ledgers

Key = tuple[Any, ...]


def read(folder: Path, document: dict[str, Any]) -> bundles.Bundle:
    """The bundle that a document holds, through the reader that users have."""
    file = folder / "bundle.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return reading.read(file)


def netted(rows: Iterable[dict[str, Any]]) -> dict[Key, int]:
    """Signed sums over what is alike in all but amount and side: a late fact may undo one bill and raise another."""
    sums: Counter[Key] = Counter()
    for row in rows:
        roles = (row["debit_role"], row["credit_role"])
        sign = 1 if roles == tuple(sorted(roles)) else -1
        sums[row["date"], row["origin_period"], row["line"], row["kind"], *sorted(roles)] += sign * row["amount"]
    return {key: amount for key, amount in sums.items() if amount}


def by_engine(outcome: Outcome, grain: str) -> dict[Key, int]:
    """Movements of the columnar engine."""
    moved = outcome.movements(grain).join(outcome.lines.select("line_no", "line"), on="line_no")
    return netted(moved.with_columns(origin_period=pl.col("origin").dt.strftime("%Y-%m")).iter_rows(named=True))


def by_oracle(bundle: bundles.Bundle, through: date, known_on: date | None) -> dict[Key, int]:
    """Movements of the naive engine, by day."""
    return netted(books.run(bundle, through, known_on).movements())


@ledgers.examples(ledgers.IN_ONE_CHECK)
@given(question=strategies.questions())
def test_both_engines_post_the_same_movements(
    question: strategies.Question, tmp_path_factory: pytest.TempPathFactory
) -> None:
    bundle = read(tmp_path_factory.getbasetemp(), question.bundle)
    outcome = run.recognize(bundle, question.through, known_on=question.known_on)
    assert by_engine(outcome, "day") == by_oracle(bundle, question.through, question.known_on)
