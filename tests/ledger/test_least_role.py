from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from ratable.ledger import entries, least_role, models, verification
from ratable.operations import decide, import_bundle, propose
from tests import stores

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


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET reason = 'x'",
        "DELETE FROM grants",
        "TRUNCATE events",
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
