from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta

import pytest

from sym.engine import clock as module
from sym.engine.clock import ClockKeeper, StoreClock
from sym.store.database import Store

HOUR = timedelta(hours=1)


def an_hour_ahead() -> datetime:
    return datetime.now(UTC) + HOUR


def is_now(moment: datetime) -> bool:
    return abs(moment - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_on_postgresql_the_database_says_what_time_it_is(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    clock = StoreClock(store, an_hour_ahead)
    assert not is_now(clock())
    with caplog.at_level(logging.WARNING), store.reading() as conn:
        clock.read(conn)
    assert is_now(clock())
    assert timedelta(minutes=59) < clock.deviation() < timedelta(minutes=61)
    assert "this machine's clock differs from the database's by 1:00:0" in caplog.text or "0:59:5" in caplog.text


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_between_two_looks_time_goes_on(store: Store) -> None:
    clock = StoreClock(store, an_hour_ahead)
    with store.reading() as conn:
        clock.read(conn)
    first = clock()
    time.sleep(0.02)
    assert timedelta(milliseconds=19) < clock() - first < timedelta(seconds=10)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_on_sqlite_it_is_this_machines_clock(store: Store) -> None:
    clock = StoreClock(store, an_hour_ahead)
    with store.reading() as conn:
        clock.read(conn)
    assert not is_now(clock())
    assert abs(clock.deviation()) < timedelta(seconds=1)


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_the_keeper_looks_at_once_and_again_also_after_a_failure(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "INTERVAL_SECONDS", 0.01)
    looks: list[bool] = []

    class Watched(StoreClock):
        def read(self, conn: object) -> None:
            looks.append(True)
            if len(looks) == 2:
                raise OSError("no database")
            super().read(conn)  # type: ignore[arg-type]

    clock = Watched(store, an_hour_ahead)
    keeper = ClockKeeper(store, clock)
    keeper.start()
    assert is_now(clock())
    deadline = time.monotonic() + 10
    while len(looks) < 4:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    keeper.stop()
    assert not keeper._thread.is_alive()
