"""Deciding and ending: as oneself, and as nobody else."""

from __future__ import annotations

import pytest

from sym.errors import Conflict, Refused
from tests.runtime.api.conftest import World, assert_error

VERBS = ["approve", "deny", "deescalate"]


@pytest.fixture
def run_id(api: World) -> str:
    answered = api.post("/events/request", {"flow_srn": "acme:flow:prod_db:latest", "flow_inputs": {}}).json()
    return str(answered["run_id"])


@pytest.mark.parametrize("verb", VERBS)
def test_an_action_is_the_tokens_own_users(api: World, verb: str, run_id: str) -> None:
    body = {"run_id": run_id.upper(), "message": "fine"}
    response = api.post(f"/events/{verb}", body, name="ann")
    assert response.status_code == 200, response.text
    (action,) = api.inbound.actions
    assert (action.name, action.run_id, action.actor, action.source, action.message) == (
        verb, run_id, api.users["ann"], "api", "fine",
    )  # fmt: skip
    answered = response.json()
    assert (answered["run_id"], answered["request_body"]) == (run_id, body)
    assert answered["event_id"]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("extra", ["user_email", "user_id", "actor", "messages"])
def test_nobody_can_be_named(api: World, verb: str, extra: str, run_id: str) -> None:
    body = {"run_id": run_id, extra: api.users["root"].id}
    assert_error(api.post(f"/events/{verb}", body), 400, "API:INVALID_REQUEST", extra)
    assert api.inbound.actions == []


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "run_id"), ({"run_id": 7}, "run_id"), ({"run_id": ""}, "run_id"), ({"run_id": "x" * 65}, "run_id"),
     ({"run_id": "x", "message": 1}, "message"), ({"run_id": "x", "message": "m" * 4001}, "message")],
)  # fmt: skip
def test_a_wrong_body_is_refused(api: World, verb: str, body: dict[str, object], field: str) -> None:
    assert_error(api.post(f"/events/{verb}", body), 400, "API:INVALID_REQUEST", field)


@pytest.mark.parametrize("verb", VERBS)
def test_an_unknown_run_is_not_found(api: World, verb: str) -> None:
    assert_error(api.post(f"/events/{verb}", {"run_id": "nothing"}), 404, "RunAPI:NOT_FOUND")


def test_what_the_engine_refuses_is_passed_on(api: World, run_id: str) -> None:
    api.inbound.failure = Refused("Not your own.", code="ApproveAPI:SELF_APPROVAL")
    assert_error(api.post("/events/approve", {"run_id": run_id}), 403, "ApproveAPI:SELF_APPROVAL")
    api.inbound.failure = Conflict("A run with status 'denied' cannot be approved.", code="ApproveAPI:INVALID_RUN")
    assert_error(api.post("/events/approve", {"run_id": run_id}), 409, "ApproveAPI:INVALID_RUN")
    api.inbound.failure = Conflict("A run with status 'denied' cannot end.", code="DeescalateAPI:INVALID_RUN")
    assert_error(api.post("/events/deescalate", {"run_id": run_id}), 400, "DeescalateAPI:INVALID_RUN")


@pytest.mark.parametrize("verb", VERBS)
def test_the_flows_hook_can_be_set_aside(api: World, verb: str, run_id: str) -> None:
    assert api.post(f"/events/{verb}", {"run_id": run_id, "override": True}, name="root").status_code == 200
    api.post(f"/events/{verb}", {"run_id": run_id}, name="root")
    assert [action.overrides for action in api.inbound.actions] == [True, False]
