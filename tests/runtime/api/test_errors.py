"""Every error, in its one shape."""

from __future__ import annotations

import logging

import pytest

from sym.errors import (
    AuthorCodeFailed,
    Conflict,
    InUse,
    Invalid,
    NotFound,
    NotServed,
    Recovering,
    Refused,
    Retryable,
    SymError,
    Unauthenticated,
    Unavailable,
)
from tests.runtime.api.conftest import World, assert_error

REQUEST = {"flow_srn": "acme:flow:prod_db:latest", "flow_inputs": {}}


@pytest.mark.parametrize(
    ("error", "status", "code", "fields"),
    [
        (Invalid("no", path="flow_inputs.reason", code="RequestAPI:INVALID_INPUTS"), 400,
         "RequestAPI:INVALID_INPUTS", ["flow_inputs.reason"]),
        (Invalid("no"), 400, "API:INVALID_REQUEST", []),
        (NotServed("no"), 400, "API:NOT_SERVED", []),
        (Unauthenticated("no"), 401, "Auth:INVALID_TOKEN", []),
        (Refused("no", code="RequestAPI:SOURCE_NOT_ALLOWED"), 403, "RequestAPI:SOURCE_NOT_ALLOWED", []),
        (Refused("no"), 403, "Auth:FORBIDDEN", []),
        (NotFound("no", code="RequestAPI:INVALID_FLOW"), 404, "RequestAPI:INVALID_FLOW", []),
        (NotFound("no"), 404, "API:NOT_FOUND", []),
        (Conflict("no", code="ApproveAPI:INVALID_RUN"), 409, "ApproveAPI:INVALID_RUN", []),
        (Conflict("no"), 409, "API:CONFLICT", []),
        (InUse("no"), 409, "API:IN_USE", []),
        (Conflict("no", code="DeescalateAPI:INVALID_RUN"), 400, "DeescalateAPI:INVALID_RUN", []),
        (Retryable("no"), 503, "API:RETRY", []),
        (Unavailable("no"), 503, "API:UNAVAILABLE", []),
        (Recovering(code="API:RECOVERY_MODE"), 503, "API:RECOVERY_MODE", []),
        (SymError("no"), 500, "API:INTERNAL", []),
        (AuthorCodeFailed("no", handler="on_request"), 500, "Handler:FAILED", []),
    ],
)  # fmt: skip
def test_an_error_of_the_product_has_its_status_and_code(
    api: World, error: SymError, status: int, code: str, fields: list[str]
) -> None:
    api.inbound.failure = error
    assert_error(api.post("/events/request", REQUEST), status, code, *fields)


def test_several_problems_are_all_listed(api: World) -> None:
    error = Invalid("Two problems.", path="flow_inputs.a", code="RequestAPI:INVALID_INPUTS")
    error.problems = [("flow_inputs.a", "is wrong"), ("flow_inputs.b", "is missing")]  # type: ignore[attr-defined]
    api.inbound.failure = error
    response = api.post("/events/request", REQUEST)
    assert_error(response, 400, "RequestAPI:INVALID_INPUTS", "flow_inputs.a", "flow_inputs.b")
    assert response.json()["errors"][1]["message"] == "is missing"


def test_the_message_says_what_to_do_next(api: World) -> None:
    api.inbound.failure = Refused("Not you.", hint="Ask an admin.")
    assert api.post("/events/request", REQUEST).json()["message"] == "Not you. Ask an admin."


def test_the_servers_own_troubles_are_for_its_log_only(api: World, caplog: pytest.LogCaptureFixture) -> None:
    api.inbound.failure = Unavailable("postgresql://sym@10.0.0.7/sym cannot be reached.")
    with caplog.at_level(logging.ERROR):
        response = api.post("/events/request", REQUEST)
    assert "10.0.0.7" not in assert_error(response, 503, "API:UNAVAILABLE")
    assert "10.0.0.7" in caplog.text
    assert response.headers["Retry-After"]


def test_a_store_in_recovery_mode_is_said_to_be(api: World) -> None:
    api.inbound.failure = Recovering(code="API:RECOVERY_MODE")
    assert "symflow recover" in assert_error(api.post("/events/request", REQUEST), 503, "API:RECOVERY_MODE")


def test_an_unauthorized_answer_names_the_scheme(api: World) -> None:
    response = api.call("GET", "/api/v1/runs")
    assert_error(response, 401, "Auth:INVALID_TOKEN")
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/", "/api/v1", "/api/v1/nothing", "/docs", "/api/v2/runs", "/events/request"])
def test_an_unknown_address_is_answered_in_the_same_shape(api: World, path: str) -> None:
    assert_error(api.call("GET", path), 404, "API:NOT_FOUND")


def test_a_method_an_address_does_not_take_is_answered_in_the_same_shape(api: World) -> None:
    response = api.call("DELETE", "/api/v1/events/request")
    assert_error(response, 405, "API:METHOD_NOT_ALLOWED")
    assert response.headers["Allow"]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["flow_srn", "flow_inputs"]),
        ([], [""]),
        (7, [""]),
        ("text", [""]),
        ({"flow_srn": 1, "flow_inputs": {}}, ["flow_srn"]),
        ({"flow_srn": "", "flow_inputs": {}}, ["flow_srn"]),
        ({"flow_srn": "x", "flow_inputs": []}, ["flow_inputs"]),
        ({"flow_srn": "x", "flow_inputs": None}, ["flow_inputs"]),
        ({"flow_srn": "x", "flow_inputs": {}, "context": "y"}, ["context"]),
        ({"flow_srn": "x", "flow_inputs": {}, "flow_input": {}}, ["flow_input"]),
        ({"flow_srn": "x", "flow_inputs": {}, "user_id": 3}, ["user_id"]),
    ],
)
def test_a_body_of_the_wrong_shape_is_a_400_that_names_the_fields(api: World, body: object, fields: list[str]) -> None:
    assert_error(api.post("/events/request", body), 400, "API:INVALID_REQUEST", *fields)
    assert api.inbound.submissions == []


def test_a_refused_value_is_not_repeated(api: World) -> None:
    response = api.post("/events/request", {"flow_srn": ["hunter2"], "flow_inputs": "hunter2", "hunter": "hunter2"})
    assert "hunter2" not in response.text
