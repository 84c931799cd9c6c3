"""The SDK was used wrongly."""

from __future__ import annotations

from sym.sdk.exceptions.sym_exception import SymException


class SDKError(SymException):
    """The SDK was used wrongly."""

    def __init__(self, name: str, message: str, error_type: str = "SymSDK") -> None:
        super().__init__(error_type, name, message)


class NoHost(SDKError):
    """Nothing runs this code: it was called outside of a flow, where there is nobody to ask.

    Args:
        asked: the function that was called.
    """

    def __init__(self, asked: str) -> None:
        super().__init__(
            "NO_HOST",
            f"{asked} works only while a flow runs it. To try a flow by itself, run it with the test harness, "
            "sym.testing; with SYM_SDK_STUBS=1 in the environment, functions like this one return nothing.",
        )


class MissingArgument(SDKError):
    """A function was called without an argument it needs.

    Args:
        arg: the argument.
        method: the function.
    """

    def __init__(self, arg: str, method: str) -> None:
        super().__init__("MISSING_ARGUMENT", f"{method} needs the argument {arg}; pass it.")
