"""Events, flows, runs, targets, secrets: what is abstract, exactly."""

from __future__ import annotations

import inspect
from abc import ABCMeta
from collections.abc import Callable
from typing import Any

import pytest

from sym.sdk.event import Channel, Event, EventMeta, Payload
from sym.sdk.flow import Environment, Flow, Run
from sym.sdk.resource import SymResource
from sym.sdk.secret import Secret, SecretSource
from sym.sdk.strategies import AccessStrategy, Integration
from sym.sdk.target import AccessTarget
from sym.sdk.templates import ApprovalTemplate, Template
from sym.sdk.user import User

ABSTRACT: dict[type, str] = {
    Event: "name payload meta template flow run channel get_actor get_context",
    Environment: "integrations",
    Flow: "fields vars environment strategy",
    Run: "actors contexts source_channel",
    AccessTarget: "label type settings",
    Integration: "type external_id settings",
    SecretSource: "type settings",
    Secret: "id path source settings retrieve_value",
    Template: "ignore",
    ApprovalTemplate: "prompt request approve deny escalate deescalate ignore",
    AccessStrategy: "fetch_remote_identity escalate deescalate",
}


@pytest.mark.parametrize("kind", ABSTRACT, ids=lambda kind: kind.__name__)
def test_what_is_abstract_stays_so(kind: Any) -> None:
    assert kind.__abstractmethods__ == frozenset(ABSTRACT[kind].split())
    with pytest.raises(TypeError, match="Can't instantiate abstract class"):
        kind("sym:flow:x:latest")


@pytest.mark.parametrize("kind", [kind for kind in ABSTRACT if kind is not AccessStrategy], ids=lambda k: k.__name__)
def test_resources_take_their_srn(kind: type) -> None:
    assert issubclass(kind, SymResource)
    assert list(inspect.signature(kind.__init__).parameters) == ["self", "srn"]


@pytest.mark.parametrize("kind", [Payload, Channel])
def test_payload_and_channel_are_not_enforced(kind: Any) -> None:
    assert type(kind) is not ABCMeta
    assert kind("sym:flow:x:latest").slug == "x"


def test_meta_has_nothing_to_implement() -> None:
    assert EventMeta("sym:meta:x:latest").name == "x"


def test_the_user_of_an_event_is_that_of_its_payload(make_user: Callable[..., User]) -> None:
    user = make_user()

    class OnePayload(Payload):
        @property
        def user(self) -> User:
            return user

    class OneEvent(Event):
        name = "approve"
        payload = OnePayload("sym:payload:x:latest")  # type: ignore[abstract]
        meta = template = flow = run = channel = None  # type: ignore[assignment]

        def get_actor(self, event_name: str) -> User | None:
            return None

        def get_context(self, event_name: str) -> dict[str, Any] | None:
            return None

    event = OneEvent("sym:event:x:latest")
    assert event.user is user
    assert event.name == "approve"


def test_a_target_falls_back_on_its_srn(target: AccessTarget) -> None:
    assert target.slug == "admins"
    assert target.type == "okta_group"
    assert target.dict() == {"name": "admins", "settings": {"group_id": "g1"}, "type": "okta_group"}


def test_what_early_flows_read_from_the_event_is_still_there_with_a_warning(make_user: Callable[..., User]) -> None:
    user = make_user()

    class OnePayload(Payload):
        fields = {"reason": "r"}

    class OneRun(Run):
        actors = {"request": user}
        contexts = {}
        source_channel = Channel("sym:channel:x:latest")  # type: ignore[abstract]

    class OneEvent(Event):
        name = "approve"
        payload = OnePayload("sym:payload:x:latest")  # type: ignore[abstract]
        run = OneRun("sym:run:x:latest")
        meta = template = flow = channel = None  # type: ignore[assignment]

        def get_actor(self, event_name: str) -> User | None:
            return None

        def get_context(self, event_name: str) -> dict[str, Any] | None:
            return None

    event = OneEvent("sym:event:x:latest")
    with pytest.warns(DeprecationWarning, match=r"event\.fields is event\.payload\.fields now") as told:
        assert event.fields == {"reason": "r"}
    assert told[0].filename == __file__
    with pytest.warns(DeprecationWarning, match=r"event\.run\.actors"):
        assert event.actors == {"request": user}
    assert event.slug == "x"
    assert "fields" not in event.dict()
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = event.nonsense
