from typing import Any

import polars as pl
import pytest

from ratable.core import accounts, tables

LINES = pl.DataFrame(
    {
        "line_no": pl.Series([0, 1, 2], dtype=pl.UInt32),
        "product": ["seats", "seats", "setup"],
        "stream": ["SaaS", "SaaS", None],
        "region": ["EMEA", "AMER", None],
        "entity": [None, "us", "us"],
        "currency": ["EUR", "USD", "USD"],
        "customer": ["acme", "bolt", "bolt"],
    },
    schema_overrides={"stream": pl.String, "region": pl.String, "entity": pl.String},
)
RULES = [
    {"role": "revenue", "account": "4000"},
    {"role": "revenue", "account": "4100", "stream": "SaaS"},
    {"role": "revenue", "account": "4150", "stream": "SaaS", "region": "EMEA"},
]


def chart(rules: list[dict[str, Any]], own: list[dict[str, Any]] | None = None) -> accounts.Chart:
    return accounts.Chart(
        pl.DataFrame(own or [], schema=tables.TABLES["accounts"].schema),
        pl.DataFrame(rules, schema=tables.TABLES["account_rules"].schema),
    )


def of_role(assigned: accounts.Assignment, role: str) -> list[str]:
    """The account of a role for each line."""
    joined = assigned.of_line.join(assigned.accounts.filter(role=role), on="profile").sort("line_no")
    return joined["account"].to_list()


def test_the_rule_with_most_conditions_wins() -> None:
    assert of_role(accounts.assign(chart(RULES), LINES), "revenue") == ["4150", "4100", "4000"]


def test_profiles_are_numbered_as_their_lines_come() -> None:
    many = pl.DataFrame({"line_no": pl.arange(500, dtype=pl.UInt32, eager=True)}).with_columns(
        pl.format("p{}", pl.col("line_no") // 5).alias("product"),
        *(pl.lit(None, dtype=pl.String).alias(name) for name in accounts.CONDITIONS if name != "product"),
    )
    assigned = accounts.assign(chart([{"role": "revenue", "account": "4100", "product": "p7"}]), many)

    assert assigned.of_line.sort("line_no")["profile"].to_list() == [number // 5 for number in range(500)]


def test_a_rule_that_matches_in_part_does_not_match() -> None:
    rules = [{"role": "revenue", "account": "4150", "stream": "SaaS", "region": "APAC"}]

    assert of_role(accounts.assign(chart(rules), LINES), "revenue") == ["4000", "4000", "4000"]


def test_without_rules_every_role_has_its_default() -> None:
    assigned = accounts.assign(chart([]), LINES)

    assert of_role(assigned, "deferred_revenue") == ["2400"] * 3
    assert assigned.accounts["role"].sort().to_list() == accounts.DEFAULT["role"].sort().to_list()
    assert assigned.findings.is_empty()


@pytest.mark.parametrize("turned", [False, True])
def test_a_tie_is_a_finding_and_the_lower_code_is_used(turned: bool) -> None:
    rules = [
        {"role": "revenue", "account": "4200", "stream": "SaaS"},
        {"role": "revenue", "account": "4100", "customer": "acme"},
    ]
    assigned = accounts.assign(chart(rules[::-1] if turned else rules), LINES)

    assert of_role(assigned, "revenue") == ["4100", "4200", "4000"]
    assert assigned.findings.select("code", "severity", "id", "value").rows() == [
        ("account_rule_tie", "warns", "revenue", "4100, 4200")
    ]


def test_the_same_account_twice_is_no_tie() -> None:
    rules = [
        {"role": "revenue", "account": "4100", name: value} for name, value in (("stream", "SaaS"), ("region", "EMEA"))
    ]

    assert accounts.assign(chart(rules), LINES).findings.is_empty()


def test_a_company_with_its_own_accounts_hears_which_role_has_none() -> None:
    own = [{"code": "1100", "name": "Debtors", "type": "asset"}]
    rules = [{"role": role, "account": "1100"} for role in ("revenue", "tax_payable", "unbilled_receivable")]
    found = accounts.assign(chart(rules, own), LINES).findings

    assert found.select("code", "id", "value").rows() == [
        ("account_missing", "contract_asset", "1160"),
        ("account_missing", "deferred_revenue", "2400"),
    ]


def test_an_account_is_named_by_its_entity_first() -> None:
    own = [
        {"code": "4000", "name": "Sales", "type": "income"},
        {"code": "4000", "name": "Umsatz", "type": "income", "entity": "de"},
    ]
    postings = pl.DataFrame({"account": ["4000", "4000", "2400", "9"], "entity": ["de", "us", "de", None]})

    found = accounts.named(accounts.in_force(chart([], own)), postings)

    assert found["account_name"].to_list() == ["Umsatz", "Sales", "Deferred Revenue", None]


def test_every_rule_that_matches_is_told_with_how_much_it_asks() -> None:
    found = accounts.matches(chart(RULES).rules, LINES.with_columns(profile="line_no"))

    told = found.filter(profile=0).sort("rule").select("rule", "account", "conditions").rows()
    assert told == [(0, "4000", 0), (1, "4100", 1), (2, "4150", 2)]
    assert found.filter(profile=2)["account"].to_list() == ["4000"]
