from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from sym.store import runs
from sym.store.database import Store
from sym.store.runs import Run

AddRun = Callable[..., Run]


def test_a_run_is_read_as_it_was_written(store: Store, add_run: AddRun, now: datetime) -> None:
    with store.transaction() as conn:
        run = add_run(
            conn, target_id="t", target_version=2, duration=3600, permissions={"a": ["b"]}, expires_at=now,
            actors={"request": "x"},
        )  # fmt: skip
        assert runs.get_run(conn, run.id) == run
        assert runs.get_run(conn, run.id, lock=True) == run
        assert runs.get_run(conn, "nobody") is None


def test_moving_a_run_counts_its_version_up(store: Store, add_run: AddRun, now: datetime) -> None:
    with store.transaction() as conn:
        run = add_run(conn)
        moved = runs.move_run(conn, run, status="approved", updated_at=now + timedelta(seconds=1))
        assert moved is not None
        assert (moved.status, moved.version) == ("approved", 2)
        assert runs.get_run(conn, run.id) == moved


def test_of_two_who_move_the_same_run_the_second_gets_nothing(store: Store, add_run: AddRun) -> None:
    with store.transaction() as conn:
        run = add_run(conn)
        approved = runs.move_run(conn, run, status="approved")
        assert runs.move_run(conn, run, status="denied") is None
        assert runs.get_run(conn, run.id) == approved


def test_an_unknown_column_is_an_error(store: Store, add_run: AddRun) -> None:
    with store.transaction() as conn, pytest.raises(TypeError, match="colour"):
        runs.move_run(conn, add_run(conn), colour="red")


def test_a_run_needs_a_user_as_its_requester(store: Store, add_run: AddRun) -> None:
    with pytest.raises(sa.exc.IntegrityError), store.transaction() as conn:
        add_run(conn, requester_id="nobody")


def test_runs_are_listed_newest_first_and_filtered(store: Store, add_run: AddRun, now: datetime) -> None:
    with store.transaction() as conn:
        old = add_run(conn, created_at=now - timedelta(days=1))
        new = add_run(conn, status="denied")
        assert runs.list_runs(conn) == [new, old]
        assert runs.list_runs(conn, limit=1) == [new]
        assert runs.list_runs(conn, status="requested") == [old]
        assert runs.list_runs(conn, requester_id=old.requester_id, status="denied") == [new]
        assert runs.list_runs(conn, requester_id="nobody") == []


def test_runs_in_some_states_are_paged_through(store: Store, add_run: AddRun, now: datetime) -> None:
    with store.transaction() as conn:
        old = add_run(conn, created_at=now - timedelta(days=1))
        new = add_run(conn, status="denied", requester_id=old.requester_id)
        add_run(conn, status="expired")
        both = ["requested", "denied"]
        assert runs.runs_in(conn, both) == [new, old]
        assert (runs.runs_in(conn, both, limit=1), runs.runs_in(conn, both, offset=1)) == ([new], [old])
        assert runs.runs_in(conn, both, requester_id=old.requester_id) == [new, old]
        assert runs.runs_in(conn, both, not_of=old.requester_id) == []
        assert runs.runs_in(conn, both, not_of="somebody else") == [new, old]


def test_pages_are_the_list_whatever_has_the_same_time(store: Store, add_run: AddRun, now: datetime) -> None:
    with store.transaction() as conn:
        for minutes in (0, 1, 1, 1, 2):
            add_run(conn, created_at=now + timedelta(minutes=minutes))
        everything = runs.list_runs(conn)
        seen: list[Run] = []
        while page := runs.list_runs(conn, limit=2, after=(seen[-1].created_at, seen[-1].id) if seen else None):
            seen += page
    assert seen == everything
    assert len(seen) == 5


def test_runs_are_filtered(store: Store, add_run: AddRun, now: datetime) -> None:
    with store.transaction() as conn:
        old, new = add_run(conn), add_run(conn, created_at=now + timedelta(hours=1), status="denied", flow_slug="x")
        for only, expected in (
            (runs.Filter(), [new, old]), (runs.Filter(status="denied"), [new]), (runs.Filter(flow="X"), [new]),
            (runs.Filter(requester_id=old.requester_id, until=new.created_at), [old]),
            (runs.Filter(since=new.created_at), [new]), (runs.Filter(requester_id="nobody"), []),
        ):  # fmt: skip
            assert runs.list_runs(conn, only=only) == expected
