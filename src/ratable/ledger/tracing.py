"""Explains an entry: the chain from its amount back to the contract, the clause or invoice, the file and the row.

Worked example: `explain("5f1c")` of the January recognition of line C-1-1 says: entry (Dr 2400 / Cr 4000 917.26); span
(10,800.00 x 31/365 = 917.26); obligation (platform, straight-line); allocation (SSP 12,000.00 of 15,000.00, so
10,800.00 of 13,500.00); contract (version 1, import 1, contracts.csv, row 1); evidence (page 3 of the contract).

Every figure is computed anew from the facts that were known when the entry was posted, and set against the entry: where
it is the difference to what was posted before, the chain says both.

Refuses an id that no entry has, and the beginning of an id that several have.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from ratable.ledger import arithmetic, cases, differences, models, provenance, rows

_REVENUE = "(debit_role = 'revenue' OR credit_role = 'revenue')"
_WIDTH = max(len(step) for step in ("entry", "span", "obligation", "allocation", "contract", "evidence"))


class Unknown(LookupError):
    """No entry, or more than one, has the id; the message says which and what to do."""


@dataclass(frozen=True)
class Link:
    """One step of the chain: what it is, one or more sentences, and the same as named figures."""

    step: str
    says: tuple[str, ...]
    figures: dict[str, str]


@dataclass(frozen=True)
class Explanation:
    """An entry and the chain behind it, from the amount to its evidence."""

    entry: str
    chain: tuple[Link, ...]

    def text(self) -> str:
        """The chain for people, one step below the other."""
        lines = [f"Entry {self.entry}", ""]
        for link in self.chain:
            heads = [link.step, *[""] * (len(link.says) - 1)]
            lines += [f"{head:<{_WIDTH}}  {said}" for head, said in zip(heads, link.says, strict=True)]
        return "\n".join(lines)

    def document(self) -> dict[str, Any]:
        """The chain as plain values, for a document."""
        return asdict(self)

    def json(self) -> str:
        """The chain as a document."""
        return json.dumps(self.document(), ensure_ascii=False, indent=2)


def explain(entry: str) -> Explanation:
    """The chain behind one posted entry.

    Args:
        entry: its id, or a beginning of it that no other entry has.

    Returns:
        links in the order entry, span, obligation, allocation, contract, evidence; an entry written by hand has a run
        and its support instead.

    Raises:
        Unknown: no entry has the id, or several begin so.
    """
    return _explained(found(entry))


def foresee(draft: models.Draft) -> Explanation:
    """The chain behind a draft: that of the entry which it would become if its run were posted now.

    Args:
        draft: a row of a run that waits.
    """
    kept = {field.attname: getattr(draft, field.attname) for field in models.Draft._meta.concrete_fields}
    return _explained(models.Entry(**kept | {"no": rows.count("entries") + 1, "known_on": draft.run.known_on}))


def days(row: models.Entry) -> pl.DataFrame:
    """The days that a month of recognition over time is made of.

    Args:
        row: a posted entry.

    Returns:
        date, currency, amount (minor units), a row for each day; they sum to the entry. Empty where it is not made of
        days, or only with what was posted before it.
    """
    none = pl.DataFrame(schema={"date": pl.Date, "currency": pl.String, "amount": pl.Int64})
    if row.kind != "recognition" or row.line is None:
        return none
    case = cases.of(row)
    if case.line is None:
        return none
    own = (pl.col("line_no") == case.line["line_no"]) & (pl.col("origin").dt.month_start() == case.month)
    earned = case.made.revenue("day").filter(own)
    if earned.height < 2 or earned["amount"].sum() != row.amount:
        return none
    return earned.sort("date").select("date", "amount", currency=pl.lit(row.currency)).select(none.columns)


def found(entry: str) -> models.Entry:
    """The posted entry with an id.

    Args:
        entry: the id, or how it begins.

    Raises:
        Unknown: no entry has the id, or several begin so.
    """
    typed = entry.strip().lower()
    hits = list(models.Entry.objects.filter(entry__startswith=typed).order_by("no")[:3]) if typed else []
    for hit in hits:
        if len(hits) == 1 or hit.entry == typed:
            only: models.Entry = hit
            return only
    if not hits:
        raise Unknown(f"no posted entry begins with {entry!r}; the journal lists the ids of all of them.")
    raise Unknown(
        f"several entries begin with {entry!r}, such as {hits[0].entry} and {hits[1].entry}; type more of it."
    )


def _explained(row: models.Entry) -> Explanation:
    if row.line is None or row.kind in differences.BY_HAND:
        return Explanation(row.entry, (_of_entry(row), _by_hand(row)))
    case = cases.of(row)
    chain = [_of_entry(row), _cause(case), *_promise(case), _contract(case), _evidence(case)]
    return Explanation(row.entry, tuple(link for link in chain if link is not None))


def _of_entry(row: models.Entry) -> Link:
    decided = models.Decision.objects.filter(run=row.run_id)
    approvals = ", ".join(
        f"approved by {d.by}{' alone' if d.override else ''}" for d in decided.filter(verb="approve").order_by("no")
    )
    amount = arithmetic.money(row.amount, row.currency)
    says = (
        f"Dr {row.debit} ({row.debit_role}) / Cr {row.credit} ({row.credit_role}) {amount} {row.currency} on "
        f"{row.date}, {row.kind}, for {row.origin_period}.",
        row.narrative,
        f"Run {row.run_id}, prepared by {row.run.prepared_by}, {approvals or 'not approved'}; {_place(row)}.",
    )
    figures = {"no": str(row.no), "amount": amount, "currency": row.currency, "date": row.date.isoformat()}
    return Link("entry", says, figures | {"kind": row.kind, "origin_period": row.origin_period, "run": str(row.run_id)})


def _place(row: models.Entry) -> str:
    """Where an entry stands in the journal; what was never kept stands nowhere yet."""
    return "not posted yet" if row._state.adding else f"posted on {row.known_on} as entry number {row.no}"


def _by_hand(row: models.Entry) -> Link:
    support = f"The document behind it has the SHA-256 {row.run.support}." if row.run.support else "No document."
    return Link("evidence", (f"Written by hand: {row.run.memo}", support), {"support": row.run.support})


def _cause(case: cases.Case) -> Link | None:
    """What moved the amount: the curve of a line, use, a bill, a credit note, an amendment or a minimum."""
    if case.entry.kind in ("recognition", "catch_up"):
        return _earned(case)
    if case.entry.kind == "reclassification":
        return _reclassified(case)
    return None


def _earned(case: cases.Case) -> Link:
    """The arithmetic of the month, and what of it was posted before."""
    entry, says = case.entry, []
    due = posted = 0
    if case.line is not None:
        own = pl.col("line_no") == case.line["line_no"]
        spans = arithmetic.of_month(case.made.spans.filter(own), case.month, case.made.through)
        says += [span.sentence(entry.currency) for span in spans]
        plain = case.made.revenue("month").filter(own & (pl.col("origin") == case.month))
        earned = int(plain["amount"].sum())
        if rest := earned - sum(span.moved for span in spans):
            says.append(_in_steps(case, rest))
        due = earned + (_other_revenue(case, own) if entry.kind == "catch_up" else 0)
        posted = _posted_before(entry)
    signed = entry.amount if entry.credit_role == "revenue" else -entry.amount
    if due != signed:
        says.append(
            f"{case.money(due)} is due for {entry.origin_period} by what was known on {entry.known_on}, less "
            f"{case.money(posted)} posted before, is {case.money(due - posted)} {entry.currency}."
        )
    before = posted if due != signed else 0
    figures = {"due": case.money(due), "posted_before": case.money(before), "comes_to": case.money(due - before)}
    return Link("span", tuple(says or ["Nothing of it is due any more."]), figures)


def _in_steps(case: cases.Case, amount: int) -> str:
    """What was not earned by time: deliveries, milestones and use of the month."""
    line = case.line or {}
    words = {
        "point_in_time": f"delivered, of {case.money(line.get('allocated') or 0)} allocated",
        "milestone": f"by milestones reached, of {case.money(line.get('allocated') or 0)} allocated",
    }
    how = words.get(str(line.get("method")), "")
    if not how:
        own = pl.col("contract_line") == line.get("line")
        used = case.facts["usage"].filter(own & (pl.col("on").dt.month_start() == case.month))
        how = f"by {used.height} record{'' if used.height == 1 else 's'} of use in the month"
    return f"{case.money(amount)} {case.entry.currency} earned in {case.entry.origin_period}, {how}."


def _other_revenue(case: cases.Case, own: pl.Expr) -> int:
    """Revenue of the month by events: credits, modifications and true-ups."""
    others = case.made.others("month").filter(own & (pl.col("origin") == case.month))
    sides = (others.filter(pl.col(side) == "revenue")["amount"].sum() for side in ("credit_role", "debit_role"))
    up, down = (int(amount) for amount in sides)
    return up - down


def _posted_before(entry: models.Entry) -> int:
    """Revenue of the same line and month of origin that was posted before an entry."""
    kinds = "" if entry.kind == "catch_up" else " AND kind IN ('recognition', 'catch_up')"
    found = rows.select(
        f"""SELECT CAST(coalesce(sum(CASE WHEN credit_role = 'revenue' THEN amount ELSE -amount END), 0) AS BIGINT)
        FROM entries WHERE book = %s AND line = %s AND currency = %s AND origin_period = %s AND no < %s
        AND {_REVENUE}{kinds}""",  # noqa: S608  words of our own
        [entry.book, entry.line, entry.currency, entry.origin_period, entry.no],
        {"posted": pl.Int64()},
    )
    return int(found["posted"].item())


def _reclassified(case: cases.Case) -> Link:
    """Billed and recognized of the account by the day of a reclassification."""
    side = "CASE WHEN {0} = '{1}' THEN amount WHEN {2} = '{1}' THEN -amount ELSE 0 END"
    billed, earned = (
        side.format("debit_role", "receivable", "credit_role"),
        side.format("credit_role", "revenue", "debit_role"),
    )
    untaxed = "debit_role <> 'tax_payable' AND credit_role <> 'tax_payable'"
    found = rows.select(
        f"""SELECT CAST(coalesce(sum({billed}), 0) AS BIGINT), CAST(coalesce(sum({earned}), 0) AS BIGINT) FROM entries
        WHERE book = %s AND account = %s AND currency = %s AND date <= %s AND known_on <= %s AND {untaxed}""",  # noqa: S608  words of our own
        [case.entry.book, case.entry.account, case.entry.currency, case.entry.date.isoformat(),
         case.entry.known_on.isoformat()],
        {"billed": pl.Int64(), "recognized": pl.Int64()},
    )  # fmt: skip
    figures = {name: case.money(found[name].item()) for name in found.columns}
    says = "{} by {}: billed {billed}, recognized {recognized}; the side of the balance sheet changed by the entry."
    return Link("span", (says.format(case.entry.account, case.entry.date, **figures),), figures)


def _promise(case: cases.Case) -> list[Link]:
    """The obligation, and how the price of its contract was shared."""
    line = case.line
    if line is None:
        return [
            Link("obligation", (f"Line {case.entry.line} is not in the books any more: a correction took it out.",), {})
        ]
    method = str(line["method"]).replace("_", " ")
    term = f", {line['start']} to {line['end']}" if line["start"] else ""
    what = f"{line['product'] or 'no product'} for {line['customer']}"
    said = f"Line {line['line']} of {line['account']}: {what}, {method}{term}."
    obligation = Link(
        "obligation", (said,), {"line": line["line"], "account": line["account"], "method": line["method"]}
    )
    fixed = case.made.lines.filter((pl.col("account") == line["account"]) & pl.col("fixed")).drop_nulls("allocated")
    if not line["fixed"]:
        return [obligation]
    return [obligation, _allocation(case, fixed.sort("line"))]


def _allocation(case: cases.Case, fixed: pl.DataFrame) -> Link:
    """Relative standalone selling prices, with the numbers of the account."""
    line = case.line or {}
    price, ssp = (int(fixed[name].sum()) for name in ("allocated", "ssp"))
    own = line["ssp"] or 0
    allocated = line["allocated"] or 0
    says = [
        f"{name}: SSP {case.money(stated or 0)}, price {case.money(asked or 0)}, allocated {case.money(shared)}."
        for name, stated, asked, shared in fixed.select("line", "ssp", "price", "allocated").iter_rows()
    ]
    by_ssp = f"{case.money(price)} x {case.money(own)}/{case.money(ssp)} of the standalone selling prices"
    if ssp and abs(price * own - allocated * ssp) <= ssp:
        says.append(f"{by_ssp} = {case.money(allocated)} {case.entry.currency} (606-10-32-31).")
    else:
        says.append(f"{case.money(allocated)} {case.entry.currency} as last amended or credited.")
    return Link("allocation", tuple(says), {
        "transaction_price": case.money(price), "ssp": case.money(own), "ssp_of_all": case.money(ssp),
        "allocated": case.money(allocated),
    })  # fmt: skip


def _contract(case: cases.Case) -> Link | None:
    """The version of the contract and of its line that counted."""
    entry = case.entry
    places = [("contracts", entry.contract, "id"), ("contract_lines", entry.line, "id"),
              ("amendment_changes", entry.line, "line")]  # fmt: skip
    found = [provenance.of(table, key, entry.known_on, column=column) for table, key, column in places if key]
    known = [origin for origin in found if origin is not None]
    if not known:
        return None
    return Link("contract", tuple(origin.sentence() for origin in known), known[0].figures())


def _evidence(case: cases.Case) -> Link | None:
    """The clause that a line rests on, and the document behind the entry: invoice, credit note, amendment, minimum."""
    entry = case.entry
    says, figures = [], {}
    if case.line is not None and case.line["clause"]:
        says.append(f"Clause: {case.line['clause']}")
        figures["clause"] = case.line["clause"]
    names = [entry.source] if entry.source else [entry.line]
    tables_ = ("invoice_lines", "credit_notes", "amendments", "minimums")
    found = [provenance.of(table, str(name), entry.known_on) for name in names for table in tables_]
    for origin in found:
        if origin is not None:
            says.append(origin.sentence())
            figures |= origin.figures()
    if entry.source and not any(found):
        says.append(f"Bill {entry.source}, made by the billing schedule of the line.")
    return Link("evidence", tuple(says), figures) if says else None
