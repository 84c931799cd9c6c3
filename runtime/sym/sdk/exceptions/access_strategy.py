"""An access strategy failed, or was used wrongly."""

from __future__ import annotations

from sym.sdk.exceptions.sym_exception import SymException


class AccessStrategyError(SymException):
    """An access strategy failed, or was used wrongly."""

    def __init__(self, name: str, message: str, error_type: str = "AccessStrategy") -> None:
        super().__init__(error_type, name, message)
