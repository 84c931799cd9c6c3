"""The durable queue under the life cycle: the only module that knows DBOS.

A job is one short phase of one event, ``decide``, ``perform`` or ``after``, or ``deliver`` of one message. It carries a
single string, ``id:attempt``, and is enqueued in the transaction that made it necessary. Our tables are the truth: a
job for a phase or attempt that is over does nothing, and the sweeper makes a new job for whatever is due and not
moving, so that the engine's own tables could be dropped at any time.

What DBOS would do by itself and must not, each with its reason:

* Nothing waits inside a workflow. A parked workflow is a thread that is replayed at every start.
* The application version is a constant. By default it is a hash that changes with every upgrade, and jobs of another
  version are never run: a timer that ends access would stay queued for ever.
* ``max_recovery_attempts`` is None. Otherwise a job that met enough restarts is given up silently.
* Everything stored is JSON. Rows marked as pickled would be unpickled whatever serializer is set, so whoever can write
  to the database could run code: the pickling serializer is disabled.
* The executor's name is fixed, so that a restart takes up its own work, and a lock keeps a second process out that
  would take the same work for its own.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions
from dbos._serialization import DefaultSerializer, Serializer

from sym.errors import Conflict
from sym.store.database import Connection, Store

ENGINE_VERSION = "sym-engine-1"
EXECUTOR = "sym"
QUEUE = "sym"
PHASES = ("decide", "perform", "after", "deliver")
POLL_SECONDS = 0.1
CONCURRENCY = 16
LOCK_TRIES = 4
LOCK_PAUSE_SECONDS = 0.5

# DBOS exists once per process: a second one would silently be the first.
_ONE_AT_A_TIME = threading.Lock()

log = logging.getLogger(__name__)
Phase = Callable[[str, int], None]
"""Runs one phase: takes the event's id and the attempt."""


class JSONSerializer(Serializer):
    """What the queue stores, as JSON; an exception is stored as its text."""

    def name(self) -> str:
        """The name rows are marked with."""
        return "sym_json"

    def serialize(self, data: Any) -> str:
        """JSON text of ``data``."""
        return json.dumps(data, default=str)

    def deserialize(self, serialized_data: str) -> Any:
        """The value of JSON text."""
        return json.loads(serialized_data)


def _forbid_pickle() -> None:
    def refuse(*_: Any) -> Any:
        raise ValueError("the queue stores JSON only")

    DefaultSerializer.serialize = refuse  # type: ignore[method-assign, assignment]
    DefaultSerializer.deserialize = refuse  # type: ignore[method-assign, assignment]


class Queue:
    """Where jobs are put. Without a running :class:`Worker` in this process nothing is put anywhere: the sweeper of the
    process that has one finds the event within seconds."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._client: DBOSClient | None = None

    @property
    def has_worker(self) -> bool:
        """Whether jobs go straight to a worker in this process."""
        return self._client is not None

    def attach(self, client: DBOSClient | None) -> None:
        """Put jobs through ``client`` from now on; None: leave them to the sweeper."""
        self._client = client

    def enqueue(self, conn: Connection, phase: str, event_id: str, attempt: int, delay: float = 0) -> None:
        """Add the job in the transaction of ``conn``, to start after ``delay`` seconds; twice is as good as once."""
        if self._client is None:
            return
        options: EnqueueOptions = {
            "workflow_name": phase,
            "queue_name": QUEUE,
            "workflow_id": f"{event_id}:{phase}:{attempt}",
            "app_version": ENGINE_VERSION,
        }
        if delay > 0:
            options["delay_seconds"] = delay
        self._client.enqueue_in_transaction(conn, options, f"{event_id}:{attempt}")


class Worker:
    """Takes jobs from the queue and runs their phases, in threads of this process."""

    def __init__(self, queue: Queue, phases: Mapping[str, Phase]) -> None:
        self._queue = queue
        self._phases = phases
        self._release: Callable[[], None] | None = None
        self._client: DBOSClient | None = None
        self._has_process = False

    def start(self, prepare: Callable[[], object]) -> None:
        """Begin to work; ``prepare`` is called before, when nobody else can be working on this store any more.

        Raises Conflict when somebody works on this store already, or this process on another one.
        """
        if not _ONE_AT_A_TIME.acquire(blocking=False):
            raise Conflict("This process works on a store already.", hint="One process works on one store.")
        self._has_process = True
        try:
            self._release = self._lock()
            prepare()
            self._launch()
        except BaseException:
            self.stop(seconds=0)
            self.release()
            raise

    def _lock(self) -> Callable[[], None]:
        # PostgreSQL notices a little later that the process which had the lock has ended.
        for _ in range(LOCK_TRIES):
            try:
                return self._queue.store.lock_for_worker()
            except Conflict:
                time.sleep(LOCK_PAUSE_SECONDS)
        return self._queue.store.lock_for_worker()

    def _launch(self) -> None:
        _forbid_pickle()
        url = engine_url(self._queue.store.url)
        DBOS(config=_config(url))
        for phase, run in self._phases.items():
            _register(phase, run)
        # Before the launch: jobs that the last process left begin during it, and must be able to enqueue what follows.
        self._client = DBOSClient(system_database_url=url, serializer=JSONSerializer(), lazy=True)
        self._queue.attach(self._client)
        DBOS.launch()
        DBOS.register_queue(
            QUEUE, worker_concurrency=CONCURRENCY, polling_interval_sec=POLL_SECONDS, on_conflict="always_update"
        )
        # A queue registered after the launch is noticed at the next one-second tick.
        time.sleep(1.1)

    def stop(self, seconds: int = 5) -> None:
        """Take nothing up any more, and wait for at most ``seconds`` for what is in hand."""
        if not self._has_process:
            return
        DBOS.destroy(workflow_completion_timeout_sec=seconds, destroy_registry=True)
        # Not before: what is finished meanwhile has timers to set.
        self._queue.attach(None)
        if self._client is not None:
            self._client.destroy()
            self._client = None

    def release(self) -> None:
        """Let go of the store, for another process to work on."""
        if self._release is not None:
            self._release()
            self._release = None
        if self._has_process:
            self._has_process = False
            _ONE_AT_A_TIME.release()


def _register(name: str, phase: Phase) -> None:
    def job(argument: str) -> None:
        event_id, _, attempt = argument.rpartition(":")
        phase(event_id, int(attempt))

    DBOS.workflow(name=name, max_recovery_attempts=None)(job)


def _config(url: str) -> DBOSConfig:
    return DBOSConfig(
        name="sym",
        system_database_url=url,
        application_version=ENGINE_VERSION,
        executor_id=EXECUTOR,
        serializer=JSONSerializer(),
        max_executor_threads=2 * CONCURRENCY,
        sys_db_pool_size=10,
        log_level="WARNING",
        scheduler_polling_interval_sec=3600,
    )


def engine_url(store_url: str) -> str:
    """The store's address as DBOS writes it: it names no driver."""
    return store_url.replace("postgresql+psycopg://", "postgresql://")
