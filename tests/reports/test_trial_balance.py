import pytest

from ratable.reports import identities, trial_balance
from tests.reports import outcomes


def test_every_account_opens_moves_and_closes() -> None:
    report = trial_balance.table(outcomes.year(through="2026-02-28"), outcomes.chart()).filter(period="2026-02")

    assert report.columns[:5] == ["period", "entity", "account", "name", "currency"]
    assert report.select("account", "name", "opening", "debit", "credit", "closing").rows() == [
        ("1100", "Accounts Receivable", 120000, 0, 0, 120000),
        ("2400", "Deferred Revenue", -110000, 10000, 0, -100000),
        ("4000", "Revenue", -10000, 0, 10000, -20000),
    ]


def test_entities_and_currencies_keep_their_own_books() -> None:
    lines = [outcomes.line("A", entity="us"), outcomes.line("B", entity="de", currency="EUR")]
    moved = [outcomes.movement(no, "2026-03-01", "billing", "receivable > deferred_revenue", 100) for no in (0, 1)]
    report = trial_balance.table(outcomes.of(lines, moved), outcomes.chart())

    assert report.select("entity", "currency", "account", "closing").rows() == [
        ("de", "EUR", "1100", 100),
        ("de", "EUR", "2400", -100),
        ("us", "USD", "1100", 100),
        ("us", "USD", "2400", -100),
    ]


def test_rules_and_names_of_the_company_are_used() -> None:
    rules = [{"role": "revenue", "account": "4100", "product": "platform"}]
    own = [{"code": "4100", "name": "SaaS Revenue", "type": "income"}]
    report = trial_balance.table(outcomes.year(), outcomes.chart(rules, own))

    assert ("4100", "SaaS Revenue") in report.select("account", "name").rows()


def test_a_movement_of_no_line_does_not_foot() -> None:
    with pytest.raises(identities.DoesNotFoot, match="trial-balance"):
        trial_balance.table(outcomes.corrupted(outcomes.year(), "line_no", 7), outcomes.chart())
