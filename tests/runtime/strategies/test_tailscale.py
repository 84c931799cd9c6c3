from __future__ import annotations

from typing import Any

import pytest

from sym.engine.sandbox.sandbox import CallFailed
from sym.strategies import tailscale
from sym.testing import FakeVendor, StrategyContract
from sym.testing.flow_test import FlowTest
from sym.testing.strategy_calls import StrategyCalls
from tests.fakes.services.failures import StrategyFailures
from tests.fakes.services.opened import Opened
from tests.fakes.services.tailscale import POLICY, Tailscale
from tests.shelf_settings import optional, required


def test_it_works_through_tailscale_and_has_no_settings() -> None:
    assert tailscale.integration == "tailscale"
    assert required(tailscale.Settings) | optional(tailscale.Settings) == set()


def test_a_target_is_named_by_its_group_name() -> None:
    assert set(tailscale.targets) == {"tailscale_group"}
    assert required(tailscale.targets["tailscale_group"]) == {"group_name"}
    assert optional(tailscale.targets["tailscale_group"]) == set()
    assert tailscale.multiple == set()


class TestGroups(StrategyContract, StrategyFailures):
    strategy_type = "tailscale"
    not_applicable = {"lag_next": "the policy file is read as it was last written"}

    @pytest.fixture
    def vendor(self) -> FakeVendor:
        return Tailscale()

    def test_somebody_the_service_does_not_know_is_told_so(self, staged: FlowTest, vendor: Any) -> None:
        """A policy file takes any address: Tailscale tells of who may not be let in by the file's own tests."""
        staged.user("mallory@example.com")
        request = staged.request(by="mallory@example.com", target=vendor.target, duration="1h")
        request.approve(by="approver@example.com")
        assert "test(s) failed; address" in repr(request), request
        assert vendor.members() == []

    def test_the_rest_of_the_policy_file_stays_as_it_is(self, calls: StrategyCalls, vendor: Any) -> None:
        calls.grant()
        assert vendor.policy == POLICY.replace("[],", '["requester@example.com"],')
        calls.end()
        assert vendor.policy == POLICY

    def test_a_group_that_is_not_there_is_told(self, calls: StrategyCalls, vendor: Any) -> None:
        vendor.remove_target("")
        with pytest.raises(CallFailed, match=r"no group:prod\. Add it") as raised:
            calls.grant()
        assert not raised.value.retryable


def test_who_is_in_the_group_has_the_access() -> None:
    vendor = Tailscale()
    strategy = tailscale.Strategy(None)  # type: ignore[arg-type]
    strategy.connection = Opened("tailscale", vendor).connection
    assert list(strategy.list_active({"group_name": "eng"})) == ["ada@example.com", "grace@example.com"]
    assert list(strategy.list_active({"group_name": "group:prod"})) == []
    assert list(strategy.list_active({"group_name": "other"})) == []
    vendor.close()
