"""Who may call what: every route says it, and refuses everybody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from ratable.access.models import Account
from ratable.api import application, callers
from ratable.ledger import models
from ratable.operations import founding, people, service_keys
from tests.api import calling
from tests.stores import Store, day

SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
PLACES = {"{no}": "1", "{table}": "customers", "{period}": "2026-01", "{entry}": "0", "{name}": "rpo"}
SENT: dict[str, Any] = {
    "propose_run": {"through": "2026-01-31"}, "approve_run": {"hash": "0" * 64}, "reject_run": {"reason": "no"},
    "dispose_finding": {"verdict": "accepted", "reason": "no"}, "ask_to_unlock_period": {"reason": "no"},
    "unlock_period": {"reason": "no"}, "export_journal": {"layout": "generic", "period": "2026-01"},
    "make_webhook": {"url": "https://hooks.example.com/", "events": []},
}  # fmt: skip


def operations() -> list[tuple[str, str, Any]]:
    """Every route: method, path, and what it takes."""
    return [
        (method, path, operation)
        for bound in application.api._get_bound_routers()
        for path, view in bound.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    ]


def called(program: calling.Program, method: str, path: str, operation: Any) -> Any:
    for name, value in PLACES.items():
        path = path.replace(name, value)
    if method == "GET":
        return program.get(path, through="2026-01-31") if "reports" in path else program.get(path)
    return program.post(path, SENT.get(operation.operation_id, {}))


@pytest.fixture
def six(books: Store) -> dict[str, calling.Program]:
    """A program for each role, with every scope that there is; of most roles a key could have fewer."""
    cora = books.actor("cora")
    founding.grant(cora, "ada", "auditor", None, people.Scope((), day("2026-12-31")))
    founding.grant(cora, "adam", "administrator")
    named = {"vic": "viewer", "ada": "auditor", "ben": "preparer", "dana": "approver", "cora": "controller",
             "adam": "administrator"}  # fmt: skip
    assert set(named.values()) == set(people.ROLES)
    return {role: calling.program(books, person) for person, role in named.items()}


def test_every_route_says_who_may() -> None:
    for method, path, operation in operations():
        (right,) = operation.auth_callbacks
        assert isinstance(right, callers.Right), path
        assert right.roles, path
        assert right.roles <= set(people.ROLES), path
        assert right.scope in service_keys.SCOPES, path
        assert bool(right.verb) == (method != "GET"), path


@SQLITE
def test_each_role_gets_what_it_may_and_nothing_else(six: dict[str, calling.Program]) -> None:
    wrong = []
    for method, path, operation in operations():
        (right,) = operation.auth_callbacks
        for role, program in six.items():
            status = called(program, method, path, operation).status_code
            opened = right.scope in calling.opened({v: k for k, v in roles().items()}[role])
            if (status == 403) == (role in right.roles and opened) or status in (401, 500):
                wrong.append((role, method, path, status))
    assert wrong == []


def roles() -> dict[str, str]:
    return {person: people.role(person) for person in people.everyone()}


@SQLITE
def test_without_a_key_that_counts_nothing_is_reached(books: Store) -> None:
    expired = calling.program(books, "cora", days=1)
    books.clock.now += timedelta(days=2)
    strangers = [calling.Program(), calling.Program("rtb_" + "x" * 43), calling.Program("Cora"), expired]

    seen = {
        called(program, method, path, operation).status_code
        for method, path, operation in operations()
        for program in strangers
    }

    assert seen == {401}
    assert "Bearer" in strangers[0].get("/me").headers["WWW-Authenticate"]


@SQLITE
def test_a_key_opens_its_scopes_alone(books: Store) -> None:
    reads = calling.program(books, "cora", "read")
    imports = calling.program(books, "cora", "import")

    assert reads.get("/runs").status_code == 200
    assert reads.post("/periods/2026-01/lock").status_code == 403
    assert imports.get("/runs").status_code == 403
    assert imports.post("/imports", {"customers": []}).status_code == 202


@SQLITE
def test_what_a_role_does_not_allow_is_in_the_event_log(books: Store) -> None:
    program = calling.program(books, "ben")
    object.__setattr__(program, "token", calling.program(books, "dana", "decide").token)
    founding.grant(books.actor("cora"), "dana", "viewer")

    answer = program.post("/runs/1/post")

    last = models.Event.objects.order_by("-no").first()
    assert answer.status_code == 403
    assert "dana is a viewer here and may not post" in answer.json()["detail"]
    assert (last.actor, last.action, last.subject) == ("dana", "refused", "POST /api/v1/runs/1/post")


@SQLITE
def test_a_session_opens_the_interface_and_needs_its_token_for_acts(books: Store) -> None:
    account = Account.objects.create_user("cora", password="a password for a test")  # noqa: S106  of nobody
    client = Client(enforce_csrf_checks=True, HTTP_HOST="127.0.0.1")
    client.force_login(account)
    session = client.session
    session["signed_in_at"] = session["seen_at"] = books.clock.now.isoformat()
    session.save()

    assert client.get("/api/v1/me").json()["role"] == "controller"
    body = {"data": "{}", "content_type": "application/json", "headers": {"Idempotency-Key": "k"}}
    forged = client.post("/api/v1/periods/2026-02/soft-close", **body)
    assert (forged.status_code, forged.headers["Content-Type"]) == (403, "application/problem+json")

    token = "t" * 32
    client.cookies["csrf"] = token
    body["headers"] |= {"X-CSRFToken": token}  # type: ignore[operator]  # A dictionary of headers.
    assert client.post("/api/v1/periods/2026-02/soft-close", **body).status_code == 200

    session["signed_in_at"] = (books.clock.now - timedelta(hours=13)).isoformat()
    session.save()
    assert client.get("/api/v1/me").status_code == 401
