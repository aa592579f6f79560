"""Flags, questions and the watchtower by programs: what is told, who may, that an act is done once."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from ratable import client
from ratable.ledger import models, watchtower
from ratable.ledger.review_tables import Acceptance, FlagDisposition, Question
from ratable.operations import clock, founding, people
from ratable.server import application
from tests.api import calling
from tests.stores import Store
from tests.web import flagged as company

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
ANSWER = {"verdict": "false_alarm", "reason": "as the order form says", "until": "2026-06-30"}


@pytest.fixture
def run(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """A run with a flag on a line and one on an entry; a third check could not run."""
    monkeypatch.setattr(clock, "now", store.clock)
    return company.reviewed(store, tmp_path, monkeypatch)


def test_the_flags_of_a_run_are_told_with_what_was_covered(store: Store, run: int) -> None:
    told = calling.program(store, "vic").get(f"/runs/{run}/flags").json()

    assert (told["reviewed"], told["ran"], told["checks"], len(told["rows"])) == (True, 2, 3, 2)
    line = next(row for row in told["rows"] if row["check"] == "JC-27")
    assert (line["amount"], line["kind"], line["state"], line["proposal"]) == ("12000.00", "flags", "open", True)
    assert line["rows"] == ["contract_lines/C-1-1", "invoice_lines/I-7-1"]
    assert calling.program(store, "vic").get(f"/flags/{line['id'][:8]}").json() == line
    of_month = calling.program(store, "vic").get("/periods/2026-03/flags").json()
    assert {row["id"] for row in of_month["rows"]} <= {row["id"] for row in told["rows"]}


def test_a_flag_is_answered_once(store: Store, run: int) -> None:
    dana, flag = calling.program(store, "dana"), company.ids(run)["JC-27"]
    answers = [dana.post(f"/flags/{flag}/answer", ANSWER, key="answer-1") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json()["state"] == "answered"
    assert FlagDisposition.objects.get().by == "dana"


@pytest.mark.parametrize(
    ("person", "body", "refused"),
    [
        ("ben", ANSWER, (403, "may not answer a flag")),
        ("dana", ANSWER | {"reason": ""}, (409, "reason")),
        ("dana", ANSWER | {"verdict": "perhaps"}, (409, "verdict: saw 'perhaps'")),
        ("dana", ANSWER | {"until": "2036-01-01"}, (409, "until: saw 2036-01-01")),
        ("dana", ANSWER | {"hue": "red"}, (422, "hue")),
    ],
)
def test_a_refused_answer_changes_nothing(
    store: Store, run: int, person: str, body: dict[str, Any], refused: tuple[int, str]
) -> None:
    answer = calling.program(store, person).post(f"/flags/{company.ids(run)['JC-27']}/answer", body)

    assert answer.status_code == refused[0]
    assert refused[1] in answer.json()["detail"]
    assert not FlagDisposition.objects.exists()


def test_a_viewer_has_no_key_that_answers(store: Store, run: int) -> None:
    refused = calling.program(store, "vic").post(f"/flags/{company.ids(run)['JC-27']}/answer", ANSWER)

    assert refused.status_code == 403


def test_a_proposal_is_shown_and_accepted(store: Store, run: int) -> None:
    ben, flag = calling.program(store, "ben"), company.ids(run)["JC-27"]
    months = ben.get(f"/flags/{flag}/proposal").json()["months"]

    assert months[0]["currency"] == "USD"
    first = {name: Decimal(months[0][name]) for name in ("before", "after", "change")}
    assert first["after"] == first["before"] + first["change"]
    done = ben.post(f"/flags/{flag}/accept", {"reason": "the clause says so"}).json()
    assert done["became"].startswith("import ")
    assert Acceptance.objects.get().by == "ben"


def test_a_question_takes_no_more_than_to_read_and_is_kept_once(store: Store, run: int) -> None:
    vic = calling.program(store, "vic", "read")
    asked = {"question": "What is the deferred revenue balance of Bolt GmbH?", "period": "2026-02"}
    answers = [vic.post("/questions", asked, key="ask-1") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    told = answers[0].json()
    assert (told["kind"], told["parameters"]["customer"]) == ("answered", "bolt")
    assert all(cite.count("/") for sentence in told["sentences"] for cite in sentence["cites"])
    assert Question.objects.get().no == told["no"]
    by_query = vic.post("/queries/balance", {"parameters": told["parameters"], "period": "2026-02"}).json()
    assert by_query["figures"] == told["figures"]
    assert vic.post("/queries/nonsense", {"parameters": {}}).status_code == 404
    assert {"balance", "why-deferred"} <= {row["id"] for row in vic.get("/queries").json()["rows"]}


def test_whoever_sees_some_entities_gets_neither_others_flags_nor_answers(store: Store, run: int) -> None:
    founding.grant(store.actor("cora"), "emma", "approver", scope=people.Scope(("eu",)))
    emma = calling.program(store, "emma")

    assert emma.get(f"/runs/{run}/flags").json()["rows"] == []
    assert emma.get(f"/flags/{company.ids(run)['JC-27']}").status_code == 403
    whole = calling.program(store, "vic").post("/questions", {"question": "Who are the top customers by revenue?"})
    own = emma.post("/questions", {"question": "Who are the top customers by revenue?"})
    assert whole.json()["figures"] != own.json()["figures"]
    assert emma.get("/watchtower").status_code == 403


def test_the_watchtower_is_for_auditors_and_those_who_decide(store: Store, run: int) -> None:
    dana = calling.program(store, "dana")
    told = dana.get("/watchtower", kind="review").json()

    assert [(row["subject"], row["ran"], row["flags"]) for row in told["rows"]] == [(f"run {run}", 2, 2)]
    lines = dana.get("/watchtower/records").content.decode().splitlines()
    assert watchtower.check(lines) == ""
    for person in ("vic", "ben"):
        assert calling.program(store, person).get("/watchtower").status_code == 403
        assert calling.program(store, person).get("/watchtower/records").status_code == 403


def test_a_run_is_approved_despite_what_blocks_it(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", store.clock)
    run = company.reviewed(store, tmp_path, monkeypatch, on_entries="blocks")
    dana, hash_ = calling.program(store, "dana"), models.Run.objects.get(no=run).hash

    assert "1 flag blocks it" in dana.post(f"/runs/{run}/approve", {"hash": hash_}).json()["detail"]
    said = {"hash": hash_, "despite": True, "reason": "agreed with the auditor"}
    assert dana.post(f"/runs/{run}/approve", said).status_code == 200


def test_the_client_has_a_method_for_each(store: Store, run: int) -> None:
    served = httpx.WSGITransport(app=application.application)
    token = calling.program(store, "dana").token
    with client.connect("http://127.0.0.1", token, transport=served) as books:
        flags = {flag.check: flag for flag in books.flags(run)}
        answered = books.answer(flags["JC-05"].id, "exception", reason="agreed")
        said = books.ask("What is the deferred revenue balance of Bolt GmbH?", period="2026-02")
        again = books.query(said.query, period="2026-02", **said.parameters)
        records = list(books.watchtower())
        with pytest.raises(client.Problem):
            books.accept(flags["JC-27"].id, reason="the clause says so")

    assert str(flags["JC-27"].amount) == "12000.00"
    assert (answered.state, answered.verdict, answered.by) == ("answered", "exception", "dana")
    assert again.figures == said.figures
    assert [record["action_detail"]["action"] for record in records][:2] == ["intend to review", "review by checks"]
    assert json.dumps(records[0])
