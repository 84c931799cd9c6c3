"""``type = "segment"``: a source of a Segment workspace; each entry of the audit log is a track call.

The event is called as the entry is (``run.approved``), its properties are the entry, ``messageId`` is the entry's id,
by which Segment leaves out what comes twice, and ``userId`` the id of whoever acted; where nobody with an account did,
there is the ``anonymousId`` ``system``. Segment takes 32 KB an event: of one that is longer the fields are left out.

Segment answers a wrong write key as it does the right one: look at the source's debugger once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sym.sdk.log_destination import Declared, LogDestinationError, LogEntry, fitting, personal_values, portions
from sym.sdk.schema import attribute, schema

integration = "segment"
MOST_EVENTS = 500
MOST_BYTES = 480 * 1000
MOST_BYTES_OF_EVENT = 32 * 1000


@schema
class Settings:
    """Settings of a Segment log destination."""

    stream_name: str | None = attribute("Any text that tells this destination from others.", default=None)
    personal_values: str | None = personal_values()


class Destination:
    """One source."""

    def __init__(self, declared: Declared) -> None:
        self._source = declared.connection

    def send(self, entries: Sequence[LogEntry], now: datetime) -> None:
        """See ``sym.sdk.log_destination.Destination``."""
        calls = [fitting(entry, MOST_BYTES_OF_EVENT, _call) for entry in entries]
        for part in portions(calls, most=MOST_EVENTS, most_bytes=MOST_BYTES):
            batch = ",".join(calls[at] for at in part)
            try:
                self._source.batch(f'{{"batch":[{batch}],"sentAt":"{now.isoformat()}"}}')
            except LogDestinationError as error:
                error.delivered = part.start
                raise


def _call(entry: LogEntry) -> str:
    call = {
        "type": "track",
        "event": entry.name,
        "messageId": entry.id,
        **_who(entry),
        "timestamp": entry.recorded_at.isoformat(),
        "properties": dict(entry.document),
        "context": {"library": {"name": "sym"}},
    }
    return json.dumps(call, separators=(",", ":"), ensure_ascii=False)


def _who(entry: LogEntry) -> dict[str, str]:
    """Whoever acted, by the id in the SRN ``org:user:type:id:latest``."""
    actor = entry.document.get("actor")
    parts = str((actor or {}).get("user") or "").split(":") if isinstance(actor, dict) else []
    return {"userId": parts[3]} if len(parts) > 3 else {"anonymousId": "system"}
