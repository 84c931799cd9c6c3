from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from sym.store import messages
from sym.store.database import Connection, Store
from sym.store.messages import Message
from sym.store.runs import Run

AddRun = Callable[..., Run]
SECOND = timedelta(seconds=1)


def add_message(conn: Connection, run: Run, at: datetime) -> Message:
    message = Message(
        id=str(uuid.uuid4()), run_id=run.id, kind="request", destination={"channel": "#ops"}, content={"text": "?"},
        created_at=at, due_at=at,
    )  # fmt: skip
    messages.insert_message(conn, message)
    return message


def test_a_message_is_read_as_it_was_written(store: Store, add_run: AddRun, now: datetime) -> None:
    with store.transaction() as conn:
        run = add_run(conn)
        first, second = add_message(conn, run, now), add_message(conn, run, now + SECOND)
        assert messages.get_message(conn, first.id) == first
        assert messages.get_message(conn, "nothing") is None
        assert messages.messages_of_run(conn, run.id) == [first, second]


def test_a_message_that_is_delivered_is_never_due(store: Store, add_run: AddRun, now: datetime) -> None:
    with store.transaction() as conn:
        message = add_message(conn, add_run(conn), now)
        assert messages.due_messages(conn, before=now) == []
        assert messages.due_messages(conn, before=now + SECOND) == [message]
        moved = messages.move_message(conn, message, status="delivered", reference={"ts": "1"}, due_at=None)
        assert moved is not None
        assert messages.get_message(conn, message.id) == moved
        assert messages.due_messages(conn, before=now + SECOND) == []


def test_moving_a_message_compares_status_and_attempt(store: Store, add_run: AddRun, now: datetime) -> None:
    with store.transaction() as conn:
        message = add_message(conn, add_run(conn), now)
        assert messages.move_message(conn, message, attempt=2) is not None
        assert messages.move_message(conn, message, status="delivered") is None
