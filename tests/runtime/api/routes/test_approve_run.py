"""``POST /events/approve``; what the three verbs have in common is in ``test_acting``."""

from __future__ import annotations

from sym.errors import Conflict
from tests.runtime.api.conftest import World, assert_error


def test_it_is_done_as_the_tokens_own_user(api: World) -> None:
    run_id = api.post("/events/request", {"flow_srn": "acme:flow:prod_db:latest", "flow_inputs": {}}).json()["run_id"]
    answer = api.post("/events/approve", {"run_id": run_id, "message": "because"}, name="ann")
    assert answer.status_code == 200, answer.text
    (action,) = api.inbound.actions
    assert (action.name, action.actor, action.message) == ("approve", api.users["ann"], "because")


def test_a_run_it_cannot_be_done_to_is_refused_with_the_documented_status(api: World) -> None:
    api.inbound.failure = Conflict("Not now.", code="ApproveAPI:INVALID_RUN")
    status = 409
    assert_error(api.post("/events/approve", {"run_id": "x"}), status, "ApproveAPI:INVALID_RUN")
