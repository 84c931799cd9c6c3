"""Events that the product fires by itself, beside what follows from other events."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sym.engine.commit import GRACE
from sym.engine.queue import Queue
from sym.store.database import Connection
from sym.store.events import Event, insert_event


def fired(run_id: str, name: str, fields: Mapping[str, Any], *, actor_id: str, now: datetime) -> Event:
    """An event of a run that is to be taken up at once. ``actor_id`` is who it is because of."""
    return Event(
        id=str(uuid.uuid4()), run_id=run_id, name=name, status="processing", phase="decide", actor_id=actor_id,
        channel_type="internal", fields=dict(fields), context={}, created_at=now, scheduled_at=now, due_at=now + GRACE,
    )  # fmt: skip


def fire(conn: Connection, queue: Queue, event: Event) -> None:
    """Write the event and its job."""
    insert_event(conn, event)
    queue.enqueue(conn, event.phase, event.id, event.attempt)
