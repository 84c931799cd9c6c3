"""``type = "segment"``: a source of a Segment workspace; each entry of the audit log is a track call."""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

integration = "segment"


@schema
class Settings:
    """Settings of a Segment log destination."""

    stream_name: str | None = attribute("Any text that tells this destination from others.", default=None)
