"""Journals of right facts in which single entries were changed: left out, doubled, moved, altered.

Worked example: the recognition of August of C-1031-1 is not in the books; every other month is. What lacks is 1,000.00.
"""

import random
from collections.abc import Callable
from dataclasses import replace

import polars as pl

from ratable.oracle import dates
from ratable.review.evaluation import acts, deals, desk, records, terms
from ratable.review.evaluation.desk import Deal, Desk
from ratable.review.evaluation.planting import ground, kinds
from ratable.review.evaluation.planting.kinds import JOURNAL, Kind, Office, Plan, Touched
from ratable.review.evaluation.planting.misread import misread
from ratable.review.evaluation.records import Change
from ratable.review.proposals import Fix


def _recognitions(rows: pl.DataFrame, line: str) -> list[str]:
    """The entries of plain recognition of a line, but the first and the last, by date."""
    mine = rows.filter((pl.col("line") == line) & (pl.col("kind") == "recognition")).sort("date", "entry")
    return list(mine["entry"])[1:-1]


def _one(rows: pl.DataFrame, line: str, chance: random.Random) -> str:
    return chance.choice(_recognitions(rows, line))


def _year(at: Desk) -> Deal:
    return ground.line_over_time(at, ground.begins(at, 0, 8), frequency="annual")


def _with(deal: Deal, change: Change) -> Plan:
    return replace(misread(deal), journal=change)


def _left_out(at: Desk) -> Plan:
    deal = _year(at)

    def change(rows: pl.DataFrame, chance: random.Random) -> pl.DataFrame:
        return rows.filter(pl.col("entry") != _one(rows, deal.lines[0], chance))

    return _with(deal, change)


def _doubled(at: Desk) -> Plan:
    deal = _year(at)

    def change(rows: pl.DataFrame, chance: random.Random) -> pl.DataFrame:
        again = rows.filter(pl.col("entry") == _one(rows, deal.lines[0], chance))
        name = acts.document(f"again {again['entry'][0]}")[:32]
        return pl.concat([rows, again.with_columns(entry=pl.lit(name))])

    return _with(deal, change)


def _a_month_late(at: Desk) -> Plan:
    deal = _year(at)

    def change(rows: pl.DataFrame, chance: random.Random) -> pl.DataFrame:
        chosen = pl.col("entry") == _one(rows, deal.lines[0], chance)
        later = pl.col("date").dt.offset_by("1d").dt.month_end()
        rows = rows.with_columns(date=pl.when(chosen).then(later).otherwise("date"))
        return rows.with_columns(period=pl.col("date").dt.to_string("%Y-%m"))

    return _with(deal, change)


def _altered(at: Desk) -> Plan:
    """An entry of the last month with two digits in each other's place."""
    deal = ground.line_over_time(at, ground.begins(at, 8, 14), frequency="annual")

    def change(rows: pl.DataFrame, chance: random.Random) -> pl.DataFrame:
        mine = rows.filter((pl.col("line") == deal.lines[0]) & (pl.col("kind") == "recognition")).sort("date")
        amount = mine["amount"][-1]
        wrong = amount + chance.choice((9, 90, 900, -9, -90)) * 10 ** max(0, len(str(amount)) - 4)
        return rows.with_columns(amount=pl.when(pl.col("entry") == mine["entry"][-1]).then(wrong).otherwise("amount"))

    return _with(deal, change)


def _shifted(at: Desk, *, cents: bool) -> Plan:
    """In one month one line has more and the other as much less."""
    deal = ground.two_lines(at, ground.begins(at, 0, 7), off=terms.percent(10))

    def change(rows: pl.DataFrame, chance: random.Random) -> pl.DataFrame:
        month = chance.choice(list(rows.filter(pl.col("entry").is_in(_recognitions(rows, deal.lines[0])))["period"]))
        at_month = (pl.col("period") == month) & (pl.col("kind") == "recognition")
        least = rows.filter(at_month & pl.col("line").is_in(deal.lines))["amount"].min()
        step = chance.choice((2, 3)) if cents else int(str(least)) // chance.choice((3, 5, 7))
        moved = pl.col("line").replace_strict(dict(zip(deal.lines, (step, -step), strict=True)), default=0)
        return rows.with_columns(amount=pl.col("amount") + pl.when(at_month).then(moved).otherwise(0))

    return _with(deal, change)


def _reclassified(at: Desk) -> Deal:
    begin = ground.begins(at, 1, 9)
    who = desk.alone(at, begin)
    return desk.agree(at, who, [deals.free_first(at, who.currency, begin, free=3)])


def _sides(at: Desk, edit: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]) -> Plan:
    """A contract with free months, whose balance is a contract asset at first, with one change of sides edited."""
    deal = _reclassified(at)

    def change(rows: pl.DataFrame, chance: random.Random) -> pl.DataFrame:
        mine = rows.filter((pl.col("line") == deal.lines[0]) & (pl.col("kind") == "reclassification")).sort(
            "date", "entry"
        )
        return edit(rows, mine.slice(chance.randrange(2), 1))

    return _with(deal, change)


def _without_sides(at: Desk) -> Plan:
    return _sides(at, lambda rows, one: rows.join(one, on="entry", how="anti"))


def _both_sides(at: Desk) -> Plan:
    def again(rows: pl.DataFrame, one: pl.DataFrame) -> pl.DataFrame:
        return pl.concat([rows, one.with_columns(entry=pl.lit(acts.document(f"sides {one['entry'][0]}")[:32]))])

    return _sides(at, again)


def _sides_right(at: Desk) -> Plan:
    return kinds.right(_reclassified(at))


def _year_right(at: Desk) -> Plan:
    return kinds.right(_year(at))


def _began_mid_month(at: Desk) -> Plan:
    return kinds.right(ground.line_over_time(at, ground.begins(at, 0, 8, mid=True), frequency="monthly"))


def _known_late(at: Desk) -> Plan:
    """A contract that became known after its first months were locked: they are posted on the first open day."""
    deal = ground.line_over_time(at, ground.begins(at, 0, 8), frequency="annual")
    desk.late(at, "contracts", key=deal.id)
    return kinds.right(deal)


def _two_alike(at: Desk) -> Plan:
    """Two contracts of one customer at one price, for two sites."""
    begin = ground.begins(at, 0, 8)
    who, promise = ground.over_time(at, begin)
    sites = [replace(promise, says=(f"This Order covers the site {name} alone.",)) for name in ("north", "harbor")]
    return kinds.right(*(desk.agree(at, who, [site]) for site in sites))


def _two_lines_right(at: Desk) -> Plan:
    return kinds.right(ground.two_lines(at, ground.begins(at, 0, 7), off=terms.percent(7), second="hosting"))


def _foreign(at: Desk) -> Deal:
    """A contract in a currency that is none of an entity's: entries have a rate."""
    return ground.line_over_time(at, ground.begins(at, 0, 8), currency="CAD", frequency="annual")


def _stale_rate(at: Desk) -> Plan:
    deal = _foreign(at)

    def after(office: Office) -> Touched:
        entries = office.records.entries
        # Not the month after the bill: what releases a bill may keep its rate.
        name = office.chance.choice(_recognitions(entries, deal.lines[0])[1:])
        row = entries.row(by_predicate=pl.col("entry") == name, named=True)
        before = dates.in_month(row["date"], -1, 1)
        rate = next(
            item["rate"] for item in at.tables["fx_rates"]
            if (item["from"], item["to"], item["on"]) == (row["currency"], row["functional_currency"], before)
        )  # fmt: skip
        wrong = records.at_rate(row["amount"], rate, came=row["currency"], to=row["functional_currency"])
        chosen = pl.col("entry") == name
        told = entries.with_columns(
            rate=pl.when(chosen).then(pl.lit(records.rate_text(rate))).otherwise("rate"),
            functional_amount=pl.when(chosen).then(wrong).otherwise("functional_amount"),
        )
        true = kinds.text(row["functional_amount"], row["functional_currency"])
        fix = Fix("correct", "entries", name, {"functional_amount": true, "rate": row["rate"]})
        return Touched(
            replace(office.records, entries=told), "entries", name, (name,), abs(wrong - row["functional_amount"]),
            row["functional_currency"], fixes=(fix,),
        )  # fmt: skip

    return Plan((deal.account,), after=after)


def _pegged(at: Desk) -> Plan:
    """A pegged currency: its rate is that of the month before."""
    return kinds.right(ground.line_over_time(at, ground.begins(at, 0, 8), currency="AED", frequency="annual"))


_NOT_THERE = frozenset({"JC-05", "JC-61"})
_SHIFT = frozenset({"JC-05", "JC-14", "JC-28"})

KINDS = (
    Kind("entry_left_out", "easy", JOURNAL, _NOT_THERE, "Recognition of one month is not in the books", _left_out,
         _began_mid_month),
    Kind("entry_doubled", "trivial", JOURNAL, frozenset({"JC-05", "JC-07", "JC-49"}), "Recognition of one month twice",
         _doubled, _two_alike),
    Kind("posted_a_month_late", "moderate", JOURNAL, frozenset({"JC-05", "JC-26", "JC-38", "JC-61"}),
         "Recognition of one month posted in the next", _a_month_late, _known_late, cancels=True),
    Kind("altered_draft", "easy", JOURNAL, frozenset({"JC-05", "JC-14"}), "Amount of a draft altered", _altered,
         _year_right),
    Kind("two_that_cancel", "hard", JOURNAL, _SHIFT, "Revenue moved from one line to another in one month",
         lambda at: _shifted(at, cents=False), _two_lines_right, cancels=True),
    Kind("cents_dumped", "expert", JOURNAL, _SHIFT | {"JC-27"}, "Cents of the allocation moved to another line",
         lambda at: _shifted(at, cents=True), _two_lines_right, cancels=True),
    Kind("sides_missing", "moderate", JOURNAL, frozenset({"JC-05", "JC-35", "JC-61"}),
         "Deferred revenue left below zero", _without_sides, _sides_right, cancels=True),
    Kind("sides_twice", "hard", JOURNAL, frozenset({"JC-05", "JC-42", "JC-07", "JC-49"}),
         "Asset and liability of one contract both open", _both_sides, _sides_right, cancels=True),
    Kind("stale_rate", "moderate", JOURNAL, frozenset({"JC-08"}), "Converted at the rate of the month before",
         _stale_rate, _pegged),
)  # fmt: skip
