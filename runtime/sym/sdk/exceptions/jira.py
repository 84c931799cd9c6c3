"""Jira refused or failed."""

from __future__ import annotations

from sym.sdk.exceptions.sym_exception import SymException


class JiraError(SymException):
    """Jira refused or failed."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__("Jira", name, message)
