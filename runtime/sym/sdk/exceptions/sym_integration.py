"""An integration failed."""

from __future__ import annotations

from sym.sdk.exceptions.sym_exception import SymException


class SymIntegrationError(SymException):
    """An integration failed. Unrelated to the class of the same name in :mod:`sym.sdk.errors`."""

    def __init__(self, name: str, message: str, error_type: str = "SymIntegration") -> None:
        super().__init__(error_type, name, message)
