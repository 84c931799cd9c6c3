from __future__ import annotations

import pytest

from sym.strategies import aws_sso
from sym.testing import FakeVendor, StrategyContract
from tests.fakes.services.identity_center import AccountAssignments, Memberships
from tests.shelf_settings import optional, required


def test_it_works_through_a_permission_context_on_one_instance() -> None:
    assert aws_sso.integration == "permission_context"
    assert required(aws_sso.Settings) == {"instance_arn"}
    assert optional(aws_sso.Settings) == set()


def test_permission_sets_and_groups_may_be_mixed() -> None:
    assert {kind: required(declared) for kind, declared in aws_sso.targets.items()} == {
        "aws_sso_permission_set": {"permission_set_arn", "account_id"},
        "aws_sso_group": {"group_id"},
    }


def test_several_accounts_and_several_groups_can_be_asked_for_at_once() -> None:
    assert aws_sso.multiple == {"account_id", "group_id"}


class TestPermissionSets(StrategyContract):
    strategy_type = "aws_sso"
    not_applicable = {"remove_target": "AWS keeps assignments of what is gone; moto knows no accounts"}

    @pytest.fixture
    def vendor(self) -> FakeVendor:
        return AccountAssignments()


class TestGroups(StrategyContract):
    strategy_type = "aws_sso"

    @pytest.fixture
    def vendor(self) -> FakeVendor:
        return Memberships()
