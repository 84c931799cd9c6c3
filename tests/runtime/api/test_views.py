"""What the API says about runs and to whom, on both databases."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sym.api.views import event_status, known_id, may_see, moment, view_run, visible_run
from sym.audit.events import Actor
from sym.errors import NotFound
from sym.store.database import Store
from sym.store.resources import save
from tests.runtime.api.conftest import World, populate


@pytest.fixture
def both(store: Store, tmp_path: Path, now: datetime) -> World:
    """The organization on either database."""
    return populate(store, tmp_path / "keys", now)


def test_a_run_is_shown_whole(both: World, now: datetime) -> None:
    with both.store.transaction() as conn:
        target = save(conn, "target", {"type": "okta_group", "name": "dba", "settings": {"group_id": "g"}},
                      actor=Actor.SYSTEM, now=now)  # fmt: skip
    ann, bob = both.users["ann"], both.users["bob"]
    run = both.run(
        status="escalated", target_id=target.id, target_version=1, duration=1800,
        actors={"request": ann.id, "approve": bob.id}, expires_at=now + timedelta(minutes=30),
    )  # fmt: skip
    request = both.event(run)
    failed = both.event(run, name="deescalate", status="error", error="Okta said no.", created_at=now + timedelta(1),
                        scheduled_at=now + timedelta(1))  # fmt: skip
    both.event(run, name="deescalate", status="scheduled", phase="decide", scheduled_at=now + timedelta(2))
    with both.store.reading() as conn:
        shown = view_run(conn, run).model_dump()
    person = {"user_id": ann.id, "username": ann.username, "email": ann.email, "name": ""}
    assert shown == {
        "run_id": run.id,
        "srn": f"acme:run:prod_db:4.0.0:{run.id}",
        "flow_srn": "acme:flow:prod_db:4.0.0",
        "status": "escalated",
        "created_at": "2026-03-14 15:09:26.535897+00:00",
        "updated_at": "2026-03-14 15:09:26.535897+00:00",
        "requester": person,
        "actors": {"request": person,
                   "approve": {"user_id": bob.id, "username": bob.username, "email": bob.email, "name": ""}},
        "fields": {"reason": "INC-42"},
        "target_srn": f"acme:access_target:okta_group:dba:latest:{target.id}",
        "duration": 1800,
        "expires_at": "2026-03-14 15:39:26.535897+00:00",
        "events": [
            {"event_id": request.id, "name": "request", "status": "success",
             "timestamp": "2026-03-14 15:09:26.535897+00:00", "error": None},
            {"event_id": failed.id, "name": "deescalate", "status": "error",
             "timestamp": "2026-03-15 15:09:26.535897+00:00", "error": "Okta said no."},
        ],
    }  # fmt: skip


def test_a_run_outlives_its_target(both: World) -> None:
    run = both.run(target_id=str(uuid.uuid4()), target_version=3)
    with both.store.reading() as conn:
        assert view_run(conn, run).target_srn is None


def test_a_run_can_be_found_by_its_id_in_any_spelling(both: World) -> None:
    run = both.run()
    with both.store.reading() as conn:
        assert visible_run(conn, run.id.upper(), both.users["ann"]) == run


@pytest.mark.parametrize("run_id", ["", "x", "\0" * 36, "'; --", "3e181f3a-b56e-412a-93f1-47fd458d9f3a", "é" * 36])
def test_what_is_no_run_is_not_found(both: World, run_id: str) -> None:
    with both.store.reading() as conn, pytest.raises(NotFound):
        visible_run(conn, run_id, both.users["root"])


@pytest.mark.parametrize(
    ("permissions", "seen_by"),
    [
        (None, {"root", "ci", "terraform", "ann"}),
        ({"webapp_view": "admin", "approve_deny": "admin"}, {"root", "ci", "terraform", "ann"}),
        ({"webapp_view": "member", "approve_deny": "admin"}, {"root", "ci", "terraform", "ann", "bob"}),
        ({"webapp_view": "admin", "approve_deny": "member"}, {"root", "ci", "terraform", "ann", "bob"}),
        ({"webapp_view": "all_users"}, {"root", "ci", "terraform", "ann", "bob", "eve"}),
        ({"webapp_view": "everybody"}, {"root", "ci", "terraform", "ann"}),
    ],
)
def test_a_run_is_seen_by_those_it_concerns(
    world: World, permissions: dict[str, Any] | None, seen_by: set[str]
) -> None:
    run = world.run(permissions=permissions)
    assert {name for name, user in world.users.items() if may_see(user, run)} == seen_by


def test_a_listed_user_and_whoever_acted_see_a_run(world: World) -> None:
    run, eve = world.run(), world.users["eve"]
    assert not may_see(eve, run)
    assert may_see(eve, replace(run, permissions={"approve_deny": [eve.id]}))
    assert may_see(eve, replace(run, actors={"approve": eve.id}))


def test_moments_have_microseconds_and_an_offset() -> None:
    assert moment(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == "2026-01-02 03:04:05.000000+00:00"


def test_only_final_states_of_an_event_are_told(world: World) -> None:
    run = world.run()
    told = {status: event_status(world.event(run, status=status)) for status in
            ("scheduled", "processing", "success", "error")}  # fmt: skip
    assert told == {"scheduled": "processing", "processing": "processing", "success": "success", "error": "error"}


def test_ids_are_written_as_the_store_writes_them() -> None:
    one = str(uuid.uuid4())
    assert known_id(one.upper()) == one
    assert [known_id(text) for text in (f"{{{one}}}", one.replace("-", ""), f"urn:uuid:{one}", "")] == [None] * 4
