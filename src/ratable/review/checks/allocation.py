"""Checks of prices and allocation: against clauses, standalone selling prices, and the discount as it was agreed.

Worked example: the clause of C-7-1 says USD 48,000.00, the row 84,000.00: one flag of JC-27 with the fix {"price":
"48000.00"}. A price whose clause names it is right, whatever the list says; a line for ten sites at ten times the usual
price and SSP is right, too.

Polars finds the rows; a Python loop runs over those that become flags.
"""

import re
from collections.abc import Iterator
from typing import Any

import polars as pl

from ratable.core import periods
from ratable.engine import standalone_prices
from ratable.review import catalogue, clauses, flags, materiality, robust, words
from ratable.review.checks import diagnosed
from ratable.review.checks.billing import text
from ratable.review.proposals import Fix
from ratable.review.snapshot import Snapshot
from ratable.review.written import Thing

_OWNER = "revenue accountant"
_READ = "Read the clause; correct the row, or accept it with a reason."
_WHOLE = re.compile(r"\b(?:whole|all|across|entire|total|every|bundle|both|together|overall)\b", re.IGNORECASE)
_ALIKE = ["product", "region", "currency"]
_LEAST_ALIKE = 12
_WHOLE_PRICE = 10_000  # Basis points.
_ALONE = re.compile(r"\b(?:alone|only|solely|this (?:item|line|service)|exclusively)\b", re.IGNORECASE)


def _other_price(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A price other than the clause names (JC-27)."""
    yield from diagnosed.flagged(snapshot, "JC-27")
    priced = (pl.col("price") > 0) & (pl.col("amounts").list.len() > 0)
    lines = _reviewed(snapshot).filter(priced.fill_null(value=False))
    months = periods.month_number(periods.day_after(pl.col("end"))) - periods.month_number(pl.col("start"))
    lines = lines.with_columns(months=pl.max_horizontal(months, 1).cast(pl.Int64))
    off = lines.filter(~pl.col("amounts").list.contains(pl.col("price")))
    own = snapshot.bundle["contract_lines"].select("discount.amount", "discount.percent", line="id")
    off = off.join(own, on="line", how="left")
    for row in off.sort("line").iter_rows(named=True):
        meant, code = _meant(row), row["currency"]
        if row["price"] in meant or row["discount.amount"] or row["discount.percent"]:
            continue
        near = min(
            _stated(row) or meant,
            key=lambda amount: (max(amount, row["price"]) / max(min(amount, row["price"]), 1), amount),
        )
        yield words.of_line(
            row, next=_READ, part="price", expected=text(near, code), actual=text(row["price"], code),
            says=f"Line {row['line']} costs {words.money(row['price'], code)} {code}; its clause says "
            f"{words.money(near, code)}.",
            formula=f"{words.money(row['price'], code)} is not {words.money(near, code)}",
            fix=Fix("correct", row["table"], row["id"], {"price": text(near, code)}),
        )  # fmt: skip


def _meant(row: dict[str, Any]) -> list[int]:
    """The whole prices that the amounts of a clause may stand for: in all, by the year, by the month."""
    months = row["months"]
    found = []
    for amount in row["amounts"]:
        found += [amount, amount * months]
        found += [amount * months // 12] if amount * months % 12 == 0 else []
        found += [amount * months // 3] if amount * months % 3 == 0 else []
    return found


_EACH = (
    (1, re.compile(r"\b(?:per|a|each|every)\s(?:calendar\s)?month\b|\bmonthly (?:fee|price|charge)", re.IGNORECASE)),
    (3, re.compile(r"\b(?:per|a|each|every)\squarter\b|\bquarterly (?:fee|price|charge)", re.IGNORECASE)),
    (12, re.compile(r"\b(?:per|a|each|every|for the)\s(?:year|annum)\b|\b(?:annual|yearly)\b", re.IGNORECASE)),
)


def _stated(row: dict[str, Any]) -> list[int]:
    """The whole prices that a clause states, by the words beside each amount."""
    found = []
    for thing in clauses.read(row["clause"], row["currency"]).of("amount"):
        if thing.currency == row["currency"]:
            months = _months_of(row["clause"], thing) or row["months"]
            found.append(thing.amount * row["months"] // months)
    return found


def _months_of(clause: str, amount: Thing) -> int | None:
    """How many months an amount is for, by the words next to it between two commas; None: they do not say."""
    opening, closing = clause.rfind(", ", 0, amount.start) + 1, clause.find(", ", amount.stop)
    begin, end = clauses.bounds(clause, amount)
    opening, closing = max(opening, begin), min(closing if closing >= 0 else end, end)
    near = [
        (max(match.start() - amount.stop, amount.start - match.end()), count)
        for count, pattern in _EACH
        for match in pattern.finditer(clause, opening, closing)
    ]
    return min(near)[1] if near else None


def _ssp_off(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """An SSP that is ten times or a tenth of what the price and the book say (JC-29)."""
    yield from diagnosed.flagged(snapshot, "JC-29")
    stated = snapshot.bundle["contract_lines"].select("ssp", line="id").filter(pl.col("ssp") > 0)
    lines = _reviewed(snapshot).filter(pl.col("price") > 0).join(stated, on="line")
    ratio = pl.col("ssp").cast(pl.Float64) / pl.col("price")  # A measure of distance, never an amount.
    lines = lines.with_columns(ratio=ratio, usual=ratio.median().over("product"), several=pl.len().over("product"))
    lines = lines.with_columns(usual=pl.when(pl.col("several") >= 5).then("usual").otherwise(1.0).clip(0.5, 2.0))
    away = pl.col("ratio") / pl.col("usual")
    for row in lines.filter((away > 5) | (away < 0.2)).sort("line").iter_rows(named=True):
        right = next(
            (amount for amount in _tenfold(row["ssp"]) if 0.4 < amount / row["price"] / row["usual"] < 2.5), None
        )
        expected = text(right if right is not None else row["price"], row["currency"])
        yield words.of_line(
            row, next=_READ, part="ssp", expected=expected, actual=text(row["ssp"], row["currency"]),
            says=f"The SSP of line {row['line']}, {words.money(row['ssp'], row['currency'])} {row['currency']}, is far "
            f"from its price of {words.money(row['price'], row['currency'])}.",
            formula=f"{row['ssp']} / {row['price']} = {row['ratio']:.2f}, usual {row['usual']:.2f}",
            fix=None if right is None else Fix("correct", row["table"], row["id"], {"ssp": expected}),
        )  # fmt: skip


def _tenfold(amount: int) -> Iterator[int]:
    for factor in (10, 100):
        if amount % factor == 0:
            yield amount // factor
        yield amount * factor


def _old_book(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A version of the SSP book that is older than its age, in use (JC-29A)."""
    book = snapshot.bundle["ssps"].sort("from")
    last = book.group_by("product", "currency").agg(newest=pl.col("from").max())
    signed = snapshot.lines.join(snapshot.reviewed.select("line").unique(), on="line", how="semi")
    used = signed.group_by("product", "currency").agg(signed=pl.col("signed_on").max(), line=pl.col("line").max())
    age = (pl.col("signed") - pl.col("newest")).dt.total_days()
    old = last.join(used, on=["product", "currency"]).with_columns(age=age).filter(age > snapshot.settings.ssp_days)
    for row in old.sort("product", "currency").iter_rows(named=True):
        yield flags.Flag(
            table="ssps", subject=f"{row['product']}/{row['currency']}/{row['newest']}", currency=row["currency"],
            says=f"The SSP of {row['product']} in {row['currency']} is of {row['newest']}, {row['age']} days before "
            f"the signature of line {row['line']}.",
            expected=f"at most {snapshot.settings.ssp_days} days", actual=f"{row['age']} days",
            formula=f"{row['signed']} - {row['newest']} = {row['age']} days",
            next="Measure the SSP anew, or confirm that it still holds.",
            rows=(f"ssps/{row['product']}/{row['currency']}/{row['newest']}", f"contract_lines/{row['line']}"),
        )  # fmt: skip


def _outside_range(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A new line sold outside the range of its SSP in the book (JC-29B): right as it stands once somebody says why.

    606-10-32-33: a range observed in most sales. A line is new while none of its entries was posted before.
    """
    before = snapshot.entries.filter(~pl.col("reviewed")).select("line").drop_nulls().unique()
    lines = snapshot.lines.join(snapshot.reviewed.select("line").unique(), on="line", how="semi")
    new = lines.filter(pl.col("price") > 0).join(before, on="line", how="anti")
    outside = standalone_prices.ranged(new, snapshot.bundle["ssps"]).filter(~pl.col("inside"))
    for row in outside.sort("line").iter_rows(named=True):
        sold, lowest, highest = (words.money(row[name], row["currency"]) for name in ("price", "low", "high"))
        yield flags.Flag(
            table="contract_lines", subject=row["line"], contract=row["contract"], line=row["line"],
            customer=row["customer"], entity=row["entity"] or "", currency=row["currency"], amount=row["price"],
            says=f"Line {row['line']} was sold at {sold} {row['currency']}; the book observed {lowest} to {highest}.",
            expected=f"{lowest} to {highest}", actual=sold,
            formula=f"{sold} is not between {lowest} and {highest}",
            next="Say why this price stands alone, or measure the range anew if many lines lie outside it.",
            rows=(f"contract_lines/{row['line']}", f"ssps/{row['product']}/{row['currency']}/{row['from']}"),
            fix=Fix("except", "contract_lines", row["line"]).text(),
        )  # fmt: skip


def _discount_off(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A discount kept to some lines whose words give it to all, or without evidence that could be read (JC-30)."""
    yield from diagnosed.flagged(snapshot, "JC-30")
    heads = snapshot.bundle["contracts"].filter(pl.col("discount.lines").list.len() > 0)
    count = snapshot.bundle["contract_lines"].group_by("contract").agg(lines=pl.len())
    heads = heads.join(count, left_on="id", right_on="contract").filter(
        pl.col("lines") > pl.col("discount.lines").list.len()
    )
    texts = snapshot.said.filter(pl.col("clause").is_not_null()).group_by("contract").agg("clause", "line")
    for row in heads.join(texts, left_on="id", right_on="contract", how="left").sort("id").iter_rows(named=True):
        stated = _given_to_all(row)
        if not stated and len(row["discount.evidence"] or "") >= snapshot.settings.least_words:
            continue
        why = f"its clause says {stated!r}" if stated else "its evidence says too little"
        lines = ", ".join(row["discount.lines"])
        yield flags.Flag(
            table="contracts", subject=row["id"], contract=row["id"], customer=row["customer"],
            currency=row["currency"], amount=row["discount.amount"],
            says=f"The discount of contract {row['id']} is kept to {lines}; {why}.",
            expected="a discount over all lines", actual=lines,
            formula=f"{len(row['discount.lines'])} of {row['lines']} lines; evidence {row['discount.evidence']!r}",
            next="Read the clause; take the lines out of the discount, or write down why it is theirs (606-10-32-37).",
            rows=(f"contracts/{row['id']}", *(f"contract_lines/{line}" for line in row["line"] or ())),
            fix=Fix("correct", "contracts", row["id"], {"discount.lines": ""}).text(),
        )  # fmt: skip


def _given_to_all(row: dict[str, Any]) -> str | None:
    """The sentence of a clause that gives the discount to everything; None: there is none."""
    for clause in row["clause"] or ():
        for thing in clauses.read(clause, row["currency"]).things:
            amount = thing.what == "amount" and thing.amount == row["discount.amount"]
            percent = thing.what == "percent" and thing.amount * 100 == (row["discount.percent"] or -1)
            if not (amount or percent):
                continue
            sentence = clauses.sentence(clause, thing)
            if _WHOLE.search(sentence) and not _ALONE.search(sentence):
                return sentence
    return None


def _unusual_discount(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A discount from the SSP far from what is usual for the product and region, with no clause that says so (JC-31).

    Needs: 12 lines of one product, region and currency that have a price and an SSP, and not most of them the same
    discount: where nothing is usual but one figure, every other one would be odd.
    """
    priced = snapshot.lines.filter((pl.col("price") > 0) & (pl.col("ssp") > 0))
    off_ssp = _WHOLE_PRICE - pl.col("price") * _WHOLE_PRICE // pl.col("ssp")
    lines = priced.with_columns(discount=off_ssp, region=pl.col("region").fill_null(""))
    usual = robust.limits(lines, _ALIKE, "discount", tenths=snapshot.settings.spread_tenths)
    usual = usual.filter((pl.col("count") >= _LEAST_ALIKE) & (pl.col("most") > 0))
    if usual.is_empty():
        raise catalogue.CannotRun(f"fewer than {_LEAST_ALIKE} lines of one product and region whose discounts vary")
    silent = _reviewed(snapshot).filter(pl.col("amounts").list.len().fill_null(0) == 0)
    own = lines.join(silent.select("line"), on="line", how="semi").join(usual, on=_ALIKE)
    trivial = materiality.levels(snapshot).group_by("currency").agg(pl.col("trivial").max())
    apart = pl.col("discount") - pl.col("twice") // 2
    own = own.join(trivial, on="currency").with_columns(apart=apart, effect=apart.abs() * pl.col("ssp") // _WHOLE_PRICE)
    off = own.filter((pl.col("apart").abs() > pl.col("most")) & (pl.col("effect") > pl.col("trivial")))
    for row in off.sort("line").iter_rows(named=True):
        has, is_usual, most = map(_percent, (row["discount"], row["twice"] // 2, row["most"]))
        where = f" in {row['region']}" if row["region"] else ""
        yield _simple(
            row, "price", says=f"Line {row['line']} is sold {has} under its SSP; usual for {row['product']}{where} is "
            f"{is_usual}, and no clause states its price.", expected=f"{is_usual}, {most} more or less", actual=has,
            formula=f"|{has} - {is_usual}| > {most} over {row['count']} lines; effect "
            f"{words.money(row['effect'], row['currency'])} {row['currency']}",
        )  # fmt: skip


def _percent(basis_points: int) -> str:
    return f"{basis_points / 100:.2f}%"


def _free(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A line that costs nothing and is given nothing, where the product costs something elsewhere (JC-32)."""
    yield from diagnosed.flagged(snapshot, "JC-32")
    costs = snapshot.lines.filter(pl.col("price") > 0).select("product").unique()
    several = snapshot.lines.filter((pl.len() > 1).over("contract") & (pl.col("price").sum().over("contract") > 0))
    off = several.filter(pl.col("fixed") & (pl.col("price") == 0) & (pl.col("allocated") == 0))
    off = off.join(costs, on="product", how="semi").join(_reviewed(snapshot), on="line", how="semi")
    for row in off.sort("line").iter_rows(named=True):
        yield _simple(
            row, "allocated", says=f"Line {row['line']} is free and gets no part of the price, although "
            f"{row['product']} is sold for money elsewhere.", expected="a share by its SSP",
            formula="price 0, allocated 0",
        )  # fmt: skip


def _negative(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A line that is given less than nothing (JC-33)."""
    for row in (
        snapshot.lines.filter((pl.col("allocated") < 0) & (pl.col("price") >= 0)).sort("line").iter_rows(named=True)
    ):
        amount = words.money(row["allocated"], row["currency"])
        yield _simple(
            row, "allocated", says=f"Line {row['line']} is allocated {amount} {row['currency']}, less than nothing.",
            expected="nothing or more", formula=f"{amount} < 0",
        )  # fmt: skip


def _simple(row: dict[str, Any], part: str, *, says: str, expected: str, formula: str, actual: str = "") -> flags.Flag:
    """A flag about one amount of a line, which is what was seen unless `actual` says it otherwise."""
    actual = actual or words.money(row[part] or 0, row["currency"])
    return flags.Flag(
        table="contract_lines", subject=row["line"], part=part, says=says, expected=expected, actual=actual,
        formula=formula, next="Look at prices, SSPs and the discount of the contract.", contract=row["contract"],
        line=row["line"], customer=row["customer"], entity=row["entity"] or "", currency=row["currency"],
        amount=abs(row[part] or 0), rows=(f"contract_lines/{row['line']}",),
    )  # fmt: skip


def _reviewed(snapshot: Snapshot) -> pl.DataFrame:
    return snapshot.said.join(snapshot.reviewed.select("line").unique(), on="line", how="semi")


def _other_share(snapshot: Snapshot) -> Iterator[flags.Flag]:
    """A journal whose amounts follow other shares than those by relative SSP (JC-28)."""
    yield from diagnosed.flagged(snapshot, "JC-28")


CHECKS: tuple[catalogue.Check, ...] = (
    catalogue.Check("JC-27", "Price is that of the clause", flags.FLAGS, _OWNER, _other_price, weight=45),
    catalogue.Check("JC-28", "Relative SSP", flags.FLAGS, _OWNER, _other_share, weight=45),
    catalogue.Check("JC-29", "SSP fits the price", flags.FLAGS, _OWNER, _ssp_off, weight=40),
    catalogue.Check("JC-29A", "SSP is recent", flags.INFORMS, _OWNER, _old_book),
    catalogue.Check("JC-29B", "Price is in the range of its SSP", flags.INFORMS, _OWNER, _outside_range),
    catalogue.Check("JC-30", "Discount is where it was agreed", flags.FLAGS, _OWNER, _discount_off, weight=40),
    catalogue.Check("JC-31", "Discount is usual", flags.FLAGS, _OWNER, _unusual_discount, weight=20),
    catalogue.Check("JC-32", "Free item got its share", flags.FLAGS, _OWNER, _free, weight=20),
    catalogue.Check("JC-33", "Impossible allocation", flags.BLOCKS, _OWNER, _negative, weight=50),
)
