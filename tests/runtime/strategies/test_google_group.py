from __future__ import annotations

from typing import Any

import pytest

from sym.engine.sandbox.sandbox import CallFailed
from sym.strategies import google_group
from sym.testing import FakeVendor, StrategyContract
from sym.testing.strategy_calls import StrategyCalls
from tests.fakes.services.failures import StrategyFailures
from tests.fakes.services.google import GROUP, Google
from tests.fakes.services.opened import Opened
from tests.shelf_settings import choices, optional, required

WHO = "requester@example.com"


def test_it_works_through_google_and_has_no_settings() -> None:
    assert google_group.integration == "google"
    assert required(google_group.Settings) | optional(google_group.Settings) == set()


def test_a_target_is_a_group_and_what_people_become_in_it() -> None:
    assert set(google_group.targets) == {"google_group"}
    assert required(google_group.targets["google_group"]) == {"group_email", "role"}
    assert choices(google_group.targets["google_group"], "role") == ("MEMBER", "MANAGER", "OWNER")
    assert google_group.multiple == set()


class TestMembers(StrategyContract, StrategyFailures):
    strategy_type = "google_group"

    @pytest.fixture
    def vendor(self) -> FakeVendor:
        return Google()

    def test_a_higher_role_that_was_given_meanwhile_is_not_taken_away(self, calls: StrategyCalls, vendor: Any) -> None:
        calls.grant()
        vendor.groups[GROUP][WHO] = "OWNER"
        with pytest.raises(CallFailed, match="OWNER") as raised:
            calls.end()
        assert raised.value.retryable
        vendor.groups[GROUP][WHO] = "MEMBER"
        calls.end()
        assert WHO not in vendor.groups[GROUP]


class TestOwners(StrategyContract):
    strategy_type = "google_group"

    @pytest.fixture
    def vendor(self) -> FakeVendor:
        return Google("OWNER")

    def test_who_was_a_member_is_one_again(self, calls: StrategyCalls, vendor: Any) -> None:
        vendor.groups[GROUP][WHO] = "MEMBER"
        calls.grant()
        assert vendor.groups[GROUP][WHO] == "OWNER"
        assert calls.shows()
        calls.end()
        calls.end()
        assert vendor.groups[GROUP][WHO] == "MEMBER"
        assert not calls.shows()

    def test_who_was_lowered_meanwhile_leaves_the_group(self, calls: StrategyCalls, vendor: Any) -> None:
        calls.grant()
        vendor.groups[GROUP][WHO] = "MANAGER"
        calls.end()
        assert WHO not in vendor.groups[GROUP]


@pytest.mark.parametrize(("role", "active"), [("MEMBER", ["ada@example.com", "grace@example.com"]),
                                              ("MANAGER", ["grace@example.com"]), ("OWNER", [])])  # fmt: skip
def test_who_has_the_role_or_a_higher_one_has_the_access(role: str, active: list[str]) -> None:
    vendor = Google()
    vendor.groups[GROUP] = {"ada@example.com": "MEMBER", "grace@example.com": "MANAGER", "inner@example.com": "OWNER"}
    strategy = google_group.Strategy(None)  # type: ignore[arg-type]
    strategy.connection = Opened("google", vendor).connection
    assert list(strategy.list_active({"group_email": GROUP, "role": role})) == active
    vendor.close()
