"""``sym_error_logger``."""

from __future__ import annotations

from typing import ClassVar

from sym.sdk.schema import attribute, schema


@schema
class ErrorLogger:
    """A Slack channel that hears of errors of flows, strategies and deliveries."""

    collection: ClassVar[str] = "error-loggers"
    lookup: ClassVar[tuple[str, ...]] = ("destination",)
    version: ClassVar[int] = 0

    integration_id: str = attribute("Id of the `slack` integration to write with.", references="integration")
    destination: str = attribute("Channel to write to, such as `#sym-errors`.")
