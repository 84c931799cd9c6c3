"""Asking for access."""

from __future__ import annotations

from typing import Any

import pytest

from sym.api.auth import issue
from sym.api.routes.request_run import LONGEST_CONTEXT
from sym.audit.events import Actor
from sym.store.users import deactivate
from tests.runtime.api.conftest import World, assert_error

REQUEST: dict[str, Any] = {
    "flow_srn": "acme:flow:prod_db:latest",
    "flow_inputs": {"reason": "INC-42", "duration": 3600},
}


def test_a_bots_request_is_its_own(api: World) -> None:
    body = {**REQUEST, "context": {"build": 7}}
    response = api.post("/events/request", body)
    assert response.status_code == 200, response.text
    (submission,) = api.inbound.submissions
    assert (submission.flow_srn, submission.inputs, submission.context) == tuple(body.values())
    assert (submission.requester, submission.actor, submission.source) == (api.users["ci"], api.users["ci"], "api")
    answered = response.json()
    assert set(answered) == {"run_id", "event_id", "request_body"}
    assert answered["run_id"] in api.inbound.runs
    assert answered["request_body"] == body


def test_the_echo_holds_what_was_sent_and_nothing_more(api: World) -> None:
    assert api.post("/events/request", REQUEST).json()["request_body"] == REQUEST
    assert api.inbound.submissions[0].context == {}


@pytest.mark.parametrize("caller", ["ci", "terraform", "root"])
def test_bots_and_admins_may_ask_on_behalf_of_somebody(api: World, caller: str) -> None:
    ann = api.users["ann"]
    for who in ({"user_email": "Ann@acme.example"}, {"user_id": ann.id}):
        assert api.post("/events/request", {**REQUEST, **who}, name=caller).status_code == 200
    assert [(item.requester, item.actor) for item in api.inbound.submissions] == [(ann, api.users[caller])] * 2


@pytest.mark.parametrize("who", [{"user_email": "bob@acme.example"}, {"user_email": "nobody@acme.example"}])
def test_a_member_may_not_and_does_not_learn_who_exists(api: World, who: dict[str, str]) -> None:
    response = api.post("/events/request", {**REQUEST, **who}, name="ann")
    assert "behalf" in assert_error(response, 403, "Auth:FORBIDDEN")
    assert api.inbound.submissions == []


def test_naming_oneself_is_not_on_behalf_of_somebody(api: World) -> None:
    for who in ({"user_email": "ann@acme.example"}, {"user_id": api.users["ann"].id}):
        assert api.post("/events/request", {**REQUEST, **who}, name="ann").status_code == 200
    assert {item.requester for item in api.inbound.submissions} == {api.users["ann"]}


def test_naming_a_user_twice_is_refused(api: World) -> None:
    both = {"user_email": "ann@acme.example", "user_id": api.users["ann"].id}
    assert_error(api.post("/events/request", {**REQUEST, **both}), 400, "API:INVALID_REQUEST", "user_id")


@pytest.mark.parametrize(
    "who", [{"user_email": "nobody@acme.example"}, {"user_id": "x"}, {"user_email": ""}, {"user_id": ""}]
)
def test_an_unknown_user_is_refused(api: World, who: dict[str, str]) -> None:
    assert_error(api.post("/events/request", {**REQUEST, **who}), 400, "RequestAPI:UNKNOWN_USER", *who)
    assert api.inbound.submissions == []


def test_a_deactivated_user_is_unknown(api: World) -> None:
    with api.store.transaction() as conn:
        deactivate(conn, api.users["ann"].id, actor=Actor.SYSTEM, now=api.now)
    response = api.post("/events/request", {**REQUEST, "user_id": api.users["ann"].id})
    assert_error(response, 400, "RequestAPI:UNKNOWN_USER", "user_id")


def test_an_unknown_flow_is_not_found(api: World) -> None:
    response = api.post("/events/request", {**REQUEST, "flow_srn": "acme:flow:other:latest"})
    assert_error(response, 404, "RequestAPI:INVALID_FLOW", "flow_srn")


def test_a_context_has_64_kib_at_most(api: World) -> None:
    fits = {"log": "é" * ((LONGEST_CONTEXT - len('{"log":""}')) // 2)}
    assert api.post("/events/request", {**REQUEST, "context": fits}).status_code == 200
    response = api.post("/events/request", {**REQUEST, "context": {**fits, "x": 1}})
    assert_error(response, 400, "RequestAPI:CONTEXT_TOO_LARGE", "context")
    assert len(api.inbound.submissions) == 1


def test_what_is_null_is_left_out(api: World) -> None:
    """jq makes such bodies of variables that are not set."""
    nothing = dict.fromkeys(("context", "user_email", "user_id"))
    response = api.post("/events/request", {**REQUEST, **nothing})
    assert response.json()["request_body"] == {**REQUEST, **nothing}
    assert (api.inbound.submissions[0].context, api.inbound.submissions[0].requester) == ({}, api.users["ci"])


@pytest.mark.parametrize(
    "wrong", [{"request_slug": "x"}, {"flow_inputs": "{}"}, {"flow_inputs": None}, {"context": "{}"}, {"flow_srn": 1}]
)
def test_what_the_original_never_took_is_refused(api: World, wrong: dict[str, Any]) -> None:
    assert_error(api.post("/events/request", {**REQUEST, **wrong}), 400, "API:INVALID_REQUEST", *wrong)


def test_the_engine_hears_who_issued_the_token(api: World) -> None:
    token = issue(api.keys, api.row("ci", issuer="root"), api.users["ci"], "acme")
    run_id = api.call("POST", "/api/v1/events/request", token=token, json=REQUEST).json()["run_id"]
    api.call("POST", "/api/v1/events/approve", token=token, json={"run_id": run_id})
    assert [item.issuer_id for item in (*api.inbound.submissions, *api.inbound.actions)] == [api.users["root"].id] * 2
