"""The root of the errors with a code."""

from __future__ import annotations

from typing import Any


class SymException(Exception):
    """Something failed in a way authors can tell apart by ``error_code``.

    ``retryable`` says whether trying again may help; None: that is told from what happened. Set it on a class or on one
    error.

    Args:
        error_type: the family of the error, such as ``Slack``.
        name: the error within its family, such as ``NOT_IN_CHANNEL``.
        message: what went wrong and what to do next; shown to people.
    """

    retryable: bool | None = None

    def __init__(self, error_type: str, name: str, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.error_code = f"{error_type}:{name}"

    def __str__(self) -> str:
        return self.message

    def to_dict(self) -> dict[str, Any]:
        """Return ``{"error": True, "message": str, "code": "type:name"}``."""
        return {"error": True, "message": self.message, "code": self.error_code}


class ExceptionWithHint(SymException):
    """Mix-in for errors that can tell what to do next: override ``hint``. Catch the error itself, not this class."""

    @property
    def hint(self) -> str | None:
        """What to do next; ``None`` shows the message alone."""
        return None

    def __str__(self) -> str:
        return f"{self.message}\n\n*Hint:* {self.hint}" if self.hint else self.message
