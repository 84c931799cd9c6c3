"""The strategy holds to what every strategy must."""

import importlib.util
from pathlib import Path

import pytest

from sym.testing import StrategyContract

spec = importlib.util.spec_from_file_location("directory", Path(__file__).with_name("directory.py"))
directory = importlib.util.module_from_spec(spec)
spec.loader.exec_module(directory)


class TestDirectory(StrategyContract):
    """Every test of the contract, against the faked directory."""

    strategy = "strategy.py"

    @pytest.fixture
    def vendor(self):
        return directory.Directory()
