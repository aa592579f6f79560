"""The wizard of amendments: three treatments side by side, nothing written before one is signed with its criteria."""

import html
import json
from pathlib import Path

import polars as pl
import pytest
from django.test import Client

from ratable.core import amounts
from ratable.ledger import knowledge, models, whatif
from ratable.operations import propose, typed
from tests.ledger import closing
from tests.stores import Store, day
from tests.web import companies, pages
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
PLACE = "/contracts/C-2/amend"
GIVEN = {
    "period": "2026-02", "id": "A-9", "effective_on": "2026-03-01", "approved_on": "2026-02-20", "reason": "more users",
    "op-0": "change", "price_change-0": "1200.00", "step": "compare",
}  # fmt: skip
SIGN = GIVEN | {"step": "sign", "treatment": "catch_up", "criteria": "One series of days, partly delivered already."}


@pytest.fixture
def ben(store: Store, signed_in: SignedIn, tmp_path: Path) -> Client:
    """The preparer of books with two months posted."""
    companies.posted(store, tmp_path)
    return signed_in("ben")


def imports() -> int:
    return int(models.Import.objects.count())


def test_the_treatments_stand_side_by_side(ben: Client) -> None:
    before = imports()
    answer = ben.get(PLACE, GIVEN)

    assert pages.total(answer, "treatments", "Before") == "6000.00"
    assert pages.total(answer, "treatments", "Prospective") == "7200.00"
    assert pages.total(answer, "treatments", "Catch-up") == "7200.00"
    assert imports() == before


def test_the_figures_are_those_of_the_engine(ben: Client) -> None:
    change = {"op": "change", "line": "C-2-1", "price_change": "1200.00"}
    own = {"id": "A-9", "contract": "C-2", "effective_on": "2026-03-01", "approved_on": "2026-02-20"}
    document = {"amendments": [own | {"treatment": "catch_up", "changes": [change]}]}
    after = whatif.tried(typed.opened(document, "x").source).after(day("2026-03-01"))
    revenue = amounts.written(after.revenue.sort("period").select("currency", "amount"))["amount"].to_list()
    shown = pages.table(ben.get(PLACE, GIVEN), "treatments")

    assert shown["Catch-up"] == revenue
    # 7,200.00 x 59/365 earned through February, less 6,000.00 x 59/365 posted.
    assert after.at_once["amount"].to_list() == [193_98]
    assert "193.98 EUR" in ben.get(PLACE, GIVEN).content.decode()


def test_the_rule_says_which_it_would_take_and_why(ben: Client) -> None:
    page = html.unescape(ben.get(PLACE, GIVEN).content.decode())

    assert "would take this one: what remains is distinct from what was delivered (606-10-25-13(a))" in page
    assert "It takes added lines alone in a separate contract." in page
    assert 'value="separate" disabled' in page


def test_a_line_at_its_standalone_price_may_be_separate(ben: Client) -> None:
    added = GIVEN | {"op-0": "", "price_change-0": "", "line-1": "C-2-2", "product-1": "platform", "price-1": "500.00",
                     "ssp-1": "500.00", "start-1": "2026-03-01", "end-1": "2026-12-31"}  # fmt: skip
    page = html.unescape(ben.get(PLACE, added).content.decode())

    assert "it only adds lines, each at its standalone selling price (606-10-25-12)" in page
    assert 'value="separate" disabled' not in page


def test_signing_makes_a_fact_that_the_next_proposal_books(store: Store, ben: Client) -> None:
    answer = ben.post(PLACE, SIGN)

    assert answer.status_code == 303
    assert answer["Location"].startswith("/contracts/C-2?period=2026-02&amendment=A-9")
    amendment = knowledge.current("amendments").filter(pl.col("id") == "A-9").row(0, named=True)
    assert (amendment["treatment"], amendment["contract"]) == ("catch_up", "C-2")
    assert amendment["reason"] == "more users. One series of days, partly delivered already."
    kept = models.Import.objects.order_by("-no").first()
    assert kept is not None
    assert kept.name == "amendment A-9.json"
    (hash_,) = json.loads(kept.files).values()
    assert b'"op": "change"' in bytes(models.File.objects.get(sha256=hash_).content)
    propose.propose(store.actor("ben"), day("2026-03-31"))
    assert models.Draft.objects.filter(source="A-9", kind="modification", amount=193_98).exists()
    assert "Propose the month" in ben.get(answer["Location"].partition("#")[0]).content.decode()


@pytest.mark.parametrize(("typed_in", "field", "says"), [
    ({"price_change-0": "1.200,00"}, "price_change-0", "expected digits without marks between them"),
    ({"effective_on": "2026-02-30"}, "effective_on", "expected a day as YYYY-MM-DD"),
    ({"reason": ""}, "reason", "Fill it in."),
    ({"price-0": "7000.00"}, "", "expected price or price_change, not both"),
    ({"op-0": ""}, "", "Nothing changes yet."),
    ({"id": "A-1"}, "id", "There is an amendment of this id already"),
])  # fmt: skip
def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(
    ben: Client, typed_in: dict[str, str], field: str, says: str
) -> None:
    place = "/contracts/C-1/amend" if "id" in typed_in else PLACE
    page = html.unescape(ben.get(place, GIVEN | typed_in).content.decode())

    assert says in page
    assert not field or f'id="{field}-error"' in page
    assert 'value="2026-02-20"' in page
    assert "treatments" not in page.split('<table id="')[-1][:20]


@pytest.mark.parametrize(
    ("less", "says"), [("treatment", "Choose one of the treatments."), ("criteria", "Say in words")]
)
def test_a_signature_takes_a_treatment_and_its_criteria(ben: Client, less: str, says: str) -> None:
    before = imports()
    answer = ben.post(PLACE, SIGN | {less: ""})

    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert imports() == before


def test_a_barred_treatment_cannot_be_signed(ben: Client) -> None:
    before = imports()

    assert "It takes added lines alone" in ben.post(PLACE, SIGN | {"treatment": "separate"}).content.decode()
    assert imports() == before


def test_who_may_not_import_may_try_and_not_sign(store: Store, signed_in: SignedIn, tmp_path: Path) -> None:
    companies.posted(store, tmp_path)
    vic, before = signed_in("vic"), imports()
    page = html.unescape(vic.get(PLACE, GIVEN).content.decode())

    assert "vic is a viewer here and may not import" in page
    assert '<button class="primary" disabled>Sign' in page
    refused = html.unescape(vic.post(PLACE, SIGN).content.decode())
    assert "vic is a viewer here and may not import" in refused
    assert imports() == before


def test_an_amendment_of_another_day_is_counted_too(store: Store, ben: Client, tmp_path: Path) -> None:
    later = {"amendments": [{"id": "A-3", "contract": "C-2", "effective_on": "2026-06-01", "approved_on": "2026-02-25",
             "changes": [{"op": "change", "line": "C-2-1", "price_change": "100.00"}]}]}  # fmt: skip
    closing.bring(store, closing.written(tmp_path, later))

    assert pages.total(ben.get(PLACE, GIVEN | {"period": "2026-06"}), "treatments", "Catch-up") == "7300.00"


def test_what_is_typed_stays_text(ben: Client) -> None:
    page = ben.get(PLACE, GIVEN | {"reason": companies.HOSTILE, "id": '"><i>'}).content.decode()

    assert companies.HOSTILE not in page
    assert '"><i>' not in page
