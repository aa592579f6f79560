"""The document of the interface is true: whatever it allows is answered as it says, whatever it does not is refused."""

import re
from itertools import count
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi

from ratable.api import application
from ratable.server import application as served
from tests.api import calling
from tests.stores import Store

CHECKS = (
    checks.not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
    openapi.negative_data_rejection,
)
EXAMPLES = 6
NUMBERS = count(1)
OPERATIONS = [(method.upper(), path) for path, methods in application.document()["paths"].items() for method in methods]


@pytest.fixture
def programs(books: Store) -> dict[str, str]:
    """The header that opens every operation: the key of a controller, who may do them all."""
    return calling.program(books, "cora").headers()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_every_operation_answers_as_the_document_says(programs: dict[str, str]) -> None:
    config = schemathesis.Config.from_dict({"generation": {"mode": "all", "max-examples": EXAMPLES}})
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", served.application, config=config, headers={"Host": "127.0.0.1"}
    )
    seen = set()
    for made in schema.get_all_operations():
        operation: Any = made.ok()  # type: ignore[union-attr]  # What is no operation has none.
        seen.add((operation.method.upper(), operation.path))

        @settings(
            max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate],
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def holds(case: Any) -> None:
            _aim(case)
            case.call_and_validate(base_url="http://127.0.0.1", headers=programs, checks=CHECKS, app=served.application)

        holds()

    assert seen == set(OPERATIONS)


def _aim(case: Any) -> None:
    """Make what is asked for by any number something that is there, and each act one of its own."""
    if isinstance(case.path_parameters.get("no"), int):
        case.path_parameters["no"] = case.path_parameters["no"] % 3 + 1
    if re.fullmatch(r"[\x21-\x7e]{1,200}", str(case.headers.get("Idempotency-Key", ""))):
        case.headers["Idempotency-Key"] = f"call-{next(NUMBERS)}"
