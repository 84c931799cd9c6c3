"""How access is granted and taken away."""

from __future__ import annotations

from sym.sdk.strategies.access_strategy import AccessStrategy
from sym.sdk.strategies.integration import Integration
from sym.sdk.strategies.operation import Operation

__all__ = ["AccessStrategy", "Integration", "Operation"]
