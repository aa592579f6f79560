"""Reports of the store: equal to `ratable run` where all is posted, and the same for ever by the same two days."""

import io
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from django.db import connections, transaction

import ratable
from ratable.ledger import books, kept, knowledge, models
from ratable.operations import choices, decide, manual, propose
from ratable.reports import books as reports
from ratable.reports import names, rendering
from tests import stores
from tests.ledger import closing, test_knowledge
from tests.stores import Store

ROOT = Path(__file__).parents[2]
CASES = sorted((ROOT / "tests/conformance/cases").rglob("*.yaml"))
COMPANY = ROOT / "examples/company"
ORDER: dict[str, Any] = {
    "customers": [{"id": "acme", "name": "Acme"}],
    "products": [{"id": "platform", "name": "Platform Access", "method": "straight_line"}],
    "contracts": [
        {
            "id": "C-1", "customer": "acme", "currency": "USD", "signed_on": "2026-01-01", "start": "2026-01-01",
            "end": "2026-12-31", "lines": [{"id": "C-1-1", "product": "platform", "price": "12000.00"}],
        }
    ],
}  # fmt: skip
LATE: dict[str, Any] = {"invoices": [{
    "id": "I-9", "customer": "acme", "currency": "USD", "issued_on": "2026-01-10",
    "lines": [{"id": "I-9-1", "amount": "310.00", "service_start": "2026-01-01", "service_end": "2026-01-31"}],
}]}  # fmt: skip
ASKED = [(name, names.Choices()) for name in names.REPORTS] + [
    ("roll-forward", names.Choices(by=("customer", "product"), grain="quarter")),
    ("roll-forward", names.Choices(account="unbilled_receivable")),
    ("roll-forward", names.Choices(account="contract_asset", by=("line",))),
    ("waterfall", names.Choices(by=("contract", "entity", "region", "stream"), basis="deferred")),
    ("rpo", names.Choices(by=("line",))),
]


def text(ledger: reports.Books, name: str, chosen: names.Choices) -> str:
    """A report as CSV; the two that may be empty of columns of amounts are written alike."""
    out = io.BytesIO()
    heading = rendering.Heading(name, {}, ledger.findings)
    rendering.write_csv(out, reports.parts(ledger, name, chosen), heading)
    return out.getvalue().decode()


def every_report(ledger: reports.Books) -> dict[str, str]:
    return {f"{name} {chosen.given()}": text(ledger, name, chosen) for name, chosen in ASKED}


def last_day_asked(case: dict[str, Any]) -> date:
    return max(date.fromisoformat(str(expected["through"])) for expected in case["expect"])


def first_day_to_post(bundle: Path) -> date:
    """The first posting takes in all of the history that the bundle says is locked."""
    return max(ratable.read_bundle(bundle)["locks"]["through"].to_list(), default=date.min)


def on_both(cases: list[Path]) -> list[Any]:
    """Every case on SQLite, some on PostgreSQL: which database it is changes nothing that a case is about."""
    every = [pytest.param("sqlite", path, id=f"sqlite-{path.stem}") for path in cases]
    return every + [pytest.param("postgresql", path, id=f"postgresql-{path.stem}") for path in cases[::8]]


@pytest.mark.parametrize(("store", "path"), on_both(CASES), indirect=["store"])
def test_a_case_reports_the_same_from_the_store(store: Store, tmp_path: Path, path: Path) -> None:
    case = yaml.safe_load(path.read_text())
    through = last_day_asked(case)
    bundle = closing.written(tmp_path, case["given"])
    closing.bring(store, bundle)
    test_knowledge.assert_same(knowledge.bundle(), ratable.read_bundle(bundle))
    closing.post(store, max(through, first_day_to_post(bundle)))

    assert every_report(books.books(through)) == every_report(ratable.recognize(ratable.read_bundle(bundle), through))


def test_the_company_reports_the_same_from_the_store(store: Store) -> None:
    through = date(2026, 3, 31)
    closing.bring(store, COMPANY)
    closing.post(store, through)

    ledger, direct = books.books(through), ratable.recognize(ratable.read_bundle(COMPANY), through)

    assert every_report(ledger) == every_report(direct)
    for name in ("journal", "schedule"):
        by_day = names.Choices(grain="day")
        assert text(ledger, name, by_day) == text(direct, name, by_day)


@pytest.fixture
def january(store: Store, tmp_path: Path) -> Store:
    """One contract of 12,000.00, posted through January."""
    closing.posted(store, tmp_path, ORDER, "2026-01-31")
    return store


@pytest.mark.usefixtures("january")
def test_what_is_not_posted_is_still_to_come() -> None:
    ledger = books.books(date(2026, 2, 28))

    (row,) = ledger.waterfall().to_dicts()
    assert (row["recognized"], row["remaining"]) == (1_019_18, 12_000_00 - 1_019_18)
    assert (row["2026-02"], row["2026-03"]) == (920_55, 1_019_17)
    assert ledger.balances()["recognized"].to_list() == [1_019_18]


@pytest.mark.usefixtures("january")
def test_days_are_refused_of_a_month_that_is_not_posted_whole() -> None:
    assert books.books(date(2026, 1, 31)).schedule_by("day").height == 31

    with pytest.raises(
        names.Refused, match=r"recognition of line C-1-1 in 2026-02 comes to 920.55 USD .* 0.00 is posted"
    ):
        books.books(date(2026, 2, 28)).schedule_by("day")


def test_the_same_two_days_give_the_same_bytes_for_ever(january: Store, tmp_path: Path) -> None:
    through, known_on = date(2026, 1, 31), date(2026, 4, 1)
    before = every_report(books.books(through, known_on=known_on))

    january.clock.pass_days(9)
    closing.bring(january, closing.written(tmp_path, LATE))
    closing.post(january, "2026-02-28")

    assert every_report(books.books(through, known_on=known_on)) == before
    assert every_report(books.books(through)) != before


def test_nothing_was_posted_before_the_first_posting(january: Store) -> None:
    ledger = books.books(date(2026, 1, 31), known_on=date(2026, 3, 31))

    assert january.clock.now.date() == date(2026, 4, 1)
    assert ledger.journal.is_empty()


def test_an_entity_reports_its_own_lines_alone(store: Store) -> None:
    closing.bring(store, COMPANY)
    closing.post(store, "2026-03-31")
    entities = books.books(date(2026, 3, 31)).journal["entity"].unique().drop_nulls().sort().to_list()

    parts = [books.books(date(2026, 3, 31), entity=entity).trial_balance() for entity in entities]

    assert len(entities) > 1
    assert pl.concat(parts).equals(books.books(date(2026, 3, 31)).trial_balance())
    with pytest.raises(names.Refused, match="entity: saw 'mars'; expected one of"):
        books.books(date(2026, 3, 31), entity="mars")


def test_the_books_of_some_lines_are_their_part_of_the_whole(store: Store) -> None:
    closing.bring(store, COMPANY)
    closing.post(store, "2026-03-31")
    whole = books.books(date(2026, 3, 31))
    direct = ratable.recognize(ratable.read_bundle(COMPANY), date(2026, 3, 31))
    for name in names.DIMENSIONS:
        value = str(whole.outcome.lines[name].drop_nulls().sort().last())
        own = pl.col(name) == value

        part = whole.of(**{name: value})

        assert not part.journal.is_empty()
        assert part.roll_forward(by=[name]).equals(whole.roll_forward(by=[name]).filter(own))
        lines = whole.outcome.lines.filter(own)["line"].implode()
        assert part.journal.equals(whole.journal.filter(pl.col("line").is_in(lines)))
        assert part.trial_balance().equals(direct.of(**{name: value}).trial_balance())
    with pytest.raises(names.Refused, match="of: saw 'color'"):
        whole.of(color="red")


def test_books_are_read_once_until_something_is_posted(january: Store) -> None:
    day = date(2026, 1, 31)
    before = books.books(day)

    assert books.books(day) is before
    closing.post(january, "2026-02-28")
    assert books.books(day) is not before


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_books_that_were_put_back_and_written_anew_are_read_anew(january: Store, tmp_path: Path) -> None:
    file, day = Path(january.url.removeprefix("sqlite:///")), date(2026, 1, 31)
    stores.close()
    backup = file.read_bytes()
    billed = []
    for amount in ("310.00", "620.00"):
        file.write_bytes(backup)
        invoice = LATE["invoices"][0]
        line = invoice["lines"][0] | {"amount": amount}
        closing.bring(january, closing.written(tmp_path, {"invoices": [invoice | {"lines": [line]}]}))
        closing.post(january, day)
        billed.append(books.books(day).balances().filter(pl.col("line") == "I-9-1")["billed"].item())
        stores.close()

    assert billed == [310_00, 620_00]


def test_books_of_an_act_that_failed_are_not_kept(january: Store) -> None:
    day = date(2026, 2, 28)
    with transaction.atomic():
        closing.post(january, day)
        assert books.books(day).journal["date"].max() == day
        transaction.set_rollback(True)

    assert books.books(day).journal["date"].max() == date(2026, 1, 31)


def test_what_is_written_by_hand_is_in_the_journal_and_the_trial_balance_alone(january: Store) -> None:
    day = date(2026, 1, 31)
    before = every_report(books.books(day))
    written = pl.DataFrame(
        [(day, "", "USD", None, "2400", "4000", "deferred_revenue", "revenue", 2_50)],
        schema=manual.JOURNAL,
        orient="row",
    )
    made = manual.enter(january.actor("ben"), written, manual.Ground("Rounding agreed.", b"e-mail"))
    assert made.run is not None
    decide.approve(january.actor("dana"), made.run, made.hash)
    decide.post(january.actor("dana"), made.run)

    ledger = books.books(day)

    changed = {name for name, said in every_report(ledger).items() if said != before[name]}
    assert changed == {"journal {}", "trial-balance {}"}
    assert ledger.journal.filter(pl.col("kind") == "manual")["amount"].to_list() == [2_50]
    assert ledger.journal_by("day").filter(pl.col("kind") == "manual").height == 1
    assert ledger.notes == ("1 entry written by hand is in the journal and the trial balance alone.",)


def test_lines_that_a_correction_took_out_are_still_reported(january: Store, tmp_path: Path) -> None:
    later = {**ORDER, "contracts": [{**ORDER["contracts"][0], "signed_on": "2026-06-01"}]}
    january.clock.pass_days(1)
    closing.bring(january, closing.written(tmp_path, later), correction=True, reason="It was signed in June.")

    ledger = books.books(date(2026, 1, 31))

    assert ledger.outcome.lines["line"].to_list() == ["C-1-1"]
    assert ledger.waterfall().select("booked", "recognized", "remaining").row(0) == (0, 1_019_18, -1_019_18)
    assert ledger.balances()["deferred_revenue"].to_list() == [12_000_00 - 1_019_18]


def test_who_approved_alone_is_named_under_every_report(store: Store, tmp_path: Path) -> None:
    choices.set_choice(store.actor("cora", "We are two people."), "single_person", "on")
    closing.bring(store, closing.written(tmp_path, ORDER))
    made = propose.propose(store.actor("cora"), date(2026, 1, 31))
    assert made.run is not None
    decide.approve(store.actor("cora", "Dana is away."), made.run, made.hash, override=True)
    decide.post(store.actor("cora"), made.run)

    assert books.books(date(2026, 1, 31)).notes == (
        "Run 1 was prepared and approved by one person, cora, as the company allows: Dana is away.",
    )
    assert books.books(date(2025, 12, 31)).notes == ()
    assert models.Decision.objects.filter(override=True).count() == 1


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_many_who_ask_at_once_have_the_books_made_once(january: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made, make = [], books._made

    def slowly(asked: kept.Asked, *, keep: bool) -> books.Posted:
        made.append(asked)
        time.sleep(0.2)
        return make(asked, keep=keep)

    def ask(_: int) -> books.Posted:
        try:
            return books.books(date(2026, 1, 30))
        finally:
            connections.close_all()

    monkeypatch.setattr(books, "_made", slowly)
    with ThreadPoolExecutor(4) as people:
        seen = list(people.map(ask, range(4)))

    assert len(made) == 1
    assert all(one is seen[0] for one in seen)
