"""Where a company has one entity and names it nowhere, whatever it has is of that entity, for whoever is held to it."""

from pathlib import Path
from typing import Any

import pytest

from ratable.operations import founding, people
from tests.ledger import closing
from tests.stores import Store
from tests.web import companies
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


def unnamed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "entity"} for row in rows]


@pytest.mark.parametrize("address", ["/contracts/C-1", "/contracts/C-1/amend", "/invoices/I-7", "/credit-notes/N-1"])
def test_who_is_held_to_the_only_entity_sees_all_of_it(
    store: Store, tmp_path: Path, signed_in: SignedIn, address: str
) -> None:
    named = ("customers", "contracts", "invoices")
    facts = companies.FACTS | {name: unnamed(companies.FACTS[name]) for name in named}
    closing.bring(store, closing.written(tmp_path, facts | {"entities": companies.FACTS["entities"][:1]}))
    founding.grant(store.actor("cora"), "eva", "controller", None, people.Scope(("us",)))

    assert signed_in("eva").get(address).status_code == 200
