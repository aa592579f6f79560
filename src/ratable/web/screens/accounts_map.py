"""Accounts and the rules that lead to them, with a tester: which rule wins for a line, which it beat, and why.

Worked example: for revenue of a SaaS line of an EMEA customer the tester says 4150, by the rule with two conditions
(stream, region), which beat 4100 (one condition) and 4000 (none). Where two rules with equally many conditions name
different accounts, it says that they tie, and that the lower code is used.

The answer is that of the engine's own rules (core.accounts); nothing is decided here.
"""

from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse

from ratable.access import requests
from ratable.core import accounts
from ratable.engine import outcome
from ratable.ledger import knowledge, rows
from ratable.operations import people
from ratable.reports import rendering
from ratable.web import downloads, frame, own, state, tables

_ACCOUNTS = own.columns("accounts", "code", "name", "type", "entity")
_RULES = own.columns("account_rules", "role", "account", *accounts.CONDITIONS)
_SIGNS = {"wins": ("good", "wins"), "ties": ("warn", "ties"), "beaten": ("quiet", "beaten")}


@frame.screen
def view(request: HttpRequest, asked: state.State) -> HttpResponse:
    """Accounts, rules and the tester, or one of the tables as a file."""
    known = own.known()
    chart = accounts.Chart(known["accounts"], known["account_rules"])
    said = {name: own.texts(name, known) for name in ("accounts", "account_rules")}
    if format_ := downloads.wanted(request):
        name = asked.get("table", "account_rules")
        if name not in said:
            raise state.Unclear(f"table: saw {name!r}; expected {', '.join(said)}.")
        heading = rendering.Heading(name, {"through": asked.through.isoformat()}, downloads.NO_FINDINGS)
        return downloads.file(format_, [said[name].drop("key", "versions")], heading)
    return frame.page(request, "web/accounts_map.html", {
        "accounts": tables.Table("accounts", "Accounts", _ACCOUNTS, said["accounts"], short=True),
        "rules": tables.Table("account_rules", "Rules", _RULES, said["account_rules"], short=True),
        "default": accounts.DEFAULT.rows(named=True), "tested": _tested(asked, chart, known["products"]),
        "asked_of": asked.some(*accounts.CONDITIONS), "role_asked": asked.get("role"),
        "roles": list(outcome.ROLES.categories), "conditions": _known(known), "revising": own.waiting(),
        "denied": people.denial(requests.person(request), "propose a revision"),
    })  # fmt: skip


def _known(known: dict[str, pl.DataFrame]) -> dict[str, list[str]]:
    """What may be chosen for each condition: what rules ask about, and what there is."""
    rules = known["account_rules"]
    there = {
        "product": known["products"]["id"], "stream": known["products"]["stream"],
        "entity": knowledge.current("entities")["id"],
        "region": rows.select("SELECT DISTINCT region FROM fact_customers", [], {"region": pl.String()})["region"],
    }  # fmt: skip
    nothing = pl.Series(dtype=pl.String)
    return {
        name: pl.concat([rules[name], there.get(name, nothing)]).drop_nulls().unique().sort().to_list()
        for name in accounts.CONDITIONS
    }


def _tested(asked: state.State, chart: accounts.Chart, products: pl.DataFrame) -> dict[str, Any] | None:
    """The answer of the rules for one line; None where nothing was asked."""
    role = asked.get("role")
    if role not in outcome.ROLES.categories:
        return None
    given: dict[str, str | None] = {name: asked.get(name) or None for name in accounts.CONDITIONS}
    if given["product"] and not given["stream"]:
        # A line is of the stream of its product.
        given["stream"] = next(iter(products.filter(pl.col("id") == given["product"])["stream"]), None)
    line = pl.DataFrame([given], schema=dict.fromkeys(accounts.CONDITIONS, pl.String)).with_columns(
        line_no=pl.lit(0, pl.UInt32), profile=pl.lit(0, pl.UInt32)
    )
    assigned = accounts.assign(chart, line)
    won = str(assigned.accounts.filter(pl.col("role") == role)["account"].item())
    matched = accounts.matches(chart.rules, line).filter(pl.col("role") == role)
    most = matched["conditions"].max()
    rules = chart.rules.with_columns(rule=pl.int_range(pl.len(), dtype=pl.Int64)).select("rule", *accounts.CONDITIONS)
    shown = matched.join(rules, on="rule").sort("conditions", "account", descending=[True, False])
    tie = assigned.findings.filter((pl.col("code") == "account_rule_tie") & (pl.col("id") == role))
    best = pl.col("conditions") == pl.lit(most, pl.Int32)
    verdict = pl.when(best & (pl.col("account") == won)).then(pl.lit("wins")).when(best).then(pl.lit("ties"))
    judged = shown.with_columns(verdict=verdict.otherwise(pl.lit("beaten")), why=_why(most))
    signs = pl.Series("sign", [list(_SIGNS[word]) for word in judged["verdict"]], dtype=pl.List(pl.String))
    columns = (
        tables.Column("account", "Account", "id"), tables.Column("sign", "Verdict", "status"),
        tables.Column("why", "Why"), *(tables.Column(name, name.capitalize()) for name in accounts.CONDITIONS),
    )  # fmt: skip
    return {
        "account": won, "role": role, "default": matched.is_empty(), "tie": tie["message"].first(),
        "table": tables.Table("tested", "Rules that match", columns, judged.with_columns(signs), short=True),
        "beaten": judged.filter(pl.col("verdict") == "beaten").height, "stream": given["stream"],
    }  # fmt: skip


def _why(most: object) -> pl.Expr:
    asked = pl.concat_list(
        pl.when(pl.col(name).is_not_null()).then(pl.lit(name)) for name in accounts.CONDITIONS
    ).list.drop_nulls()
    named = pl.when(asked.list.len() > 0).then(pl.format(": {}", asked.list.join(", "))).otherwise(pl.lit(""))
    noun = pl.when(pl.col("conditions") == 1).then(pl.lit("condition")).otherwise(pl.lit("conditions"))
    return pl.format("{} {} of at most {}{}", "conditions", noun, pl.lit(str(most)), named)
