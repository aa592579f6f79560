"""Every route once, on both databases: the close of a month by programs, and all that is read on the way."""

from pathlib import Path
from typing import Any

import pytest

from ratable.api import application, jobs
from ratable.operations import choices
from ratable.reports import names
from tests.api import calling
from tests.stores import Store

LATE = {"products": [{"id": "extra", "name": "Extra"}]}  # No method: a finding that blocks.
UNASSUMED = {
    "contracts": [{
        "id": "C-2", "customer": "acme", "currency": "USD", "signed_on": "2026-02-01", "start": "2026-02-01",
        "end": "2026-02-28", "lines": [{"id": "C-2-1", "product": "platform", "price": "100.00", "hue": "red"}],
    }]
}  # fmt: skip
OF_WEBHOOKS = {
    "make_webhook", "list_webhooks", "get_secret", "rotate_webhook", "disable_webhook", "list_deliveries",
    "send_delivery_again",
}  # fmt: skip
"""Those of tests/webhooks."""
OF_REVIEW = {
    "list_flags_of_run", "list_flags_of_period", "get_flag", "answer_flag", "preview_proposal", "accept_proposal",
    "list_queries", "ask_question", "ask_query", "list_actions", "export_records",
}  # fmt: skip
"""Those of tests/api/test_noticed.py."""


class Visits:
    """Calls as people do, and remembers which routes were reached."""

    def __init__(self, store: Store) -> None:
        self.programs = {name: calling.program(store, name) for name in ("ben", "dana", "cora")}
        self.seen: set[str] = set()

    def get(self, path: str, person: str = "cora", status: int = 200, **query: Any) -> Any:
        answer = self.programs[person].get(path, **query)
        assert answer.status_code == status, (path, answer.content)
        self._remember(answer)
        return answer.json() if answer.headers["Content-Type"] == "application/json" else answer.content

    def post(self, path: str, person: str, body: Any = None, status: int = 200) -> Any:
        answer = self.programs[person].post(path, body)
        assert answer.status_code == status, (path, answer.content)
        self._remember(answer)
        return answer.json()

    def _remember(self, answer: Any) -> None:
        self.seen.add(answer.resolver_match.route.removeprefix("api/v1/") + " " + answer.request["REQUEST_METHOD"])


def every_route() -> set[str]:
    """Every route but those of webhooks and of the review, as Django names them, with its method."""
    return {
        path.lstrip("/").replace("{", "<").replace("}", ">") + f" {method}"
        for bound in application.api._get_bound_routers()
        for path, view in bound.path_operations.items()
        for operation in view.operations
        for method in operation.methods
        if operation.operation_id not in OF_WEBHOOKS | OF_REVIEW
    }


def test_a_close_visits_every_route(books: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATABLE_SIGNING_KEY", str(tmp_path / "key"))
    visits = Visits(books)

    _import(visits)
    _post(visits)
    _close(visits)
    _adjust(visits)
    _choose(visits)
    _read(visits)

    assert every_route() <= visits.seen


def _import(visits: Visits) -> None:
    job = visits.post("/imports?wait=30", "ben", LATE | UNASSUMED, status=202)
    jobs.finish()
    assert visits.get(f"/jobs/{job['no']}", "ben")["result"]["left_out"] == 1
    visits.get(f"/jobs/{job['no']}", "dana", status=404)
    assert [row["no"] for row in visits.get("/imports")["rows"]] == [1, 2]
    assert visits.get("/imports/2")["counts"]["contracts"]["added"] == "1"
    found = visits.get("/findings")["rows"]
    assert {row["severity"] for row in found} == {"blocks", "warns"}
    for row in found:
        visits.post(f"/findings/{row['no']}/dispose", "dana", {"verdict": "accepted", "reason": "as agreed"})
    assert visits.get("/findings")["rows"] == []


def _post(visits: Visits) -> None:
    wrong = visits.post("/runs", "ben", {"through": "2026-03-31"})["run"]
    visits.post(f"/runs/{wrong}/reject", "dana", {"reason": "February first"})
    made = visits.post("/runs", "ben", {"through": "2026-02-28"})
    assert made["approvers"] == ["cora", "dana"]
    run = visits.get(f"/runs/{made['run']}")
    assert (run["state"], run["hash"]) == ("draft", made["hash"])
    drafts = visits.get(f"/runs/{made['run']}/drafts")["rows"]
    assert len(drafts) == made["rows"]
    assert visits.post(f"/runs/{made['run']}/review", "dana")["state"] == "review"
    assert visits.post(f"/runs/{made['run']}/approve", "dana", {"hash": made["hash"]})["state"] == "approve"
    assert visits.post(f"/runs/{made['run']}/post", "dana")["rows"] == made["rows"]
    assert [row["state"] for row in visits.get("/runs")["rows"]] == ["post", "reject", "post"]


def _close(visits: Visits) -> None:
    assert visits.get("/periods/2026-01")["ready"]
    assert visits.post("/periods/2026-01/soft-close", "cora")["entities"] == [""]
    locked = visits.post("/periods/2026-01/lock", "cora", {})
    assert {one["report"] for one in locked["statements"]} >= {"roll-forward", "trial-balance"}
    assert visits.get("/periods")["rows"][0]["through"] == "2026-01-31"
    visits.post("/periods/2026-01/ask-to-unlock", "cora", {"reason": "an auditor asks"})
    own = visits.post("/periods/2026-01/unlock", "cora", {"reason": "an auditor asks"}, status=409)
    assert "cora asked for 2026-01" in own["detail"]


def _adjust(visits: Visits) -> None:
    entry = visits.get("/entries", period="2026-02", kind="recognition")["rows"][0]
    row = {name: entry[name] for name in ("currency", "line", "debit", "credit", "debit_role", "credit_role")}
    ground = {"memo": "Agreed with the customer.", "document": "RGVhciBBY21l"}
    made = visits.post("/manual-journals", "ben", {"rows": [row | {"date": "2026-02-28", "amount": "12.5"}], **ground})
    assert (made["rows"], made["totals"], made["approvers"]) == (1, {"USD": "12.50"}, ["cora", "dana"])
    run = visits.get(f"/runs/{made['run']}")
    assert (run["kind"], run["memo"], len(run["support"])) == ("manual", "Agreed with the customer.", 64)
    back = visits.post("/reversals", "ben", {"entries": [entry["entry"]], "date": "2026-02-28", **ground})
    (draft,) = visits.get(f"/runs/{back['run']}/drafts")["rows"]
    assert (draft["source"], draft["debit"], draft["amount"]) == (entry["entry"], entry["credit"], entry["amount"])
    for run_ in (made["run"], back["run"]):
        visits.post(f"/runs/{run_}/reject", "dana", {"reason": "only to see"})


def _choose(visits: Visits) -> None:
    said = {"value": "on", "reason": "prices go through two people"}
    assert visits.post("/choices/revisions_only", "cora", said)["value"] == "on"
    rows = {row["name"]: row["value"] for row in visits.get("/choices")["rows"]}
    assert (rows["revisions_only"], rows["single_person"], list(rows)) == ("on", "off", list(choices.CHOICES))


def _read(visits: Visits) -> None:
    assert "contracts" in [row["table"] for row in visits.get("/tables")["rows"]]
    assert visits.get("/tables/contract_lines")["rows"][0]["price"] == "12000.00"
    entry = visits.get("/entries", period="2026-01", kind="recognition")["rows"][0]
    assert (entry["amount"], entry["entity"]) == ("1019.18", None)
    assert visits.get("/entries", customer="nobody")["rows"] == []
    assert visits.get(f"/entries/{entry['entry'][:12]}")["no"] == entry["no"]
    assert visits.get(f"/entries/{entry['entry']}/explanation")["chain"][0]["figures"]["amount"] == "1,019.18"
    assert len(visits.get("/reports")["rows"]) == len(names.REPORTS)
    assert visits.get("/reports/roll-forward", through="2026-01-31")["rows"][0]["recognized"] == "-1019.18"
    export = visits.post("/exports", "dana", {"layout": "generic", "period": "2026-01"}, status=201)
    assert visits.get(f"/exports/{export['no']}")["files"] == export["files"]
    assert visits.get("/exports")["rows"][0]["download"] == export["download"]
    assert visits.get(export["download"].removeprefix(calling.ROOT)).startswith(b"PK")
    assert visits.get("/changes", since="2026-03-31")["rows"][0]["import_no"] == "2"
    assert visits.get("/events", action="post")["rows"][0]["actor"] == "dana"
    assert visits.get("/verification") == {"sound": True, "events": visits.get("/verification")["events"], "faults": []}
    assert [row["person"] for row in visits.get("/people")["rows"]] == ["ben", "cora", "dana", "vic"]
    assert visits.get("/me", "ben")["role"] == "preparer"
