"""Which account of the general ledger each role of a journal row posts to.

Worked example: the rules `revenue -> 4000`, `revenue, stream SaaS -> 4100` and `revenue, stream SaaS, region EMEA ->
4150` send the revenue of a SaaS line of an EMEA customer to 4150 (two conditions match), of any other SaaS line to
4100, and of all the rest to 4000. Without any rule the default chart below is used.

Two rules with equally many matching conditions and different accounts are a tie: a finding, and the lower account
code is used, so that the choice does not depend on the order of the rules.
"""

from dataclasses import dataclass

import polars as pl

from ratable.core import findings

CONDITIONS = ("product", "stream", "region", "entity", "currency", "customer")

DEFAULT = pl.DataFrame(
    [
        ("cash", "1000", "Cash"),
        ("receivable", "1100", "Accounts Receivable"),
        ("unbilled_receivable", "1150", "Unbilled Receivable"),
        ("contract_asset", "1160", "Contract Asset"),
        ("tax_payable", "2200", "Sales Tax Payable"),
        ("deferred_revenue", "2400", "Deferred Revenue"),
        ("refund_liability", "2450", "Refund Liability"),
        ("revenue", "4000", "Revenue"),
        ("fx_gain_loss", "7000", "Foreign Exchange Gain or Loss"),
    ],
    schema={"role": pl.String(), "account": pl.String(), "name": pl.String()},
    orient="row",
)


@dataclass(frozen=True)
class Chart:
    """The `accounts` and `account_rules` of a bundle, either of them possibly empty."""

    accounts: pl.DataFrame
    rules: pl.DataFrame


@dataclass(frozen=True)
class Assignment:
    """The account of every line and role.

    `of_line` is line_no and profile, `accounts` is profile, role and account: one row for each role of a profile.
    Lines of one profile are alike in all that the rules ask about.
    """

    of_line: pl.DataFrame
    accounts: pl.DataFrame
    findings: pl.DataFrame


def assign(chart: Chart, lines: pl.DataFrame) -> Assignment:
    """The account of every role for every line: the matching rule with most conditions, else the default chart.

    Args:
        chart: accounts and rules of the bundle.
        lines: one row per line: line_no, product, stream, region, entity, currency, customer.

    Findings:
        account_rule_tie: rules that match equally well name different accounts.
        account_missing: the company has its own accounts, and none of them, and no rule, serves a role.
    """
    asked = [name for name in CONDITIONS if chart.rules[name].is_not_null().any()]
    profiles = lines.select(asked).unique(maintain_order=True) if asked else pl.DataFrame({"all": [True]})
    profiles = profiles.with_row_index("profile")
    best = _best_rules(chart.rules, profiles)
    every = profiles.select("profile").join(DEFAULT.select("role", default="account"), how="cross")
    chosen = every.join(best, on=["profile", "role"], how="left")
    if asked:
        of_line = lines.join(profiles, on=asked, nulls_equal=True).select("line_no", "profile")
    else:
        of_line = lines.select("line_no", profile=pl.lit(0, dtype=pl.get_index_type()))
    return Assignment(
        of_line,
        chosen.select("profile", "role", account=pl.coalesce("account", "default")).sort("profile", "role"),
        findings.combine([_ties(best), _missing(chart, chosen)]),
    )


def matches(rules: pl.DataFrame, profiles: pl.DataFrame) -> pl.DataFrame:
    """Every rule that matches a profile, whether it wins or not.

    Args:
        rules: of the bundle.
        profiles: `profile`, and of CONDITIONS those at least that a rule asks about.

    Returns:
        profile, rule (place of the rule, from 0), role, account, conditions (how many it asks for). Of the rules of a
        role the one with most conditions wins.
    """
    numbered = rules.with_columns(rule=pl.int_range(pl.len(), dtype=pl.Int64))
    shapes = rules.select(pl.col(CONDITIONS).is_not_null()).unique().sort(CONDITIONS)
    found = [
        _matches(numbered, profiles, [name for name in CONDITIONS if shapes[name][shape]])
        for shape in range(len(shapes))
    ]
    none = profiles.select("profile").clear().with_columns(
        rule=pl.lit(0, pl.Int64), role=pl.lit(""), account=pl.lit(""), conditions=pl.lit(0)
    )  # fmt: skip
    return pl.concat([none, *found])


def in_force(chart: Chart) -> pl.DataFrame:
    """Every account that may be posted to: the company's own, then those of the default chart that it has not.

    Returns:
        code, name, entity (null: all entities).
    """
    own = chart.accounts.select("code", "name", "entity")
    default = DEFAULT.select("name", code="account", entity=pl.lit(None, dtype=pl.String))
    return pl.concat([own, default.join(own, on="code", how="anti").select(own.columns)])


def named(known: pl.DataFrame, postings: pl.DataFrame) -> pl.DataFrame:
    """The frame with `account_name`: the account's in the chart of its entity, else the one that all entities share.

    Args:
        known: the chart in force: code, name, entity (null: all entities).
        postings: any grain with `account` and `entity`.

    Returns:
        the same rows in the same order; account_name is null where the chart has no such account.
    """
    chart = known.select("entity", account="code", own="name")
    shared = chart.filter(pl.col("entity").is_null()).unique("account", keep="first")
    of_entity = chart.drop_nulls("entity").unique(["account", "entity"], keep="first")
    found = postings.join(of_entity, on=["account", "entity"], how="left", maintain_order="left").join(
        shared.select("account", shared="own"), on="account", how="left", maintain_order="left"
    )
    return found.with_columns(account_name=pl.coalesce("own", "shared")).drop("own", "shared")


def _best_rules(rules: pl.DataFrame, profiles: pl.DataFrame) -> pl.DataFrame:
    """For each profile and role that a rule matches: the accounts of the most specific ones, lowest first."""
    matched = matches(rules, profiles)
    most = matched.filter(pl.col("conditions") == pl.col("conditions").max().over("profile", "role"))
    tied = most.group_by("profile", "role").agg(tied=pl.col("account").unique().sort())
    return tied.with_columns(account=pl.col("tied").list.first())


def _matches(rules: pl.DataFrame, profiles: pl.DataFrame, conditions: list[str]) -> pl.DataFrame:
    """What the rules that ask exactly these conditions match."""
    shaped = [pl.col(name).is_not_null() == (name in conditions) for name in CONDITIONS]
    asking = rules.filter(shaped).select("rule", "role", "account", *conditions)
    met = profiles.join(asking, on=conditions) if conditions else profiles.join(asking, how="cross")
    return met.select("profile", "rule", "role", "account", conditions=pl.lit(len(conditions)))


def _ties(best: pl.DataFrame) -> pl.DataFrame:
    tied = best.filter(pl.col("tied").list.len() > 1)
    rows = tied.select(id="role", value=pl.col("tied").list.join(", "), row=pl.lit(None, dtype=pl.Int64)).unique()
    return findings.report("account_rule_tie", "account_rules", "account", rows)


def _missing(chart: Chart, chosen: pl.DataFrame) -> pl.DataFrame:
    """Roles that fall back on the default chart although the company brought its own accounts."""
    fallen = chosen.filter(pl.col("account").is_null()).select("role", "default").unique()
    strange = fallen.filter(~pl.col("default").is_in(chart.accounts["code"].to_list()))
    postable = strange.filter(~pl.col("role").is_in(["cash", "refund_liability", "fx_gain_loss"]))
    if chart.accounts.is_empty():
        postable = postable.clear()
    rows = postable.select(id="role", value="default", row=pl.lit(None, dtype=pl.Int64))
    return findings.report("account_missing", "account_rules", "account", rows)
