"""Examples for the OpenAPI document: what there is to say by hand, and the rest made up from the schemas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]
_DEEPEST = 8


@dataclass(frozen=True)
class Refusal:
    """One kind of error: what it means, and the code and message of an example."""

    meaning: str
    code: str
    message: str


ERRORS: Mapping[str, Refusal] = {
    "400": Refusal("The request is wrong: correct it. `errors` names the fields.", "API:INVALID_REQUEST",
                   "The request is not valid: limit: Input should be less than or equal to 500"),
    "401": Refusal("The token is missing, invalid, expired or revoked.", "Auth:EXPIRED_TOKEN",
                   "The token has expired. Issue a new one."),
    "403": Refusal("The token's user may not do that.", "Auth:FORBIDDEN", "Only admins may do that."),
    "404": Refusal("There is no such thing, or none that the token's user may see.", "RunAPI:NOT_FOUND",
                   "There is no such run."),
    "409": Refusal("It clashes with what is there, or with another request that has the same key.",
                   "Idempotency:KEY_REUSED",
                   "This Idempotency-Key was sent with another request. Use a new key for a new request."),
    "413": Refusal("The body is too long: 1 MiB is the most, 16 MiB for resources.", "API:BODY_TOO_LARGE",
                   "The body is longer than 1048576 bytes."),
    "415": Refusal("The body is not said to be JSON.", "API:UNSUPPORTED_MEDIA_TYPE",
                   "The body must be JSON: send `Content-Type: application/json`."),
    "429": Refusal("Too many calls: wait as many seconds as `Retry-After` says.", "RateLimit:EXCEEDED",
                   "Too many calls: try again in 2 seconds."),
    "500": Refusal("A fault of the server's. Its log says more under the request's id.", "API:INTERNAL",
                   "Something went wrong on the server. Its log says more under the id in X-Sym-Request-ID."),
    "503": Refusal("The server cannot do it now: try again after `Retry-After`.", "API:UNAVAILABLE",
                   "The server cannot do this now; try again soon."),
}  # fmt: skip

_ID = "9a1f2f0e-4f3c-4c53-9b2c-4b8a3c6f3d10"
_MOMENT = "2026-11-21 09:30:00.000000+00:00"
VALUES: Mapping[str, Any] = {
    "run_id": _ID, "entity_id": _ID, "jti": _ID, "id": _ID,
    "event_id": "4c6b1c1e-53a2-4f7e-8a0f-1f0f3f0e2d11",
    "user_id": "0d9a3c58-0f0a-4b5e-9d0f-7e7b1a2c3d4e",
    "lease_id": "f3b1a2c4-5d6e-4f70-8a9b-0c1d2e3f4a5b",
    "message": "Looks right.",
    "srn": f"acme:run:prod_db:1.0.0:{_ID}", "flow_srn": "acme:flow:prod_db:1.0.0", "flow": "prod_db", "org": "acme",
    "target_srn": "acme:access_target:okta_group:dba:latest", "username": "ann@acme.example", "name": "Ann Example",
    "email": "ann@acme.example", "user": "ann@acme.example", "requester": "ann@acme.example",
    "user_email": "ann@acme.example",
    "duration": 1800, "slug": "prod_db", "label": "Production", "reason": "Removed in the vendor's console.",
    "since": "2026-11-01T00:00:00Z", "until": "2026-12-01T00:00:00Z", "limit": 100, "status": "requested",
    "fields": {"reason": "INC-42"}, "next_cursor": None, "next_offset": None, "next_after": None, "error": None,
    "timestamp": _MOMENT, "version": "3.7.0", "provider_majors": [3],
}  # fmt: skip
"""Values by the name of a property or parameter."""

PARAMETERS: Mapping[str, str] = {
    "run_id": "The run's id.", "event_id": "The event's id.", "entity_id": "The resource's id.",
    "user_id": "The user's id.", "jti": "The token's id.", "slug": "The resource's slug.",
    "type": "The resource's type.", "name": "The name.", "domain": "The domain.",
    "role": "Only those with this role.", "state": "Only those in this state.", "trust_id": "The trust's id.",
    "service_type": "The service's type, such as `okta`.", "external_id": "The account of the service.",
}  # fmt: skip
"""What parameters mean that do not say so themselves."""

_REQUEST: Document = {
    "flow_srn": "acme:flow:prod_db:latest",
    "flow_inputs": {"reason": "INC-42", "duration": 1800, "target_srn": "acme:access_target:okta_group:dba:latest"},
    "context": {"build": "https://ci.example.com/builds/7"},
}
_REQUESTS: Mapping[str, Document] = {
    "/events/request": _REQUEST,
    "/events/approve": {"run_id": _ID, "message": "Looks right."},
    "/events/deny": {"run_id": _ID, "message": "Not today."},
    "/events/deescalate": {"run_id": _ID},
    "/events/retry": {"run_id": _ID},
    "/events/extend": {"run_id": _ID, "duration": 1800},
    "/events/remove": {"run_id": _ID, "reason": "Removed in the vendor's console: INC-43."},
}


def request(path: str) -> Any:
    """The example of a request to ``path``, None if there is none by hand."""
    return next((body for end, body in _REQUESTS.items() if path.endswith(end)), None)


def answer(path: str, status: str) -> Any:
    """The example of an answer, None if there is none by hand."""
    body = request(path)
    if body is None or status != "200":
        return None
    return {"run_id": _ID, "event_id": VALUES["event_id"], "request_body": body}


def refusal(status: str) -> Document:
    """The example of an error."""
    found = ERRORS[status]
    return {"error": True, "message": found.message, "errors": _problems(status), "code": found.code,
            "status_code": int(status), "is_retryable": status in ("429", "503")}  # fmt: skip


def _problems(status: str) -> list[Document]:
    return [{"field": "limit", "message": "Input should be less than or equal to 500"}] if status == "400" else []


def made_up(schema: Document, schemas: Document, name: str = "", depth: int = 0) -> Any:
    """A value that fits ``schema``; ``name`` is that of the property it is for."""
    schema = _resolved(schema, schemas)
    for key in ("example", "const"):
        if key in schema:
            return schema[key]
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    if name in VALUES and _is_of(VALUES[name], schema):
        return VALUES[name]
    if depth > _DEEPEST:
        return None
    for key in ("anyOf", "oneOf"):
        if key in schema:
            kinds = [kind for kind in schema[key] if kind.get("type") != "null"]
            return made_up(kinds[0], schemas, name, depth + 1) if kinds else None
    return _of_type(schema, schemas, name, depth)


def _of_type(schema: Document, schemas: Document, name: str, depth: int) -> Any:
    kind = schema.get("type")
    if kind == "object":
        found = schema.get("properties", {})
        return {key: made_up(value, schemas, key, depth + 1) for key, value in found.items()}
    if kind == "array":
        return [made_up(schema.get("items", {}), schemas, name, depth + 1)]
    if kind == "string":
        return _text(schema, name)
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    return False if kind == "boolean" else None


def _text(schema: Document, name: str) -> str:
    if name.endswith("_at"):
        return "2026-11-21T09:30:00Z" if schema.get("format") == "date-time" else _MOMENT
    return _ID if name.endswith("id") else "text"


def _resolved(schema: Document, schemas: Document) -> Document:
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    return schema


def _is_of(value: Any, schema: Document) -> bool:
    """Whether a value is of one of the types a schema allows."""
    kinds = [kind.get("type") for kind in (schema, *schema.get("anyOf", ()), *schema.get("oneOf", ()))]
    names = {str: "string", bool: "boolean", int: "integer", list: "array", dict: "object", type(None): "null"}
    return names[type(value)] in kinds
