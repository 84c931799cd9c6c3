from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from sym.errors import Retryable, Unavailable
from sym.store import postgres, workers
from sym.store.database import Store
from tests.postgres_server import PostgresServer

pytestmark = pytest.mark.postgres


@pytest.fixture
def own_server(postgres_server: PostgresServer) -> Iterator[PostgresServer]:
    # The session's server is asked for only so that this is skipped where no server can start.
    with PostgresServer(durable=True) as server:
        yield server


def test_the_store_survives_a_restart_of_the_server(own_server: PostgresServer, now: datetime) -> None:
    store = Store(own_server.create_database())
    store.migrate()
    with store.transaction() as conn:
        workers.register(conn, workers.Worker(executor_id="w", started_at=now, last_seen=now))
    own_server.restart()  # the pool now holds a dead connection
    with store.reading() as conn:
        assert len(workers.workers(conn)) == 1

    def die_inside() -> None:
        with store.transaction() as conn:
            workers.register(conn, workers.Worker(executor_id="lost", started_at=now, last_seen=now))
            own_server.restart(immediate=True)
            workers.workers(conn)

    with pytest.raises(Unavailable):
        die_inside()
    with store.transaction() as conn:
        assert [worker.executor_id for worker in workers.workers(conn)] == ["w"]
    store.close()


def test_a_transaction_that_stands_still_holds_nobody_up(
    postgres_url: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "IDLE_SECONDS", 1)
    frozen, other = Store(postgres_url), Store(postgres_url)
    frozen.migrate()

    def stand_still() -> None:
        with frozen.transaction() as conn:
            postgres.lock_key(conn, "everybody's")
            with other.transaction() as waiting:
                postgres.lock_key(waiting, "everybody's")
            workers.register(conn, workers.Worker(executor_id="late", started_at=now, last_seen=now))

    with pytest.raises(Unavailable):
        stand_still()
    with frozen.transaction() as conn:
        assert workers.workers(conn) == []
    frozen.close()
    other.close()


def test_the_victim_of_a_deadlock_may_try_again(postgres_url: str, now: datetime) -> None:
    store = Store(postgres_url)

    def fail() -> None:
        with store.transaction() as conn:
            conn.exec_driver_sql("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$")

    with pytest.raises(Retryable):
        fail()
    store.close()


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_the_usual_spellings_of_the_scheme_are_understood(postgres_url: str, scheme: str) -> None:
    store = Store(postgres_url.replace("postgresql", scheme, 1))
    assert store.dialect == "postgresql"
    store.migrate()
    store.check()
    store.close()
