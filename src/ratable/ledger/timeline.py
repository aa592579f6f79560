"""All that happened to a contract: each event with the day it took effect, the day it became known, and its origin.

Worked example: contract C-1, signed on 18 December and known that day, from row 1 of contracts.csv; invoice I-7 of
1 January over 3,000.00, known on 9 February: January was locked on 4 February, so it came late.

A fact that was corrected is there once for each version. What all contracts share counts where it can move this one:
SSPs of its products, dated policies, locks of its entity.
"""

from datetime import date
from functools import lru_cache

import polars as pl

from ratable.bundle import decimals
from ratable.core import tables
from ratable.ledger import closed, differences, entries, knowledge, lineage, models, owners, scope

Tables = dict[str, pl.DataFrame]

EVENTS: dict[str, pl.DataType] = {
    "effective": pl.Date(),
    "known": pl.Date(),  # null: always, by a row of history that tells no day
    "what": pl.String(),
    "id": pl.String(),
    "says": pl.String(),
    "currency": pl.String(),
    "amount": pl.Int64(),  # minor units; null where it states none
    "late": pl.Boolean(),  # known after a lock that covers its day
    "origin": pl.String(),  # import, file and row, or who did it
    "import_no": pl.Int64(),
}
_WHOLE = tables.WHOLE_PERCENT
_LINES = {"invoices": ("invoice_lines", "invoice"), "credit_notes": ("credit_note_lines", "credit_note")}
_NOTHING = pl.lit(None, pl.Int64)
_AMOUNT = pl.col("amount")
# Table: what its rows are called here, their day, their id, what they say, and the amount that they state.
_TOLD: dict[str, tuple[str, pl.Expr, pl.Expr, pl.Expr, pl.Expr]] = {
    "contracts": ("signed", pl.col("signed_on"), pl.col("id"),
                  pl.format("{}, {} to {}", "customer", "start", "end"), _NOTHING),
    "amendments": ("amended", pl.max_horizontal("effective_on", "approved_on"), pl.col("id"),
                   pl.format("{}; approved {}", "says", "approved_on"), _AMOUNT),
    "invoices": ("invoiced", pl.col("issued_on"), pl.col("id"), pl.format("{} line(s)", "_lines"), _AMOUNT),
    "credit_notes": ("credited", pl.col("issued_on"), pl.col("id"),
                     pl.concat_str(pl.format("on {}", "invoice"), pl.col("reason"), separator=", ", ignore_nulls=True),
                     -_AMOUNT),
    "usage": ("used", pl.col("on"), pl.col("contract_line"), pl.coalesce(pl.format("{} units", "_units"),
              pl.lit("rated")), _AMOUNT),
    "milestones_reached": ("milestone", pl.col("on"), pl.col("contract_line"), pl.format("{}, {} percent", "milestone",
                           pl.col("percent").fill_null(_WHOLE) * 100 // _WHOLE), _NOTHING),
    "payments": ("paid", pl.col("received_on"), pl.col("id"), pl.format("for invoice {}", "invoice"), _AMOUNT),
    "ssps": ("SSP stated", pl.col("from"), pl.col("product"),
             pl.format("per {}", pl.col("per").fill_null("term")), _AMOUNT),
    "policies": ("policy", pl.col("from"), pl.col("name"), pl.format("is {}", "value"), _NOTHING),
}  # fmt: skip


def of_contract(contract: str, *, known_on: date | None = None) -> pl.DataFrame:
    """What happened to a contract (EVENTS), in the order in which it took effect.

    Args:
        contract: its id.
        known_on: what became known later is left out; None: everything.
    """
    told = _kept(entries.stand(), contract)
    return told if known_on is None else told.filter((pl.col("known") <= known_on).fill_null(value=True))


def changed(stated: Tables) -> pl.DataFrame:
    """What amendments say, and what they add to prices where they state it: amendment, says, amount (minor units)."""
    priced = pl.coalesce("price_change", pl.when(pl.col("op") == "add").then("price"))
    return stated["amendment_changes"].group_by("amendment", maintain_order=True).agg(
        says=pl.format("{} {}", "op", "line").str.join(", "),
        amount=pl.when(priced.is_not_null().all()).then(priced.sum()),
    )  # fmt: skip


@lru_cache(maxsize=512)
def _kept(_: str, contract: str) -> pl.DataFrame:
    within = scope.of_account(f"contract {contract}")
    stated = knowledge.stated(within=within)
    own = stated["contracts"].filter(pl.col("id") == contract)
    if own.is_empty():
        return pl.DataFrame(schema=EVENTS)
    currency, entity = str(own["currency"][0]), owners.of_contract(contract, stated)
    found = [_events(name, lineage.every(name, within), stated, currency) for name in _TOLD]
    events = pl.concat([pl.DataFrame(schema=EVENTS), *found, _by_hand(contract)])
    whole = pl.concat([_late(events, entity), _locks(entity, currency, events)])
    return whole.sort("effective", "known", "what", "id", nulls_last=True, maintain_order=True)


def _events(name: str, versions: pl.DataFrame, stated: Tables, currency: str) -> pl.DataFrame:
    what, day, id_, says, amount = _TOLD[name]
    if name in ("ssps", "policies"):
        versions = _concerning(name, versions, stated, currency)
    if name == "amendments":
        versions = versions.join(changed(stated), left_on="id", right_on="amendment", how="left")
    if name in _LINES:
        child, parent = _LINES[name]
        sums = stated[child].group_by(parent).agg(amount=pl.col("amount").sum(), _lines=pl.len())
        versions = versions.join(sums, left_on="id", right_on=parent, how="left")
    if name == "usage":
        units = decimals.texts(pl.col("quantity"), tables.QUANTITY_DECIMALS)
        versions = versions.with_columns(_units=units.str.strip_chars_end("0").str.strip_suffix("."))
    again = pl.when(pl.col("version") > 1).then(pl.lit(f"{what}, corrected")).otherwise(pl.lit(what))
    return versions.select(
        "known", "origin", "import_no", effective=day, what=again, id=id_, says=says, currency=pl.lit(currency),
        amount=amount, late=pl.lit(value=False),
    ).select(*EVENTS)  # fmt: skip


def _concerning(name: str, versions: pl.DataFrame, stated: Tables, currency: str) -> pl.DataFrame:
    """The SSPs and dated policies that can move a contract by its products."""
    added = stated["amendment_changes"]["product"].drop_nulls()
    products = pl.concat([stated["contract_lines"]["product"], added]).unique().implode()
    if name == "ssps":
        return versions.filter(pl.col("product").is_in(products) & (pl.col("currency") == currency))
    return versions.filter(pl.col("product").is_null() | pl.col("product").is_in(products)).drop_nulls("from")


def _by_hand(contract: str) -> pl.DataFrame:
    """Entries that people wrote for a contract."""
    written = models.Entry.objects.filter(contract=contract, kind__in=differences.BY_HAND).order_by("no")
    cells = written.values_list(
        "date", "known_on", "kind", "entry", "narrative", "currency", "amount", "run_id", "run__prepared_by"
    )  # fmt: skip
    told = [
        (day, known, kind, entry, says, currency, amount, False, f"run {run}, {by}", None)
        for day, known, kind, entry, says, currency, amount, run, by in cells
    ]
    return pl.DataFrame(told, schema=EVENTS, orient="row")


def _locks(entity: str, currency: str, events: pl.DataFrame) -> pl.DataFrame:
    """What was done about the months of an entity, from the first event on."""
    made = closed.history().filter((pl.col("entity") == entity) & pl.col("state").is_in(["locked", "reopened"]))
    told = made.select(
        effective="through", known="locked_on", what="state", id="period",
        says=pl.when(pl.col("opening")).then(pl.lit("by another system")).otherwise("reason"),
        currency=pl.lit(currency), amount=_NOTHING, late=pl.lit(value=False),
        origin=pl.format("by {}", "by"), import_no=_NOTHING,
    )  # fmt: skip
    first = events["effective"].min()
    return told.filter(pl.col("effective").is_null() | (pl.col("effective") >= first))


def _late(events: pl.DataFrame, entity: str) -> pl.DataFrame:
    """Events, told late where a lock that covers their day was made before they were known."""
    locks = closed.in_force().filter(pl.col("entity") == entity).sort("through")
    first = locks.select("through", "locked_on").unique("through", keep="first", maintain_order=True)
    placed = events.sort("effective").join_asof(
        first, left_on="effective", right_on="through", strategy="forward", check_sortedness=False
    )  # fmt: skip
    late = (pl.col("known") > pl.col("locked_on")).fill_null(value=False)
    return placed.with_columns(late=late).select(*EVENTS)
