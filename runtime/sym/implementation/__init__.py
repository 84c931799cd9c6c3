"""Reads the code authors write for flows, strategies and forms, without running it.

Used wherever code is shown before it runs: at ``terraform plan``, by ``symflow lint``, by tests, and before each call.
"""

from __future__ import annotations

from sym.implementation.flow_code import Handler, Implementation, read_flows_filter, read_implementation
from sym.implementation.on_change_code import OnChangeCode, on_change_name, read_on_change
from sym.implementation.problems import Problem
from sym.implementation.restrictions import read_restrictions
from sym.implementation.strategy_code import OPTIONAL_METHODS, StrategyCode, read_strategy_code

__all__ = [
    "OPTIONAL_METHODS",
    "Handler",
    "Implementation",
    "OnChangeCode",
    "Problem",
    "StrategyCode",
    "on_change_name",
    "read_flows_filter",
    "read_implementation",
    "read_on_change",
    "read_restrictions",
    "read_strategy_code",
]
