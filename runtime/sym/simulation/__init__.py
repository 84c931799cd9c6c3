"""Runs a request through a flow on this machine, with nothing outside of it being done: the real life cycle, a store
that is thrown away, services that answer from a file, and a strategy that only keeps who would have been given what.
"""

from __future__ import annotations

from sym.simulation.declared import DeclaredFlow, read_flow
from sym.simulation.simulated import Act, Scenario, Simulated, simulate

__all__ = ["Act", "DeclaredFlow", "Scenario", "Simulated", "read_flow", "simulate"]
