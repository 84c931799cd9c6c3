"""Google refused or failed."""

from __future__ import annotations

from sym.sdk.exceptions.sym_exception import SymException


class GoogleError(SymException):
    """Google refused or failed."""

    def __init__(self, name: str, message: str, error_type: str = "Google") -> None:
        super().__init__(error_type, name, message)
