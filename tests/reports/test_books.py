from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from ratable.core import findings
from ratable.reports import books, names
from tests.reports import outcomes

ONE = outcomes.books_of(outcomes.year())


@pytest.mark.parametrize("name", list(names.REPORTS))
def test_every_report_is_there_by_its_name(name: str) -> None:
    parts = list(books.parts(ONE, name))

    assert [part.columns for part in parts] == [books.report(ONE, name).columns]


def test_methods_and_names_agree() -> None:
    by = names.Choices(by=("customer",), grain="quarter")

    assert books.report(ONE, "roll-forward", by).equals(ONE.roll_forward(by=["customer"], grain="quarter"))
    assert books.report(ONE, "journal").equals(ONE.journal)
    assert books.report(ONE, "schedule").equals(ONE.schedule)


def test_another_day_is_recomputed() -> None:
    assert ONE.rpo()["as_of"].to_list() == [date(2026, 3, 31)]
    assert ONE.rpo(as_of="2026-02-28")["as_of"].to_list() == [date(2026, 2, 28)]


def test_findings_of_the_chart_stand_beside_those_of_the_engine() -> None:
    rules = [{"role": "revenue", "account": code} for code in ("4000", "4100")]
    tied = books.Books(ONE.outcome, outcomes.chart(rules), ONE.facts, ONE.recompute)

    assert tied.findings.columns == ["code", "severity", "table", "id", "column", "value", "message"]
    assert tied.findings["code"].to_list() == ["account_rule_tie"]
    assert not tied.blocked


def test_a_blocking_finding_blocks() -> None:
    found = pl.DataFrame({"code": ["x"], "severity": ["blocks"]}).match_to_schema(
        findings.SCHEMA, missing_columns="insert"
    )
    held = outcomes.books_of(replace(outcomes.year(), findings=found))

    assert held.blocked


@pytest.mark.parametrize(
    ("report", "choices", "words"),
    [
        ("ledger", names.Choices(), "report: saw 'ledger'; expected allocation, schedule"),
        ("journal", names.Choices(by=("customer",)), "journal takes no by; these do: roll-forward, waterfall, rpo"),
        ("journal", names.Choices(grain="year"), "grain of journal: saw 'year'; expected month or day"),
        ("rpo", names.Choices(basis="deferred"), "rpo takes no basis"),
        ("roll-forward", names.Choices(account="cash"), "account of roll-forward: saw 'cash'"),
    ],
)
def test_what_a_report_does_not_understand_is_refused(report: str, choices: names.Choices, words: str) -> None:
    with pytest.raises(names.Refused, match=words):
        books.report(ONE, report, choices)


def test_a_month_is_what_every_report_has() -> None:
    assert books.report(ONE, "rpo", names.Choices(grain="month")).height == 1


def test_dimensions_may_be_typed_or_listed() -> None:
    assert names.dimensions("customer, product,customer") == ("customer", "product")
    assert names.dimensions(["line"]) == ("line",)
    assert names.dimensions("") == ()
