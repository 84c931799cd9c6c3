"""``type = "datadog"``: Datadog's log intake, without anything of AWS between.

What the settings were called elsewhere is not known: these names are this project's own. Without ``api_key_secret``
nothing can be sent. Each entry is a log whose ``message`` is the entry as JSON, which Datadog takes apart; its source
is ``sym``. A log may come twice, after a failure: its ``id`` tells.

The key is an API key of the organization; an application key is not needed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sym.sdk.connection import Service
from sym.sdk.log_destination import Declared, LogDestinationError, LogEntry, fitting, personal_values, portions
from sym.sdk.schema import attribute, schema

integration: str | None = None
integration_optional = True
MOST_LOGS = 1000
MOST_BYTES = 5 * 1000 * 1000 - 1000
MOST_BYTES_OF_LOG = 1000 * 1000
SITE = "datadoghq.com"


@schema
class Settings:
    """Settings of a Datadog log destination."""

    api_key_secret: str | None = attribute(
        "Id of the `sym_secret` with a Datadog API key.", default=None, references="secret"
    )
    site: str | None = attribute("The Datadog site, such as `datadoghq.eu`.", default=None)
    service: str | None = attribute("The service that entries are filed under.", default=None)
    tags: str | None = attribute("Tags for every entry, such as `env:prod,team:security`.", default=None)
    personal_values: str | None = personal_values()


class Destination:
    """One organization of Datadog."""

    def __init__(self, declared: Declared) -> None:
        key, settings = declared.required("api_key_secret"), declared.settings
        self._log = {"ddsource": "sym", "service": settings.get("service") or "sym"}
        if settings.get("tags"):
            self._log["ddtags"] = settings["tags"]

        def headers() -> Mapping[str, str]:
            return {"DD-API-KEY": declared.host.secret(key), "Content-Type": "application/json"}

        self._http = declared.host.http(Service(
            name="Datadog", base_url=f"https://http-intake.logs.{settings.get('site') or SITE}",
            error=LogDestinationError, headers=headers,
        ))  # fmt: skip

    def send(self, entries: Sequence[LogEntry], now: datetime) -> None:  # noqa: ARG002
        """See ``sym.sdk.log_destination.Destination``."""
        logs = [fitting(entry, MOST_BYTES_OF_LOG, self._write) for entry in entries]
        for part in portions(logs, most=MOST_LOGS, most_bytes=MOST_BYTES):
            body = "[" + ",".join(logs[at] for at in part) + "]"
            try:
                self._http.send("POST", "/api/v2/logs", data=body.encode())
            except LogDestinationError as error:
                error.delivered = part.start
                raise

    def _write(self, entry: LogEntry) -> str:
        log = {**self._log, "timestamp": entry.recorded_at.isoformat(), "message": entry.json()}
        return json.dumps(log, separators=(",", ":"), ensure_ascii=False)
