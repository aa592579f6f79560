"""Step 1: identify the contracts, and the facts of them that count on the day asked.

Worked example: a contract signed on 1 January and recorded on 10 March is not there for `known_on` 9 March, and with
it go its lines, its amendments, its use and the invoices that name it; from 10 March all of them are.

Two filters, both on whole tables: what was known (`known_on`), and what was agreed or had happened (`through`).
"""

from datetime import date

import polars as pl

from ratable.core import tables

Facts = dict[str, pl.DataFrame]


def known(facts: Facts, known_on: date) -> Facts:
    """The facts that were known on a day; a fact is known only once everything it names is known.

    Args:
        facts: the tables of a bundle.
        known_on: the day; a fact learned of on that day counts.

    Returns:
        the same tables with fewer rows.
    """
    learned = {
        name: frame.filter((pl.col("known_on") <= known_on) | pl.col("known_on").is_null())
        if "known_on" in frame.columns
        else frame
        for name, frame in facts.items()
    }
    return closed(learned, facts)


def agreed(facts: Facts, through: date) -> Facts:
    """The facts that were agreed or had happened by a day: signatures, approvals, use, deliveries and documents.

    Args:
        facts: the tables of a bundle.
        through: the day; what happened on it counts.

    Returns:
        the same tables with fewer rows. Invoices stay: one that is issued later may bill service of today.
    """
    day_of = {
        "contracts": "signed_on",
        "amendments": "approved_on",
        "credit_notes": "issued_on",
        "usage": "on",
        "milestones_reached": "on",
    }
    happened = {
        name: frame.filter(pl.col(day_of[name]) <= through) if name in day_of else frame
        for name, frame in facts.items()
    }
    return closed(happened, facts)


def closed(facts: Facts, given: Facts) -> Facts:
    """Drop, from parents to children, every row that names a contract, line or document which is not there.

    `given` is what the facts were taken from: where all of a parent table is still there, its children are.
    """
    found = dict(facts)

    def keep(name: str, column: str, ids: pl.Series, *, optional: bool = False) -> None:
        frame = found[name]
        if len(frame):
            inside = pl.col(column).is_in(ids.implode())
            found[name] = frame.filter(inside | pl.col(column).is_null() if optional else inside)

    contracts = found["contracts"]["id"]
    for name in ("contract_lines", "amendments", "minimums"):
        keep(name, "contract", contracts)
    keep("amendment_changes", "amendment", found["amendments"]["id"])
    added = found["amendment_changes"].filter(pl.col("op") == "add")["line"]
    lines = pl.concat([found["contract_lines"]["id"], added])
    for name in ("usage", "milestones", "milestones_reached", "price_tiers", "minimum_lines"):
        keep(name, "contract_line", lines)
    keep("minimum_lines", "minimum", found["minimums"]["id"])
    every = len(given["contract_lines"]) + len(given["amendment_changes"].filter(pl.col("op") == "add"))
    if len(contracts) < len(given["contracts"]) or len(lines) < every:
        keep("invoices", "contract", contracts, optional=True)
        keep("invoice_lines", "contract_line", lines, optional=True)
    if len(found["invoices"]) < len(given["invoices"]):
        keep("invoice_lines", "invoice", found["invoices"]["id"])
    keep("credit_note_lines", "credit_note", found["credit_notes"]["id"])
    return found


def invoicing(facts: Facts) -> pl.DataFrame:
    """Who makes the invoices of each contract: import where an imported invoice names it, unless the contract says.

    Returns:
        one row per contract: contract, generate (true where our own billing schedule makes them).
    """
    lines = facts["invoice_lines"].filter(pl.col("contract_line").is_not_null()).select(line="contract_line")
    owners = pl.concat(
        [
            facts["contract_lines"].select(line="id", contract="contract"),
            facts["amendment_changes"]
            .filter(pl.col("op") == "add")
            .join(facts["amendments"].select(amendment="id", contract="contract"), on="amendment")
            .select("line", "contract"),
        ]
    )
    named = pl.concat(
        [facts["invoices"]["contract"].drop_nulls(), owners.join(lines, on="line", how="semi")["contract"]]
    )
    default = pl.when(pl.col("id").is_in(named.unique().implode())).then(pl.lit("import")).otherwise(pl.lit("generate"))
    return facts["contracts"].select(contract="id", generate=pl.coalesce("invoicing", default) == "generate")


def terms(facts: Facts, generated: pl.DataFrame) -> pl.DataFrame:
    """What holds for every line of a contract.

    Returns:
        one row per contract: contract, account, customer, region, entity, currency, signed_on, contract_start,
        contract_end, generate, and the contract-level discount.
    """
    customers = facts["customers"].select(customer="id", region="region", seller="entity")
    return (
        facts["contracts"]
        .join(customers, on="customer", how="left")
        .join(generated, left_on="id", right_on="contract", how="left")
        .select(
            "customer",
            "region",
            "currency",
            "signed_on",
            "generate",
            "^discount.*$",
            contract="id",
            account=pl.format("contract {}", "id"),
            entity=pl.coalesce("entity", "seller", sole_entity(facts)),
            contract_start="start",
            contract_end="end",
        )
    )


def sole_entity(facts: Facts) -> pl.Expr:
    """The company's only entity, where it has just one."""
    entities = facts["entities"]["id"]
    return pl.lit(entities[0] if len(entities) == 1 else None, dtype=pl.String)


def amendments(facts: Facts) -> pl.DataFrame:
    """Amendments with the day they take effect: the later of effective_on and approved_on, never before signature.

    Returns:
        one row per amendment: amendment, contract, day, treatment as stated (auto where not), reason.
    """
    signed = facts["contracts"].select("signed_on", contract="id")
    return (
        facts["amendments"]
        .join(signed, on="contract")
        .select(
            "contract",
            "reason",
            amendment="id",
            day=pl.max_horizontal("effective_on", "approved_on", "signed_on"),
            treatment=pl.coalesce("treatment", pl.lit("auto")),
        )
    )


LINE_TERMS = [c.name for c in tables.TABLES["contract_lines"].columns if c.name not in ("id", "contract")]


def of_accounts(facts: Facts, lines: pl.DataFrame) -> Facts:
    """The facts of some accounts alone.

    Args:
        facts: the tables of a bundle.
        lines: contract and line (ids) of those accounts; contract is null for the lines of lone invoices.

    Returns:
        the same tables with fewer rows; shared ones such as products and policies whole.
    """
    contracts = lines["contract"].drop_nulls().unique()
    found = dict(facts)
    found["contracts"] = facts["contracts"].filter(pl.col("id").is_in(contracts.implode()))
    names = pl.coalesce("contract_line", "id")
    found["invoice_lines"] = facts["invoice_lines"].filter(names.is_in(lines["line"].implode()))
    found["invoices"] = facts["invoices"].join(found["invoice_lines"], left_on="id", right_on="invoice", how="semi")
    return closed(found, facts)


def moments(facts: Facts, lines: pl.DataFrame) -> pl.DataFrame:
    """When each fact became known, and the first day whose figures it can move.

    Args:
        facts: the tables that count.
        lines: line (id) and account of every obligation.

    Returns:
        one row per fact: account, day, known_on. Price books and policies are in shared_moments.
    """
    by_contract = (
        lines.select("account").unique().with_columns(contract=pl.col("account").str.strip_prefix("contract "))
    )
    issued = facts["invoices"].select("issued_on", "known_on", invoice="id")
    invoiced = facts["invoice_lines"].join(issued, on="invoice")
    first_day = pl.min_horizontal("issued_on", "service_start")
    invoiced = invoiced.with_columns(line=pl.coalesce("contract_line", "id"), day=first_day)
    credited = facts["credit_note_lines"].join(
        facts["credit_notes"].select("issued_on", "known_on", "invoice", credit_note="id"), on="credit_note"
    )  # fmt: skip
    own = credited.with_columns(contract=pl.col("invoice").str.replace(r"/\d{4}-\d{2}-\d{2}$", ""))
    amended = amendments(facts).join(facts["amendments"].select("known_on", amendment="id"), on="amendment")
    minimum = facts["minimums"].join(facts["contracts"].select(contract="id", day="start"), on="contract")
    used = facts["usage"].select("known_on", line="contract_line", day="on")
    reached = facts["milestones_reached"].select("known_on", line="contract_line", day="on")
    signed = facts["contracts"].select("known_on", contract="id", day="signed_on")
    bills = invoiced.select("line", invoice_line="id")
    imported = credited.join(bills, on="invoice_line").with_columns(day="issued_on")
    of_lines = [
        rows.select("line", "day", "known_on").join(lines, on="line") for rows in (invoiced, imported, used, reached)
    ]
    of_contracts = [
        rows.select("contract", "day", "known_on").join(by_contract, on="contract")
        for rows in (signed, amended, minimum, own.with_columns(day="issued_on"))
    ]
    every = pl.concat([rows.select("account", "day", "known_on") for rows in (*of_lines, *of_contracts)])
    # A fact is known only once the contract that it belongs to is.
    whole = signed.join(by_contract, on="contract").select("account", signature_known="known_on")
    return (
        every.join(whole, on="account", how="left")
        .with_columns(known_on=pl.max_horizontal("known_on", "signature_known"))
        .select("account", "day", "known_on")
        .drop_nulls()
    )


def shared_moments(facts: Facts) -> pl.DataFrame:
    """When each fact that concerns every account became known, and the first day it applies to: day, known_on."""
    first = pl.coalesce("from", pl.date(1, 1, 1))
    shared = [facts[name].select("known_on", day=first) for name in ("ssps", "policies")]
    return pl.concat(shared).drop_nulls()
