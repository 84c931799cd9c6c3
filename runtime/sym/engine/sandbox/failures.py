"""From an exception in authors' code to a document, and from there to the error the worker raises."""

from __future__ import annotations

import traceback
from typing import Any

from sym.engine.sandbox.call import Call, CallFailed
from sym.sdk.errors import SymSDKError
from sym.sdk.exceptions.access_strategy import AlreadyGone
from sym.sdk.exceptions.sym_exception import ExceptionWithHint, SymException

_LONGEST_TEXT = 4000
_DEEPEST_CAUSE = 5
_PASSING_STATUSES = frozenset({408, 425, 429})
"""HTTP statuses below 500 that say "not now"."""


class Unusable(Exception):
    """The code does not define, or does not return, what it must. ``line`` is 0 if none is meant."""

    def __init__(self, message: str, *, line: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.hint = hint


def describe(error: BaseException, filename: str) -> dict[str, Any]:
    """The failure as a document: ``message``, ``line`` of the author's file (0: none), ``hint``, ``code``, whether it
    was for want of ``memory``, whether trying again may help (``retryable``), and whether a strategy says that the
    access is ``gone`` already."""
    document: dict[str, Any] = {"line": line_of(error, filename), "hint": "", "code": ""}
    document["memory"] = isinstance(error, MemoryError)
    document |= {"retryable": is_retryable(error), "gone": isinstance(error, AlreadyGone)}
    document["message"] = _shorten(f"{type(error).__name__}: {_text(error)}".rstrip(": "))
    if isinstance(error, SymException):
        document |= {"message": _shorten(error.message), "code": error.error_code}
        document["hint"] = _hint(error) if isinstance(error, ExceptionWithHint) else ""
    elif isinstance(error, SymSDKError):
        # Its text() with hint and link is for people to read at once; here they are apart.
        document |= {"message": _shorten(error.message), "hint": _shorten(error.hint or "")}
    elif isinstance(error, Unusable):
        document |= {"message": _text(error), "line": error.line or document["line"], "hint": error.hint}
    return document


def is_retryable(error: BaseException) -> bool:
    """Whether trying again may help: what the error says of itself, else what its kind or its HTTP status, or those of
    the error it was raised from, tell."""
    try:
        return _may_pass(error, _DEEPEST_CAUSE)
    except Exception:  # noqa: BLE001 - attributes of the author's own errors may do anything
        return False


def _may_pass(error: BaseException, depth: int) -> bool:
    said = getattr(error, "retryable", None)
    if isinstance(said, bool):
        return said
    status = _status(error)
    if status in _PASSING_STATUSES or 500 <= status < 600:
        return True
    # By name, too: those of HTTP libraries derive from OSError alone.
    if {kind.__name__ for kind in type(error).__mro__} & {"TimeoutError", "Timeout", "ConnectionError"}:
        return True
    causes = (error.__cause__, getattr(error, "reason", None))
    return depth > 0 and any(_may_pass(cause, depth - 1) for cause in causes if isinstance(cause, BaseException))


def _status(error: BaseException) -> int:
    """The HTTP status an error carries, urllib's as ``code``, others' as ``status_code`` or in their ``response``; 0 if
    it carries none."""
    for owner in (error, getattr(error, "response", None)):
        for name in ("status_code", "status", "code"):
            found = getattr(owner, name, None)
            if isinstance(found, int) and not isinstance(found, bool):
                return found
    return 0


def line_of(error: BaseException, filename: str) -> int:
    """The line of the author's file that was running, as deep as the call went in that file; 0 if it never did."""
    if isinstance(error, SyntaxError) and error.filename == filename:
        return error.lineno or 0
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == filename]
    return lines[-1] if lines else 0


def failed(call: Call, message: str, *, line: int = 0, hint: str = "", retryable: bool = False) -> CallFailed:
    """The error for a call that ended without a result."""
    return CallFailed(message, handler=call.function, source=call.source, line=line, hint=hint,
                      retryable=retryable)  # fmt: skip


def from_document(call: Call, document: dict[str, Any], memory: str) -> CallFailed:
    """The error a child described. ``memory`` is the message for want of memory. Raises KeyError or TypeError if the
    document is none of :func:`describe`'s: the author's code can write to the line as well."""
    line, hint, code = int(document["line"]), str(document["hint"]), str(document["code"])
    message = memory if document["memory"] else str(document["message"])
    error = failed(call, message, line=line, hint=hint, retryable=document["retryable"] is True)
    error.code = code or error.code
    error.is_gone = document["gone"] is True
    return error


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - the author's own __str__ may do anything
        return "(its text cannot be shown)"


def _hint(error: ExceptionWithHint) -> str:
    try:
        return _shorten(str(error.hint or ""))
    except Exception:  # noqa: BLE001 - overridden by authors
        return ""


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"
