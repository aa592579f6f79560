"""Lists come page by page without a gap; what has not changed is not sent again; every fault is a problem."""

from typing import Any

import pytest

from ratable.ledger import models
from ratable.operations import founding, people
from tests.api import calling
from tests.ledger import closing
from tests.stores import Store

SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


def walked(program: calling.Program, path: str, limit: int) -> list[list[Any]]:
    """Every page of a list."""
    pages: list[list[Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = program.get(path, limit=limit, cursor=cursor)
        assert answer.status_code == 200, answer.content
        pages.append(answer.json()["rows"])
        cursor = answer.json()["next"]
        assert (f"cursor={cursor}" in answer.headers.get("Link", "")) == (cursor is not None)
    return pages


@pytest.mark.parametrize("path", ["/entries", "/events", "/runs/1/drafts", "/tables/contract_lines"])
def test_pages_together_are_the_list(books: Store, path: str) -> None:
    program = calling.program(books, "cora")
    whole = program.get(path, limit=500).json()["rows"]

    pages = walked(program, path, 1)

    assert [row for page in pages for row in page] == whole
    assert {len(page) for page in pages} == {1}


@SQLITE
def test_a_cursor_of_a_list_that_changed_is_refused(books: Store) -> None:
    program = calling.program(books, "cora")
    following = program.get("/runs/1/drafts", limit=1).json()["next"]
    closing.post(books, "2026-02-28")

    answer = program.get("/runs/1/drafts", limit=1, cursor=following)

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:ratable:problem:stale")


@SQLITE
@pytest.mark.parametrize("cursor", ["nothing", "!!", "LTE", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5"])
def test_a_cursor_that_is_none_is_refused(books: Store, cursor: str) -> None:
    program = calling.program(books, "cora")

    assert program.get("/entries", cursor=cursor).status_code == 422
    assert program.get("/tables/customers", cursor=cursor).status_code == 422


@SQLITE
def test_what_has_not_changed_is_not_sent_again(books: Store) -> None:
    cora, ben = calling.program(books, "cora"), calling.program(books, "ben")
    first = cora.get("/runs")
    held = {"If-None-Match": first.headers["ETag"]}

    again = cora.get("/runs", headers=held)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert ben.get("/runs", headers=held).status_code == 200
    assert cora.get("/runs", headers=held, limit=5).status_code == 200
    closing.post(books, "2026-02-28")
    assert cora.get("/runs", headers=held).status_code == 200


@SQLITE
def test_every_fault_is_a_problem(books: Store) -> None:
    program = calling.program(books, "cora")
    faults = {
        "/nowhere": 404, "/runs/99": 404, "/runs/x": 404, "/reports/none": 404, "/entries/zz": 404, "/imports/9": 404,
        "/reports/rpo": 422, "/reports/rpo?through=2026-02-30": 422, "/reports/rpo?through=2026-01-31&grain=day": 422,
        "/reports/rpo?through=2026-01-31&entity=X": 422, "/reports/rpo?through=2026-01-31&by=colour": 422,
        "/changes": 409, "/periods/2026-13": 404, "/entries?limit=501": 422, "/exports/1": 404, "/exports/1/files": 404,
    }  # fmt: skip
    seen = {path: program.get(path) for path in faults}

    assert {path: answer.status_code for path, answer in seen.items()} == faults
    for path, answer in seen.items():
        assert answer.headers["Content-Type"] == "application/problem+json", path
        told = answer.json()
        assert set(told) >= {"type", "title", "status", "detail", "instance"}, path
        assert told["status"] == answer.status_code
        assert "Traceback" not in told["detail"]


@SQLITE
def test_a_method_that_there_is_not_is_a_problem_and_says_which_there_are(books: Store) -> None:
    answer = calling.program(books, "cora").client.delete("/api/v1/runs")

    assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/problem+json")
    assert "POST" in answer.headers["Allow"]


@SQLITE
def test_a_body_is_read_as_it_was_described(books: Store) -> None:
    ben = calling.program(books, "ben")

    assert ben.post("/runs", {"through": "2026-02-28", "thru": "2026-03-31"}).status_code == 422
    assert ben.post("/runs", {}).json()["detail"].startswith("said.through")
    assert ben.post("/runs", "{").status_code == 400
    assert models.Run.objects.count() == 1


ENTITIES = {
    "entities": [{"id": entity, "name": entity, "currency": "USD"} for entity in ("DE", "US")],
    "customers": [{"id": "acme", "name": "Acme"}],
    "products": [{"id": "platform", "name": "Platform Access", "method": "straight_line"}],
    "contracts": [
        {
            "id": f"C-{entity}", "customer": "acme", "currency": "USD", "signed_on": "2026-01-01", "entity": entity,
            "start": "2026-01-01", "end": "2026-12-31",
            "lines": [{"id": f"L-{entity}", "product": "platform", "price": "1200.00"}],
        }
        for entity in ("DE", "US")
    ],
}  # fmt: skip


def test_whoever_sees_one_entity_sees_nothing_of_another(
    store: Store, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ratable.operations.clock.now", store.clock)
    closing.bring(store, closing.written(tmp_path, ENTITIES))
    closing.post(store, "2026-01-31")
    founding.grant(store.actor("cora"), "ada", "viewer", None, people.Scope(("DE",)))
    ada = calling.program(store, "ada")

    assert {row["entity"] for row in ada.get("/entries").json()["rows"]} == {"DE"}
    assert {row["entity"] for row in ada.get("/runs/1/drafts").json()["rows"]} == {"DE"}
    assert [row["id"] for row in ada.get("/tables/contract_lines").json()["rows"]] == ["L-DE"]
    assert [row["id"] for row in ada.get("/tables/entities").json()["rows"]] == ["DE"]
    assert [row["entity"] for row in ada.get("/periods").json()["rows"]] == ["DE"]
    report = ada.get("/reports/balances", through="2026-01-31").json()
    assert report["parameters"]["entity"] == "DE"
    assert {row["contract"] for row in report["rows"]} == {"C-DE"}
    hidden = models.Entry.objects.filter(entity="US").first()
    assert ada.get(f"/entries/{hidden.entry}").status_code == 404
    assert ada.get(f"/entries/{hidden.entry}/explanation").status_code == 404
    assert ada.get("/reports/balances", through="2026-01-31", entity="US").status_code == 403
    assert ada.get("/periods/2026-01", entity="US").status_code == 403
    assert ada.get("/changes", since="2026-01-01").status_code == 403
