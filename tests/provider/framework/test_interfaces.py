"""What authors write against."""

from __future__ import annotations

import pytest

from sym_provider.framework.diagnostics import warning
from sym_provider.framework.interfaces import Outcome, Provider, Resource, unwrap
from sym_provider.framework.schema import ResourceSchema


class Upgraded(Resource):
    schema = ResourceSchema(version=3)

    def upgrade_0(self, document: dict[str, int]) -> dict[str, int]:
        return document | {"zero": 1}

    def upgrade_2(self, document: dict[str, int]) -> dict[str, int]:
        return document

    def upgrade_3(self, document: dict[str, int]) -> dict[str, int]:
        raise AssertionError("there is no version 4")


def test_upgrades_are_found_by_name_below_the_schemas_version() -> None:
    upgrades = Upgraded().upgrades()
    assert sorted(upgrades) == [0, 2]
    assert upgrades[0]({}) == {"zero": 1}


def test_a_result_is_a_state_with_or_without_warnings() -> None:
    assert unwrap({"a": 1}) == ({"a": 1}, ())
    assert unwrap(None) == (None, ())
    assert unwrap(Outcome({"a": 1}, (warning("w"),))) == ({"a": 1}, (warning("w"),))


def test_the_least_provider_and_resource_do_nothing() -> None:
    assert list(Provider().validate({})) == list(Provider().configure({}, "1.11")) == []
    resource = Resource()
    assert list(resource.validate({})) == []
    assert resource.modify_plan({}, None, {"a": 1}) == {"a": 1}
    for operation in (resource.create, resource.read, resource.delete, resource.import_state):
        with pytest.raises(NotImplementedError):
            operation({})  # type: ignore[arg-type]
