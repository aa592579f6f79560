"""Laws 1 to 6: every cent is allocated, recognized, placed and rolled forward, in any order and any split."""

import re
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ratable
from ratable.core import bundles
from ratable.engine import run
from ratable.engine.outcome import Outcome
from ratable.reports import roll_forward
from tests import strategies
from tests.properties import ledgers, test_agreement

Folder = pytest.TempPathFactory


def read(document: strategies.Row, folder: Folder) -> bundles.Bundle:
    return test_agreement.read(folder.getbasetemp(), document)


def minor(text: str, currency: str) -> int:
    """Decimal text as minor units."""
    return int(Fraction(text) * 10 ** strategies.DECIMALS[currency])


def discount_of(contract: strategies.Row, lines: list[dict[str, Any]]) -> int:
    """The discount of a contract in minor units: its amount, or the percent of the covered prices, half even."""
    terms = contract.get("discount", {})
    if "amount" in terms:
        return minor(terms["amount"], contract["currency"])
    covered = [line["price"] for line in lines if line["fixed"] and line["line"] in terms.get("lines", [line["line"]])]
    return round(sum(covered, Fraction(0)) * Fraction(terms.get("percent", "0")) / 100)


@ledgers.examples(12)
@given(document=strategies.bundles())
def test_law_1_what_is_allocated_is_the_transaction_price(document: strategies.Row, tmp_path_factory: Folder) -> None:
    signed = ledgers.without(document, "amendments", "credit_notes", "locks")
    lines = run.recognize(read(signed, tmp_path_factory), date(2029, 12, 31)).lines.to_dicts()

    for contract in signed["contracts"]:
        own = [line for line in lines if line["contract"] == contract["id"] and line["fixed"]]
        named = {line["line"] for line in own} & {line["id"] for line in contract["lines"]}
        own = [line for line in own if line["line"] in named]
        assert sum(line["allocated"] for line in own) == sum(line["price"] for line in own) - discount_of(contract, own)


@ledgers.examples(15)
@given(document=strategies.bundles())
def test_law_1_holds_after_amendments_and_credits(document: strategies.Row, tmp_path_factory: Folder) -> None:
    undiscounted = [{key: row[key] for key in row if key != "discount"} for row in document["contracts"]]
    outcome = run.recognize(
        read(document | {"contracts": undiscounted, "locks": []}, tmp_path_factory), date(2030, 12, 31)
    )
    lowering = ("price_reduction", "service_credit")
    lowers = {row["id"] for row in document.get("credit_notes", []) if row.get("cause") in lowering}
    fixed = outcome.lines.filter("fixed", pl.col("contract").is_not_null())
    credits = outcome.movements("month").filter(
        pl.col("kind") == "credit_note", pl.col("source").is_in(lowers), pl.col("debit_role") != "tax_payable"
    )
    given_back = credits.join(fixed, on="line_no", how="semi")["amount"]

    assert sum(fixed["allocated"]) == sum(fixed["price"]) - sum(given_back)


@ledgers.examples(8)
@given(question=strategies.questions(), later=st.integers(0, 120))
def test_law_2_recognized_and_remaining_are_what_is_allocated(
    question: strategies.Question, later: int, tmp_path_factory: Folder
) -> None:
    bundle = read(ledgers.without(question.bundle, "locks"), tmp_path_factory)
    for through in (question.through, question.through + timedelta(days=later)):
        outcome = run.recognize(bundle, through, known_on=question.known_on)
        done, left = ledgers.recognized(outcome), ledgers.remaining(outcome)
        for line, allocated in outcome.lines.filter("fixed").select("line", "allocated").iter_rows():
            assert done[line] + left[line] == allocated, line


def sides_at(outcome: Outcome, moment: date) -> Counter[tuple[str, str]]:
    """Sides of every line at a moment, from what was billed and recognized by then: debits are above zero."""
    roles: dict[str, Counter[str]] = {}
    taxed = {"tax_payable"}
    for row in (
        outcome.movements("day").join(outcome.lines.select("line_no", "line"), on="line_no").iter_rows(named=True)
    ):
        if (
            row["date"] <= moment
            and row["kind"] != "reclassification"
            and not taxed & {row["debit_role"], row["credit_role"]}
        ):
            line = roles.setdefault(row["line"], Counter())
            line[row["debit_role"]] += row["amount"]
            line[row["credit_role"]] -= row["amount"]
    ahead = {line: balance["receivable"] + balance["revenue"] for line, balance in roles.items()}
    found: Counter[tuple[str, str]] = Counter()
    for _, lines in outcome.lines.group_by("account"):
        net = {row["line"]: ahead[row["line"]] for row in lines.to_dicts() if row["line"] in ahead}
        waits = {row["line"] for row in lines.to_dicts() if row["awaits_time"]}
        for line in waits & net.keys():
            found[line, "unbilled_receivable"] = max(-net[line], 0)
            net[line] = max(net[line], 0)
        for line, amount in net.items():
            found[line, "deferred_revenue" if sum(net.values()) >= 0 else "contract_asset"] = -amount
    return found


@ledgers.examples(8)
@given(question=strategies.questions())
def test_law_3_billed_less_recognized_stands_on_the_three_sides(
    question: strategies.Question, tmp_path_factory: Folder
) -> None:
    outcome = run.recognize(read(question.bundle, tmp_path_factory), question.through, known_on=question.known_on)
    balance: dict[str, Counter[str]] = {}
    for (_, line), roles in sorted(ledgers.posted(outcome, "date", "line").items(), key=repr):
        to_date = balance.setdefault(line, Counter())
        to_date.update(roles)
        sides = sum(to_date[role] for role in ("deferred_revenue", "unbilled_receivable", "contract_asset"))
        assert sides == -(to_date["receivable"] + to_date["tax_payable"] + to_date["revenue"])


@ledgers.examples(8)
@given(question=strategies.questions())
def test_law_3_month_ends_show_each_line_on_its_side(question: strategies.Question, tmp_path_factory: Folder) -> None:
    outcome = run.recognize(read(question.bundle, tmp_path_factory), ledgers.last_of_month(question.through))
    ends = sorted({ledgers.last_of_month(day) for day in outcome.movements("day")["date"]})
    movements = ledgers.posted(outcome, "date", "line")
    for end in ends[:: max(1, len(ends) // 3)]:
        shown: Counter[tuple[str, str]] = Counter()
        for (day, line), roles in movements.items():
            if day <= end:
                for role in ("deferred_revenue", "unbilled_receivable", "contract_asset"):
                    shown[line, role] += roles[role]
        wanted = sides_at(outcome, end)
        assert {key: amount for key, amount in shown.items() if amount} == {key: n for key, n in wanted.items() if n}, (
            end
        )


@ledgers.examples(10)
@given(
    question=strategies.questions(),
    account=st.sampled_from(["deferred_revenue", "unbilled_receivable", "contract_asset"]),
)
def test_law_4_opening_and_movements_are_the_closing(
    question: strategies.Question, account: str, tmp_path_factory: Folder
) -> None:
    outcome = run.recognize(read(question.bundle, tmp_path_factory), question.through, known_on=question.known_on)
    rows = roll_forward.table(outcome, by=["contract"], account=account).sort("period").to_dicts()
    closing: Counter[Any] = Counter()
    for row in rows:
        group = (row["contract"], row["currency"])
        assert row["opening"] == closing[group]
        assert row["opening"] + sum(row[column] for column in roll_forward.KINDS) == row["closing"]
        closing[group] = row["closing"]
    sign = -1 if account == "deferred_revenue" else 1
    balances = ledgers.posted(outcome, "contract", "currency").items()
    assert {group: n for group, n in closing.items() if n} == {
        (contract or "", currency): sign * r[account] for (contract, currency), r in balances if r[account]
    }


@ledgers.examples(8)
@given(question=strategies.questions(), seed=st.integers(0, 999))
def test_law_5_the_order_of_rows_shows_nowhere(
    question: strategies.Question, seed: int, tmp_path_factory: Folder
) -> None:
    bundle = read(question.bundle, tmp_path_factory)
    tables = {name: frame.sample(fraction=1, shuffle=True, seed=seed) for name, frame in bundle.tables.items()}
    mixed = bundles.Bundle(tables, bundle.findings, bundle.left_out)
    one, other = (ratable.recognize(facts, question.through, known_on=question.known_on) for facts in (bundle, mixed))

    assert one.journal.equals(other.journal)
    assert one.findings.equals(other.findings)


def owner(name: str) -> str:
    """The contract or lone invoice that an id of the strategies belongs to."""
    found = re.match(r"[CL]\d+", name)
    assert found is not None, name
    return found[0]


def part_of(document: strategies.Row, owners: set[str]) -> strategies.Row:
    """The rows of some contracts and lone invoices, and every row that belongs to none."""
    names = {
        "contracts": "id", "amendments": "contract", "usage": "contract_line", "milestones_reached": "contract_line",
        "minimums": "contract", "invoices": "id", "credit_notes": "invoice",
    }  # fmt: skip
    return {
        table: [row for row in rows if table not in names or owner(row[names[table]]) in owners]
        for table, rows in document.items()
    }


@ledgers.examples(10)
@given(question=strategies.questions())
def test_law_5_any_split_by_contract_gives_the_same_entries(
    question: strategies.Question, tmp_path_factory: Folder
) -> None:
    named = question.bundle["contracts"] + question.bundle.get("invoices", [])
    owners = sorted({owner(row["id"]) for row in named})
    found = []
    for some in (set(owners), set(owners[::2]), set(owners[1::2])):
        bundle = read(part_of(question.bundle, some), tmp_path_factory)
        found.append(ledgers.entries(bundle, question.through, question.known_on))
    whole, *parts = (frame.sort("entry") for frame in found)

    assert whole["entry"].is_unique().all()
    assert whole.equals(pl.concat(parts).sort("entry"))


@ledgers.examples(10)
@given(question=strategies.questions())
def test_law_5_days_sum_to_months(question: strategies.Question, tmp_path_factory: Folder) -> None:
    outcome = run.recognize(read(question.bundle, tmp_path_factory), question.through, known_on=question.known_on)
    totals = []
    for grain in ("month", "day"):
        signed: Counter[Any] = Counter()
        lines = outcome.movements(grain).join(outcome.lines.select("line_no", "line"), on="line_no")
        for row in lines.iter_rows(named=True):
            roles = (row["debit_role"], row["credit_role"])
            key = (
                row["line"],
                row["date"].strftime("%Y-%m"),
                row["origin"],
                row["kind"],
                row["source"],
                tuple(sorted(roles)),
            )
            signed[key] += row["amount"] if roles == tuple(sorted(roles)) else -row["amount"]
        totals.append({key: amount for key, amount in signed.items() if amount})

    assert totals[0] == totals[1]


@ledgers.examples(6)
@given(question=strategies.questions())
def test_law_6_a_second_run_gives_the_same_books(question: strategies.Question, tmp_path_factory: Folder) -> None:
    found = []
    for _ in range(2):
        books = ratable.recognize(read(question.bundle, tmp_path_factory), question.through, known_on=question.known_on)
        outcome = books.outcome
        left = outcome.remaining().sort("line_no", "month")
        found.append((books.journal, books.findings, outcome.lines, outcome.treatments.sort("amendment"), left))

    assert all(one.equals(other) for one, other in zip(*found, strict=True))
