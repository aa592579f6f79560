"""Trace of an entry: from the balance it is part of, by its movement, down to the clause; each step with its sum.

Worked example: entry 5f1c, 917.26 of January's recognition: the deferred revenue of contract C-1 is 12,582.74 at the
end of January, of which January's recognition is (917.26), of which this entry is all; 10,800.00 x 31/365 = 917.26 by
the span; 10,800.00 by the allocation; version 1 of the contract; the words of its clause.
"""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from ratable.ledger import listing, models, tracing
from ratable.reports import names, postings, roll_forward
from ratable.web import figures, frame, places, state, tables

_WORDS = {
    "entry": "Entry", "span": "How it was worked out", "obligation": "Performance obligation",
    "allocation": "Share of the transaction price", "contract": "Contract as it was known", "evidence": "Evidence",
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One step of the way from a balance to its evidence; `amount` in minor units where the step has one."""

    title: str
    says: tuple[str, ...]
    amount: int | None = None
    href: str = ""
    holds: str = ""
    quote: str = ""


@frame.screen
def view(request: HttpRequest, asked: state.State, entry: str) -> HttpResponse:
    """The trace as a page or a panel; `format=json` gives the explanation as the command line prints it."""
    draft = models.Draft.objects.filter(entry=entry).first()
    if draft is not None:
        return HttpResponseRedirect(asked.link(f"/review/{draft.run_id}/entries/{draft.no}"))
    row = tracing.found(entry)
    asked.allow(row.entity)
    explained = tracing.explain(row.entry)
    if asked.get("format") == "json":
        return JsonResponse(explained.document())
    steps = [*_above(row, asked), *(step(row, link) for link in explained.chain)]
    return frame.page(request, "web/entry.html", {
        "row": row, "steps": steps, "days": _days(row), "before": _near(row, -1), "following": _near(row, 1),
    })  # fmt: skip


def _above(row: models.Entry, asked: state.State) -> list[Step]:
    """The balance that the entry is part of, and the movement within it."""
    role = next((name for name in names.ROLLED_ACCOUNTS if name in (row.credit_role, row.debit_role)), "")
    column = next((name for name, kinds in roll_forward.KINDS.items() if row.kind in kinds), "")
    if not role or not column or row.account is None:
        return []
    of = {"account": row.account, "currency": row.currency}
    every = tuple(kind for kinds in roll_forward.KINDS.values() for kind in kinds)
    until = listing.Filter(until=row.period, role=role, kinds=every, equal=of)
    month = listing.Filter(role=role, kinds=roll_forward.KINDS[column], equal=of | {"period": row.period})
    balance, moved = (int(listing.totals(one)["effect"].sum()) for one in (until, month))
    rows = int(listing.totals(month)["rows"].sum())
    up = (row.debit_role if role in postings.DEBIT_SIDED else row.credit_role) == role
    share = row.amount if up else -row.amount
    sums = listing.page(month, limit=listing.ALL)["effect"].sum()
    scope = {"role": role, "account": row.account, "currency": row.currency}
    named = f"Balance: {role.replace('_', ' ')} of {row.account}"
    balanced = asked.link("/journals", **scope, until=row.period, movement="all")
    moving = asked.link("/journals", **(scope | {"period": row.period}), movement=column)
    counted = f"{figures.counted(rows, 'entry', 'entries')}, of which this one adds:"
    holds = "The entries of the movement sum to it." if sums == moved else ""
    return [
        Step(named, (f"At the end of {figures.month(row.period)}.",), balance, balanced),
        Step(f"Movement: {column.replace('_', ' ')} in {figures.month(row.period)}", (counted,), moved, moving, holds),
        Step("This entry's part of it", (), share),
    ]


def step(row: models.Entry | models.Draft, link: tracing.Link) -> Step:
    """One link of the chain behind an entry, or behind a draft that will be one."""
    said = link.figures
    amount = row.amount if link.step == "entry" else None
    holds = ""
    if link.step == "span" and said.get("comes_to", "").removeprefix("-") == figures.plain(row.amount, row.currency):
        holds = "The arithmetic comes to the amount of the entry."
    href = places.contract(row.contract) if link.step in ("contract", "obligation") and row.contract else ""
    return Step(_WORDS[link.step], link.says, amount, href, holds, said.get("clause", ""))


def _days(row: models.Entry) -> tables.Table | None:
    """The days that a month of recognition over time is made of."""
    own = tracing.days(row)
    if own.is_empty():
        return None
    columns = (
        tables.Column("date", "Day", "day"), tables.Column("currency", "Currency"),
        tables.Column("amount", "Amount", "money"),
    )  # fmt: skip
    return tables.Table("days", f"Days of entry {row.entry}", columns, own, tables.sums(own, "amount"), short=True)


def _near(row: models.Entry, by: int) -> str:
    """The entry before or after, by its number."""
    near = models.Entry.objects.filter(no=row.no + by).values_list("entry", flat=True).first()
    return f"/entries/{near}" if near else ""
