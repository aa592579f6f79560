"""What has to be true before a month is locked: computed from the store each time, ticked by nobody.

Worked example: after the import of January and before its first posting, `items("2026-01")` has "imports complete" done
and "drafts posted" not: "117 entries are due through 2026-01-31 and not posted. Propose through 2026-01-31, have
the run approved, and post it."

What a person has to do stands in each item that is not done; nothing here changes the store.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from ratable.core import amounts, periods
from ratable.exports import erp_billing, layout
from ratable.ledger import books, closed, entries, flagged, models, pending, verification
from ratable.reports import identities, names


@dataclass(frozen=True)
class Item:
    """One condition of a close: whether it holds, and what was found, or what is missing and how to mend it."""

    name: str
    done: bool
    says: str


def items(
    period: str,
    ledgers: Mapping[str, books.Posted],
    *,
    entity: str | None = None,
    unposted: pl.DataFrame,
    step: Callable[[str], None] = lambda _: None,
) -> list[Item]:
    """The checklist of a month.

    Args:
        period: the month, YYYY-MM.
        ledgers: the books through the end of the month of each entity that is to be locked.
        entity: the one entity that is asked about; None: all of the company.
        unposted: the entries that are due through the end of the month and not posted (ledger.differences).
        step: is told what is being looked at.

    Returns:
        every item, in the order in which a close goes.
    """
    last = periods.last_day(period)
    waiting = pending.findings()
    found = [_imports_complete(waiting.filter("left_out")), _findings_disposed(waiting.filter(~pl.col("left_out")))]
    found += [_drafts_posted(last, entity, unposted), _flags_answered(period, entity)]
    step("Footing the reports")
    found += [_reports_foot(ledgers.values()), _equals_exports(list(ledgers.values()), period)]
    step("Verifying the chain")
    found.append(_chain_verified())
    found.append(_previous_locked(last, list(ledgers)))
    return found


def _imports_complete(waiting: pl.DataFrame) -> Item:
    name, count = "imports complete", models.Import.objects.count()
    if not count:
        return Item(name, done=False, says="Nothing was imported yet. Import the facts first.")
    if waiting.is_empty():
        return Item(name, done=True, says=f"{_counted(count, 'import')}; no row waits outside the books.")
    told = _waiting(waiting, "outside the books", "Import its row corrected, or accept that it stays out")
    return Item(name, done=False, says=told)


def _findings_disposed(waiting: pl.DataFrame) -> Item:
    name = "findings disposed"
    if waiting.is_empty():
        return Item(name, done=True, says="Every finding is answered.")
    return Item(name, done=False, says=_waiting(waiting, "without an answer", "Answer each"))


def _waiting(findings: pl.DataFrame, where: str, remedy: str) -> str:
    number, message = findings.select("no", "message").row(0)
    return (
        f"{_counted(findings.height, 'finding')} {where}; the first is number {number}: {message} "
        f"{remedy}, and say why."
    )


def _drafts_posted(last: date, entity: str | None, unposted: pl.DataFrame) -> Item:
    name = "drafts posted"
    waiting = entries.waiting_runs(last)
    held = waiting if entity is None else waiting.filter(pl.col("entity") == entity)
    if held.height:
        listed = ", ".join(str(run) for run in held["run"].unique().sort())
        says = f"Drafts through {last} are not posted, in run {listed}. Have it approved and post it, or reject it."
        return Item(name, done=False, says=says)
    own = unposted if entity is None else unposted.filter(pl.col("entity") == entity)
    if count := own.height:
        are = "entry is" if count == 1 else "entries are"
        says = (
            f"{count:,} {are} due through {last} and not posted. Propose through {last}, have the run "
            "approved, and post it."
        )
        return Item(name, done=False, says=says)
    return Item(name, done=True, says=f"All that is due through {last} is posted.")


def _flags_answered(period: str, entity: str | None) -> Item:
    """No flag of the review on the month waits for an answer."""
    name = "review flags answered"
    if models.Setting.objects.filter(name="review").order_by("-no").values_list("value", flat=True).first() == "off":
        return Item(name, done=True, says="The review is switched off, as a controller chose.")
    at = str(models.Event.objects.order_by("-no").values_list("at", flat=True).first())
    waiting = flagged.open_(flagged.of_month(period, on=date.fromisoformat(at[:10])))
    if entity is not None:
        waiting = waiting.filter(pl.col("entity").fill_null(entity) == entity)
    if waiting.is_empty():
        return Item(name, done=True, says=f"No flag on {period} waits for an answer.")
    says = (
        f"{_counted(waiting.height, 'flag')} of the review on {period} {'waits' if waiting.height == 1 else 'wait'}; "
        f"the first is {waiting['id'][0]}: {waiting['says'][0]} Answer each, or put right what it says and have the "
        "month reviewed again."
    )
    return Item(name, done=False, says=says)


def _reports_foot(ledgers: Iterable[books.Posted]) -> Item:
    name = "roll-forward foots"
    try:
        for ledger in ledgers:
            for account in names.ROLLED_ACCOUNTS:
                ledger.roll_forward(account=account)
            ledger.balances()
            ledger.trial_balance()
    except identities.DoesNotFoot as fault:
        return Item(name, done=False, says=str(fault))
    return Item(name, done=True, says="Roll-forwards, balances and trial balance foot.")


def _equals_exports(ledgers: list[books.Posted], period: str) -> Item:
    """What goes into export files, with what the ERP posted itself, comes to the journal, account by account."""
    name = "sub-ledger equals exports"
    journal = pl.concat([ledger.journal for ledger in ledgers])
    try:
        division = erp_billing.divide(journal, ledgers[0].bundle, period=period)
    except layout.ExportError as fault:
        return Item(name, done=False, says=f"The month cannot be exported: {fault}")
    exported = pl.concat([division.ours, division.already])
    both = [_by_account(exported, "exported"), _by_account(journal.filter(pl.col("period") == period), "posted")]
    sums = both[0].join(both[1], on=["account", "currency"], how="full", coalesce=True)
    differs = sums.with_columns(pl.col("exported", "posted").fill_null(0)).filter(
        pl.col("exported") != pl.col("posted")
    )
    if differs.is_empty():
        count = both[1]["account"].n_unique()
        return Item(name, done=True, says=f"Exports come to the entries of {period} on {_counted(count, 'account')}.")
    first = amounts.written(differs.sort("account", "currency")).row(0, named=True)
    says = "Account {account}: {posted} {currency} is posted, {exported} is exported. Report this as a bug."
    return Item(name, done=False, says=says.format(**first))


def _by_account(pairs: pl.DataFrame, name: str) -> pl.DataFrame:
    """Debits less credits of each account and currency."""
    sides = [
        pairs.select("currency", account=pl.col(side), change=pl.col("amount") * sign)
        for side, sign in (("debit", 1), ("credit", -1))
    ]
    return pl.concat(sides).group_by("account", "currency").agg(pl.col("change").sum().alias(name))


def _chain_verified() -> Item:
    name = "chain verified"
    faults = verification.verify()
    if not faults:
        return Item(name, done=True, says="Every event, row, lock and balance is as it was written.")
    says = f"{_counted(len(faults), 'fault')}; the first: {faults[0].says} Verify everything to see all of them."
    return Item(name, done=False, says=says)


def _previous_locked(last: date, entities: list[str]) -> Item:
    """Every entity with a lock has one of the month before; the first lock of an entity may be of any month."""
    name, first = "previous month locked", last.replace(day=1)
    stand = {state.entity: state.through for state in closed.states() if state.through}
    behind = [owner for owner in entities if owner in stand and (first - stand[owner]).days > 1]
    reopened = closed.periods().filter(
        pl.col("restated") & (pl.col("state") != closed.LOCKED) & (pl.col("period") < f"{first:%Y-%m}")
    )
    behind += reopened.filter(pl.col("entity").is_in(entities))["entity"].to_list()
    if not behind:
        return Item(name, done=True, says="No month before it waits for its lock.")
    of = f" of {behind[0]}" if behind[0] else ""
    stands = f"are locked through {stand[behind[0]]}" if behind[0] in stand else "are not locked"
    says = f"The books{of} {stands}, so a month before {first:%Y-%m} is open. Lock the months in their order."
    return Item(name, done=False, says=says)


def _counted(count: int, one: str) -> str:
    return f"{count:,} {one}{'' if count == 1 else 's'}"
