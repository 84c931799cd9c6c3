from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from sym.audit.events import Actor
from sym.errors import InUse
from sym.store import grants, resources
from sym.store.database import Store
from sym.store.events import Event
from sym.store.grants import Effect, Lease
from sym.store.runs import Run

AddRun = Callable[..., Run]
LeaseOf = Callable[..., Lease]


def test_a_lease_is_read_as_it_was_written(store: Store, add_run: AddRun, lease_of: LeaseOf, now: datetime) -> None:
    with store.transaction() as conn:
        lease = lease_of(add_run(conn), starts_at=now, ends_at=now, identity="u1", preexisting=True, output={"a": 1})
        grants.insert_lease(conn, lease)
        assert grants.get_lease(conn, lease.id) == lease
        assert grants.lease_of_run(conn, lease.run_id) == lease
        assert grants.get_lease(conn, "nothing") is None
        assert grants.lease_of_run(conn, "nothing") is None


def test_a_run_has_one_lease(store: Store, add_run: AddRun, lease_of: LeaseOf) -> None:
    with store.transaction() as conn:
        run = add_run(conn)
        grants.insert_lease(conn, lease_of(run))
    with pytest.raises(sa.exc.IntegrityError), store.transaction() as conn:
        grants.insert_lease(conn, lease_of(run))


def test_of_two_who_move_the_same_lease_the_second_gets_nothing(
    store: Store, add_run: AddRun, lease_of: LeaseOf
) -> None:
    with store.transaction() as conn:
        lease = lease_of(add_run(conn))
        grants.insert_lease(conn, lease)
        active = grants.move_lease(conn, lease, status="active")
        assert active is not None
        assert active.version == 2
        assert grants.move_lease(conn, lease, status="ending") is None
        assert grants.get_lease(conn, lease.id) == active


def test_live_leases_are_those_that_may_still_mean_access(store: Store, add_run: AddRun, lease_of: LeaseOf) -> None:
    with store.transaction() as conn:
        for status in ("pending", "active", "ending", "ended", "stuck"):
            grants.insert_lease(conn, lease_of(add_run(conn), status=status))
        assert {lease.status for lease in grants.live_leases(conn)} == {"pending", "active", "ending", "stuck"}
        assert [lease.status for lease in grants.list_leases(conn, statuses=["ended"])] == ["ended"]
        assert len(grants.list_leases(conn)) == 5
        assert len(grants.list_leases(conn, limit=2)) == 2


def test_leases_are_listed_by_their_beginning(store: Store, add_run: AddRun, lease_of: LeaseOf, now: datetime) -> None:
    with store.transaction() as conn:
        later, none, first = (lease_of(add_run(conn), starts_at=at) for at in (now, None, now - timedelta(days=1)))
        for lease in (later, none, first):
            grants.insert_lease(conn, lease)
        assert grants.list_leases(conn) == [none, first, later]


def test_leases_of_one_membership_are_found_while_they_live(store: Store, add_run: AddRun, lease_of: LeaseOf) -> None:
    with store.transaction() as conn:
        one, two, ended, other = (
            lease_of(add_run(conn), id=str(number), status=status, key=key)
            for number, (status, key) in enumerate(
                [("active", "k"), ("ending", "k"), ("ended", "k"), ("active", "other")]
            )
        )
        for lease in (one, two, ended, other):
            grants.insert_lease(conn, lease)
        assert grants.leases_of_key(conn, "k") == [one, two]
        assert grants.leases_of_key(conn, "k", lock=True) == [one, two]


def test_an_effect_is_settled_once(
    store: Store, add_run: AddRun, add_event: Callable[..., Event], now: datetime
) -> None:
    with store.transaction() as conn:
        run = add_run(conn)
        event = add_event(conn, run, "escalate")
        effect = Effect(run_id=run.id, name="escalate", attempt=1, event_id=event.id, status="intended", started_at=now)
        grants.insert_effect(conn, effect)
        done = grants.move_effect(conn, effect, status="done", finished_at=now)
        assert done is not None
        assert grants.move_effect(conn, effect, status="failed") is None
        assert grants.move_effect(conn, done, status="failed") is None
        second = Effect(run_id=run.id, name="escalate", attempt=2, event_id=event.id, status="intended", started_at=now)
        grants.insert_effect(conn, second)
        assert grants.effects_of_event(conn, event.id) == [done, second]


def test_leases_mentioning_a_resource_are_found_anywhere_in_the_snapshot(
    store: Store, add_run: AddRun, lease_of: LeaseOf
) -> None:
    wanted = "22222222-0000-4000-8000-000000000001"
    with store.transaction() as conn:
        deep = lease_of(add_run(conn), snapshot={"strategy": {"settings": {"secrets": f'["{wanted}"]'}}})
        ended = lease_of(add_run(conn), snapshot={"id": wanted}, status="ended")
        for lease in (deep, ended, lease_of(add_run(conn))):
            grants.insert_lease(conn, lease)
        assert grants.leases_mentioning(conn, wanted) == [deep]


def _while_open(store: Store, first: Callable[[sa.Connection], Any], second: Callable[[sa.Connection], Any]) -> Any:
    """What ``second`` gives or raises in a transaction that begins after ``first`` ran and before it commits."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            with store.transaction() as conn:
                outcome.append(second(conn))
        except Exception as error:
            outcome.append(error)

    thread = threading.Thread(target=run)
    with store.transaction() as conn:
        first(conn)
        thread.start()
        thread.join(timeout=0.5)
        assert outcome == []  # it waits
    thread.join()
    return outcome[0]


def test_of_two_that_end_at_once_the_second_sees_the_first(store: Store, add_run: AddRun, lease_of: LeaseOf) -> None:
    with store.transaction() as conn:
        one, two = (lease_of(add_run(conn), status="active", key="k") for _ in range(2))
        grants.insert_lease(conn, one)
        grants.insert_lease(conn, two)

    def end_one(conn: sa.Connection) -> None:
        assert len(grants.leases_of_key(conn, "k", lock=True)) == 2
        assert grants.move_lease(conn, one, status="ended")

    def count(conn: sa.Connection) -> list[Lease]:
        return grants.leases_of_key(conn, "k", lock=True)

    assert _while_open(store, end_one, count) == [two]


def test_no_lease_is_added_while_those_of_its_key_are_held(store: Store, add_run: AddRun, lease_of: LeaseOf) -> None:
    with store.transaction() as conn:
        lease = lease_of(add_run(conn), key="k")

    def hold(conn: sa.Connection) -> None:
        assert grants.leases_of_key(conn, "k", lock=True) == []

    assert _while_open(store, hold, lambda conn: grants.insert_lease(conn, lease)) is None


def test_what_a_new_lease_needs_cannot_be_deleted_before_it_is_committed(
    store: Store, add_run: AddRun, lease_of: LeaseOf, save: Callable[..., resources.StoredResource], now: datetime
) -> None:
    with store.transaction() as conn:
        saved = save(conn, "integration", {"type": "okta", "name": "main", "external_id": "x"})
        lease = lease_of(add_run(conn), snapshot={"integration": {"id": saved.id}})

    def delete(conn: sa.Connection) -> bool:
        return resources.delete(conn, "integration", saved.id, actor=Actor.SYSTEM, now=now)

    assert isinstance(_while_open(store, lambda conn: grants.insert_lease(conn, lease), delete), InUse)


def test_an_ended_lease_begins_again_as_the_new_one_says(
    store: Store, add_run: AddRun, lease_of: LeaseOf, now: datetime
) -> None:
    with store.transaction() as conn:
        run = add_run(conn)
        old = lease_of(run, status="ended", starts_at=now, ended_at=now, attempts=6, last_error="no", closed_by="x")
        grants.insert_lease(conn, old)
        new = lease_of(run, status="pending", identity="other", snapshot={"new": True})
        begun = grants.reopen_lease(conn, old, new)
        assert begun is not None
        assert begun == dataclasses.replace(new, id=old.id, version=2)
        assert grants.lease_of_run(conn, run.id) == begun
        assert grants.reopen_lease(conn, old, new) is None


def test_a_lease_is_locked_under_the_key_it_has_by_then(store: Store, add_run: AddRun, lease_of: LeaseOf) -> None:
    with store.transaction() as conn:
        one = lease_of(add_run(conn), key="k")
        grants.insert_lease(conn, one)

    def rekey(conn: sa.Connection) -> None:
        found = grants.lock_lease(conn, one.id, also="better")
        assert grants.move_lease(conn, found, key="better")

    def lock(conn: sa.Connection) -> str:
        return grants.lock_lease(conn, one.id).key

    assert _while_open(store, rekey, lock) == "better"
    with store.transaction() as conn, pytest.raises(LookupError):
        grants.lock_lease(conn, "nothing")


def test_calls_of_a_key_are_those_of_live_leases_and_those_without_an_outcome(
    store: Store, add_run: AddRun, add_event: Callable[..., Event], lease_of: LeaseOf, now: datetime
) -> None:
    cases = [("active", "k", "done"), ("ended", "k", "done"), ("ended", "k", "intended"), ("active", "other", "done")]
    expected = []
    with store.transaction() as conn:
        for status, key, outcome in cases:
            run = add_run(conn)
            grants.insert_lease(conn, lease_of(run, status=status, key=key))
            event = add_event(conn, run, "escalate")
            effect = Effect(
                run_id=run.id, name="escalate", attempt=1, event_id=event.id, status=outcome, started_at=now
            )
            grants.insert_effect(conn, effect)
            if key == "k" and (status, outcome) != ("ended", "done"):
                expected.append(effect)
        found = grants.calls_of_key(conn, "k")
    assert sorted(call.run_id for call in found) == sorted(call.run_id for call in expected)


def test_the_lease_of_a_key_that_ended_last_is_found_for_a_while(
    store: Store, add_run: AddRun, lease_of: LeaseOf, now: datetime
) -> None:
    with store.transaction() as conn:
        ends = [now - timedelta(minutes=minutes) for minutes in (30, 10, 20)]
        leases = [lease_of(add_run(conn), key="k", status="ended", ended_at=end) for end in ends]
        for lease in [*leases, lease_of(add_run(conn), key="k", status="active")]:
            grants.insert_lease(conn, lease)
        assert grants.last_ended_of_key(conn, "k", since=now - timedelta(minutes=15)) == leases[1]
        assert grants.last_ended_of_key(conn, "k", since=now - timedelta(minutes=5)) is None
        assert grants.last_ended_of_key(conn, "other", since=now - timedelta(days=1)) is None


def test_pages_of_leases_are_the_list(store: Store, add_run: AddRun, lease_of: LeaseOf, now: datetime) -> None:
    with store.transaction() as conn:
        for starts_at in (None, None, None, now, now, now, now + timedelta(hours=1)):
            grants.insert_lease(conn, lease_of(add_run(conn), starts_at=starts_at))
        everything = grants.list_leases(conn)
        seen: list[Lease] = []
        while page := grants.list_leases(conn, limit=2, after=(seen[-1].starts_at, seen[-1].id) if seen else None):
            seen += page
    assert seen == everything
    assert len(seen) == 7
