"""The OpenAPI document: what FastAPI knows of the routes, and what it does not: examples, headers, and which errors
there really are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from sym.api import openapi_examples as examples
from sym.api.envelope import REQUEST_ID
from sym.api.idempotency import HEADER, REPLAYED

Document = dict[str, Any]

_TEXT = {"type": "string"}
_HEADERS: Mapping[str, Document] = {
    REQUEST_ID: {"description": "The request's id: the caller's, or one that was made. The log has it.",
                 "schema": _TEXT},
    REPLAYED: {"description": "`true`: this is the answer to an earlier request with the same key.",
               "schema": {"type": "string", "enum": ["true"]}},
    "Retry-After": {"description": "In how many seconds another try is worth it.",
                    "schema": {"type": "integer", "minimum": 1}},
    "WWW-Authenticate": {"description": "How a token is sent.", "schema": {"type": "string", "enum": ["Bearer"]}},
}  # fmt: skip
_KEY: Document = {
    "name": HEADER, "in": "header", "required": False, "example": "8b1f7a52-6f0e-4b43-9d56-6f1a2b3c4d5e",
    "description": "A key of the caller's choice for this request. Sent again with the same key within 24 hours, the "
                   "request is not done again: it gets the first answer.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
}  # fmt: skip
# Answers that some methods never give.
_NEVER = {"GET": {"409", "415"}, "DELETE": {"415"}}


def document(app: FastAPI) -> Document:
    """The OpenAPI document of ``app``."""
    made: Document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes,
        separate_input_output_schemas=False,
    )  # fmt: skip
    parts = made.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    parts["headers"] = dict(_HEADERS)
    parts["responses"] = {f"Error{status}": _error(status) for status in examples.ERRORS}
    for method, path, operation in operations(made):
        _finish(operation, method, path, schemas)
    return made


def operations(made: Document) -> Iterator[tuple[str, str, Document]]:
    """Every operation with its method (``GET``) and path."""
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _finish(operation: Document, method: str, path: str, schemas: Document) -> None:
    answers = operation["responses"]
    for status in {"422", *_NEVER.get(method, ())}:
        answers.pop(status, None)
    is_open = "security" not in operation
    if method == "POST" and not is_open:
        operation.setdefault("parameters", []).append(_KEY)
    for parameter in operation.get("parameters", ()):
        _describe(parameter)
    for status, answer in answers.items():
        if status in examples.ERRORS:
            answers[status] = {"$ref": f"#/components/responses/Error{status}"}
            continue
        names = [REQUEST_ID, REPLAYED] if method == "POST" and not is_open else [REQUEST_ID]
        answer["headers"] = _headers(names)
        _show(answer.get("content", {}), examples.answer(path, status), schemas)
    _show(operation.get("requestBody", {}).get("content", {}), examples.request(path), schemas)


def _error(status: str) -> Document:
    more = {"401": ["WWW-Authenticate"], "409": ["Retry-After"], "429": ["Retry-After"], "503": ["Retry-After"]}
    schema = {"$ref": "#/components/schemas/ErrorBody"}
    return {
        "description": examples.ERRORS[status].meaning,
        "headers": _headers([REQUEST_ID, *more.get(status, ())]),
        "content": {"application/json": {"schema": schema, "example": examples.refusal(status)}},
    }


def _headers(names: list[str]) -> Document:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _describe(parameter: Document) -> None:
    """The description FastAPI has put into the schema belongs to the parameter; ids are described in one place."""
    said = parameter.get("description") or parameter.get("schema", {}).get("description")
    parameter["description"] = said or examples.PARAMETERS.get(parameter["name"], "")
    if not {"example", "examples"} & parameter.keys() and parameter["name"] in examples.VALUES:
        parameter["example"] = examples.VALUES[parameter["name"]]


def _show(content: Document, example: Any, schemas: Document) -> None:
    for kind in content.values():
        if {"example", "examples"} & kind.keys():
            continue
        kind["example"] = examples.made_up(kind.get("schema", {}), schemas) if example is None else example
