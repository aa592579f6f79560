"""Manual journals, reversals and choices by programs: who may, what is refused, and that a call is done once."""

import base64
from typing import Any

import pytest

from ratable.api.routes import manual
from ratable.ledger import models
from tests.api import calling
from tests.stores import Store

GROUND = {"memo": "Agreed with the customer.", "document": base64.b64encode(b"Dear Acme").decode()}
ROW = {
    "date": "2026-02-28", "currency": "USD", "line": None, "debit": "2400", "credit": "4000",
    "debit_role": "deferred_revenue", "credit_role": "revenue", "amount": "250.00",
}  # fmt: skip

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


def journal(**changed: Any) -> dict[str, Any]:
    """A manual journal of one row, with something else in it."""
    return {"rows": [ROW | changed], **GROUND}


def test_the_document_is_kept_as_it_was_sent_and_the_call_is_done_once(books: Store) -> None:
    ben = calling.program(books, "ben")

    answers = [ben.post("/manual-journals", journal(), key="adjust-1") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    (run,) = models.Run.objects.filter(kind="manual")
    assert bytes(models.File.objects.get(sha256=run.support).content) == b"Dear Acme"


@pytest.mark.parametrize(
    ("changed", "status", "says"),
    [
        ({"amount": "250.005"}, 422, "rows, 0, amount: saw 250.005; expected 2 decimals at most in USD."),
        ({"amount": "-1.00"}, 422, "amount"),
        ({"amount": 250}, 422, "amount"),
        ({"currency": "XXZ"}, 422, "rows, 0, currency: saw 'XXZ'; expected one of ISO 4217"),
        ({"amount": "0.00"}, 409, "an amount above zero"),
        ({"debit": "9999"}, 409, "manual journal, debit: saw '9999'; expected an account of the chart"),
        ({"line": "C-9"}, 409, "expected a line that has entries"),
        ({"hue": "red"}, 422, "hue"),
    ],
)  # fmt: skip
def test_what_cannot_be_posted_is_refused_and_changes_nothing(
    books: Store, changed: dict[str, Any], status: int, says: str
) -> None:
    before = models.Run.objects.count()

    refused = calling.program(books, "ben").post("/manual-journals", journal(**changed))

    assert (refused.status_code, refused.headers["Content-Type"]) == (status, "application/problem+json")
    assert says in refused.json()["detail"]
    assert models.Run.objects.count() == before


@pytest.mark.parametrize(
    ("document", "says"),
    [("", "document"), ("no base64!", "document"), ("RGVhcg=", "base64"), ("A" * (manual.MOST_BYTES * 2), "document")],
)
def test_a_document_is_bytes_in_base64(books: Store, document: str, says: str) -> None:
    refused = calling.program(books, "ben").post("/manual-journals", journal() | {"document": document})

    assert refused.status_code in (413, 422)
    assert says in refused.json()["detail"]


def test_an_entry_is_reversed_once(books: Store) -> None:
    ben, entry = calling.program(books, "ben"), models.Entry.objects.get(no=1).entry
    said = {"entries": [entry, entry], "date": "2026-02-28", **GROUND}

    twice = ben.post("/reversals", said)
    strange = ben.post("/reversals", said | {"entries": ["00000000"]})

    assert (twice.status_code, "an entry is reversed once" in twice.json()["detail"]) == (409, True)
    assert (strange.status_code, "expected the id of a posted entry" in strange.json()["detail"]) == (409, True)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/manual-journals", journal()),
        ("/reversals", {"entries": ["0000"], "date": "2026-02-28", **GROUND}),
        ("/choices/single_person", {"value": "on", "reason": "one of us"}),
    ],
)
def test_it_takes_the_scope_the_role_and_a_key_of_its_own(books: Store, path: str, body: dict[str, Any]) -> None:
    reader = calling.program(books, "cora", "read").post(path, body)
    viewer = calling.program(books, "vic").post(path, body)
    keyless = calling.program(books, "cora" if "choices" in path else "ben").post(path, body, key="")

    assert (reader.status_code, "no scope" in reader.json()["detail"]) == (403, True)
    assert viewer.status_code == 403
    assert (keyless.status_code, "Idempotency-Key" in keyless.json()["detail"]) == (400, True)
    assert models.Run.objects.filter(kind__in=("manual",)).count() == models.Setting.objects.count() == 0


def test_a_choice_is_one_that_there_is_with_a_reason(books: Store) -> None:
    cora = calling.program(books, "cora", "controls")

    assert cora.post("/choices/moon", {"value": "on", "reason": "why"}).status_code == 404
    assert (
        "expected off or on" in cora.post("/choices/single_person", {"value": "up", "reason": "why"}).json()["detail"]
    )
    assert cora.post("/choices/single_person", {"value": "on", "reason": ""}).status_code == 409
    assert "is off already" in cora.post("/choices/single_person", {"value": "off", "reason": "w"}).json()["detail"]
    assert models.Setting.objects.count() == 0
    closing = calling.program(books, "cora", "close").post("/choices/single_person", {"value": "on", "reason": "why"})
    assert (closing.status_code, "no scope controls" in closing.json()["detail"]) == (403, True)
