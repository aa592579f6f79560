"""Manual journals and reversals as people write them: refusals beside fields, and a run that waits."""

import html
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ratable.ledger import canonical, entries, models
from ratable.operations import decide
from tests.operations import books
from tests.stores import Store
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
MAIL = b"From: quill\nSubject: rounding\n"
TYPED = {
    "date": "2026-01-31", "debit": "2400/deferred_revenue", "credit": "4000/revenue", "amount": "1,250.00",
    "currency": "USD", "line": "L-1", "memo": "Rounding <b>agreed</b>",
}  # fmt: skip


@pytest.fixture(autouse=True)
def posted(store: Store, tmp_path: Path) -> None:
    """The contract of 1,200.00, posted through January."""
    books.bring(store, tmp_path, books.bundle())
    books.post(store, "2026-01-31")


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def sent(client: Any, place: str = "/journals/new", *, document: bytes = MAIL, **said: str) -> Any:
    file = {"document": SimpleUploadedFile("mail.txt", document)} if document else {}
    headers = {"hx-request": "true"} if said.pop("htmx", "") else {}
    return client.post(place, TYPED | said | file, headers=headers)


def test_it_becomes_a_run_that_waits_for_another_person(signed_in: SignedIn) -> None:
    answer = sent(signed_in("ben"))

    draft = entries.drafts(2).row(0, named=True)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (303, "/review/2")
    assert (draft["amount"], draft["debit_role"], draft["credit_role"]) == (1_250_00, "deferred_revenue", "revenue")
    assert (draft["contract"], draft["narrative"]) == ("C-1", TYPED["memo"])
    assert models.Run.objects.get(no=2).support == canonical.sha256(MAIL)
    page = signed_in("dana").get("/review/2")
    assert "A person wrote this; no obligation stands behind it." in text(page)
    assert b"<b>agreed</b>" not in page.content


@pytest.mark.parametrize(("field", "value", "says"), [
    ("amount", "1250,00", "Saw '1250,00'; expected an amount such as 1200.00."),
    ("amount", "0", "amount: saw 0; expected an amount above zero"),
    ("date", "31.1.2026", "Saw '31.1.2026'; expected a day such as 2026-03-31."),
    ("debit", "", "Choose an account."),
    ("credit", "2400/deferred_revenue", "credit: saw '2400'; expected two different accounts."),
    ("currency", "", "Choose a currency."),
    ("line", "L-9", "line: saw 'L-9'; expected a line that has entries, or none."),
    ("memo", "", "Say why, in words"),
    ("document", "", "Attach the document that shows it"),
])  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    signed_in: SignedIn, field: str, value: str, says: str
) -> None:
    said = {} if field == "document" else {field: value}
    mail = b"" if field == "document" else MAIL
    page = text(sent(signed_in("ben"), document=mail, **said))
    part = text(sent(signed_in("ben"), document=mail, htmx="yes", **said))

    assert f'<p class="errors" id="error-{field}" role="alert">{says}' in page
    assert f'<p class="errors" id="error-{field}" role="alert" hx-swap-oob="true">{says}' in part
    assert "<form" not in part
    kept = {name: typed for name, typed in TYPED.items() if name not in (field, "debit", "credit", "currency", "memo")}
    for name, typed in kept.items():
        assert f'name="{name}"' in page
        assert f'value="{typed}"' in page
    assert models.Run.objects.count() == 1


def test_who_may_not_reads_why(signed_in: SignedIn) -> None:
    assert "dana is an approver here and may not enter manually" in text(signed_in("dana").get("/journals/new"))
    assert "dana is an approver here and may not enter manually" in text(sent(signed_in("dana")))
    assert models.Run.objects.count() == 1


def test_an_entry_is_reversed_once_from_its_trace(store: Store, signed_in: SignedIn) -> None:
    entry = models.Entry.objects.get(kind="recognition")
    place = f"/entries/{entry.entry}/reverse"
    ben = signed_in("ben")
    assert place in text(ben.get(f"/entries/{entry.entry}"))

    assert "Say why, in words" in text(sent(ben, place, memo=""))
    assert sent(ben, place, date="2026-02-01").status_code == 303
    draft = entries.drafts(2).row(0, named=True)
    assert (draft["kind"], draft["source"], draft["debit"]) == ("reversal", entry.entry, entry.credit)

    run = models.Run.objects.get(no=2)
    dana = signed_in("dana")
    dana.post("/review/2/decide", {"verb": "approve", "hash": run.hash})
    decide.post(store.actor("dana"), 2)
    assert "It is reversed already" in text(ben.get(place))


def test_a_locked_day_is_refused_beside_the_day(store: Store, signed_in: SignedIn) -> None:
    books.lock(store, "2026-01-31")

    assert "date: saw 2026-01-31; expected a day after 2026-01-31" in text(sent(signed_in("ben")))
