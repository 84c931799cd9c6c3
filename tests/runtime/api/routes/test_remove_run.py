"""``POST /events/remove``; what the verbs have in common is in ``test_acting``."""

from __future__ import annotations

import pytest

from sym.errors import Refused
from tests.runtime.api.conftest import World, assert_error


def test_it_is_done_as_the_tokens_own_user(api: World) -> None:
    run_id = api.post("/events/request", {"flow_srn": "acme:flow:prod_db:latest", "flow_inputs": {}}).json()["run_id"]
    answer = api.post("/events/remove", {"run_id": run_id, "reason": "by hand"}, name="root")
    assert answer.status_code == 200, answer.text
    (action,) = api.inbound.actions
    assert (action.name, action.actor, action.message, action.duration) == (
        "remove",
        api.users["root"],
        "by hand",
        None,
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"run_id": "x"}, "reason"),
        ({"run_id": "x", "reason": ""}, "reason"),
        ({"run_id": "x", "reason": "y", "message": "z"}, "message"),
    ],
)
def test_a_wrong_body_is_refused(api: World, body: dict[str, object], field: str) -> None:
    assert_error(api.post("/events/remove", body), 400, "API:INVALID_REQUEST", field)
    assert api.inbound.actions == []


def test_what_the_engine_refuses_is_passed_on(api: World) -> None:
    api.inbound.failure = Refused("Not you.", code="RemoveAPI:NOT_ALLOWED")
    assert_error(api.post("/events/remove", {"run_id": "x", "reason": "by hand"}), 403, "RemoveAPI:NOT_ALLOWED")
