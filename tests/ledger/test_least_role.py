from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from ratable.access import invitations, keys
from ratable.ledger import entries, least_role, models, verification
from ratable.operations import decide, import_bundle, propose
from tests import stores
from tests.access import visitors

FIRST = Path(__file__).parents[2] / "examples" / "first_contract.yaml"


@pytest.fixture
def clerk(server: stores.Server) -> Iterator[stores.Store]:
    """A store in PostgreSQL, used by a role that may only add and read."""
    with stores.postgresql(server) as url:
        made = stores.founded(url)
        with connection.cursor() as cursor:
            for statement in least_role.statements("clerk"):
                cursor.execute(statement)
            cursor.execute("SET ROLE clerk")
        yield made


def test_it_can_do_the_whole_work(clerk: stores.Store) -> None:
    import_bundle.import_bundle(clerk.actor("ben"), FIRST)
    run = propose.propose(clerk.actor("ben"), stores.day("2026-01-31"))
    assert run.run is not None
    decide.approve(clerk.actor("dana"), run.run, run.hash)
    decide.post(clerk.actor("dana"), run.run)

    assert entries.posted().height == 4
    assert verification.verify() == []


def test_people_and_programs_sign_in_with_it(clerk: stores.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ratable.operations.clock.now", clerk.clock)
    link = invitations.invite(clerk.actor("cora"), "eve", "approver", "")
    eve = visitors.browser()
    page = eve.get(link, follow=True)
    eve.post(page.redirect_chain[-1][0], {"password1": visitors.PASSWORD, "password2": visitors.PASSWORD})
    assert visitors.is_in(eve)

    token = keys.make(clerk.actor("ben"), "ben", "nightly", {"import"}, stores.day("2026-12-31"))
    assert keys.known(token, clerk.clock()) is not None
    eve.post("/accounts/logout/")
    assert not visitors.is_in(eve)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET reason = 'x'",
        "DELETE FROM grants",
        "TRUNCATE events",
        "UPDATE entries SET amount = 1",
        "UPDATE drafts SET amount = 1",
        "UPDATE grants SET role = 'controller'",
        "DELETE FROM django_migrations",
        "INSERT INTO auth_permission (name, content_type_id, codename) VALUES ('x', 1, 'x')",
        "TRUNCATE accounts CASCADE",
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "DROP TABLE entries",
        "CREATE TABLE mine (id int)",
    ],
)
def test_it_can_change_nothing(clerk: stores.Store, statement: str) -> None:
    refused = pytest.raises(DatabaseError, match=r"permission denied|must be owner")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert models.Event.objects.count() == 4


def test_a_name_is_a_name() -> None:
    with pytest.raises(ValueError, match="saw 'x; DROP TABLE entries'"):
        least_role.statements("x; DROP TABLE entries")
