"""Comparisons of months, each cent of a difference under one driver; trends; who or what brought most.

Worked example: revenue of February less that of January is the sum of new lines, lines that ended, amended lines,
credits, usage, deliveries, late facts and lines under the same terms (whose months have other days). A line has one
driver, in that order of question; so the drivers are the whole difference.
"""

from dataclasses import replace

import polars as pl

from ratable.review.ask import answers, calendar, posted, query

_KINDS = {
    "credit_note": "credited", "modification": "amended", "termination": "amended", "catch_up": "late facts",
    "true_up": "minimums", "manual": "by hand", "reversal": "by hand", "fx": "foreign exchange",
    "breakage": "breakage",
}  # fmt: skip
_DRIVERS: dict[str, pl.DataType] = {"line": pl.String(), "driver": pl.String()}


def _against(asked: query.Asked) -> tuple[str, str]:
    """The months compared with: those said, else as many just before."""
    if asked.get("against_to"):
        return asked.get("against_from", asked.get("against_to")), asked.get("against_to")
    length = calendar.months_between(asked.first, asked.last)
    return calendar.plus(asked.first, -length), calendar.plus(asked.first, -1)


def _variance(asked: query.Asked) -> answers.Answer:
    then, until = _against(asked)
    rows = _drivers(asked, (then, until))
    sums = rows.group_by("currency").agg(pl.col("before", "after", "change").sum()).sort("currency")
    among = posted.currencies(sums)
    said: list[answers.Sentence | None] = []
    checks = []
    contrary = []
    for currency, before, after, change in sums.rows():
        own = rows.filter(pl.col("currency") == currency)
        contrary.append(_contrary(asked, change))
        whole = {"before": before, "after": after, "change": change}
        said.append(_compared(asked, (then, until), whole, (currency, posted.suffix(currency, among))))
        by_driver = own.group_by("driver").agg(pl.col("change").sum()).filter(pl.col("change") != 0)
        parts = by_driver.sort(pl.col("change").abs(), "driver", descending=[True, False]).rows()
        said.append(_driven(asked, parts, (currency, posted.suffix(currency, among))))
        shown = tuple((driver, answers.amount(part, currency)) for driver, part in parts)
        checks.append(answers.Check("Drivers foot", shown, ("change", answers.amount(change, currency))))
    if not said:
        said = [_no_entries(asked)]
    moved = rows.filter(pl.col("change") != 0)
    named = ("driver", "customer", "line", "before", "after", "change", "currency")
    table = answers.Table(
        "Drivers by line", moved.select(named).sort(pl.col("change").abs(), "line", descending=[True, False])
    )
    drivers = rows.group_by("driver", "currency").agg(pl.col("change").sum()).sort("currency", "driver")
    made = answers.answered(said, tables=[answers.Table("Drivers", drivers), table], checks=checks)
    return replace(answers.charted(made, "bars", "driver", "change"), contradicts=bool(contrary) and all(contrary))


def _contrary(asked: query.Asked, change: int) -> bool:
    """Whether the question says that it rose where it fell, or the other way."""
    return (asked.get("direction") == "up" and change <= 0) or (asked.get("direction") == "down" and change >= 0)


def _drivers(asked: query.Asked, against: tuple[str, str]) -> pl.DataFrame:
    """Before, after and change of an account by line and driver."""
    role = asked.get("role", "revenue")
    moved = posted.to(asked.entries, role)
    new, old = (
        pl.col("period").is_between(pl.lit(first), pl.lit(last)) for first, last in ((asked.first, asked.last), against)
    )
    dated = moved.filter(new | old).join(_of_lines(asked, moved, against), on="line", how="left")
    driver = pl.coalesce(
        pl.col("kind").replace_strict(_KINDS, default=None, return_dtype=pl.String), "driver", pl.lit("same terms")
    )
    if role != "revenue":
        driver = pl.col("part").replace_strict(posted.SHOWN, default="other", return_dtype=pl.String)
    sums = dated.with_columns(driver=driver).group_by("currency", "customer", "line", "driver").agg(
        before=pl.col("change").filter(old).sum(), after=pl.col("change").filter(new).sum()
    )  # fmt: skip
    return sums.with_columns(change=pl.col("after") - pl.col("before"))


def _of_lines(asked: query.Asked, moved: pl.DataFrame, against: tuple[str, str]) -> pl.DataFrame:
    """What explains most of the difference of each line's plain recognition (_DRIVERS)."""
    first = moved.group_by("line").agg(began=pl.col("period").min()).filter(pl.col("line").is_not_null())
    amended = asked.table("amendments").filter(
        pl.max_horizontal("effective_on", "approved_on").dt.to_string("%Y-%m").is_between(
            pl.lit(against[0]), pl.lit(asked.last))
    ).join(asked.table("amendment_changes"), left_on="id", right_on="amendment")["line"].unique()  # fmt: skip
    lines = asked.snapshot.lines.unique("line").join(first, on="line", how="right")
    one_time = pl.col("method").is_in(["point_in_time", "milestone"])
    driver = (
        pl.when(pl.col("method") == "usage").then(pl.lit("usage"))
        .when(one_time).then(pl.lit("deliveries"))
        .when(pl.col("began") > against[1]).then(pl.lit("new"))
        .when(pl.col("end").dt.to_string("%Y-%m") < asked.last).then(pl.lit("ended"))
        .when(pl.col("line").is_in(amended.implode())).then(pl.lit("amended"))
    )  # fmt: skip
    return lines.select("line", driver=driver).match_to_schema(_DRIVERS)


def _compared(
    asked: query.Asked, against: tuple[str, str], whole: dict[str, int], money: tuple[str, str]
) -> answers.Sentence:
    currency, end = money
    role = posted.ROLES[asked.get("role", "revenue")]
    during, slots = posted.when(asked)
    before, more = posted.when(query.Asked(asked.snapshot, {"from": against[0], "to": against[1]}), prefix="old_")
    figures = slots | more | {f"{name}{end}": answers.amount(part, currency) for name, part in whole.items()}
    figures["subject"] = posted.subject(asked)
    verb = "rose" if whole["change"] > 0 else "fell" if whole["change"] < 0 else "did not change"
    text = (
        f"The {role} of {{subject}} {verb}: {{after{end}}} in {during} against {{before{end}}} in {before}, "
        f"a change of {{change{end}}}."
    )
    if whole["before"]:
        size = answers.percent(abs(whole["change"]), abs(whole["before"]))
        figures[f"share{end}"] = size
        text = f"{text[:-1]} ({{share{end}}})."
    both = asked.entries.filter(pl.col("period").is_between(pl.lit(against[0]), pl.lit(asked.last)))
    cites = posted.ids(both.filter(pl.col("currency") == currency))
    return answers.Sentence(text, figures, cites or answers.cite("snapshot", [asked.snapshot.name]))


def _driven(asked: query.Asked, parts: list[tuple[str, int]], money: tuple[str, str]) -> answers.Sentence | None:
    if not parts:
        return None
    currency, end = money
    figures = {f"{_slot(driver)}{end}": answers.amount(part, currency) for driver, part in parts}
    terms = ", ".join(f"{driver} {{{_slot(driver)}{end}}}" for driver, _ in parts)
    own = asked.during.filter(pl.col("currency") == currency)
    cites = posted.ids(own) or answers.cite("snapshot", [asked.snapshot.name])
    return answers.Sentence(f"By driver: {terms}.", figures, cites)


def _slot(driver: str) -> str:
    return driver.replace(" ", "_")


def _no_entries(asked: query.Asked) -> answers.Sentence:
    during, slots = posted.when(asked)
    figures = slots | {"subject": posted.subject(asked), "entries": answers.count(0)}
    text = f"{{entries}} entries of {{subject}} fall into {during} or the months that it is compared with."
    return answers.Sentence(text, figures, answers.cite("snapshot", [asked.snapshot.name]))


def _balance_drivers(asked: query.Asked) -> answers.Answer:
    """How a balance came from its opening to its closing, by cause and by the customers that moved it most."""
    role = asked.get("role", "deferred_revenue")
    rows = posted.rolled(asked, role)
    parts = posted.rolled(asked, role, ("customer",)).with_columns(change=pl.col("closing") - pl.col("opening"))
    among = posted.currencies(rows)
    during, slots = posted.when(asked)
    own = posted.to(asked.during, role)
    said: list[answers.Sentence | None] = []
    checks = []
    contrary = []
    for row in rows.iter_rows(named=True):
        currency, end = row["currency"], posted.suffix(row["currency"], among)
        change = row["closing"] - row["opening"]
        contrary.append(_contrary(asked, change))
        names = [part for part in posted.PARTS if row[part]]
        figures = slots | {f"{part}{end}": answers.amount(row[part], currency) for part in names}
        figures |= {
            f"change{end}": answers.amount(change, currency), f"opening{end}": answers.amount(row["opening"], currency),
            f"closing{end}": answers.amount(row["closing"], currency), "subject": posted.subject(asked),
        }  # fmt: skip
        verb = "rose" if change > 0 else "fell" if change < 0 else "did not change"
        causes = ", ".join(f"{posted.SHOWN[part]} {{{part}{end}}}" for part in names) or "nothing moved it"
        text = (
            f"The {posted.ROLES[role]} of {{subject}} {verb} in {during} from {{opening{end}}} to "
            f"{{closing{end}}}, a change of {{change{end}}}: {causes}."
        )
        said.append(answers.Sentence(text, figures, posted.ids(own) or answers.cite("snapshot", [asked.snapshot.name])))
        shown = posted.shown(row, ())
        checks.append(answers.Check("Causes foot", shown, ("change", answers.amount(change, currency))))
    moved = parts.filter(pl.col("change") != 0).sort(pl.col("change").abs(), "customer", descending=[True, False])
    table = answers.Table(
        "What moved it, by customer", moved.select("customer", "opening", "closing", "change", "currency")
    )
    made = answers.answered(said or [_no_entries(asked)], tables=[table], checks=checks)
    return replace(answers.charted(made, "bars", "customer", "change"), contradicts=bool(contrary) and all(contrary))


def _trend(asked: query.Asked) -> answers.Answer:
    """An account month by month: revenue as it fell into each, a balance as it closed."""
    role = asked.get("role", "revenue")
    first = asked.get("from") or calendar.plus(asked.last, -11)
    moved = posted.to(asked.entries.filter(pl.col("period") <= asked.last), role)
    sums = moved.group_by("currency", "period").agg(amount=pl.col("change").sum()).sort("currency", "period")
    if role != "revenue":
        sums = sums.with_columns(pl.col("amount").cum_sum().over("currency", order_by="period"))
    shown = sums.filter(pl.col("period") >= first).select("period", "amount", "currency")
    among = posted.currencies(shown)
    said: list[answers.Sentence | None] = []
    for currency in among:
        own = shown.filter(pl.col("currency") == currency)
        end = posted.suffix(currency, among)
        high, low = (own.sort("amount", "period", descending=down).row(0) for down in (True, False))
        figures = {
            f"highest{end}": answers.amount(high[1], currency),
            f"highest_month{end}": answers.month(high[0]),
            f"lowest{end}": answers.amount(low[1], currency),
            f"lowest_month{end}": answers.month(low[0]),
            f"latest{end}": answers.amount(own["amount"][-1], currency),
            f"latest_month{end}": answers.month(own["period"][-1]),
            "subject": posted.subject(asked),
        }
        text = (
            f"The {posted.ROLES[role]} of {{subject}} was highest in {{highest_month{end}}} with {{highest{end}}}, "
            f"lowest in {{lowest_month{end}}} with {{lowest{end}}}, and {{latest{end}}} in {{latest_month{end}}}."
        )
        said.append(answers.Sentence(text, figures, posted.ids(moved.filter(pl.col("currency") == currency))))
    table = answers.Table(f"{posted.ROLES[role].capitalize()} by month", shown)
    return answers.charted(answers.answered(said or [_no_entries(asked)], tables=[table]), "line", "period", "amount")


def _top(asked: query.Asked) -> answers.Answer:
    """Who or what brought most revenue, or was billed most."""
    role, by = asked.get("role", "revenue"), asked.get("by", "customer")
    moved = posted.to(asked.during, role)
    if role == "receivable":
        moved = moved.filter((pl.col("kind") == "billing") & (pl.col("credit_role") != "tax_payable"))
    if by not in moved.columns:
        moved = moved.join(asked.snapshot.lines.unique("line").select("line", by), on="line", how="left")
    sums = moved.group_by(by, "currency").agg(amount=pl.col("change").sum())
    ordered = sums.sort("currency", "amount", by, descending=[False, True, False])
    rows = ordered.group_by("currency", maintain_order=True).head(asked.limit).select(by, "amount", "currency")
    among = posted.currencies(rows)
    during, slots = posted.when(asked)
    verb = "billing" if role == "receivable" else posted.ROLES[role]
    said: list[answers.Sentence | None] = []
    for currency in among:
        key, amount, _ = rows.filter(pl.col("currency") == currency).row(0)
        end = posted.suffix(currency, among)
        whole = int(sums.filter(pl.col("currency") == currency)["amount"].sum())
        figures = slots | {
            f"who{end}": posted.called(asked, by, key), f"largest{end}": answers.amount(amount, currency),
            f"whole{end}": answers.amount(whole, currency),
        }  # fmt: skip
        text = f"The {by} with most {verb} in {during} is {{who{end}}} with {{largest{end}}}, of {{whole{end}}} in all."
        own = moved.filter((pl.col("currency") == currency) & (pl.col(by) == key))
        said.append(answers.Sentence(text, figures, posted.ids(own) or answers.cite("snapshot", [asked.snapshot.name])))
    made = answers.answered(said or [_no_entries(asked)], tables=[answers.Table(f"Largest by {by}", rows)])
    return answers.charted(made, "bars", by, "amount")


def _top_products(asked: query.Asked) -> answers.Answer:
    return _top(query.Asked(asked.snapshot, dict(asked.given) | {"by": "product"}))


_OF = (*query.SCOPE, *query.PERIOD)
QUERIES = (
    query.Query(
        "variance",
        "Why revenue rose or fell",
        "Why did revenue change from {previous} to {month}?",
        (
            "why revenue changed",
            "why revenue up",
            "why revenue down",
            "compare revenue",
            "compare",
            "variance",
            "variance revenue",
            "compare recognized",
            "why recognized changed",
            "driver revenue",
            "revenue up",
            "revenue down",
            "compare @customer",
            "changed revenue",
        ),
        _variance,
        takes=(*_OF, "against_from", "against_to", "direction"),
    ),
    query.Query(
        "balance-drivers",
        "Why a balance rose or fell",
        "Why did deferred revenue change in {month}?",
        (
            "why deferred changed",
            "why deferred up",
            "why deferred down",
            "driver deferred",
            "why balance changed",
            "why balance up",
            "why balance down",
            "why @role changed",
            "why @role up",
            "why @role down",
            "deferred up",
            "deferred down",
            "variance deferred",
            "driver",
            "changed deferred",
            "compare deferred",
            "driver balance",
        ),
        _balance_drivers,
        takes=(*_OF, "role", "direction"),
    ),
    query.Query(
        "trend",
        "An account month by month",
        "How did revenue develop over the last twelve months?",
        (
            "trend",
            "trend revenue",
            "trend deferred",
            "by month",
            "revenue by month",
            "month revenue trend",
            "deferred by month",
            "trend @customer",
        ),
        _trend,
        takes=(*_OF, "role"),
    ),
    query.Query(
        "top",
        "Who brought most revenue",
        "Who are the top customers this quarter?",
        (
            "top customer",
            "top revenue",
            "top customer revenue",
            "top @by",
            "top @by revenue",
            "top billed",
            "top",
            "top customer billed",
            "top contract",
        ),
        _top,
        takes=(*_OF, "role", "by", "limit"),
    ),
    query.Query(
        "top-products",
        "Which products brought most revenue",
        "What are the top products this year?",
        ("top product", "top product revenue"),
        _top_products,
        takes=(*_OF, "limit"),
    ),
)
ROOM = query.Room("trends", "Comparisons and drivers", QUERIES)
