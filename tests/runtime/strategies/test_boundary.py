from __future__ import annotations

from typing import Any

import pytest

from sym.engine.sandbox.sandbox import CallFailed
from sym.strategies import boundary
from sym.testing import FakeVendor, StrategyContract
from sym.testing.strategy_calls import StrategyCalls
from tests.fakes.services.boundary import GROUP, Boundary
from tests.fakes.services.failures import StrategyFailures
from tests.fakes.services.opened import Opened
from tests.shelf_settings import optional, required


def test_it_works_through_boundary_and_has_no_settings() -> None:
    assert boundary.integration == "boundary"
    assert required(boundary.Settings) | optional(boundary.Settings) == set()


def test_a_target_is_named_by_its_group_id() -> None:
    assert set(boundary.targets) == {"boundary_group"}
    assert required(boundary.targets["boundary_group"]) == {"group_id"}
    assert optional(boundary.targets["boundary_group"]) == set()
    assert boundary.multiple == set()


class TestGroups(StrategyContract, StrategyFailures):
    strategy_type = "boundary"

    @pytest.fixture
    def vendor(self) -> FakeVendor:
        return Boundary()

    def test_other_members_are_left_alone(self, calls: StrategyCalls, vendor: Any) -> None:
        vendor.groups[GROUP]["member_ids"] = ["u_ada"]
        calls.grant()
        assert vendor.groups[GROUP]["member_ids"] == ["u_ada", "u_requester"]
        calls.end()
        assert vendor.groups[GROUP]["member_ids"] == ["u_ada"]

    def test_a_user_who_was_deleted_meanwhile_cannot_be_granted(self, calls: StrategyCalls, vendor: Any) -> None:
        vendor.lose("requester@example.com")
        with pytest.raises(CallFailed, match="Member does not exist") as raised:
            calls.grant()
        assert not raised.value.retryable
        calls.end()


def test_who_is_in_the_group_has_the_access() -> None:
    vendor = Boundary()
    vendor.groups[GROUP]["member_ids"] = ["u_ada", "u_approver"]
    strategy = boundary.Strategy(None)  # type: ignore[arg-type]
    strategy.connection = Opened("boundary", vendor).connection
    assert list(strategy.list_active({"group_id": GROUP})) == ["u_ada", "u_approver"]
    assert list(strategy.list_active({"group_id": "g_2"})) == []
    vendor.close()
