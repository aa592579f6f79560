"""Checks of bills and documents: one that came twice, one that never came, and amounts that disagree.

Worked example: a contract is billed by the quarter; the invoices for January to March and July to September are there,
that for April to June is not: one flag of JC-22 with the invoice that is missing as its fix. Two invoices of one amount
for two different quarters are right; so is a quarter that the next invoice bills as well.

Polars finds the rows; a Python loop runs over those that become flags.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import polars as pl

from ratable.core import periods
from ratable.review import catalogue, clauses, flags, words
from ratable.review.checks import diagnosed
from ratable.review.proposals import Fix
from ratable.review.snapshot import Snapshot

_OWNER = "billing accountant"


def text(amount: int, currency: str) -> str:
    """Minor units as a bundle writes them."""
    return words.money(amount, currency).replace(",", "")


def _bills(snapshot: Snapshot) -> pl.DataFrame:
    """Invoice lines with what their invoice says."""
    heads = snapshot.bundle["invoices"].select("customer", "currency", "issued_on", "contract", invoice="id")
    rows = snapshot.bundle["invoice_lines"].join(heads, on="invoice")
    return rows.with_columns(
        owner=pl.coalesce("contract_line", "product"),
        months=periods.month_number(periods.day_after(pl.col("service_end")))
        - periods.month_number(pl.col("service_start")),
        # Whole months alone have a length that can be compared.
        whole=periods.day_after(pl.col("service_end")).dt.day() == pl.col("service_start").dt.day(),
    )


def _out_of_step(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Invoices that came twice, and windows that are none of the cadence (JC-12)."""
    yield from diagnosed.flagged(snapshot, "JC-12")
    contracted = _bills(snapshot).filter(pl.col("contract_line").is_not_null())
    yield from _twice(snapshot, contracted)
    yield from _odd_windows(_bills(snapshot))


def _came_twice(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Invoices without a contract that came twice, and entries that did (JC-49D)."""
    yield from diagnosed.flagged(snapshot, "JC-49D")
    yield from _twice(snapshot, _bills(snapshot).filter(pl.col("contract_line").is_null()))


def _twice(snapshot: Snapshot, bills: pl.DataFrame) -> Iterator[flags.Flag]:
    """Two invoices that bill the same service of the same customer with the same amount, days apart."""
    key = ["customer", "currency", "owner", "amount", "service_start", "service_end", "quantity"]
    known = bills.filter(pl.col("owner").is_not_null() & (pl.col("amount") > 0))
    ordered = known.sort("issued_on", "invoice", "id").with_columns(
        first=pl.col("invoice").first().over(key), begun=pl.col("issued_on").first().over(key)
    )
    days = (pl.col("issued_on") - pl.col("begun")).dt.total_days()
    near = days <= pl.when(pl.col("service_start").is_null()).then(0).otherwise(31)
    again = ordered.filter((pl.col("invoice") != pl.col("first")) & near)
    taken_back = snapshot.bundle["credit_notes"].select(invoice="invoice")
    for row in again.join(taken_back, on="invoice", how="anti").sort("invoice", "id").iter_rows(named=True):
        window = f"{row['service_start']} to {row['service_end']}" if row["service_start"] else f"{row['issued_on']}"
        amount = words.money(row["amount"], row["currency"])
        yield flags.Flag(
            table="invoices", subject=row["invoice"], part=row["id"], customer=row["customer"],
            contract=row["contract"], line=row["contract_line"] or row["id"], currency=row["currency"],
            amount=row["amount"], period=f"{row['issued_on']:%Y-%m}",
            says=f"Invoice {row['invoice']} bills {amount} {row['currency']} of {row['owner']} for {window} again; "
            f"{row['first']} has billed it.",
            expected=f"one invoice for {window}", actual=f"{row['first']} and {row['invoice']}",
            formula=f"{amount} + {amount} for one service of {amount}",
            next="Compare the two documents; credit the second if it is a copy.",
            rows=(f"invoices/{row['invoice']}", f"invoices/{row['first']}", f"invoice_lines/{row['id']}"),
            fix=Fix("credit", "invoices", row["invoice"]).text(),
        )  # fmt: skip


def _odd_windows(bills: pl.DataFrame) -> Iterator[flags.Flag]:
    """A service window of another length than the others of the same amount, product and quantity."""
    key = ["customer", "currency", "owner", "amount", "quantity"]
    alike = bills.filter(pl.col("whole").fill_null(value=False) & pl.col("owner").is_not_null())
    alike = alike.with_columns(
        usual=pl.col("months").mode().max().over(key), most=pl.col("months").unique_counts().max().over(key),
        several=pl.len().over(key),
    )  # fmt: skip
    odd = alike.filter((pl.col("several") >= 3) & (pl.col("most") == pl.col("several") - 1))
    odd = odd.filter(pl.col("months") != pl.col("usual"))
    for row in odd.sort("invoice", "id").iter_rows(named=True):
        end = clauses.after(row["service_start"], row["usual"])
        amount = words.money(row["amount"], row["currency"])
        yield flags.Flag(
            table="invoice_lines", subject=row["id"], customer=row["customer"], contract=row["contract"],
            line=row["contract_line"] or row["id"], currency=row["currency"], amount=row["amount"],
            period=f"{row['service_start']:%Y-%m}",
            says=f"Invoice line {row['id']} bills {amount} {row['currency']} for {row['months']} months; the same "
            f"amount bought {row['usual']} months each other time.",
            expected=f"{row['usual']} months, through {end}", actual=f"{row['months']} months",
            formula=f"{row['service_start']} to {row['service_end']} = {row['months']} months",
            next="Look at the invoice; put right its service period.",
            rows=(f"invoice_lines/{row['id']}", f"invoices/{row['invoice']}"),
            fix=Fix("correct", "invoice_lines", row["id"], {"service_end": end.isoformat()}).text(),
        )  # fmt: skip


def _missing(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A gap in the invoices of a line that is billed elsewhere (JC-22)."""
    yield from diagnosed.flagged(snapshot, "JC-22")
    bills = _bills(snapshot).filter(pl.col("contract_line").is_not_null() & pl.col("service_start").is_not_null())
    each = bills.unique(["contract_line", "service_start", "service_end"]).sort("contract_line", "service_start")
    each = each.with_columns(
        reached=pl.col("service_end").cum_max().over("contract_line"),
        usual=pl.col("months").mode().max().over("contract_line"),
        count=pl.len().over("contract_line"),
    ).with_columns(
        next_start=pl.col("service_start").shift(-1).over("contract_line"),
        next_amount=pl.col("amount").shift(-1).over("contract_line"),
    )  # fmt: skip
    lines = snapshot.lines.select("end", "entity", contract_line="line", owner_contract="contract")
    each = each.join(lines, on="contract_line").with_columns(first=periods.day_after(pl.col("reached")))
    gap = each.filter(pl.col("next_start").is_not_null() & (pl.col("next_start") > pl.col("first")))
    for row in gap.iter_rows(named=True):
        yield _gap(row, row["next_start"] - timedelta(days=1))
    grace = timedelta(days=snapshot.settings.grace_days)
    ended = each.filter(pl.col("next_start").is_null() & (pl.col("first") <= pl.col("end")) & (pl.col("count") >= 3))
    for row in ended.iter_rows(named=True):
        last = clauses.after(row["first"], row["usual"] or 1)
        lag = max(row["issued_on"] - row["service_start"], timedelta())
        if row["first"] + lag + grace < snapshot.through:
            yield _gap(row, min(last, row["end"]))


def _gap(row: dict[str, Any], last: Any) -> flags.Flag:
    first, currency = row["first"], row["currency"]
    fix = Fix("add", "invoices", "", {
        "contract": row["owner_contract"], "amount": text(row["amount"], currency),
        "service_start": first.isoformat(), "service_end": last.isoformat(),
    })  # fmt: skip
    return flags.Flag(
        table="contract_lines", subject=row["contract_line"], part=str(first), customer=row["customer"],
        contract=row["owner_contract"], line=row["contract_line"], entity=row["entity"] or "", currency=currency,
        amount=row["amount"], period=f"{first:%Y-%m}",
        says=f"No invoice bills line {row['contract_line']} for {first} to {last}; those beside it bill "
        f"{words.money(row['amount'], currency)} {currency} each.",
        expected=f"an invoice for {first} to {last}", actual="none",
        formula=f"last billed day {row['reached']}, next billed day {row['next_start'] or 'none yet'}",
        next="Ask billing for the invoice, or record why the period is not billed.",
        rows=(f"contracts/{row['owner_contract']}", f"contract_lines/{row['contract_line']}",
              f"invoices/{row['invoice']}"),
        fix=fix.text(),
    )  # fmt: skip


def _other_currency(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A contract in another currency than the amounts of its clauses, or than its own invoices (JC-02C)."""
    named = snapshot.said.filter(pl.col("currencies").list.len() == 1)
    said = named.group_by("contract", "currency").agg(
        stated=pl.col("currencies").list.first().unique(), line=pl.col("line").min(), clause=pl.col("clause").first()
    )
    off = said.filter((pl.col("stated").list.len() == 1) & (pl.col("stated").list.first() != pl.col("currency")))
    heads = snapshot.bundle["contracts"].select("customer", contract="id")
    for row in off.join(heads, on="contract").sort("contract").iter_rows(named=True):
        stated = row["stated"][0]
        yield flags.Flag(
            table="contracts", subject=row["contract"], contract=row["contract"], line=row["line"],
            customer=row["customer"], currency=row["currency"],
            says=f"Contract {row['contract']} is kept in {row['currency']}; its clause names amounts in {stated}.",
            expected=stated, actual=row["currency"], formula=f"{row['currency']} is not {stated}",
            next="Read the contract; correct its currency.",
            rows=(f"contracts/{row['contract']}", f"contract_lines/{row['line']}"),
            fix=Fix("correct", "contracts", row["contract"], {"currency": stated}).text(),
        )  # fmt: skip
    yield from diagnosed.flagged(snapshot, "JC-71")
    heads = snapshot.bundle["contracts"].select(contract="id", agreed="currency")
    billed = _bills(snapshot).join(heads, on="contract").filter(pl.col("currency") != pl.col("agreed"))
    for row in billed.sort("invoice", "id").iter_rows(named=True):
        yield flags.Flag(
            table="invoices", subject=row["invoice"], contract=row["contract"], line=row["contract_line"],
            customer=row["customer"], currency=row["currency"], amount=row["amount"],
            says=f"Invoice {row['invoice']} is in {row['currency']}; contract {row['contract']} is in {row['agreed']}.",
            expected=row["agreed"], actual=row["currency"], formula=f"{row['currency']} is not {row['agreed']}",
            next="Compare the document; correct the currency of the invoice.",
            rows=(f"invoices/{row['invoice']}", f"contracts/{row['contract']}"),
            fix=Fix("correct", "invoices", row["invoice"], {"currency": row["agreed"]}).text(),
        )  # fmt: skip


def _use_twice(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Use that came twice: a whole month of readings, each of which stands there already (JC-21)."""
    yield from diagnosed.flagged(snapshot, "JC-21")
    used = snapshot.bundle["usage"].with_columns(month=pl.col("on").dt.month_start())
    key = ["contract_line", "on", "quantity", "amount"]
    ordered = used.sort("known_on", "row", "id").with_columns(
        turn=pl.int_range(pl.len()).over(key), first=pl.col("id").first().over(key), several=pl.len().over(key)
    )
    # One reading that repeats may be two devices; all readings of a month that repeat are a file that came twice.
    month = ordered.group_by("contract_line", "month").agg(all_twice=(pl.col("several") > 1).all(), readings=pl.len())
    again = ordered.filter(pl.col("turn") > 0).join(month.filter("all_twice"), on=["contract_line", "month"])
    lines = snapshot.lines.select("contract", "customer", "entity", "currency", contract_line="line")
    for row in again.join(lines, on="contract_line").sort("id").iter_rows(named=True):
        column = "quantity" if row["quantity"] is not None else "amount"
        zero = "0" if column == "quantity" else text(0, row["currency"])
        yield flags.Flag(
            table="usage", subject=row["id"], contract=row["contract"], line=row["contract_line"],
            customer=row["customer"], entity=row["entity"] or "", currency=row["currency"],
            period=f"{row['month']:%Y-%m}",
            says=f"Use {row['id']} of line {row['contract_line']} on {row['on']} repeats {row['first']}, and so does "
            f"every reading of {row['month']:%Y-%m}.",
            expected="each reading once", actual=f"{row['readings']} readings, each of them twice",
            formula=f"{row['id']} = {row['first']} in line, day and {column}",
            next="Find out whether the file of that month was loaded twice; set the second to nothing.",
            rows=(f"usage/{row['id']}", f"usage/{row['first']}", f"contract_lines/{row['contract_line']}"),
            fix=Fix("correct", "usage", row["id"], {column: zero}).text(),
        )  # fmt: skip


def _credited_twice(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A credit note that came twice: same bill, amount, cause and reason, days apart (JC-23)."""
    yield from diagnosed.flagged(snapshot, "JC-23")
    heads = snapshot.bundle["credit_notes"].select("invoice", "issued_on", "cause", "reason", credit_note="id")
    rows = snapshot.bundle["credit_note_lines"].join(heads, on="credit_note")
    key = ["invoice", "invoice_line", "amount", "cause", "reason"]
    ordered = rows.sort("issued_on", "credit_note").with_columns(
        first=pl.col("credit_note").first().over(key), begun=pl.col("issued_on").first().over(key)
    )
    days = (pl.col("issued_on") - pl.col("begun")).dt.total_days()
    again = ordered.filter((pl.col("credit_note") != pl.col("first")) & (days <= snapshot.settings.grace_days))
    bills = _bills(snapshot).select(invoice_line="id", billed="contract_line", lone="id", head="currency")
    again = again.join(bills, on="invoice_line", how="left").with_columns(
        line=pl.coalesce("billed", "lone", pl.col("invoice_line").str.replace(r"/\d{4}-\d{2}-\d{2}$", ""))
    )
    lines = snapshot.lines.select("line", "contract", "customer", "entity", "currency").unique("line")
    for row in again.join(lines, on="line", how="left").sort("credit_note", "invoice_line").iter_rows(named=True):
        currency = row["currency"] or row["head"] or ""
        amount, bill = words.money(row["amount"], currency), f"{row['credit_note']}/{row['invoice_line']}"
        fix = Fix("correct", "credit_note_lines", bill, {"amount": text(0, currency)})
        yield flags.Flag(
            table="credit_notes", subject=row["credit_note"], part=row["invoice_line"], contract=row["contract"],
            line=row["line"], customer=row["customer"], entity=row["entity"] or "", currency=currency,
            amount=row["amount"], period=f"{row['issued_on']:%Y-%m}",
            says=f"Credit note {row['credit_note']} gives {amount} {currency} off {row['invoice_line']} with the words "
            f"of {row['first']}, which gave the same.",
            expected="one credit note", actual=f"{row['first']} and {row['credit_note']}",
            formula=f"{amount} + {amount} for {row['reason'] or row['cause']}",
            next="Compare the two documents; set the second to nothing if it is a copy.",
            rows=(f"credit_notes/{row['credit_note']}", f"credit_notes/{row['first']}", f"credit_note_lines/{bill}"),
            fix=fix.text(),
        )  # fmt: skip


def _not_netted(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A journal that shows an asset and a liability of one contract, where the facts give one net side (JC-42D)."""
    yield from diagnosed.flagged(snapshot, "JC-42D")


CHECKS: tuple[catalogue.Check, ...] = (
    catalogue.Check("JC-02C", "Currency is that of the contract", flags.FLAGS, _OWNER, _other_currency, weight=40),
    catalogue.Check("JC-12", "Schedule in step with the billing period", flags.FLAGS, _OWNER, _out_of_step, weight=40),
    catalogue.Check("JC-21", "Usage ties", flags.FLAGS, _OWNER, _use_twice, weight=40),
    catalogue.Check("JC-22", "Every period is billed", flags.FLAGS, _OWNER, _missing, weight=40),
    catalogue.Check("JC-23", "Credit notes in order", flags.FLAGS, _OWNER, _credited_twice, weight=40),
    catalogue.Check("JC-42D", "Sides are netted", flags.FLAGS, _OWNER, _not_netted, weight=30),
    catalogue.Check("JC-49D", "Invoice or entry came twice", flags.FLAGS, _OWNER, _came_twice, weight=40),
)
