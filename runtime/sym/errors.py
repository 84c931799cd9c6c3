"""Errors inside the product. A subclass answers "what should the caller do?"; each edge translates once: to a
Terraform diagnostic, an HTTP answer, a line on the terminal.

The docstring of a class is its default message; ``hint`` says what to do next; ``path`` names the attribute or field
that is meant, where there is one.
"""

from __future__ import annotations

import inspect


class SymError(Exception):
    """Something went wrong."""

    def __init__(self, message: str = "", *, hint: str = "", path: str = "", code: str = "") -> None:
        self.message = message or inspect.cleandoc(type(self).__doc__ or "").split("\n", 1)[0]
        self.hint = hint
        self.path = path
        self.code = code
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class Invalid(SymError):
    """The input is wrong: correct it and try again."""


class NotFound(SymError):
    """There is no such thing."""


class Conflict(SymError):
    """It clashes with what is there already."""


class InUse(Conflict):
    """Something else still needs it."""


class Refused(SymError):
    """You may not do this."""


class Unauthenticated(SymError):
    """The token is missing, invalid, expired or revoked."""


class Retryable(SymError):
    """It failed for now: try again later."""


class Unavailable(SymError):
    """The store or another part cannot be reached or is not ready."""


class Recovering(Unavailable):
    """Nothing is granted: the store is older than grants that were made, and waits for `symflow recover`."""


class Unrecorded(Unavailable):
    """The audit log cannot be written, so what should have been recorded does not happen."""


class NotServed(SymError):
    """This type is known but not served yet."""


class AuthorCodeFailed(SymError):
    """Code of a flow or strategy raised an error, ran too long or used too much memory.

    ``source`` is the file (``impl.py``), ``line`` its line or 0 if unknown, ``handler`` the function that ran,
    ``retryable`` whether running it again may help.
    """

    def __init__(self, message: str, *, handler: str, source: str = "", line: int = 0, hint: str = "",
                 retryable: bool = False) -> None:  # fmt: skip
        super().__init__(message, hint=hint, code="Handler:FAILED")
        self.handler = handler
        self.source = source
        self.line = line
        self.retryable = retryable
