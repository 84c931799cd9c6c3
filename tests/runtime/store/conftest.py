"""People, runs and resources to try the store with."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from sym.audit.events import Actor
from sym.store import resources, users
from sym.store.database import Store
from sym.store.events import Event, insert_event
from sym.store.grants import Lease
from sym.store.runs import Run, insert_run

ADA = Actor(user_id="0b5f2a9e-0000-4000-8000-000000000001", username="ada", name="Ada")


@pytest.fixture
def ada() -> Actor:
    """Who does things in tests; her account need not exist."""
    return ADA


@pytest.fixture
def add_user(now: datetime) -> Callable[..., users.User]:
    """Adds a user; give a username."""

    def add(conn: Connection, username: str = "grace", **more: Any) -> users.User:
        details = {"email": f"{username}@example.com", "type": "normal", "role": "member", **more}
        return users.create_user(conn, username=username, actor=ADA, now=now, **details)

    return add


@pytest.fixture
def add_run(now: datetime, add_user: Callable[..., users.User]) -> Callable[..., Run]:
    """Adds a run, and its requester unless given."""

    def add(conn: Connection, **more: Any) -> Run:
        if "requester_id" not in more:
            found = users.find_user(conn, username="grace") or add_user(conn)
            more["requester_id"] = found.id
        details: dict[str, Any] = {
            "id": str(uuid.uuid4()),
            "flow_id": "11111111-0000-4000-8000-000000000001",
            "flow_slug": "approval",
            "flow_version": 3,
            "status": "requested",
            "source": "api",
            "fields": {"reason": "on call"},
            "actors": {},
            "created_at": now,
            "updated_at": now,
        }
        run = Run(**{**details, **more})
        insert_run(conn, run)
        return run

    return add


@pytest.fixture
def add_event(now: datetime) -> Callable[..., Event]:
    """Adds an event of a run."""

    def add(conn: Connection, run: Run, name: str = "request", **more: Any) -> Event:
        details: dict[str, Any] = {
            "id": str(uuid.uuid4()),
            "status": "success",
            "phase": "decide",
            "actor_id": run.requester_id,
            "channel_type": "sym",
            "fields": {},
            "context": {},
            "created_at": now,
            "scheduled_at": now,
            "due_at": now,
        }
        event = Event(run_id=run.id, name=name, **{**details, **more})
        insert_event(conn, event)
        return event

    return add


@pytest.fixture
def lease_of() -> Callable[..., Lease]:
    """A lease of a run, not yet inserted."""

    def make(run: Run, **more: Any) -> Lease:
        details: dict[str, Any] = {
            "id": str(uuid.uuid4()),
            "run_id": run.id,
            "key": "ab" * 32,
            "key_document": {"group_id": "g1"},
            "status": "pending",
            "requester_id": run.requester_id,
            "snapshot": {},
        }
        return Lease(**{**details, **more})

    return make


@pytest.fixture
def save(now: datetime) -> Callable[..., resources.StoredResource]:
    """Saves a resource as Ada, now."""

    def saved(conn: Connection, name: str, document: dict[str, Any], **more: Any) -> resources.StoredResource:
        return resources.save(conn, name, document, **{"actor": ADA, "now": now, **more})

    return saved


@pytest.fixture
def postgres_store(postgres_url: str) -> Iterator[Store]:
    """A migrated, empty store on PostgreSQL alone."""
    opened = Store(postgres_url)
    opened.migrate()
    yield opened
    opened.close()
