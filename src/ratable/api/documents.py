"""The OpenAPI document: what the framework knows of the routes, and what all of them have in common.

Worked example: `POST /api/v1/runs/{no}/post` is said to take the header Idempotency-Key, a key with the scope decide
and the role of an approver or controller, and to answer 200 with an example, or a problem with 400, 401, 403, 409 ...
"""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi import schema

from ratable.api import answers, callers, problems, shapes, uploads
from ratable.api.routes import reports, watchtower
from ratable.operations import service_keys

Document = dict[str, Any]

ROOT = "/api/v1"
PREFACE = (
    "Every table, act and report of the books. Sign in with a service key: `Authorization: Bearer rtb_...`. Amounts "
    "are text with the decimals of their currency; days are YYYY-MM-DD, months YYYY-MM. Each unsafe call carries a "
    "header Idempotency-Key of your own choice, and is done once however often it is sent. Lists come in pages: `next` "
    "is the `cursor` of the next one. Reads carry an ETag: sent back as If-None-Match, it saves the answer."
)
_ALWAYS = ("unauthenticated", "forbidden", "invalid", "failed", "unavailable")
_SAFE_TOO = ("unknown", "refused")
_UNSAFE_TOO = ("bad-request", "unknown", "refused", "too-large")
_PROBLEM = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_BINARY = {"schema": {"type": "string", "format": "binary"}}


def complete(api: NinjaAPI) -> Document:
    """The whole document.

    Args:
        api: the interface with all of its routes.
    """
    made: Document = dict(schema.get_schema(api, path_prefix=f"{ROOT}/"))
    components = made["components"]
    told = shapes.Problem.model_json_schema(ref_template=schema.REF_TEMPLATE)
    components["schemas"]["Problem"] = told
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "bearerFormat": "rtb_ and 43 characters",
                "description": f"A service key. Its scopes are some of {', '.join(service_keys.SCOPES)}."},
        "session": {"type": "apiKey", "in": "cookie", "name": "session",
                    "description": "Somebody signed in in a browser; unsafe calls send X-CSRFToken too."},
    }  # fmt: skip
    made["security"] = [{"key": []}, {"session": []}]
    for bound in api._get_bound_routers():
        for path, view in bound.path_operations.items():
            for operation in view.operations:
                place = made["paths"][ROOT + path]
                right = operation.auth_callbacks[0]
                if not isinstance(right, callers.Right):
                    raise AssertionError(f"{path}: nothing says who may call it")
                for method in operation.methods:
                    _complete(place[method.lower()], right, components["schemas"])
    _files(made["paths"])
    return made


def _complete(said: Document, right: callers.Right, known: Document) -> None:
    """What all operations have in common: who may, the headers, the problems, the examples."""
    roles = ", ".join(sorted(right.roles))
    said["description"] += f"\n\nTakes the scope `{right.scope}`, and one of the roles {roles}."
    said["x-scope"], said["x-roles"] = right.scope, sorted(right.roles)
    said.pop("security", None)
    if right.verb:
        said["parameters"].append({
            "in": "header", "name": "Idempotency-Key", "required": True, "example": "close-2026-03",
            "description": "A text of your own: the same call again has the same, and is done once.",
            "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,200}$"},
        })  # fmt: skip
    said["responses"] = {str(status): answer for status, answer in said["responses"].items()}
    for answer in said["responses"].values():
        _add_headers(answer, unsafe=bool(right.verb))
        for content in answer.get("content", {}).values():
            _add_example(content, known)
    for content in said.get("requestBody", {}).get("content", {}).values():
        _add_example(content, known)
    for parameter in said["parameters"]:
        parameter["schema"].pop("title", None)
    if not right.verb:
        said["responses"]["304"] = {"description": "As before: nothing has happened since the ETag that was sent."}
    for kind in (*_ALWAYS, *(_UNSAFE_TOO if right.verb else _SAFE_TOO)):
        status, title = problems.KINDS[kind]
        said["responses"].setdefault(str(status), {"description": title, "content": _PROBLEM})


def _add_headers(answer: Document, *, unsafe: bool) -> None:
    text = {"type": "string"}
    answer["headers"] = (
        {answers.REPLAYED: {"description": "true, where the answer was given before.", "schema": text}}
        if unsafe
        else {"ETag": {"description": "What If-None-Match takes.", "schema": text},
              "Link": {"description": "Where the next page of a list is.", "schema": text}}
    )  # fmt: skip


def _add_example(content: Document, known: Document) -> None:
    """The example of a shape as the example of what is sent or answered."""
    name = content["schema"].get("$ref", "").rpartition("/")[2]
    shown = (known.get(name) or content["schema"]).get("examples")
    if shown:
        content["example"] = shown[0]


def _files(paths: Document) -> None:
    """What is sent or answered as files."""
    sent: Document = dict.fromkeys(uploads.MEDIA_TYPES, _BINARY)
    example = {"customers": [{"id": "acme", "name": "Acme"}]}
    sent["application/json"] = {"schema": {"type": "object"}, "example": example}
    form: Document = {"type": "object", "properties": {"file": {"type": "array", "items": _BINARY["schema"]}}}
    paths[f"{ROOT}/imports"]["post"]["requestBody"] = {
        "required": True, "content": {**sent, uploads.FORM: {"schema": form}}
    }  # fmt: skip
    report = paths[f"{ROOT}/reports/{{name}}"]["get"]["responses"]["200"]["content"]
    report |= {
        media_type.partition(";")[0]: _BINARY for name, media_type in reports.MEDIA_TYPES.items() if name != "json"
    }
    paths[f"{ROOT}/exports/{{no}}/files"]["get"]["responses"]["200"]["content"] = {"application/zip": _BINARY}
    records = paths[f"{ROOT}{watchtower.RECORDS}"]["get"]["responses"]["200"]
    records["content"] = {watchtower.MEDIA_TYPE: {"schema": {"type": "string"}}}
