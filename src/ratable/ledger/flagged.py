"""Flags of the review as they stand: which are raised, what people answered, and which still wait for an answer.

Worked example: the review of run 7 raises flag 5f1c of class "flags". Dana answers "false alarm" until 28 September:
in the review of run 8, which replaces it, 5f1c is raised again and stays answered. On 29 September, or as soon as it
says something else than what she saw, it waits once more. A flag that blocks is answered by no verdict: it goes when
what it says is put right, or stays on record as overridden by whoever approved the run despite it.

"error" is an opinion, and no answer: the flag waits until what it says is put right.
"""

import json
from datetime import date
from typing import Any

import polars as pl

from ratable.ledger import closed, entries, models, rows
from ratable.ledger.review_tables import Review
from ratable.review import flags

ERROR, EXCEPTION, FALSE_ALARM, DUPLICATE = "error", "exception", "false_alarm", "duplicate"
VERDICTS = (ERROR, EXCEPTION, FALSE_ALARM, DUPLICATE)
"""What a person may say to a flag."""
OVERRIDDEN = "overridden"
"""What an approval says of each flag despite which it was given."""
_SETTLES = (EXCEPTION, FALSE_ALARM, DUPLICATE)

FLAGS: dict[str, pl.DataType] = flags.SCHEMA | {
    "review": pl.Int64(),
    "no": pl.Int64(),
    "verdict": pl.String(),  # the last answer to what it says; null: none
    "reason": pl.String(),
    "by": pl.String(),
    "at": pl.String(),  # moment of the answer
    "until": pl.Date(),
    "state": pl.String(),  # open or answered
}
"""A flag as a review raised it, with the answer that counts for it now."""
OPEN, ANSWERED = "open", "answered"

_STORED: dict[str, pl.DataType] = (
    {"review": pl.Int64(), "no": pl.Int64(), "flag": pl.String()}
    | {name: kind for name, kind in flags.SCHEMA.items() if name != "id"}
    | {"rows": pl.String()}
)
_ANSWERS: dict[str, pl.DataType] = {
    "flag": pl.String(), "expected": pl.String(), "actual": pl.String(), "verdict": pl.String(),
    "reason": pl.String(), "by": pl.String(), "at": pl.String(), "until": pl.Date(), "run": pl.Int64(),
}  # fmt: skip


def of_run(run: int, *, on: date) -> pl.DataFrame:
    """The flags of the last review of a run, in the order in which to read them (FLAGS); none where there is none.

    Args:
        run: its number.
        on: the day on which answers have to hold.
    """
    last = latest(run=run)
    return pl.DataFrame(schema=FLAGS) if last is None else of_reviews([last.no], on=on)


def of_month(period: str, *, on: date) -> pl.DataFrame:
    """The flags on a month that count (FLAGS): of its last review, and of the runs that were reviewed since.

    A review of one entity takes the place of what was said of that entity before, and of nothing else. A flag about a
    row without a month is on the month that was under review when it was raised.

    Args:
        period: the month, YYYY-MM.
        on: the day on which answers have to hold.
    """
    seen = ("no", "run_id", "entity", "period", "intent", "event_id")
    months = list(Review.objects.filter(run=None, period=period).order_by("no").values(*seen))
    since = {one["entity"]: one["intent"] for one in months}  # Of several of one entity the last.
    runs = Review.objects.filter(run__isnull=False, event_id__gt=since.get("", 0)).order_by("no").values(*seen)
    lasting = {one["run_id"]: one for one in runs if entries.state(one["run_id"]) not in ("replace", "reject")}
    reviews = {one["no"]: one for one in (*months, *lasting.values()) if one["event_id"] > since.get("", 0)}
    found = of_reviews(list(reviews), on=on)

    def counts(flag: dict[str, Any]) -> bool:
        review = reviews[flag["review"]]
        covered = max(since.get(entity, 0) for entity in (flag["entity"] or "", review["entity"]))
        return bool((flag["period"] or review["period"]) == period and review["event_id"] > covered)

    standing = [counts(flag) for flag in found.select("review", "period", "entity").iter_rows(named=True)]
    return found.filter(pl.Series(standing, dtype=pl.Boolean)).unique("id", keep="last", maintain_order=True)


def of_reviews(numbers: list[int], *, on: date) -> pl.DataFrame:
    """The flags of some reviews with the answers that count on a day (FLAGS)."""
    if not numbers:
        return pl.DataFrame(schema=FLAGS)
    among = ", ".join(str(int(number)) for number in numbers)
    columns = ", ".join(f'"{name}"' for name in _STORED if name != "review")
    query = f"SELECT review_no AS review, {columns} FROM review_flags WHERE review_no IN ({among}) ORDER BY no"  # noqa: S608  whole numbers, and names of our own
    raised = rows.select(query, [], _STORED).rename({"flag": "id"})
    runs = dict(Review.objects.filter(no__in=numbers).values_list("no", "run_id"))
    used = [json.loads(text) for text in raised["rows"]]  # Few: flags are what people read.
    named = raised.with_columns(
        pl.Series("rows", used, pl.List(pl.String)),
        run=pl.col("review").replace_strict(runs, default=None, return_dtype=pl.Int64),
    )
    return _with_answers(named, on)


def _with_answers(raised: pl.DataFrame, on: date) -> pl.DataFrame:
    """Flags with the last answer to what they say that holds on a day, and whether that settles them."""
    said = _answers(raised["id"].unique().to_list())
    held = said.filter(pl.col("until").is_null() | (pl.col("until") >= on))
    alike = ["id", "expected", "actual"]
    last = held.rename({"flag": "id", "run": "of"}).unique(alike, keep="last", maintain_order=True)
    answered = raised.join(last, on=alike, how="left", maintain_order="left")
    # An override is for the run that was approved despite it, and for no other.
    other = ~pl.col("of").eq_missing(pl.col("run")) & pl.col("run").is_not_null()
    elsewhere = (pl.col("verdict") == OVERRIDDEN) & other
    given = ("verdict", "reason", "by", "at", "until")
    here = ~elsewhere.fill_null(value=False)
    answered = answered.with_columns(pl.when(here).then(name).alias(name) for name in given)
    blocks = pl.col("class") == flags.BLOCKS
    settled = pl.when(blocks).then(pl.col("verdict") == OVERRIDDEN).otherwise(
        pl.col("verdict").is_in([*_SETTLES, OVERRIDDEN])
    )  # fmt: skip
    state = pl.when(settled.fill_null(value=False)).then(pl.lit(ANSWERED)).otherwise(pl.lit(OPEN))
    return answered.with_columns(state=state).select(*FLAGS)


def _answers(ids: list[str]) -> pl.DataFrame:
    """Every answer to some flags, in order, with what the flag said then (_ANSWERS)."""
    among, given = rows.among("d.flag", ids)
    query = f"""SELECT d.flag, f.expected, f.actual, d.verdict, d.reason, d."by", e.at, d.until, r.run_no AS run
      FROM flag_dispositions d JOIN review_flags f ON f.no = d.review_flag_no JOIN reviews r ON r.no = f.review_no
      JOIN events e ON e.no = d.event_no WHERE {among} ORDER BY d.no"""  # noqa: S608  words of our own
    return rows.select(query, [given], _ANSWERS)


def open_(found: pl.DataFrame, *classes: str) -> pl.DataFrame:
    """Those that wait for an answer, of some classes; of those that block and those that flag, if none is named."""
    return found.filter((pl.col("state") == OPEN) & pl.col("class").is_in(classes or (flags.BLOCKS, flags.FLAGS)))


def latest(*, run: int | None = None, period: str = "") -> Review | None:
    """The last finished review of a run, or of the entries of a month; None where there is none."""
    made = Review.objects.filter(run=run) if run is not None else Review.objects.filter(run=None, period=period)
    last: Review | None = made.order_by("-no").first()
    return last


def waiting(*, on: date) -> int:
    """How many flags wait for an answer."""
    return those_waiting(on=on).height


def those_waiting(*, on: date) -> pl.DataFrame:
    """The flags that wait for an answer, each once (FLAGS): on runs that wait, and on months that are not locked."""
    ended = models.Decision.objects.filter(verb__in=entries.OVER).values_list("run", flat=True)
    runs = Review.objects.filter(run__isnull=False).exclude(run__in=ended).values_list("run_id", flat=True).distinct()
    last = closed.in_force()["through"].max()
    since = f"{last:%Y-%m}" if isinstance(last, date) else ""
    months = Review.objects.filter(period__gt=since).values_list("period", flat=True).distinct()
    found = [of_run(run, on=on) for run in runs] + [of_month(month, on=on) for month in months]
    open_ones = open_(pl.concat([pl.DataFrame(schema=FLAGS), *found]))
    return open_ones.unique("id", keep="first", maintain_order=True)


def shown(flag: str) -> dict[str, Any] | None:
    """The flag of the last review that raised it, by its id or the beginning of it; None where no review did.

    Where several begin so, the one that was raised last.
    """
    query = "SELECT no FROM review_flags WHERE flag LIKE %s ORDER BY no DESC LIMIT 1"
    found = rows.select(query, [f"{flag.replace('%', '')}%"], {"no": pl.Int64()})
    if not flag.strip() or found.is_empty():
        return None
    columns = ", ".join(f'"{name}"' for name in _STORED if name != "review")
    query = f"SELECT review_no AS review, {columns} FROM review_flags WHERE no = %s"  # noqa: S608  names of our own
    row = rows.select(query, [found["no"].item()], _STORED).row(0, named=True)
    return row | {"rows": json.loads(row["rows"])}
