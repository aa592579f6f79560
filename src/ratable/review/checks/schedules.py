"""Checks of schedules: the days, terms and methods of lines against the words of their clauses and their products.

Worked example: the row of C-12-1 begins on 2026-01-01, its clause names 15 January 2026: one flag of JC-11 with the
fix {"start": "2026-01-15"}. A line that begins on any day its clause names is right; so is an odd term that the clause
states.

Polars finds the lines that contradict their clauses; a Python loop runs over those alone.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl

from ratable.core import periods
from ratable.review import catalogue, clauses, diagnosing, flags, said, words
from ratable.review.checks import balances, diagnosed
from ratable.review.proposals import Fix
from ratable.review.snapshot import Snapshot

_OWNER = "revenue accountant"
_READ = "Read the clause; if the row is wrong, correct it, else say which words prevail."
_OVER_TIME = ("straight_line",)
_ONE = timedelta(days=1)
_LEFT = re.compile(r"\b(?:left|leav(?:es|ing)|churn(?:ed)?|unused)\b", re.IGNORECASE)


def _off_window(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """First or last day other than the clause says (JC-11), and journals of another window."""
    yield from diagnosed.flagged(snapshot, "JC-11")
    lines = _reviewed(snapshot).filter(pl.col("method").is_in(_OVER_TIME))
    for column, stated in (("start", "starts"), ("end", "ends")):
        named = pl.col(stated).list.len() > 0
        # A day that a later order or an amendment brought is right where any clause of the contract says it.
        off = lines.filter(named & ~pl.col(stated).list.contains(pl.col(column)))
        for row in off.sort("line").iter_rows(named=True):
            if column == "start" or not _agreed_otherwise(row):
                yield _says_otherwise(snapshot, row, column, row[stated])


def _agreed_otherwise(row: dict[str, Any]) -> bool:
    """An end that follows from the term in the clause and the first day of the row, or from the contract's end."""
    ends = {clauses.after(row["start"], months) for months in row["terms"]}
    only_implied = not any(thing.what == "ends" for thing in clauses.read(row["clause"], "").things if not thing.months)
    return only_implied and row["end"] in ends and row["start"] in (row["starts"] or [row["start"]])


def _delivered_early(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A day of delivery other than that of the acceptance (JC-16), and revenue booked before it begins."""
    yield from diagnosed.flagged(snapshot, "JC-16")
    stated = (pl.col("delivered").list.len() > 0) & pl.col("delivered_on").is_not_null()
    at_once = _reviewed(snapshot).filter((pl.col("method") == "point_in_time") & stated)
    off = at_once.filter(~pl.col("delivered").list.contains(pl.col("delivered_on")))
    for row in off.sort("line").iter_rows(named=True):
        yield _says_otherwise(snapshot, row, "delivered_on", row["delivered"])
    yield from _before_start(snapshot)


def _before_start(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Plain recognition in a month before the first day of its line."""
    lines = snapshot.lines.filter("fixed").select("line", "start", "signed_on")
    month = pl.col("start").dt.to_string("%Y-%m")
    early = _unnamed(snapshot).join(lines, on="line")
    for row in early.filter(pl.col("origin_period") < month).sort("no").iter_rows(named=True):
        yield words.of_entry(
            row,
            says=f"Entry {row['entry']} recognizes {_amount(row)} of line {row['line']} for {row['origin_period']}, "
            f"before its first day, {row['start']}.",
            expected=f"nothing before {row['start']}",
            actual=f"{_amount(row)} for {row['origin_period']}",
            formula=f"{row['origin_period']} < {row['start']:%Y-%m}",
            next="Reject the run, or put right the first day of the line.",
            rows=(f"contract_lines/{row['line']}",),
        )


def _unnamed(snapshot: Snapshot) -> pl.DataFrame:
    """Plain recognition under review of accounts that differ and whose difference has no name yet."""
    cells = [diagnosis.cells.select("line") for diagnosis in snapshot.diagnoses if diagnosis.name is None]
    lines = pl.concat([pl.DataFrame(schema={"line": pl.String}), *cells]).unique()
    return snapshot.reviewed.filter(pl.col("kind") == "recognition").join(lines, on="line", how="semi")


def _after_end(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Revenue after the last day (JC-17), booked, or by a clause or credit note that says the service ended."""
    yield from diagnosed.flagged(snapshot, "JC-17")
    lines = snapshot.lines.filter(pl.col("fixed") & pl.col("method").is_in(_OVER_TIME)).select("line", "end")
    month = pl.col("end").dt.to_string("%Y-%m")
    late = _unnamed(snapshot).join(lines, on="line")
    late = late.filter((pl.col("origin_period") > month) & (pl.col("credit_role") == "revenue"))
    for row in late.sort("no").iter_rows(named=True):
        yield words.of_entry(
            row,
            says=f"Entry {row['entry']} recognizes {_amount(row)} of line {row['line']} for {row['origin_period']}, "
            f"after its last day, {row['end']}.",
            expected=f"nothing after {row['end']}",
            actual=f"{_amount(row)} for {row['origin_period']}",
            formula=f"{row['origin_period']} > {row['end']:%Y-%m}",
            next="Reject the run, or put right the last day of the line.",
            rows=(f"contract_lines/{row['line']}",),
        )
    yield from _ended_by_words(snapshot)


def _ended_by_words(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Contracts that run on after the day on which a credit note for the rest of the service says that they ended."""
    bundle = snapshot.bundle
    notes = bundle["credit_notes"].filter((pl.col("cause") == "amendment") & pl.col("reason").is_not_null())
    credited = notes.join(bundle["credit_note_lines"], left_on="id", right_on="credit_note")
    bills = bundle["invoice_lines"].select(invoice_line="id", billed_line="contract_line")
    own = pl.col("invoice_line").str.replace(r"/\d{4}-\d{2}-\d{2}$", "")
    lines = credited.join(bills, on="invoice_line", how="left").with_columns(line=pl.coalesce("billed_line", own))
    running = lines.join(
        snapshot.lines.select("line", "contract", "customer", "end", "start", "entity", "currency", "contracted"),
        on="line",
    )
    amended = bundle["amendments"].select("contract", "effective_on", "approved_on")
    for row in running.unique(["id", "line"]).sort("id", "line").iter_rows(named=True):
        reading = clauses.read(row["reason"])
        last = max(reading.days("ends") | reading.days("day"), default=None)
        first = max(reading.days("terminated") | reading.days("begins"), default=None)
        if not (reading.says("terminated") or reading.says("ends") or _LEFT.search(row["reason"])):
            continue
        gone = last + _ONE if last else first
        if gone is None or not reading.sure() or row["end"] < gone or not row["start"] < gone:
            continue
        if amended.filter(
            (pl.col("contract") == row["contract"]) & (pl.col("effective_on") >= gone - 31 * _ONE)
        ).height:
            continue
        yield _left(row, gone)


def _left(row: dict[str, Any], gone: date) -> flags.Flag:
    fix = Fix("add", "amendments", "", {
        "contract": row["contract"], "effective_on": gone.isoformat(), "op": "remove", "line": row["line"],
    })  # fmt: skip
    return flags.Flag(
        table="contract_lines", subject=row["line"], part=row["id"], contract=row["contract"], line=row["line"],
        customer=row["customer"], entity=row["entity"] or "", currency=row["currency"], amount=row["amount"],
        period=f"{gone:%Y-%m}",
        says=f"Credit note {row['id']} gives back what is unused and says that service ended before {gone}; line "
        f"{row['line']} is recognized through {row['end']}.",
        expected=f"an amendment that ends the line on {gone}", actual="no amendment",
        formula=f"{row['end']} >= {gone}; credited {words.money(row['amount'], row['currency'])}",
        next="Ask whether the contract was ended; if so, record the amendment that ends it.",
        rows=(f"contract_lines/{row['line']}", f"contracts/{row['contract']}", f"credit_notes/{row['id']}"),
        fix=fix.text(),
    )  # fmt: skip


def _odd_term(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A term that nobody else has and no clause states, or one beyond the longest (JC-18)."""
    lines = _reviewed(snapshot).filter(pl.col("method").is_in(_OVER_TIME) & pl.col("start").is_not_null())
    months = periods.month_number(periods.day_after(pl.col("end"))) - periods.month_number(pl.col("start"))
    whole = (pl.col("start").dt.day().cast(pl.Int64) - periods.day_after(pl.col("end")).dt.day()).abs()
    lines = lines.with_columns(months=months, off=pl.min_horizontal(whole, 30 - whole))
    silent = (pl.col("ends").list.len() == 0) & (pl.col("terms").list.len() == 0)
    contradicts = (pl.col("terms").list.len() > 0) & (pl.col("ends").list.len() == 0)
    contradicts &= ~pl.col("terms").list.contains(pl.col("months").cast(pl.Int64))
    longest = snapshot.settings.longest_months
    odd = lines.filter((silent & (pl.col("months") > longest)) | contradicts)
    for row in odd.sort("line").iter_rows(named=True):
        stated = ", ".join(f"{count} months" for count in row["terms"]) or f"at most {longest} months"
        fixed = {clauses.after(row["start"], count) for count in row["terms"]}
        fix = _correct(row, "end", fixed.pop()) if len(fixed) == 1 else None
        yield words.of_line(
            row, next=_READ, part="term", expected=stated, actual=f"{row['months']} months", fix=fix,
            says=f"Line {row['line']} runs for {row['months']} months; its clause says {stated}."
            if row["terms"] else f"Line {row['line']} runs for {row['months']} months, and no clause says so.",
            formula=f"{row['start']} to {row['end']} = {row['months']} months",
        )  # fmt: skip


def _overlapping(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """An added line that its clause ends with its contract and that does not (JC-19)."""
    yield from diagnosed.flagged(snapshot, "JC-19")
    words_say = pl.col("words").list.contains("coterminous") & (pl.col("ends").list.len() == 0)
    off = _reviewed(snapshot).filter(words_say & (pl.col("end") != pl.col("contract_end")))
    siblings = snapshot.said.group_by("contract").agg(all_ends=pl.col("end"))
    off = off.join(siblings, on="contract", how="left")
    for row in off.sort("line").iter_rows(named=True):
        if row["all_ends"].count(row["end"]) > 1:
            continue
        yield words.of_line(
            row, next=_READ, part="end", expected=str(row["contract_end"]), actual=str(row["end"]),
            says=f"Line {row['line']} is to end with its contract on {row['contract_end']}, and ends on {row['end']}.",
            formula=f"{row['end']} is not {row['contract_end']}", fix=_correct(row, "end", row["contract_end"]),
        )  # fmt: skip


def _other_method(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A line recognized by another method than its product, without words that say why (JC-20)."""
    yield from diagnosed.flagged(snapshot, "JC-20")
    products = snapshot.bundle["products"].select(product="id", usual="method")
    lines = _reviewed(snapshot).join(products, on="product")
    at_once, over_time = (pl.col("words").list.contains(word) for word in ("at_once", "over_time"))
    dated = pl.col("delivered").list.len() > 0
    excused = pl.when(pl.col("method") == "point_in_time").then(at_once | dated).otherwise(over_time)
    ranged = (pl.col("method") == "straight_line") & (pl.col("ends").list.len() > 0)
    off = lines.filter((pl.col("method") != pl.col("usual")) & ~excused & ~ranged)
    off = off.filter(pl.col("method").is_in(["point_in_time", "straight_line"]))
    for row in off.sort("line").iter_rows(named=True):
        yield words.of_line(
            row, next=_READ, part="method", expected=row["usual"], actual=row["method"],
            says=f"Line {row['line']} is recognized {row['method']}; its product {row['product']} is {row['usual']}, "
            "and its clause does not say why.",
            formula=f"{row['method']} is not {row['usual']}",
            fix=Fix("correct", row["table"], row["id"], {"method": row["usual"]}),
        )  # fmt: skip


def _says_otherwise(snapshot: Snapshot, row: dict[str, Any], column: str, stated: list[date]) -> flags.Flag:
    what = {"start": "begins", "end": "ends", "delivered_on": "is delivered"}[column]
    expected, meant = " or ".join(map(str, stated)), _meant(row, column, stated)
    return words.of_line(
        row, next=_READ, part=column, expected=expected, actual=str(row[column]),
        says=f"Line {row['line']} {what} on {row[column]}; its clause says {expected}.",
        formula=f"{row[column]} is not {expected} ({said.quoted(row['clause'], row['currency'], stated[0])})",
        fix=_correct(row, column, meant[0]) if len(meant) == 1 else None,
    )  # fmt: skip


def _meant(row: dict[str, Any], column: str, stated: list[date]) -> list[date]:
    """The days that a clause can mean: of several first days those from which its term ends with the row."""
    if column != "start" or len(stated) == 1:
        return stated
    return [day for day in stated if any(clauses.after(day, months) == row["end"] for months in row["terms"])]


def _correct(row: dict[str, Any], column: str, day: date) -> Fix:
    return Fix("correct", row["table"], row["id"], {column: day.isoformat()})


def _reviewed(snapshot: Snapshot) -> pl.DataFrame:
    """Lines with an entry under review."""
    return snapshot.said.join(snapshot.reviewed.select("line").unique(), on="line", how="semi")


def _amount(row: dict[str, Any]) -> str:
    return f"{words.money(row['amount'], row['currency'])} {row['currency']}"


def _off_sum(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Revenue booked and revenue still to come are all that is allocated to a line (JC-13).

    A difference that a hypothesis explains is said by the check that names it.
    """
    left = snapshot.books.outcome.remaining().group_by("line_no").agg(left=pl.col("amount").sum())
    own = snapshot.entries.join(_unnamed(snapshot).select("line").unique(), on="line", how="semi")
    spoken = own.filter(~pl.col("kind").is_in(diagnosing.UNSAID))
    booked = spoken.group_by("line").agg(booked=balances.earned().sum())
    lines = snapshot.lines.filter(pl.col("fixed") & pl.col("allocated").is_not_null())
    both = lines.join(booked, on="line").join(left, on="line_no", how="left").with_columns(pl.col("left").fill_null(0))
    off = both.with_columns(sum=pl.col("booked") + pl.col("left")).filter(pl.col("sum") != pl.col("allocated"))
    for row in off.sort("line").iter_rows(named=True):
        made, left_, whole = (words.money(row[name], row["currency"]) for name in ("booked", "left", "allocated"))
        in_all = words.money(row["sum"], row["currency"])
        yield flags.Flag(
            table="contract_lines" if row["contract"] else "invoice_lines", subject=row["line"], part="sum",
            says=f"The schedule of line {row['line']} comes to {in_all} {row['currency']}; allocated to it "
            f"are {whole}.",
            expected=whole, actual=in_all, formula=f"booked {made} + still to come {left_} = {in_all}, not {whole}",
            next="Reject the run and propose again; what is posted is put right by what is due less what is booked.",
            amount=abs(row["sum"] - row["allocated"]), contract=row["contract"], line=row["line"],
            customer=row["customer"], entity=row["entity"] or "", currency=row["currency"],
            rows=(f"{'contract_lines' if row['contract'] else 'invoice_lines'}/{row['line']}",),
        )  # fmt: skip


def _other_shape(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A journal with amounts altered away from the shape of their schedule (JC-14)."""
    yield from diagnosed.flagged(snapshot, "JC-14")


def _other_proration(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A journal by another proration than that of the policy (JC-15)."""
    yield from diagnosed.flagged(snapshot, "JC-15")


def _other_month(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A journal that has the right amounts in another month than their own (JC-26)."""
    yield from diagnosed.flagged(snapshot, "JC-26")


CHECKS: tuple[catalogue.Check, ...] = (
    catalogue.Check("JC-11", "Schedule window is the service window", flags.FLAGS, _OWNER, _off_window, weight=40),
    catalogue.Check(
        "JC-13",
        "Schedule sums to the allocated price",
        flags.BLOCKS,
        _OWNER,
        _off_sum,
        weight=50,
    ),
    catalogue.Check("JC-14", "Straight-line shape", flags.FLAGS, _OWNER, _other_shape, weight=30),
    catalogue.Check(
        "JC-15",
        "Proration is that of the policy",
        flags.FLAGS,
        _OWNER,
        _other_proration,
        weight=40,
    ),
    catalogue.Check("JC-16", "Revenue before start or delivery", flags.FLAGS, _OWNER, _delivered_early, weight=45),
    catalogue.Check("JC-17", "Revenue after end or termination", flags.FLAGS, _OWNER, _after_end, weight=45),
    catalogue.Check("JC-18", "Term outlier", flags.FLAGS, _OWNER, _odd_term, weight=30),
    catalogue.Check("JC-19", "Lines of one contract fit together", flags.FLAGS, _OWNER, _overlapping, weight=30),
    catalogue.Check("JC-20", "Method is that of the product", flags.FLAGS, _OWNER, _other_method, weight=40),
    catalogue.Check("JC-26", "Cut-off", flags.FLAGS, _OWNER, _other_month, weight=40),
)
