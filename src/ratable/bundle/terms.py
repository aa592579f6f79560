"""Checks what the rows of one contract say together: tiers, milestones, use, discounts and amendments of its lines.

Worked example: a contract whose discount names one of its two lines without saying why gives `evidence_missing`
(606-10-32-37 asks for evidence); milestones worth 60 and 50 percent of a line give `milestones_over_price`.

Every check takes the typed tables and the raw ones, and returns findings alone.
"""

import polars as pl

from ratable.bundle import faults, references, rules
from ratable.core import tables

Tables = dict[str, pl.DataFrame]
Findings = list[pl.DataFrame]


def pricing(typed: Tables, raw: Tables) -> Findings:
    """Tiered models without tiers, tiers without such a model, and a last tier that ends.

    Findings: `tiers_missing`, `tiers_without_model`, `last_tier_bounded`; all block.
    """
    tiers, found = typed["price_tiers"], []
    if tiers.is_empty() and all(frame["pricing.model"].null_count() == len(frame) for frame in _line_tables(typed)):
        return []
    tiered = pl.col("pricing.model").is_in(["graduated", "volume"])
    for table, lines in _whole_lines(typed):
        bare = lines.filter(tiered).join(tiers, left_on="id", right_on="contract_line", how="anti")
        idle = lines.filter(~tiered.fill_null(value=False)).join(
            tiers, left_on="id", right_on="contract_line", how="semi"
        )
        found.append(faults.report(raw, "tiers_missing", table, "pricing.model", rows=bare["row"]))
        found.append(faults.report(raw, "tiers_without_model", table, "pricing.model", rows=idle["row"]))
    last = tiers.filter(pl.col("up_to").is_not_null().all().over("contract_line") & _is_last("up_to", "contract_line"))
    found.append(faults.report(raw, "last_tier_bounded", "price_tiers", "up_to", rows=last["row"]))
    ends_before_first = tiers.filter(pl.col("up_to") <= 0)
    return [*found, faults.report(raw, "negative_amount", "price_tiers", "up_to", rows=ends_before_first["row"])]


def _line_tables(typed: Tables) -> tuple[pl.DataFrame, pl.DataFrame]:
    return typed["contract_lines"], typed["amendment_changes"]


def _is_last(column: str, group: str) -> pl.Expr:
    return pl.col(column) == pl.col(column).max().over(group)


def _whole_lines(typed: Tables) -> list[tuple[str, pl.DataFrame]]:
    """Lines of contracts and lines that amendments add, each with its table; `id` is the line's id."""
    added = rules.lines(typed, "amendment_changes").with_columns(id="line")
    return [("contract_lines", rules.lines(typed, "contract_lines")), ("amendment_changes", added)]


def milestones(typed: Tables, raw: Tables) -> Findings:
    """Milestone lines without milestones, and milestones worth more than their line.

    Findings: `milestones_missing`, `milestones_over_price`; both block.
    """
    shares, found = typed["milestones"], []
    worth = shares.group_by(id="contract_line").agg(pl.col("percent").sum(), pl.col("amount").sum())
    for table, lines in _whole_lines(typed):
        for column, by_milestone in (("method", pl.col("_method")), ("billing.frequency", pl.col("billing.frequency"))):
            bare = lines.filter(by_milestone == "milestone").join(worth, on="id", how="anti")
            found.append(faults.report(raw, "milestones_missing", table, column, rows=bare["row"]))
        priced = lines.select("id", "price").join(worth, on="id")
        # As shares of the price: percent / 100% + amount / price > 1, multiplied out.
        whole = pl.lit(tables.WHOLE_PERCENT, pl.Int128)
        price = pl.col("price").cast(pl.Int128)
        over = priced.filter((pl.col("percent") * price + pl.col("amount") * whole > whole * price) & (price >= 0))
        rows = shares.join(over, left_on="contract_line", right_on="id", how="semi")
        found.append(faults.report(raw, "milestones_over_price", "milestones", "percent", rows=rows["row"]))
    return found


def usage(typed: Tables, raw: Tables) -> Findings:
    """Use of lines that are not usage lines, that have no price, or outside the line's days.

    Findings: `not_a_usage_line`, `usage_price_missing`, both block; `usage_outside_term` warns.
    """
    if typed["usage"].is_empty() and typed["minimum_lines"].is_empty():
        return []
    lines = pl.concat([lines.select(_LINE) for _, lines in _whole_lines(typed)])
    lines = lines.unique("id").join(_last_ends(typed), on="id", how="left")
    lines = lines.with_columns(end=pl.max_horizontal("end", "new_end"), tiered=pl.col("id").is_in(_tiered(typed)))
    used = typed["usage"].join(lines, left_on="contract_line", right_on="id")
    counted = typed["minimum_lines"].join(lines, left_on="contract_line", right_on="id")
    unpriced = pl.col("unit_price").is_null() & pl.col("pricing.unit_price").is_null() & ~pl.col("tiered")
    is_usage = pl.col("_method") == "usage"
    checks = (
        ("not_a_usage_line", "usage", "contract_line", used.filter(~is_usage)),
        ("not_a_usage_line", "minimum_lines", "contract_line", counted.filter(~is_usage)),
        (
            "usage_price_missing",
            "usage",
            "quantity",
            used.filter(is_usage & unpriced & pl.col("quantity").is_not_null()),
        ),
        ("usage_outside_term", "usage", "on", used.filter(~pl.col("on").is_between("start", "end"))),
    )
    return [faults.report(raw, code, table, column, rows=rows["row"]) for code, table, column, rows in checks]


_LINE = ("id", "start", "end", "_method", "unit_price", "pricing.unit_price")


def _last_ends(typed: Tables) -> pl.DataFrame:
    changes = typed["amendment_changes"].drop_nulls(["line", "end"])
    return changes.group_by(id="line").agg(new_end=pl.col("end").max())


def _tiered(typed: Tables) -> list[str]:
    return typed["price_tiers"]["contract_line"].unique().drop_nulls().to_list()


def discounts(typed: Tables, raw: Tables) -> Findings:
    """Discounts above the price they come off, and those for some lines alone without evidence.

    Source: 606-10-32-37.

    Findings: `discount_above_price`, `evidence_missing`; both block.
    """
    contracts = typed["contracts"].filter(
        pl.col("discount.amount").is_not_null() | pl.col("discount.lines").is_not_null()
    )
    invoices = typed["invoices"].drop_nulls("discount.amount")
    found = []
    if contracts.height:
        lines = typed["contract_lines"].select("contract", "price", line="id")
        lines = lines.join(contracts.select("discount.lines", contract="id"), on="contract")
        covered = pl.col("discount.lines").is_null() | pl.col("discount.lines").list.contains(pl.col("line"))
        sums = lines.group_by(id="contract").agg(
            total=pl.col("price").filter(covered).sum(),
            unpriced=(covered & pl.col("price").is_null()).any(),
            uncovered=(~covered).any(),
        )
        asked = contracts.join(sums, on="id")
        above = asked.filter(~pl.col("unpriced") & (pl.col("discount.amount") > pl.col("total")))
        bare = asked.filter(pl.col("uncovered") & pl.col("discount.evidence").is_null())
        found.append(faults.report(raw, "discount_above_price", "contracts", "discount.amount", rows=above["row"]))
        found.append(faults.report(raw, "evidence_missing", "contracts", "discount.evidence", rows=bare["row"]))
    if invoices.height:
        totals = typed["invoice_lines"].group_by(id="invoice").agg(total=pl.col("amount").sum())
        above = invoices.join(totals, on="id").filter(pl.col("discount.amount") > pl.col("total"))
        found.append(faults.report(raw, "discount_above_price", "invoices", "discount.amount", rows=above["row"]))
    return found


def amendments(typed: Tables, raw: Tables) -> Findings:
    """Amendments after the end of their contract or line, and separate contracts that change what was agreed.

    Findings: `amendment_after_end`, `amendment_ignored` warn; `separate_only_adds` blocks.
    """
    if typed["amendments"].is_empty():
        return []
    contracts = typed["contracts"].select("end", contract="id")
    late = typed["amendments"].join(contracts, on="contract").filter(pl.col("effective_on") > pl.col("end"))
    separate = typed["amendments"].filter(pl.col("treatment") == "separate").select(amendment="id")
    changing = typed["amendment_changes"].filter(pl.col("op") != "add").join(separate, on="amendment", how="semi")
    return [
        faults.report(raw, "amendment_after_end", "amendments", "effective_on", rows=late["row"]),
        faults.report(raw, "amendment_ignored", "amendment_changes", "line", rows=_after_removal(typed)["row"]),
        faults.report(raw, "separate_only_adds", "amendment_changes", "op", rows=changing["row"]),
    ]


def _after_removal(typed: Tables) -> pl.DataFrame:
    """Changes of a line that take effect after an amendment removed it."""
    days = typed["amendments"].select(amendment="id", day=pl.max_horizontal("effective_on", "approved_on"))
    changes = typed["amendment_changes"].select("row", "amendment", "op", "line").join(days, on="amendment")
    removed = changes.filter(pl.col("op") == "remove").group_by("line").agg(removed=pl.col("day").min())
    return changes.join(removed, on="line").filter(pl.col("day") > pl.col("removed"))


def invoicing(typed: Tables, raw: Tables) -> Findings:
    """Contracts that are said to be billed by us while an invoice bills them too.

    Findings: `double_billing`, blocks.
    """
    generated = typed["contracts"].filter(pl.col("invoicing") == "generate")
    if generated.is_empty() or typed["invoices"].is_empty():
        return []
    twice = generated.join(references.billed_contracts(typed), left_on="id", right_on="contract", how="semi")
    return [faults.report(raw, "double_billing", "contracts", "invoicing", rows=twice["row"])]


def account_rules(typed: Tables, raw: Tables) -> Findings:
    """Rules alike in role and every condition that name different accounts.

    Findings: `account_rules_alike`, blocks.
    """
    asked = [c.name for c in tables.TABLES["account_rules"].columns if c.name != "account"]
    alike = typed["account_rules"].filter(pl.struct(asked).is_duplicated() & pl.col("role").is_not_null())
    return [faults.report(raw, "account_rules_alike", "account_rules", "account", rows=alike["row"])]


CHECKS = (pricing, milestones, usage, discounts, amendments, invoicing, account_rules)
"""Every check of this module, in the order of the tables."""
