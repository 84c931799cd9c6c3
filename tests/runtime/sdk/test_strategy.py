"""The strategy of a flow, as data."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sym.sdk.resource import SRN, InvalidSRNError
from sym.sdk.strategies import Integration
from sym.sdk.strategy import Strategy
from sym.sdk.target import AccessTarget


@pytest.fixture
def values(integration: Integration, target: AccessTarget, some_id: Any) -> dict[str, Any]:
    return {
        "id": str(some_id),
        "type": "okta",
        "name": "okta-main",
        "integration": integration,
        "targets": [target],
        "settings": {"ttl": 5, "on": True},
        "srn": "acme:access_strategy:okta:okta-main:latest",
    }


def test_json_is_in_the_order_of_the_fields(values: dict[str, Any], some_id: Any) -> None:
    strategy = Strategy(**values)
    assert strategy.json() == json.dumps(
        {
            "id": str(some_id),
            "type": "okta",
            "name": "okta-main",
            "label": None,
            "integration": {
                "external_id": "acme",
                "name": "crm",
                "settings": {"region": "eu"},
                "type": "custom",
            },
            "targets": [{"name": "admins", "settings": {"group_id": "g1"}, "type": "okta_group"}],
            "settings": {"ttl": "5", "on": "True"},
            "srn": "acme:access_strategy:okta:okta-main:latest",
        }
    )


def test_dict_keeps_the_objects(values: dict[str, Any]) -> None:
    strategy = Strategy(**values)
    assert strategy.dict()["integration"] is values["integration"]
    assert strategy.targets[0] is values["targets"][0]
    assert strategy.srn == SRN.parse(values["srn"])


def test_targets_may_be_left_out(values: dict[str, Any]) -> None:
    del values["targets"]
    assert Strategy(**values).targets == []


@pytest.mark.parametrize("name", ["id", "type", "name", "integration", "settings", "srn"])
def test_everything_else_is_required(values: dict[str, Any], name: str) -> None:
    del values[name]
    with pytest.raises(ValueError, match=f"{name}\n  field required"):
        Strategy(**values)


def test_resources_must_be_instances(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="integration\n  instance of Integration expected"):
        Strategy(**{**values, "integration": {"type": "okta"}})
    with pytest.raises(ValueError, match="targets -> 0\n  instance of AccessTarget expected"):
        Strategy(**{**values, "targets": ["admins"]})


def test_a_malformed_srn_raises_its_own_error(values: dict[str, Any]) -> None:
    with pytest.raises(InvalidSRNError):
        Strategy(**{**values, "srn": "x"})
