"""Log destinations before doubles of their services: opened as the worker opens them, and sent real-looking entries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sym import plugins
from sym.engine.connections.http import Transport
from sym.engine.connections.opening import Connections
from sym.sdk.log_destination import Declared, Destination, LogEntry

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
RUNS = ("11111111-0000-4000-8000-000000000001", "22222222-0000-4000-8000-000000000002")
USER = "acme:user:normal:0b5f2a9e-0000-4000-8000-000000000001:latest"


def entries(count: int = 6, *, first: int = 1, seal: int = 7, runs: int = 2, **fields: Any) -> list[LogEntry]:
    """Entries of runs that take turns; their ids end in their number."""
    made = []
    for number in range(first, first + count):
        entry_id, moment = f"aaaaaaaa-0000-4000-8000-{number:012d}", NOW + timedelta(seconds=number)
        document = {
            "id": entry_id, "meta": {"schema_version": 7}, "state": {"status": "completed", "errors": []},
            "run": {"srn": f"acme:run:flow:1.0.0:{RUNS[number % runs]}", "parent": None, "flow": "x", "actors": {}},
            "event": {"id": entry_id, "type": "approve", "timestamp": moment.isoformat(), "channel": "slack"},
            "actor": {"user": USER if number % 2 else None, "name": "Ädä", "username": "ada", "identity": None},
            "fields": dict(fields), "type": "event",
        }  # fmt: skip
        made.append(LogEntry(id=entry_id, name="run.approved", run_id=RUNS[number % runs], seal=seal, sequence=number,
                             recorded_at=moment, document=document))  # fmt: skip
    return made


def ids(found: list[Any]) -> list[str]:
    """The ids of entries, as they were sent or as they arrived."""
    return [item.id if isinstance(item, LogEntry) else item["id"] for item in found]


def opened(kind: str, settings: Mapping[str, str] | None = None, *, addresses: Mapping[str, str] | None = None,
           secrets: Mapping[str, str] | None = None, integration: Mapping[str, Any] | None = None,
           timeout: float = 5.0) -> Destination:  # fmt: skip
    """A destination of type ``kind``. A secret's id is its key in ``secrets``; ``integration`` is a view of one."""
    known = dict(secrets or {})
    connections = Connections(Transport(addresses, timeout=(timeout, timeout)))
    connection = connections.open(dict(integration), known.__getitem__) if integration else None
    declared = Declared(id="dddddddd-0000-4000-8000-00000000000d", settings=dict(settings or {}),
                        host=connections.host(known.__getitem__), connection=connection)  # fmt: skip
    made: Destination = plugins.load("log_destinations", kind).Destination(declared)
    return made


def integration(kind: str, external_id: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The view of an integration, as destinations' integrations are connected with it."""
    return {"$type": "integration", "srn": f"acme:integration:{kind}:it:latest:1", "type": kind,
            "external_id": external_id, "settings": dict(settings)}  # fmt: skip


def secret(secret_id: str) -> dict[str, Any]:
    """The view of a secret."""
    source = {"srn": "acme:secrets:env:env:latest:1", "type": "env", "settings": {}}
    return {"$type": "secret", "id": secret_id, "path": secret_id, "srn": f"acme:secret:env:{secret_id}:latest:1",
            "settings": {}, "source": source}  # fmt: skip


@pytest.fixture
def now() -> datetime:
    return NOW
