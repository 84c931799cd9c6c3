from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from sym.store import events
from sym.store.database import Store
from sym.store.events import Event
from sym.store.runs import Run

AddRun = Callable[..., Run]
AddEvent = Callable[..., Event]
SECOND = timedelta(seconds=1)


def test_an_event_is_read_as_it_was_written(store: Store, add_run: AddRun, add_event: AddEvent) -> None:
    with store.transaction() as conn:
        event = add_event(conn, add_run(conn), context={"ci": 1}, idempotency_key="k", cause_id="c", output={"x": 1})
        assert events.get_event(conn, event.id) == event
        assert events.find_event_by_key(conn, "k") == event
        assert events.get_event(conn, "nothing") is None
        assert events.find_event_by_key(conn, "nothing") is None


def test_an_idempotency_key_is_used_once_and_none_any_number_of_times(
    store: Store, add_run: AddRun, add_event: AddEvent
) -> None:
    with store.transaction() as conn:
        run = add_run(conn)
        add_event(conn, run)
        add_event(conn, run)
        add_event(conn, run, idempotency_key="k")
    with pytest.raises(sa.exc.IntegrityError), store.transaction() as conn:
        add_event(conn, run, idempotency_key="k")


def test_moving_compares_phase_and_attempt(store: Store, add_run: AddRun, add_event: AddEvent) -> None:
    with store.transaction() as conn:
        event = add_event(conn, add_run(conn))
        again = events.move_event(conn, event, attempt=2)
        assert again is not None
        assert events.move_event(conn, event, phase="perform") is None
        performing = events.move_event(conn, again, phase="perform", attempt=1)
        assert performing is not None
        assert events.move_event(conn, again, attempt=3) is None
        assert events.get_event(conn, event.id) == performing


def test_an_event_that_is_done_is_never_due(store: Store, add_run: AddRun, add_event: AddEvent, now: datetime) -> None:
    with store.transaction() as conn:
        event = add_event(conn, add_run(conn), due_at=now)
        assert events.overdue_events(conn, before=now + SECOND) == [event]
        done = events.move_event(conn, event, phase="done", finished_at=now)
        assert done is not None
        assert done.due_at is None
        assert events.get_event(conn, event.id) == done
        assert events.overdue_events(conn, before=now + SECOND) == []


def test_overdue_events_come_longest_overdue_first(
    store: Store, add_run: AddRun, add_event: AddEvent, now: datetime
) -> None:
    with store.transaction() as conn:
        run = add_run(conn)
        late, later = (add_event(conn, run, due_at=now - SECOND * n) for n in (1, 2))
        add_event(conn, run, due_at=now)
        assert events.overdue_events(conn, before=now) == [later, late]
        assert events.overdue_events(conn, before=now, limit=1) == [later]


def test_events_of_a_run_come_oldest_first(store: Store, add_run: AddRun, add_event: AddEvent, now: datetime) -> None:
    with store.transaction() as conn:
        run = add_run(conn)
        second = add_event(conn, run, "approve", created_at=now + SECOND)
        first = add_event(conn, run)
        add_event(conn, add_run(conn))
        assert events.events_of_run(conn, run.id) == [first, second]


def test_counting_takes_finished_events_of_the_requester_only(
    store: Store, add_run: AddRun, add_event: AddEvent, add_user: Callable[..., object]
) -> None:
    with store.transaction() as conn:
        run = add_run(conn)
        other = add_user(conn, "alan")
        add_event(conn, run, "approve")
        add_event(conn, run, "approve", status="error")
        add_event(conn, run, "approve", status="processing")
        add_event(conn, run, "deny")
        add_event(conn, add_run(conn, requester_id=other.id), "approve")  # type: ignore[attr-defined]
        assert events.count_events(conn, requester_id=run.requester_id, name="approve") == 1
        assert events.count_events(conn, requester_id=run.requester_id, name="approve", include_errored=True) == 2


def test_counting_includes_both_bounds_and_follows_the_scheduled_time(
    store: Store, add_run: AddRun, add_event: AddEvent, now: datetime
) -> None:
    with store.transaction() as conn:
        run = add_run(conn)
        for offset in (-2, -1, 0, 1, 2):
            add_event(conn, run, scheduled_at=now + SECOND * offset)

        def count(**bounds: datetime) -> int:
            return events.count_events(conn, requester_id=run.requester_id, name="request", **bounds)  # type: ignore[arg-type]

        assert count() == 5
        assert count(since=now) == 3
        assert count(until=now) == 3
        assert count(since=now - SECOND, until=now + SECOND) == 3


def test_counting_by_flow_and_target(store: Store, add_run: AddRun, add_event: AddEvent) -> None:
    with store.transaction() as conn:
        for flow, target in (("f1", "t1"), ("f1", "t2"), ("f2", "t1")):
            run = add_run(conn, flow_id=flow, target_id=target)
            add_event(conn, run)
        who = run.requester_id
        assert events.count_events(conn, requester_id=who, name="request", flow_id="f1") == 2
        assert events.count_events(conn, requester_id=who, name="request", target_id="t1") == 2
        assert events.count_events(conn, requester_id=who, name="request", flow_id="f1", target_id="t1") == 1
