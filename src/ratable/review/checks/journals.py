"""Checks of journals: what a person wrote by hand, entries that come twice or are taken back wrongly, and numbers.

Worked example: run 9, manual, moves 250,000.00 USD from deferred revenue to revenue and names no contract line: one
flag of JC-45. A run that names the line and carries a document is looked at by a second person anyway, and only informs
(JC-45A).

Amortization repeats amounts, pairs and month ends by design, so that these tests read what people wrote and leave
what the facts make to the second engine. Rows are found in whole tables; the only loops are over the few rows that
become flags.
"""

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

from ratable.core import currencies, periods
from ratable.review import catalogue, flags, materiality, second, words
from ratable.review.checks import balances, grounds
from ratable.review.snapshot import Snapshot

_OWNER = "controller"
_SELDOM = 5  # Postings in twelve months from which an account is in use.
_RARE_SHARE = 1_000  # One in so many.
_NEAR_BASIS_POINTS = 50  # Amounts that are alike.
_WORDS = (
    r"(?i)\b(plug(ged)?|per (the )?(cfo|ceo|management)|misc(ellaneous)?|fix(ed)? later|tbd|to be determined|asdf|test|"
    r"force(d)? balance|make (it|them) tie|as instructed|no support|catch all|unexplained|dummy|xxx)\b"
)
_PAIRED_WITH_REVENUE = ("receivable", "deferred_revenue", "contract_asset", "unbilled_receivable")


def _year_before(snapshot: Snapshot) -> pl.DataFrame:
    """Entries of the twelve months through the one under review."""
    first = periods.shifted(snapshot.period, 1 - snapshot.settings.history_months)
    return snapshot.entries.filter(pl.col("period") >= first)


def known_prices(snapshot: Snapshot) -> pl.DataFrame:
    """Amounts that a contract names or a bill has: currency and amount, in minor units."""
    lines = snapshot.lines.select("currency", pl.concat_list("price", "allocated", "ssp").alias("amount")).explode(
        "amount"
    )
    billed = snapshot.entries.filter(pl.col("kind") == "billing").select("currency", "amount")
    return pl.concat([lines.drop_nulls(), billed]).unique()


def _to_revenue() -> pl.Expr:
    return (pl.col("kind") == "manual") & balances.touches("revenue", "deferred_revenue")


def _manual(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A manual entry to revenue or deferred revenue names the line that it belongs to, and a document (JC-45)."""
    for row in grounds.by_hand(snapshot).filter("reviewed", "bare", _to_revenue()).iter_rows(named=True):
        missing = " and ".join(
            what
            for what, gone in (("no contract line", row["line"] is None), ("no document", not row["support"]))
            if gone
        )
        amount = words.money(row["amount"], row["currency"])
        yield words.of_entry(
            row,
            says=(
                f"{row['prepared_by']} moved {amount} {row['currency']} by hand, Dr {row['debit_role']}, Cr "
                f"{row['credit_role']}, with {missing}."
            ),
            expected="a contract line and a document behind a manual entry to revenue or deferred revenue",
            actual=missing,
            formula=f"kind manual; line {row['line']}, support {row['support'] or None}",
            rows=(f"runs/{row['run']}",),
            next="Ask for the contract and the document, or reverse the entry and import the fact that is missing.",
        )


def _manual_with_ground(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A reader is told of every manual entry to revenue or deferred revenue that is well grounded (JC-45A)."""
    for row in grounds.by_hand(snapshot).filter("reviewed", ~pl.col("bare"), _to_revenue()).iter_rows(named=True):
        amount = words.money(row["amount"], row["currency"])
        yield words.of_entry(
            row,
            says=f"{row['prepared_by']} moved {amount} {row['currency']} of line {row['line']} by hand: {row['memo']}",
            expected="an entry that the facts make",
            actual="an entry by hand, with its document",
            formula=f"kind manual; line {row['line']}, support {row['support'][:12]}",
            rows=(f"runs/{row['run']}", f"contract_lines/{row['line']}"),
            next="Read the document; import the fact instead, where there is one.",
        )


def _unusual_pair(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A manual entry without its ground uses accounts that often meet; revenue meets contract balances alone (JC-46).

    Pairs that the facts make are held against their posting rule by JC-03.
    """
    year = _year_before(snapshot)
    pair = ["debit", "credit"]
    times = year.group_by(pair).agg(times=pl.len().cast(pl.Int64), by_hand=pl.col("kind").is_in(grounds.BY_HAND).all())
    told = (
        grounds.by_hand(snapshot)
        .filter(pl.col("reviewed") & (pl.col("kind") == "manual"))
        .join(times, on=pair, how="left")
    )
    told = told.with_columns(pl.col("times").fill_null(1))
    rare = (pl.col("times") < snapshot.settings.rare_times) | (pl.col("times") * _RARE_SHARE < year.height)
    credited, debited = pl.col("credit_role") == "revenue", pl.col("debit_role") == "revenue"
    other = pl.when(credited).then("debit_role").when(debited).then("credit_role")
    strange = ~other.is_in(_PAIRED_WITH_REVENUE).fill_null(value=True)
    swapped = times.select(debit="credit", credit="debit", back="times")
    told = told.join(swapped, on=pair, how="left").with_columns(pl.col("back").fill_null(0))
    # The other way round is how people take back what is posted every day.
    odd = strange | (pl.col("bare") & rare & (pl.col("back") < snapshot.settings.rare_times))
    for row in told.filter(odd).sort("entry").iter_rows(named=True):
        yield words.of_entry(
            row,
            says=(
                f"Entry {row['entry']} debits {row['debit']} ({row['debit_role']}) and credits {row['credit']} "
                f"({row['credit_role']}), a pair used {row['times']} times in twelve months."
            ),
            expected=f"a pair used at least {snapshot.settings.rare_times} times, revenue against a contract balance",
            actual=f"{row['debit_role']} / {row['credit_role']}, {row['times']} of {year.height} entries",
            formula=f"{row['times']} < {snapshot.settings.rare_times}, or below 0.1% of {year.height}",
            rows=(f"runs/{row['run']}",),
            next="Ask the preparer why these two accounts meet.",
        )


def _seldom_used(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A manual entry posts to accounts that are in use (JC-47)."""
    year = _year_before(snapshot)
    used = pl.concat([year.select(account=side) for side in ("debit", "credit")]).group_by("account").len("times")
    counts = dict(used.iter_rows())
    told = (
        grounds.by_hand(snapshot)
        .filter("reviewed")
        .with_columns(
            pl.col(side).replace_strict(counts, default=0, return_dtype=pl.Int64).alias(f"{side}_times")
            for side in ("debit", "credit")
        )
    )
    fewest = pl.min_horizontal("debit_times", "credit_times")
    for row in told.filter(fewest < _SELDOM).iter_rows(named=True):
        side = min(("debit", "credit"), key=lambda name: row[f"{name}_times"])
        yield words.of_entry(
            row,
            says=f"Entry {row['entry']} {side}s account {row[side]}, used {row[f'{side}_times']} times in a year.",
            expected=f"at least {_SELDOM}",
            actual=str(row[f"{side}_times"]),
            formula=f"{row[f'{side}_times']} < {_SELDOM}",
            next="Make sure that the account is the one that was meant.",
        )


def _round(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A manual amount is not a round sum, unless a contract or bill has it (JC-48)."""
    unit = 1_000 * pl.lit(10, pl.Int64).pow(currencies.exponent(pl.col("currency")).fill_null(0)).cast(pl.Int64)
    told = grounds.by_hand(snapshot).filter(
        pl.col("reviewed") & (pl.col("kind") == "manual") & (pl.col("amount") % unit == 0)
    )
    told = told.join(materiality.levels(snapshot), on=["book", "currency"]).filter(pl.col("amount") > pl.col("trivial"))
    for row in (
        told.join(known_prices(snapshot), on=["currency", "amount"], how="anti").sort("entry").iter_rows(named=True)
    ):
        amount, trivial = (words.money(row[name], row["currency"]) for name in ("amount", "trivial"))
        yield words.of_entry(
            row,
            says=f"Entry {row['entry']}, by hand, is the round sum of {amount} {row['currency']}.",
            expected="the amount of a contract or bill, or a calculation",
            actual=amount,
            formula=f"{amount} is a multiple of 1,000 and > {trivial}",
            next="Ask for the calculation.",
        )


def _repeated(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """No entry stands twice under two ids (JC-49).

    Of the facts: alike in all, where the journal has more than the second engine makes. By hand: the same accounts,
    customer and line, within 0.5% and five days, without a document each.
    """
    yield from _made_twice(snapshot)
    days = timedelta(days=snapshot.settings.grace_days)
    written = grounds.by_hand(snapshot).filter(pl.col("kind") == "manual")
    written = written.sort("prepared_at", "run", "no", "entry").with_row_index("place")
    of = ["book", "entity", "currency", "debit", "credit", "customer"]
    later = written.select(
        *of, later="entry", later_line="line", later_date="date", later_amount="amount", later_reviewed="reviewed",
        later_support="support", later_place="place",
    )  # fmt: skip
    pairs = written.join(later, on=of, nulls_equal=True).filter(pl.col("place") < pl.col("later_place"))
    near = (pl.col("later_date") - pl.col("date")).abs() <= days
    alike = (pl.col("amount") - pl.col("later_amount")).abs() * 10_000 <= pl.col("amount") * _NEAR_BASIS_POINTS
    # Two lines, or two documents, may each bring an entry of one amount.
    support, other = (pl.col(name).fill_null("") for name in ("support", "later_support"))
    same = pl.col("line").eq_missing(pl.col("later_line")) & ((support == other) | (support == "") | (other == ""))
    seen = pl.col("reviewed") | pl.col("later_reviewed")
    for row in (
        pairs.filter(near & alike & same & seen)
        .sort("later_place", "place")
        .unique("later", keep="first", maintain_order=True)
        .iter_rows(named=True)
    ):
        first, amount = row["entry"], words.money(row["later_amount"], row["currency"])
        before = words.money(row["amount"], row["currency"])
        yield words.of_entry(
            row | {"entry": row["later"], "amount": row["later_amount"], "period": f"{row['later_date']:%Y-%m}"},
            says=(
                f"Entry {row['later']} of {row['later_date']}, {amount} {row['currency']} by hand, repeats entry "
                f"{first} of {row['date']}: same accounts and customer."
            ),
            expected=f"no second entry within 0.5% and {snapshot.settings.grace_days} days",
            actual=f"{amount} beside {before}",
            formula=f"|{amount} - {before}| <= 0.5%, {row['date']} and {row['later_date']}",
            rows=(f"entries/{first}",),
            next="Reverse one of the two, or say what each is for.",
        )


def _made_twice(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Entries alike in all but their id, where the journal has more than the second engine makes of the facts."""
    made = snapshot.entries.filter(pl.col("line").is_not_null() & ~pl.col("kind").is_in([*grounds.BY_HAND, "fx"]))
    alike = ["book", "line", "kind", "date", "origin_period", "source", "debit", "credit", "amount"]
    again = made.filter(pl.struct(alike).is_duplicated()).with_columns(
        low=pl.min_horizontal("debit_role", "credit_role"), high=pl.max_horizontal("debit_role", "credit_role")
    )
    if again.is_empty():
        return
    booked = second.netted(made).join(
        snapshot.due.rename({"amount": "due"}), on=second.KEY, how="left", nulls_equal=True
    )
    over = booked.filter(pl.col("amount").abs() > pl.col("due").fill_null(0).abs()).select(*second.KEY)
    twice = again.join(over, on=second.KEY, how="semi", nulls_equal=True).sort(
        *alike, "state", "no", "entry", nulls_last=True
    )
    copies = twice.with_columns(first=pl.col("entry").first().over(alike)).filter(
        pl.col("reviewed") & (pl.col("entry") != pl.col("first"))
    )
    for row in copies.iter_rows(named=True):
        amount = words.money(row["amount"], row["currency"])
        yield words.of_entry(
            row,
            says=(
                f"Entry {row['entry']} repeats entry {row['first']}: {row['kind']} of {amount} on {row['date']}, line "
                f"{row['line']}."
            ),
            expected="one entry",
            actual="two, alike in all but their id",
            formula=f"2 x {amount} is more than the second engine makes",
            rows=(f"entries/{row['first']}", f"contract_lines/{row['line']}"),
            next="Reverse one of the two.",
        )


def _thin(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """The memo of a manual journal says why, in words that mean something (JC-56)."""
    memo = pl.col("memo").str.strip_chars()
    thin = memo.str.len_chars() < snapshot.settings.least_words
    told = (
        grounds.by_hand(snapshot).filter("reviewed").with_columns(memo=memo, thin=thin, odd=memo.str.extract(_WORDS, 1))
    )
    for row in told.filter(pl.col("thin") | pl.col("odd").is_not_null()).iter_rows(named=True):
        seen = f"the word {row['odd']!r}" if row["odd"] else f"{len(row['memo'])} characters"
        yield words.of_entry(
            row,
            says=f"The memo of entry {row['entry']} is thin: {row['memo'][:80]!r}, with {seen}.",
            expected=f"at least {snapshot.settings.least_words} characters that give a reason",
            actual=seen,
            formula=f"length {len(row['memo'])}; {row['odd'] or 'no word of the list'}",
            rows=(f"runs/{row['run']}",),
            next="Ask the preparer for the reason, and keep it with the entry.",
        )


def _number_gaps(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """Entries of a book are numbered from 1 without gaps, so that none was taken away (JC-58).

    Needs: all entries.
    """
    if not snapshot.whole:
        raise catalogue.CannotRun("the snapshot holds some of the accounts alone")
    posted = snapshot.entries.filter(pl.col("state") == "posted").sort("book", "no", "entry")
    before = pl.col("no").shift(1).over("book").fill_null(0)
    for row in posted.with_columns(before=before).filter(pl.col("no") > before + 1).iter_rows(named=True):
        first, last = row["before"] + 1, row["no"] - 1
        yield words.of_entry(
            row,
            part=str(first),
            says=f"Book {row['book']} has no entry {first}" + (f" to {last}." if last > first else "."),
            expected=f"{first}",
            actual=f"{row['no']}",
            formula=f"{row['no']} - {row['before']} = {row['no'] - row['before']} > 1",
            next="Run verify on the store: a posted entry is never removed.",
            amount=None,
            currency=None,
        )


CHECKS: tuple[catalogue.Check, ...] = (
    catalogue.Check("JC-45", "Manual entry without line or document", flags.FLAGS, _OWNER, _manual, weight=40),
    catalogue.Check("JC-45A", "Manual entry with its document", flags.INFORMS, _OWNER, _manual_with_ground),
    catalogue.Check("JC-46", "Unusual account pair", flags.FLAGS, _OWNER, _unusual_pair, weight=20),
    catalogue.Check("JC-47", "Seldom-used account", flags.INFORMS, _OWNER, _seldom_used),
    catalogue.Check("JC-48", "Round amount", flags.INFORMS, _OWNER, _round),
    catalogue.Check("JC-49", "Duplicate entry", flags.FLAGS, _OWNER, _repeated, weight=40),
    catalogue.Check("JC-56", "Thin or suspicious text", flags.INFORMS, _OWNER, _thin),
    catalogue.Check("JC-58", "Number gap", flags.BLOCKS, _OWNER, _number_gaps, weight=50),
)
