"""An HTTP request failed."""

from __future__ import annotations

from sym.sdk.exceptions.sym_exception import SymException


class HTTPError(SymException):
    """An HTTP request failed."""

    def __init__(self, name: str, message: str, error_type: str = "HTTP") -> None:
        super().__init__(error_type, name, message)
