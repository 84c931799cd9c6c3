"""GitHub refused or failed."""

from __future__ import annotations

from sym.sdk.exceptions.sym_exception import SymException


class GitHubError(SymException):
    """GitHub refused or failed."""

    def __init__(self, name: str, message: str, error_type: str = "GitHub") -> None:
        super().__init__(error_type, name, message)
