"""AWS Lambda: call functions."""
# ruff: noqa: PLC0414 - the aliases mark what this module re-exports

from __future__ import annotations

from typing import Any

from sym.sdk._stubs import stubbed
from sym.sdk.event import Event
from sym.sdk.exceptions.aws import AWSLambdaError as AWSLambdaError
from sym.sdk.integrations import _call


@stubbed
def invoke(arn: str, payload: Event | dict[str, Any] | None = None) -> Any:
    """Call the function and return what it returns, read from JSON.

    Args:
        arn: the function.
        payload: what it is passed; an event is passed in the shape of the audit log.

    Raises:
        AWSLambdaError: the call or the function failed.
    """
    return _call.ask("aws_lambda", "invoke", arn=arn, payload=payload)


@stubbed
def invoke_async(arn: str, payload: Event | dict[str, Any] | None = None) -> bool:
    """Have the function called, without waiting for it; otherwise as ``invoke``. Returns whether AWS accepted that."""
    return bool(_call.ask("aws_lambda", "invoke_async", arn=arn, payload=payload))
