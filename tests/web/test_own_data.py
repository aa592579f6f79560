"""Products, accounts, policies and choices: what is known, how it changes by two people, and what that moves."""

import html
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from ratable.api import jobs
from ratable.ledger import books, knowledge, models
from ratable.operations import choices, revisions
from tests.ledger import closing
from tests.stores import Store, day
from tests.web import companies, pages
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)

RULES: dict[str, Any] = {
    "accounts": [{"code": code, "name": code, "type": "income"} for code in ("4000", "4100", "4150", "4160")],
    "account_rules": [
        {"role": "revenue", "account": "4000"}, {"role": "revenue", "account": "4100", "stream": "subscription"},
        {"role": "revenue", "account": "4150", "stream": "subscription", "region": "east"},
        {"role": "revenue", "account": "4160", "stream": "subscription", "currency": "EUR"},
    ],
    "ssps": [{"product": "setup", "currency": "USD", "amount": "4000.00", "from": "2026-01-01", "low": "3500.00",
              "high": "4500.00"}],
    "policies": [{"name": "proration", "value": "daily"},
                 {"name": "proration", "value": "monthly_prorated", "from": "2026-02-01"},
                 {"name": "proration", "value": "mid_month", "from": "2027-01-01"}],
}  # fmt: skip
SETUP = {"cell.id": "setup", "cell.name": "Setup", "cell.method": "straight_line", "cell.stream": "services"}


@pytest.fixture
def ben(store: Store, tmp_path: Path, signed_in: SignedIn) -> Client:
    closing.bring(store, closing.written(tmp_path, companies.FACTS | RULES))
    closing.post(store, companies.LAST)
    return signed_in("ben")


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def proposed(person: Client, table: str, **said: str) -> int:
    """The number of a revision that was proposed and worked out."""
    answer = person.post(f"/revisions/new?table={table}", said)
    assert answer.status_code == 303, text(answer)[-1500:]
    jobs.finish()
    return int(answer["Location"].rpartition("%2F")[2])


def test_products_stand_as_they_are_known_and_lead_to_their_form(ben: Client) -> None:
    page = ben.get("/products")

    assert pages.table(page, "products")["Method"] == ["straight_line", "point_in_time"]
    sold = pages.table(page, "observed")
    usd = [at for at, currency in enumerate(sold["Currency"]) if currency == "USD"]
    assert [sold["Lowest"][at] for at in usd] == ["100.0%", "75.0%"]
    assert [sold["With a range"][at] for at in usd] == ["0", "1"]
    assert [sold["Inside it"][at] for at in usd] == ["", "0.0%"]
    form = text(ben.get("/revisions/new?table=products&is.id=setup"))
    assert "Change a row of products" in form
    assert "<option selected>point_in_time</option>" in form
    csv = ben.get("/products?format=csv&table=products").content.decode().splitlines()
    assert csv[1] == "platform,Platform,straight_line,subscription,,"


def test_a_revision_waits_shows_what_it_moves_and_counts_when_another_approves(
    ben: Client, signed_in: SignedIn, store: Store
) -> None:
    no = proposed(ben, "products", memo="delivered over the year", **SETUP)
    page = ben.get(f"/revisions/{no}")

    assert pages.table(page, "changes")["In the revision"] == ["straight_line"]
    moves = pages.table(page, "moves")
    months = dict(zip(moves["Month"], moves["Revenue change"], strict=True))
    assert months["2026-01"].startswith("-")
    assert "ben wrote revision 1; cora or dana approves it." in text(page)
    assert 'value="approve"' not in text(page)
    assert f"/revisions/{no}" in text(ben.get("/products"))

    dana = signed_in("dana")
    shown = models.Revision.objects.get(no=no)
    answer = dana.post(f"/revisions/{no}", {"verb": "approve", "hash": shown.hash})

    assert answer.status_code == 303
    assert revisions.state(no) == revisions.APPROVED
    assert knowledge.current("products").filter(id="setup")["method"].item() == "straight_line"
    assert "/imports/2" in text(dana.get(f"/revisions/{no}"))
    key = "%5B%22setup%22%5D"
    assert pages.table(dana.get(f"/versions?table=products&key={key}"), "versions")["Method"] == [
        "point_in_time", "straight_line"
    ]  # fmt: skip


def test_the_impact_is_what_the_next_proposal_makes(ben: Client, signed_in: SignedIn, store: Store) -> None:
    no = proposed(ben, "products", memo="over the year", **SETUP)
    file = ben.get(f"/revisions/{no}?format=csv").content.decode().splitlines()
    revised = {line.split(",")[0]: line.split(",")[3] for line in file[1:] if ",USD," in line}
    revisions.approve(store.actor("dana"), no, models.Revision.objects.get(no=no).hash)
    closing.post(store, "2026-03-31")

    rolled = books.books(day("2026-03-31")).trial_balance()
    earned = rolled.filter((rolled["currency"] == "USD") & (rolled["account"].is_in(["4000", "4100"])))
    for period in ("2026-01", "2026-02", "2026-03"):
        posted = earned.filter(earned["period"] == period)
        assert int(revised[period].replace(".", "")) == (posted["credit"] - posted["debit"]).sum(), period


def test_a_refused_revision_says_why_and_keeps_what_was_typed(ben: Client) -> None:
    said = {"cell.id": "new", "cell.name": companies.HOSTILE, "cell.method": "usage", "memo": " "}
    page = text(ben.post("/revisions/new?table=products", said))

    assert "saw no memo" in page
    assert 'value="new"' in page
    assert not models.Revision.objects.exists()
    raw = ben.post("/revisions/new?table=products", said).content.decode()
    assert companies.HOSTILE not in raw


def test_a_rejection_takes_a_reason_and_a_viewer_decides_nothing(ben: Client, signed_in: SignedIn) -> None:
    no = proposed(ben, "products", memo="over the year", **SETUP)

    assert "saw no reason" in text(ben.post(f"/revisions/{no}", {"verb": "reject"}))
    vic = signed_in("vic")
    assert "may not approve a revision" in text(vic.post(f"/revisions/{no}", {"verb": "approve", "hash": "x"}))
    assert "may not propose a revision" in text(vic.get("/policies"))
    assert revisions.state(no) == revisions.WAITING
    assert ben.post(f"/revisions/{no}", {"verb": "reject", "reason": "not yet"}).status_code == 303
    assert revisions.state(no) == revisions.REJECTED


def test_the_tester_says_which_rule_wins_which_it_beat_and_which_tie(ben: Client) -> None:
    page = ben.get("/accounts-map?role=revenue&product=platform&region=east")
    tested = pages.table(page, "tested")
    assert (tested["Account"], tested["Verdict"]) == (["4150", "4100", "4000"], ["wins", "beaten", "beaten"])
    assert tested["Why"][0] == "2 conditions of at most 2: stream, region"

    tied = ben.get("/accounts-map?role=revenue&product=platform&region=east&currency=EUR")
    verdicts = pages.table(tied, "tested")["Verdict"]
    assert verdicts == ["wins", "ties", "beaten", "beaten"]
    assert "saw 4150, 4160" in text(tied)
    assert "the account of the default chart" in text(ben.get("/accounts-map?role=cash"))


def test_policies_say_which_is_in_force_and_a_controller_makes_choices(
    ben: Client, signed_in: SignedIn, store: Store
) -> None:
    page = ben.get("/policies?period=2026-03")
    assert pages.table(page, "policies")["In force"] == ["past", "in force", "from then on"]
    assert "may not set a choice" in text(page)

    cora = signed_in("cora")
    assert "saw no reason" in text(cora.post("/policies", {"name": "revisions_only", "value": "on"}))
    assert choices.chosen("revisions_only") == "off"
    cora.post("/policies", {"name": "revisions_only", "value": "on", "reason": "two people"})
    assert choices.chosen("revisions_only") == "on"
    assert "two people" in text(cora.get("/policies"))


def test_several_rows_come_as_a_file(ben: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415  one test alone sends a file

    file = SimpleUploadedFile("rules.yaml", b"policies: [{name: grain, value: day}, {name: ssp_tolerance, value: '5'}]")
    answer = ben.post("/revisions/new?table=policies", {"files": [file], "memo": "both at once"})
    jobs.finish()

    assert answer.status_code == 303
    assert pages.table(ben.get("/revisions/1"), "policies")["name"] == ["grain", "ssp_tolerance"]
    assert pages.table(ben.get("/revisions"), "revisions")["Why"] == ["both at once"]
