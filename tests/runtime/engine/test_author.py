"""A flow's code as the engine calls it, and what is made of its answers."""

from __future__ import annotations

from typing import Any

import pytest

from sym.engine.author import AuthorCode, explain, handlers_of
from sym.engine.lifecycle import HookAnswer
from sym.engine.views import load_world
from sym.errors import AuthorCodeFailed


def author(engine: Any, code: str) -> AuthorCode:
    engine.flow(code, access=False)
    accepted = engine.request()
    with engine.store.reading() as conn:
        world = load_world(conn, engine.run(accepted.run_id), engine.event(accepted.event_id))
    return AuthorCode(engine.sandbox, engine.executor._host(world), world)


def test_a_hook_that_is_not_there_answers_nothing(engine: Any) -> None:
    code = author(engine, "def on_request(event): raise ValueError('not decorated, so not a hook')")
    assert not code.has("on_request")
    assert code.on("request") == HookAnswer()
    assert code.after("request") is None


@pytest.mark.parametrize(
    ("returned", "answer"),
    [
        ("None", HookAnswer()),
        ("ApprovalTemplate.approve(duration=60, ticket='T-1')",
         HookAnswer(step="approve", duration=60, fields={"ticket": "T-1"})),
        ("ApprovalTemplate.ignore(message='no')", HookAnswer(step="ignore", message="no")),
        ("ApprovalTemplate.deny()", HookAnswer(step="deny")),
    ],
)  # fmt: skip
def test_what_a_hook_answers(engine: Any, returned: str, answer: HookAnswer) -> None:
    code = author(engine, f"@hook\ndef on_request(event):\n    return {returned}")
    assert code.on("request") == answer


@pytest.mark.parametrize("returned", ["True", "'approve'", "{'step': 'approve'}", "[ApprovalTemplate.approve()]"])
def test_an_answer_that_is_none_is_a_failure(engine: Any, returned: str) -> None:
    answer = author(engine, f"@hook\ndef on_request(event):\n    return {returned}").on("request")
    assert answer.step is None
    assert answer.failure is not None
    assert "on_request returned" in answer.failure


def test_without_a_reducer_only_admins_may(engine: Any) -> None:
    permissions = author(engine, "").permissions()
    assert permissions == {"webapp_view": "admin", "approve_deny": "admin", "allow_self_approval": False}


def test_get_permissions_may_name_people(engine: Any) -> None:
    bob = engine.users["bob"].id
    permissions = author(
        engine,
        f"""
@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.ALL_USERS, approve_deny=["{bob}"], allow_self_approval=True)
""",
    ).permissions()
    assert permissions == {"webapp_view": "all_users", "approve_deny": [bob], "allow_self_approval": True}


@pytest.mark.parametrize(("guests", "level"), [(False, "member"), (True, "all_users")])
def test_get_approvers_opens_the_request_to_who_sees_it(engine: Any, guests: bool, level: str) -> None:
    engine.flow(
        """
from sym.sdk.integrations import slack

@reducer
def get_approvers(event):
    return slack.fallback(slack.channel("#a"), slack.channel("#b", allow_self=True))
""",
        access=False,
        allow_guest_interaction=guests,
    )
    accepted = engine.request()
    engine.work()
    assert engine.run(accepted.run_id).permissions == {
        "webapp_view": level, "approve_deny": level, "allow_self_approval": True,
    }  # fmt: skip


def test_get_permissions_goes_before_get_approvers(engine: Any) -> None:
    permissions = author(
        engine,
        """
@reducer
def get_approvers(event):
    raise ValueError("must not run")

@reducer
def get_permissions(event):
    return RequestPermission(webapp_view="admin", approve_deny="admin")
""",
    ).permissions()
    assert permissions["approve_deny"] == "admin"


def test_a_failure_is_explained_with_its_place() -> None:
    error = AuthorCodeFailed("ValueError: no", handler="on_request", source="impl.py", line=12, hint="Try that.")
    assert explain(error) == "impl.py line 12, in on_request: ValueError: no Try that."
    assert explain(AuthorCodeFailed("x", handler="f", source="impl.py")) == "impl.py, in f: x"
    assert explain(AuthorCodeFailed("x", handler="f")) == "in f: x"


def test_code_is_read_once() -> None:
    assert handlers_of("x = 1") is handlers_of("x = 1")
