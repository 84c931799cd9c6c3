"""The SDK was used wrongly."""

from __future__ import annotations

from sym.sdk.exceptions.sym_exception import SymException


class SDKError(SymException):
    """The SDK was used wrongly."""

    def __init__(self, name: str, message: str, error_type: str = "SymSDK") -> None:
        super().__init__(error_type, name, message)


class MissingArgument(SDKError):
    """A function was called without an argument it needs.

    Args:
        arg: the argument.
        method: the function.
    """

    def __init__(self, arg: str, method: str) -> None:
        super().__init__("MISSING_ARGUMENT", f"{method} needs the argument {arg}; pass it.")
