"""Write-only values on the wire: what Terraform says it can, and what it sends."""

from __future__ import annotations

from typing import Any

import pytest

from sym_provider._generated import tfplugin6_pb2 as pb
from sym_provider.framework.interfaces import Provider, Resource, Result
from sym_provider.framework.lifecycle import Driver
from sym_provider.framework.schema import Attribute, ResourceSchema, State
from sym_provider.framework.values import STRING
from sym_provider.protocol import wire
from sym_provider.protocol.calls import ProviderCalls
from sym_provider.protocol.messages import schema_message

SCHEMA = ResourceSchema(
    attributes=(
        Attribute(name="name", type=STRING, required=True),
        Attribute(name="value_wo", type=STRING, optional=True, write_only=True),
    )
)
CONFIG = {"name": "n", "value_wo": "hunter2"}
PLANNED = {"name": "n", "value_wo": None}


class Keeper(Resource):
    type_name = "keeper"
    schema = SCHEMA

    def __init__(self) -> None:
        self.kept: Any = None

    def create(self, planned: State) -> Result:
        self.kept = planned["value_wo"]
        return planned


class Keeping(Provider):
    def __init__(self) -> None:
        self.keeper = Keeper()
        self.resources = {"keeper": self.keeper}


@pytest.fixture
def provider() -> Keeping:
    return Keeping()


@pytest.fixture
def calls(provider: Keeping) -> ProviderCalls:
    return ProviderCalls(Driver(provider))


def packed(state: State | None) -> pb.DynamicValue:
    return pb.DynamicValue(msgpack=wire.encode(SCHEMA.type, state))


def test_the_schema_marks_the_attribute() -> None:
    assert {item.name: item.write_only for item in schema_message(SCHEMA).block.attributes} == {
        "name": False,
        "value_wo": True,
    }


@pytest.mark.parametrize("allowed", [True, False, None])
def test_a_client_that_cannot_is_refused_at_the_attribute(calls: ProviderCalls, allowed: bool | None) -> None:
    request = pb.ValidateResourceConfig.Request(type_name="keeper", config=packed(CONFIG))
    if allowed is not None:
        request.client_capabilities.write_only_attributes_allowed = allowed
    found = calls.ValidateResourceConfig(request).diagnostics
    assert [item.attribute.steps[0].attribute_name for item in found] == ([] if allowed else ["value_wo"])
    request.config.CopyFrom(packed(PLANNED))
    assert not calls.ValidateResourceConfig(request).diagnostics


def test_plan_and_apply_give_back_null_and_hand_the_value_over(calls: ProviderCalls, provider: Keeping) -> None:
    plan = calls.PlanResourceChange(
        pb.PlanResourceChange.Request(type_name="keeper", prior_state=packed(None), config=packed(CONFIG))
    )
    assert wire.decode(SCHEMA.type, plan.planned_state.msgpack) == PLANNED
    apply = calls.ApplyResourceChange(
        pb.ApplyResourceChange.Request(
            type_name="keeper", prior_state=packed(None), planned_state=plan.planned_state, config=packed(CONFIG)
        )
    )
    assert wire.decode(SCHEMA.type, apply.new_state.msgpack) == PLANNED
    assert provider.keeper.kept == "hunter2"
    assert b"hunter2" not in plan.SerializeToString() + apply.SerializeToString()
