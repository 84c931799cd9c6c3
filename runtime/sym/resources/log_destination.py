"""``sym_log_destination``."""

from __future__ import annotations

from typing import Any, ClassVar

from sym.sdk.schema import attribute, schema


@schema
class LogDestination:
    """A place the audit log is sent to. It is found by its type and the name of its stream."""

    collection: ClassVar[str] = "log-destinations"
    lookup: ClassVar[tuple[str, ...]] = ("type", "stream_name")
    version: ClassVar[int] = 0

    type: str = attribute("Kind of destination, such as `kinesis_firehose` or `http`.")
    integration_id: str | None = attribute(
        "Id of the integration to send with; `http`, `datadog`, `file` and `stdout` need none.",
        default=None,
        references="integration",
    )
    settings: dict[str, str] | None = attribute(
        "Settings of the destination; which ones there are depends on `type`.", default=None, empty_is_unset=True
    )


def slug_source(document: dict[str, Any]) -> str:
    """What a destination is called: its stream, address, bucket or path, else its type."""
    settings = document.get("settings") or {}
    named = (settings.get(name) for name in ("stream_name", "url", "bucket", "path"))
    return str(next(filter(None, named), None) or document.get("type") or "")
