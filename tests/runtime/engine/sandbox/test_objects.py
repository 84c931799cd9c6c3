"""The objects an author's code is given."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from sym.engine.sandbox.objects import form, to_object
from sym.sdk._host import NoHost
from sym.sdk.event import Event
from sym.sdk.flow import Flow
from sym.sdk.forms import SlackUserSelection
from sym.sdk.request_destination import RequestDestination, SlackChannelName
from sym.sdk.strategies import Integration
from sym.sdk.target import AccessTarget
from sym.sdk.templates import ApprovalTemplate, ApprovalTemplateStep
from sym.sdk.user import User, UserRole


def test_an_event_is_the_sdks_event_with_all_it_promises(event: dict[str, Any]) -> None:
    made = to_object(event)
    assert isinstance(made, Event)
    assert made.name == "request"
    assert made.payload.timestamp == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert made.payload.fields["duration"] == 3600
    assert isinstance(made.payload.fields["who"], SlackUserSelection)
    assert made.user is made.payload.user
    assert (made.channel.type, made.channel.identifier) == ("sdk", None)
    assert made.run.source_channel.identifier == "#ops"
    assert made.template.approve() == ApprovalTemplate.approve()
    assert made.template.slug == "approval"


def test_the_sdk_prefix_does_not_show(event: dict[str, Any]) -> None:
    made = to_object(event)
    for shown in (made, made.flow, made.run, made.payload.fields["target"], made.flow.environment):
        assert "SDK" not in repr(shown)
    with pytest.raises(AttributeError, match="'Flow' object has no attribute 'colour'"):
        _ = made.flow.colour


def test_a_flow_has_its_fields_variables_environment_and_strategy(event: dict[str, Any]) -> None:
    flow = to_object(event).flow
    assert isinstance(flow, Flow)
    assert flow.name == "ci-access"
    assert flow.vars == {"team": "infra"}
    assert flow.fields["reason"]["type"] == "string"
    assert isinstance(flow.environment.integrations["ci"], Integration)
    assert flow.strategy.targets[0].settings == {"identifier": "p1"}
    assert flow.strategy.integration.external_id == "ci-1"


def test_a_flow_for_approval_only_has_no_strategy(event: dict[str, Any]) -> None:
    event["flow"]["strategy"] = None
    assert to_object(event).flow.strategy is None


def test_a_target_answers_as_authors_expect(event: dict[str, Any]) -> None:
    target = to_object(event).payload.fields["target"]
    assert isinstance(target, AccessTarget)
    assert (target.label, target.type, target.name, target.slug) == ("Prod", "custom", "prod", "prod")


def test_a_secret_is_a_reference_until_it_is_retrieved(integration: dict[str, Any]) -> None:
    made = to_object(integration)
    secret = made.settings["api_token_secret"]
    assert (secret.id, secret.path, secret.source.type) == ("secret-1", "/okta", "env")
    assert [one.id for one in made.settings["secrets"]] == ["secret-1"]
    with pytest.raises(NoHost):
        secret.retrieve_value()


def test_a_user_has_a_role_identities_and_equality_by_name(user: dict[str, Any]) -> None:
    made = to_object(user)
    assert isinstance(made, User)
    assert made.id == UUID(user["id"])
    assert made.role is UserRole.MEMBER
    assert made.identity("slack", "T1").user_id == "U1"
    assert made.identity("slack", "T2") is None
    assert made == to_object(user)


def test_actors_are_found_by_step_or_text(event: dict[str, Any]) -> None:
    made = to_object(event)
    assert made.get_actor("request") == made.get_actor(ApprovalTemplateStep.REQUEST) == made.user
    assert made.get_actor("approve") is None
    assert made.get_actor("escalate") is None


def test_the_actor_of_an_escalation_is_the_approver(event: dict[str, Any], user: dict[str, Any]) -> None:
    event["run"]["actors"] |= {"approve": {**user, "username": "bob"}, "escalate": user, "deescalate": user}
    made = to_object(event)
    assert made.get_actor("escalate").username == "bob"
    assert made.get_actor("deescalate").username == "bob"


def test_a_context_is_empty_for_an_event_without_one_and_none_before_it_happened(event: dict[str, Any]) -> None:
    event["run"]["contexts"]["approve"] = {"ticket": 5}
    made = to_object(event)
    assert made.get_context("request") == {}
    assert made.get_context(ApprovalTemplateStep.APPROVE) == {"ticket": 5}
    assert made.get_context("deny") is None


def test_plain_values_stay_and_documents_inside_of_them_become_objects(user: dict[str, Any]) -> None:
    made = to_object({"a": [1, "x", None, user]})
    assert made["a"][:3] == [1, "x", None]
    assert isinstance(made["a"][3], User)


def test_a_kind_of_document_nobody_knows_is_refused() -> None:
    with pytest.raises(KeyError, match="gadget"):
        to_object({"$type": "gadget"})


def test_a_form_keeps_the_order_of_its_fields() -> None:
    made = form({"fields": {name: {"name": name, "type": "string"} for name in ("z", "a")}, "flow_vars": None})
    assert list(made.fields) == ["z", "a"]
    assert made.flow_vars == {}


def test_a_forward_context_has_its_destinations() -> None:
    made = to_object({
        "$type": "request_forward_context", "current_destination_index": 1,
        "all_request_destinations": [{"$type": "request_destination", "channel_name": "#a"}, {"allow_self": True}],
    })  # fmt: skip
    first, second = made.all_request_destinations
    assert isinstance(first, SlackChannelName)
    assert type(second) is RequestDestination
    assert second.allow_self
    assert made.next_destination_index is None
