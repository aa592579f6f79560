"""Flags from diagnoses: the journal of an account is what some misreading of its facts gives.

Worked example: the journal of C-1-1 is what daily proration gives, the policy says monthly_prorated: one flag of JC-15
on the line, with the differences by month, and a fix that posts what is due less what is booked.

Each check asks for the diagnoses that it reports. A Python loop runs over the lines that differ, never over entries.
"""

from collections.abc import Iterator
from typing import Any

import polars as pl

from ratable.core import amounts, currencies
from ratable.review import flags, words
from ratable.review.diagnosing import Diagnosis
from ratable.review.proposals import Fix
from ratable.review.snapshot import Snapshot


def flagged(snapshot: Snapshot, check: str) -> Iterator[flags.Flag]:
    """The flags of one check, one for each line of each account that it explains."""
    mine = [diagnosis for diagnosis in snapshot.diagnoses if diagnosis.check == check and diagnosis.name is not None]
    if not mine:
        return
    months = set(snapshot.reviewed["period"].unique())
    touched = pl.concat([diagnosis.cells.select("line") for diagnosis in mine]).unique()
    entries = _entries(snapshot, touched)
    described = {row["line"]: row for row in snapshot.lines.join(touched, on="line", how="semi").iter_rows(named=True)}
    for diagnosis in mine:
        if not months.isdisjoint(diagnosis.cells["period"]):
            for (line,), cells in diagnosis.cells.partition_by("line", as_dict=True, maintain_order=True).items():
                yield _flag(diagnosis, cells, described[str(line)], entries)


def _entries(snapshot: Snapshot, lines: pl.DataFrame) -> pl.DataFrame:
    """Ids of the entries behind each cell that is booked."""
    own = snapshot.entries.join(lines, on="line", how="semi")
    return own.select(
        "entry", "period", "origin_period", "line", "kind", "currency",
        low=pl.min_horizontal("debit_role", "credit_role"), high=pl.max_horizontal("debit_role", "credit_role"),
    )  # fmt: skip


def _flag(diagnosis: Diagnosis, cells: pl.DataFrame, line: dict[str, Any], entries: pl.DataFrame) -> flags.Flag:
    currency = str(cells["currency"][0])
    gap = cells.select(gap=pl.col("booked") - pl.col("due"))["gap"]
    wrong = max(int(gap.filter(gap > 0).sum()), -int(gap.filter(gap < 0).sum()))
    key = ["period", "origin_period", "line", "kind", "low", "high", "currency"]
    used = entries.join(cells, on=key, how="semi")["entry"].sort()
    told = {name: str(value) for name, value in line.items()} | {
        f"{name}_text": words.money(line[name] or 0, line["currency"]) for name in ("ssp", "price")
    }
    facts = diagnosis.facts.format_map(told)
    worst = cells.sort((pl.col("booked") - pl.col("due")).abs(), descending=True).row(0, named=True)
    has, should = (words.money(abs(worst[name]), currency) for name in ("booked", "due"))
    return flags.Flag(
        table="contract_lines" if line["contract"] else "invoice_lines",
        subject=line["line"],
        part=diagnosis.name or "",
        says=f"The journal of line {line['line']} is what {diagnosis.gives} would give; the facts say {facts}.",
        expected=facts,
        actual=diagnosis.gives,
        formula=f"{worst['kind']} of {worst['origin_period']}: booked {has}, due {should} {currency}; by the "
        f"hypothesis {diagnosis.name} every entry that is booked comes out exactly",
        next="Reject the run and propose again; what is posted is put right by what is due less what is booked.",
        rows=tuple(_rows(line, used)),
        amount=wrong,
        currency=currency,
        period=str(cells["period"].min()),
        entity=line["entity"] or "",
        contract=line["contract"],
        line=line["line"],
        customer=line["customer"],
        fix=_to_post(line["line"], cells).text(),
    )


def _rows(line: dict[str, Any], used: pl.Series) -> Iterator[str]:
    yield f"contract_lines/{line['line']}" if line["contract"] else f"invoice_lines/{line['line']}"
    if line["contract"]:
        yield f"contracts/{line['contract']}"
    yield from (f"entries/{entry}" for entry in used)


def _to_post(line: str, cells: pl.DataFrame) -> Fix:
    """What is due less what is booked, by month of origin and pair of roles."""
    steps = cells.group_by("currency", "origin_period", "low", "high").agg(
        step=(pl.col("due") - pl.col("booked")).sum()
    )
    steps = steps.filter(pl.col("step") != 0).sort("origin_period", "low", "high", "currency")
    present = {currencies.EXPONENTS.get(code, 0): [code] for code in steps["currency"].unique()}
    texts = steps.with_columns(text=amounts.text(pl.col("step"), present)) if steps.height else steps
    named = {f"{row['origin_period']} {row['low']}/{row['high']}": row["text"] for row in texts.iter_rows(named=True)}
    return Fix("post", "contract_lines", line, named)
