"""An access strategy failed, or was used wrongly."""

from __future__ import annotations

from sym.sdk.exceptions.sym_exception import SymException


class AccessStrategyError(SymException):
    """An access strategy failed, or was used wrongly."""

    def __init__(self, name: str, message: str, error_type: str = "AccessStrategy") -> None:
        super().__init__(error_type, name, message)


class AlreadyGone(AccessStrategyError):
    """There is no such access any more. Raise it from ``deescalate`` when the service says "not found" about exactly
    that: it counts as removed. Of anything else that is not found, raise another error, or access may be left behind.

    Args:
        message: what was not there.
    """

    def __init__(self, message: str = "The access is gone already.") -> None:
        super().__init__("ALREADY_GONE", message)


class TryAgain(AccessStrategyError):
    """The service failed for now (throttled, unreachable, in the middle of something): the call is made again.

    Args:
        message: what happened.
    """

    retryable = True

    def __init__(self, message: str) -> None:
        super().__init__("TRY_AGAIN", message)
