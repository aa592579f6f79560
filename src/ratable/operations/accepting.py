"""Accepts proposals: the fix that a flag carries becomes the ordinary act of the person who accepts it.

Worked example: flag 5f1c says that the clause of C-12-1 begins service on 15 January, and its fix corrects the start of
the line. `preview("5f1c")` shows January at 1,000.00 before and 548.39 after, December the other way round.
`accept(ben, "5f1c")` imports the corrected line as Ben, and keeps beside it which flag asked for it. The next proposal
posts the difference, and another person approves it.

    correct, add, credit     an import or a correction: takes a preparer
    post                     a manual reversal; or, for a line, a new proposal, which is what is due less what is booked
    except                   an accepted exception: takes an approver who did not prepare it

Refused: a flag without a fix, a fix of a row that is not in the books, and whatever the ordinary act refuses.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from django.db import transaction

from ratable.bundle import documents, nesting, reading, writing
from ratable.core import periods, tables
from ratable.ledger import closed, covering, entries, flagged, impact, knowledge, models, rows, whatif
from ratable.operations import acts, answering, clock, import_bundle, manual, propose, reasons
from ratable.review import proposals

Rows = dict[str, list[dict[str, Any]]]

MONTHS: dict[str, pl.DataType] = {
    "period": pl.String(), "currency": pl.String(), "before": pl.Int64(), "after": pl.Int64(), "change": pl.Int64(),
    "billed": pl.Int64(),
}  # fmt: skip
"""Revenue of a month before and after, and what changes in its bills, in minor units; other months are left out."""

_IN_LINES = {
    "invoices": ("invoice_lines", "invoice", ("amount", "tax", "service_start", "service_end", "contract_line",
                                             "product", "quantity")),
    "amendments": ("amendment_changes", "amendment", ("op", "line", "price", "quantity", "start", "end", "product")),
}  # fmt: skip
"""Tables of which a proposal says a row and its one child in one breath."""


@dataclass(frozen=True)
class Preview:
    """What a fix would do: in words, as a document where it is an import, and by month (MONTHS)."""

    fix: proposals.Fix
    says: str
    document: str
    months: pl.DataFrame


@dataclass(frozen=True)
class Accepted:
    """What a proposal became: the act in words, such as "import 7" or "run 9"."""

    no: int
    flag: str
    became: str


def preview(flag: str, *, on: date | None = None) -> Preview:
    """What a fix would do, by month; nothing is written.

    Args:
        flag: the id of the flag that carries it, or the beginning of it.
        on: the day on which it would be accepted; None: today.

    Raises:
        acts.Refused: there is no such flag, it carries no fix, or the fix is of nothing in the books.
    """
    shown, fix = _carried(flag)
    nothing = pl.DataFrame(schema=MONTHS)
    if fix.kind in ("correct", "add", "credit"):
        opened = _opened(shown["flag"], _rows(shown, fix, on or clock.now().date()))
        text = next(iter(opened.files.values())).decode()
        return Preview(fix, _SAYS[fix.kind], text, _moved(opened, fix, on or clock.now().date()))
    if fix.kind == "post" and fix.table == "contract_lines":
        return Preview(fix, _SAYS["propose"], "", nothing)
    if fix.kind == "post":
        return Preview(fix, _SAYS["post"], "", _reversed(_posted(fix), on or clock.now().date()))
    return Preview(fix, _SAYS["except"], "", nothing)


def accept(actor: acts.Actor, flag: str, *, step: Callable[[str], None] = lambda _: None) -> Accepted:
    """Accept the fix of a flag: the ordinary act, and beside it what asked for it, in one transaction.

    Args:
        actor: a person with the role that the ordinary act takes, with a reason.
        flag: the id of the flag, or the beginning of it.
        step: is told what is being done.

    Raises:
        acts.Refused: as `preview`, or the ordinary act is refused.
    """
    shown, fix = _carried(flag)
    reasons.require(actor, f"accept the proposal of flag {shown['flag']}")
    with transaction.atomic():
        try:
            became = _done(actor, shown, fix, step)
        except acts.Denied as refused:  # Its event stays: what a person may not do is in the log.
            denied = refused
        else:
            return _kept(actor, shown, fix, became)
    raise denied


def _kept(actor: acts.Actor, shown: dict[str, Any], fix: proposals.Fix, became: str) -> Accepted:
    with acts.begin(actor, "accept a proposal", f"flag {shown['flag']}") as act:
        row = {
            "review_flag_no": shown["no"], "flag": shown["flag"], "fix": shown["fix"], "by": act.actor,
            "became": became,
        }  # fmt: skip
        kept = covering.cover(act, "acceptances", pl.DataFrame([row]))
        act.body["proposal"] = {"flag": shown["flag"], "kind": fix.kind, "became": became}
    return Accepted(int(kept["no"][0]), shown["flag"], became)


_SAYS = {
    "correct": "A row is corrected, known from today; the next proposal posts the difference.",
    "add": "A row that is missing comes in, known from today; the next proposal posts what follows.",
    "credit": "A credit note takes back all of the invoice; the next proposal posts it.",
    "post": "A manual journal takes the entries back, once another person has approved it.",
    "propose": "What is due less what is booked is proposed; another person approves it.",
    "except": "It is right as it stands: an accepted exception, with the reason of whoever accepts it.",
}


def _carried(flag: str) -> tuple[dict[str, Any], proposals.Fix]:
    shown = answering.found(flag)
    if not shown["fix"]:
        raise acts.Refused(f"flag {shown['flag']} carries no proposal; what to do stands beside it: {shown['next']}")
    return shown, proposals.read(shown["fix"])


def _done(actor: acts.Actor, shown: dict[str, Any], fix: proposals.Fix, step: Callable[[str], None]) -> str:
    """The ordinary act, in words."""
    if fix.kind == "except":
        until = answering.answer(actor, shown["flag"], flagged.EXCEPTION)
        return f"an accepted exception until {until}"
    if fix.kind == "post" and fix.table == "contract_lines":
        made = propose.propose(actor, _through(shown), step=step)
        return f"run {made.run}" if made.run else "nothing: the books hold all that is due"
    today = actor.clock().date()
    if fix.kind == "post":
        ground = manual.Ground(f"{shown['says']} Proposed by flag {shown['flag']}.", str(shown["fix"]).encode())
        posted = _posted(fix)
        return f"run {manual.reverse(actor, posted['entry'].to_list(), _open_day(posted, today), ground).run}"
    opened = _opened(shown["flag"], _rows(shown, fix, today))
    correction = import_bundle.check(opened).kind == "correction"
    return f"import {import_bundle.import_opened(actor, opened, correction=correction, step=step).no}"


def _through(shown: dict[str, Any]) -> date:
    """The end of the last proposal, so that what is proposed anew reaches as far."""
    made = models.Run.objects.filter(kind="proposal").order_by("-no")
    last: date | None = made.values_list("through", flat=True).first()
    return last or periods.last_day(str(shown["period"]))


def _rows(shown: dict[str, Any], fix: proposals.Fix, today: date) -> Rows:
    """The rows of a fix by table, as a file states them."""
    if fix.kind == "correct":
        return {fix.table: [_stated(fix.table, fix.row) | fix.values]}
    if fix.kind == "credit":
        return _credit(shown["flag"], fix.row, today)
    return _added(shown, fix, today)


def _stated(table: str, row: str) -> dict[str, str]:
    """A row of the books in the words of a file, found by its key, whose parts a slash divides."""
    if table not in tables.TABLES:
        raise acts.Refused(f"the proposal corrects a row of {table}, which no file states; enter it by hand.")
    said = writing.texts(knowledge.stated(), table)
    key = [name for name in tables.TABLES[table].key if name in said.columns]
    named = said.filter(pl.concat_str(key, separator="/", ignore_nulls=True) == row)
    if named.height != 1:
        raise acts.Refused(f"the proposal corrects {table} {row}; the books have {named.height} of it.")
    return {name: text for name, text in named.row(0, named=True).items() if text}


def _credit(flag: str, invoice: str, today: date) -> Rows:
    """A credit note over all of an invoice."""
    lines = writing.texts(knowledge.stated(), "invoice_lines").filter(pl.col("invoice") == invoice)
    if lines.is_empty():
        raise acts.Refused(f"the proposal credits invoice {invoice}; the books have no line of it.")
    note = {"id": f"CN-{flag}", "invoice": invoice, "issued_on": today.isoformat()}
    if any(lines["contract_line"]):
        note["cause"] = "billing_correction"  # Revenue follows the contract; without one the invoice made it.
    each = [
        {"invoice_line": line["id"], "credit_note": note["id"]}
        | {name: line[name] for name in ("amount", "tax") if line[name]}
        for line in lines.to_dicts()
    ]  # fmt: skip
    return {"credit_notes": [note], "credit_note_lines": each}


def _added(shown: dict[str, Any], fix: proposals.Fix, today: date) -> Rows:
    """A row that is missing, under an id of its own, with what its contract says of it."""
    values = dict(fix.values)
    if fix.table not in tables.TABLES:
        raise acts.Refused(f"the proposal adds a row of {fix.table}, which no file states; enter it by hand.")
    if "id" in tables.TABLES[fix.table].schema:
        values.setdefault("id", fix.row or f"F-{shown['flag']}")
    if fix.table == "invoices":
        contract = _stated("contracts", values["contract"]) if "contract" in values else {}
        values = {name: contract[name] for name in ("customer", "currency") if name in contract} | values
        values.setdefault("issued_on", values.get("service_start", today.isoformat()))
    if fix.table == "amendments":
        values.setdefault("approved_on", values.get("effective_on", today.isoformat()))
        values.setdefault("treatment", "auto")
    child, parent, own = _IN_LINES.get(fix.table, ("", "", ()))
    cells = {name: values.pop(name) for name in own if name in values}
    if not cells:
        return {fix.table: [values]}
    if "id" in tables.TABLES[child].schema:
        cells["id"] = f"{values['id']}-1"
    return {fix.table: [values], child: [cells | {parent: values["id"]}]}


def _opened(flag: str, given: Rows) -> reading.Opened:
    """The rows as a bundle of its own."""
    nested = {table: [_nested(row) for row in some] for table, some in given.items()}
    name = f"flag-{flag}.json"
    content = (json.dumps(nested, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    return reading.Opened(Path(name), {name: content}, nesting.flatten(documents.read_json(content, name), name))


def _nested(row: dict[str, Any]) -> dict[str, Any]:
    """Cells with a dot in their name, `billing.day`, in a mapping."""
    told: dict[str, Any] = {}
    for name, text in row.items():
        outer, _, inner = name.partition(".")
        if inner:
            told.setdefault(outer, {})[inner] = text
        else:
            told[name] = text
    return told


def _moved(opened: reading.Opened, fix: proposals.Fix, on: date) -> pl.DataFrame:
    """Revenue by month before and after an import (MONTHS)."""
    if fix.table in import_bundle.OWN:
        months = impact.of(opened.source, on).months
        named = {f"revenue_{name}": name for name in ("before", "after", "change")}
        billed = pl.lit(0, pl.Int64).alias("billed")
        return months.rename(named).with_columns(billed).select(*MONTHS).filter(pl.col("change") != 0)
    tried = whatif.tried(opened.source)
    for message in tried.findings.filter(pl.col("severity") == "blocks")["message"]:
        raise acts.Refused(f"the proposal cannot come in: {message}")
    states = [(tried.before(on), -1), (tried.after(on), 1)]
    figures = [
        frame.select("period", "currency", "amount", of=pl.lit(name), signed=pl.col("amount") * sign)
        for state, sign in states
        for name, frame in (("revenue", state.revenue), ("billed", state.bills))
    ]
    earned, was = pl.col("of") == "revenue", pl.col("signed") == -pl.col("amount")
    sums = pl.concat(figures).group_by("period", "currency").agg(
        before=pl.col("amount").filter(earned & was).sum(),
        after=pl.col("amount").filter(earned & ~was).sum(),
        change=pl.col("signed").filter(earned).sum(),
        billed=pl.col("signed").filter(~earned).sum(),
    )  # fmt: skip
    moved = (pl.col("change") != 0) | (pl.col("billed") != 0)
    return sums.filter(moved).sort("currency", "period").select(*MONTHS)


def _posted(fix: proposals.Fix) -> pl.DataFrame:
    """The posted entries that a fix takes back (`entries.SCHEMA`): one, or all of a run, as `reverses` says."""
    named = fix.values.get("reverses", fix.row)
    condition, given = (
        ("run_no = %s", int(named)) if fix.table == "runs" and named.isdecimal() else ("entry = %s", named)
    )
    query = f"SELECT {', '.join(entries.SCHEMA)} FROM entries WHERE {condition} ORDER BY no"  # noqa: S608  names of our own
    found = rows.select(query, [given], entries.SCHEMA)
    if found.is_empty():
        raise acts.Refused(f"the proposal takes back {fix.table} {named}; no entry of it is posted.")
    return found


def _open_day(posted: pl.DataFrame, today: date) -> date:
    """The day after the entries, or the first open one where that is locked; never one to come."""
    ended = closed.last_days().filter(pl.col("entity").is_in(posted["entity"].unique().implode()))["closed"].max()
    days = [day for day in (posted["date"].max(), ended) if isinstance(day, date)]
    return min(max(date.fromordinal(day.toordinal() + 1) for day in days), today) if days else today


def _reversed(posted: pl.DataFrame, today: date) -> pl.DataFrame:
    """Revenue of the month in which entries are taken back (MONTHS)."""
    sides = (("credit_role", -1), ("debit_role", 1))
    moved = pl.concat(
        posted.filter(pl.col(role) == "revenue").select("currency", change=pl.col("amount") * sign)
        for role, sign in sides
    )
    sums = moved.group_by("currency").agg(pl.col("change").sum()).filter(pl.col("change") != 0)
    month = pl.lit(f"{_open_day(posted, today):%Y-%m}")
    nothing = pl.lit(0, pl.Int64)
    return sums.with_columns(period=month, before=nothing, after="change", billed=nothing).select(*MONTHS)


def accepted(flag: str) -> Iterator[Accepted]:
    """What became of the proposal of a flag, each time that somebody accepted it."""
    query = "SELECT no, flag, became FROM acceptances WHERE flag = %s ORDER BY no"
    kinds: dict[str, pl.DataType] = {"no": pl.Int64(), "flag": pl.String(), "became": pl.String()}
    yield from (Accepted(*row) for row in rows.select(query, [flag], kinds).iter_rows())
