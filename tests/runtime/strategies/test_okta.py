from __future__ import annotations

from collections.abc import Iterator

import pytest

from sym.strategies import okta
from sym.testing import FakeVendor, StrategyContract
from tests.fakes.services.failures import StrategyFailures
from tests.fakes.services.okta import Okta
from tests.shelf_settings import optional, required


def test_it_works_through_okta_and_has_no_settings() -> None:
    assert okta.integration == "okta"
    assert required(okta.Settings) | optional(okta.Settings) == set()


def test_a_target_is_named_by_its_group_id() -> None:
    assert set(okta.targets) == {"okta_group"}
    assert required(okta.targets["okta_group"]) == {"group_id"}
    assert optional(okta.targets["okta_group"]) == set()
    assert okta.multiple == {"group_id"}


class TestOkta(StrategyContract, StrategyFailures):
    strategy_type = "okta"

    @pytest.fixture
    def vendor(self) -> Iterator[FakeVendor]:
        return Okta()
