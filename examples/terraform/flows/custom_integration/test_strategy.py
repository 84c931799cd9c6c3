"""The strategy holds to what every strategy must."""

import importlib.util
from pathlib import Path

import pytest

from sym.testing import StrategyContract

spec = importlib.util.spec_from_file_location("analytics", Path(__file__).with_name("analytics.py"))
analytics = importlib.util.module_from_spec(spec)
spec.loader.exec_module(analytics)


class TestAnalytics(StrategyContract):
    """Every test of the contract, against the faked service."""

    strategy = "strategy.py"

    @pytest.fixture
    def vendor(self):
        return analytics.Analytics()
