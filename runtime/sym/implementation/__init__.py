"""Reads the code authors write for flows, strategies and forms, without running it.

Used wherever code is shown before it runs: at ``terraform plan``, by ``symflow lint``, by tests, and before each call.
"""

from __future__ import annotations

from sym.implementation.flow_code import Handler, Implementation, read_flows_filter, read_implementation
from sym.implementation.on_change_code import OnChangeCode, on_change_name, read_on_change
from sym.implementation.problems import Problem
from sym.implementation.restrictions import read_restrictions
from sym.implementation.source_kind import SOURCE_KINDS, SourceKind, guess_kind, read_problems
from sym.implementation.source_tree import BYTE_ORDER_MARK
from sym.implementation.strategy_code import OPTIONAL_METHODS, StrategyCode, read_strategy_code

__all__ = [
    "BYTE_ORDER_MARK",
    "OPTIONAL_METHODS",
    "SOURCE_KINDS",
    "Handler",
    "Implementation",
    "OnChangeCode",
    "Problem",
    "SourceKind",
    "StrategyCode",
    "guess_kind",
    "on_change_name",
    "read_flows_filter",
    "read_implementation",
    "read_on_change",
    "read_problems",
    "read_restrictions",
    "read_strategy_code",
]
