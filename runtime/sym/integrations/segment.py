"""``type = "segment"``: a Segment workspace, to send the audit log to.

The write key is that of a source of the type *HTTP API*; it can write to that source, and nothing else.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, ClassVar

from sym.sdk._integration import Integration
from sym.sdk.connection import ConnectionHost, Http, Service
from sym.sdk.log_destination import LogDestinationError
from sym.sdk.schema import attribute, schema

external_id = "The name of the Segment workspace."
URL = "https://api.segment.io"


@schema
class Settings:
    """Settings of a Segment integration: the write key of a source, by either name."""

    one_of: ClassVar[tuple[tuple[str, ...], ...]] = (("write_key_secret", "api_token_secret"),)

    write_key_secret: str | None = attribute(
        "Id of the `sym_secret` with the write key of a source.", default=None, references="secret"
    )
    api_token_secret: str | None = attribute(
        "The name older documentation used for `write_key_secret`.", default=None, references="secret"
    )


def connect(host: ConnectionHost, integration: Integration) -> Connection:
    """The source whose write key ``integration`` names."""
    key: Any = integration.settings.get("write_key_secret") or integration.settings["api_token_secret"]

    def headers() -> Mapping[str, str]:
        credentials = base64.b64encode(f"{host.secret(str(key.id))}:".encode()).decode()
        return {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}

    return Connection(host.http(Service(name="Segment", base_url=URL, error=LogDestinationError, headers=headers)))


class Connection:
    """One source. Every method raises LogDestinationError."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def find_identity(self, email: str) -> str | None:  # noqa: ARG002
        """Nobody has an account here."""
        return None

    def batch(self, body: str) -> None:
        """Send several calls: ``body`` is the JSON that the batch method of Segment's HTTP API takes."""
        self._http.send("POST", "/v1/batch", data=body.encode())
