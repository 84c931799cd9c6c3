"""For authors of flows: run a flow's code through the real life cycle, on this machine, without any account.

``FlowTest`` runs an implementation, ``StrategyContract`` tests a strategy, ``plugin`` has the fixtures for pytest. What
is exported here is loaded when it is asked for: the plugin is imported by every pytest run, whoever's it is.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sym.testing.fakes import UnexpectedCall
    from sym.testing.flow_test import FlowTest
    from sym.testing.people import Person
    from sym.testing.requests import Request
    from sym.testing.strategy_contract import FakeVendor, StrategyContract

__all__ = ["FakeVendor", "FlowTest", "Person", "Request", "StrategyContract", "UnexpectedCall"]

_PLACES = {
    "FakeVendor": "strategy_contract",
    "FlowTest": "flow_test",
    "Person": "people",
    "Request": "requests",
    "StrategyContract": "strategy_contract",
    "UnexpectedCall": "fakes",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(importlib.import_module(f"sym.testing.{_PLACES[name]}"), name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "sym":
            raise
        message = f"{error.name} is missing. Install what the test harness needs: pip install 'symflow[testing]'"
        raise ModuleNotFoundError(message, name=error.name) from error
