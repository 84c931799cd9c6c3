from __future__ import annotations

import pytest

from sym.strategies import aws_iam
from sym.testing import FakeVendor, StrategyContract
from tests.fakes.services.iam import IamGroups
from tests.shelf_settings import optional, required


def test_it_works_through_permission_context_and_needs_no_settings() -> None:
    assert aws_iam.integration == "permission_context"
    assert required(aws_iam.Settings) == set()
    assert optional(aws_iam.Settings) == {"end_sessions"}


def test_a_target_is_named_by_its_iam_group() -> None:
    assert set(aws_iam.targets) == {"aws_iam_group"}
    assert required(aws_iam.targets["aws_iam_group"]) == {"iam_group"}
    assert optional(aws_iam.targets["aws_iam_group"]) == set()
    assert aws_iam.multiple == {"iam_group"}


class TestIamGroups(StrategyContract):
    strategy_type = "aws_iam"

    @pytest.fixture
    def vendor(self) -> FakeVendor:
        return IamGroups()
