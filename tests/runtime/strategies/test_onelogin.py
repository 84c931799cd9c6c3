from __future__ import annotations

from typing import Any

import pytest

from sym.engine.sandbox.sandbox import CallFailed
from sym.strategies import onelogin
from sym.testing import FakeVendor, StrategyContract
from sym.testing.strategy_calls import StrategyCalls
from tests.fakes.services.failures import StrategyFailures
from tests.fakes.services.onelogin import ROLE, OneLogin
from tests.fakes.services.opened import Opened
from tests.shelf_settings import choices, optional, required


def test_it_works_through_onelogin_and_has_no_settings() -> None:
    assert onelogin.integration == "onelogin"
    assert required(onelogin.Settings) | optional(onelogin.Settings) == set()


def test_a_target_is_a_role_and_what_people_become_in_it() -> None:
    assert set(onelogin.targets) == {"onelogin_role"}
    assert required(onelogin.targets["onelogin_role"]) == {"role_id", "privilege_level"}
    assert choices(onelogin.targets["onelogin_role"], "privilege_level") == ("member", "admin")
    assert onelogin.multiple == set()


class TestMembers(StrategyContract, StrategyFailures):
    strategy_type = "onelogin"

    @pytest.fixture
    def vendor(self) -> FakeVendor:
        return OneLogin()

    def test_admins_are_left_alone(self, calls: StrategyCalls, vendor: Any) -> None:
        vendor.lists["admins"][ROLE] = [11, 12]
        calls.grant()
        assert vendor.lists["users"][ROLE] == [11]
        calls.end()
        assert vendor.lists == {"users": {ROLE: [], 372: [], 373: []}, "admins": {ROLE: [11, 12], 372: [], 373: []}}

    def test_a_user_who_was_deleted_meanwhile_cannot_be_granted_and_can_be_ended(
        self, calls: StrategyCalls, vendor: Any
    ) -> None:
        vendor.lose("requester@example.com")
        with pytest.raises(CallFailed, match="a user could not be found") as raised:
            calls.grant()
        assert not raised.value.retryable
        calls.end()


class TestAdmins(StrategyContract):
    strategy_type = "onelogin"

    @pytest.fixture
    def vendor(self) -> FakeVendor:
        return OneLogin("admin")


@pytest.mark.parametrize(("level", "active"), [("member", ["11", "12", "13"]), ("admin", ["13"])])
def test_who_is_in_the_list_has_the_access(level: str, active: list[str]) -> None:
    vendor = OneLogin()
    vendor.lists["users"][ROLE], vendor.lists["admins"][ROLE] = [11, 12, 13], [13]
    strategy = onelogin.Strategy(None)  # type: ignore[arg-type]
    strategy.connection = Opened("onelogin", vendor).connection
    assert list(strategy.list_active({"role_id": str(ROLE), "privilege_level": level})) == active
    vendor.close()
