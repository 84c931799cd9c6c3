from __future__ import annotations

from typing import Any

import pytest

from sym.strategies import aptible
from sym.testing import FakeVendor, StrategyContract
from sym.testing.strategy_calls import StrategyCalls
from tests.fakes.services.aptible import ROLE, Aptible
from tests.fakes.services.failures import StrategyFailures
from tests.fakes.services.opened import Opened
from tests.shelf_settings import optional, required


def test_it_works_through_aptible_and_has_no_settings() -> None:
    assert aptible.integration == "aptible"
    assert required(aptible.Settings) | optional(aptible.Settings) == set()


def test_a_target_is_named_by_its_role_id() -> None:
    assert set(aptible.targets) == {"aptible_role"}
    assert required(aptible.targets["aptible_role"]) == {"role_id"}
    assert optional(aptible.targets["aptible_role"]) == set()
    assert aptible.multiple == set()


class TestRoles(StrategyContract, StrategyFailures):
    strategy_type = "aptible"

    @pytest.fixture
    def vendor(self) -> FakeVendor:
        return Aptible()

    def test_other_roles_are_left_alone(self, calls: StrategyCalls, vendor: Any) -> None:
        calls.grant()
        calls.end()
        assert vendor.roles["other"] == {"m-0": "u-requester"}


def test_who_has_the_role_has_the_access() -> None:
    vendor = Aptible()
    vendor.roles[ROLE] = {"m-1": "u-ada", "m-2": "u-approver", "m-3": "u-requester"}
    strategy = aptible.Strategy(None)  # type: ignore[arg-type]
    strategy.connection = Opened("aptible", vendor).connection
    assert list(strategy.list_active({"role_id": ROLE})) == ["u-ada", "u-approver", "u-requester"]
    vendor.close()
