"""The durable queue under the life cycle: a table of jobs, and the threads that work it off.

A job is one short phase of one event, ``decide``, ``perform`` or ``after``, or ``deliver`` of one message. It is a row,
written in the transaction that made it necessary, so it is there if and only if what it is for is there.

* What is due at once and was made by a process with a worker is claimed by that worker as it is written, and handed to
  its threads when the transaction has committed: nobody polls for it. When the worker has enough in hand the row is
  left free, for whoever has time.
* Timers, and what others left free, are claimed every second, and at once when the earliest timer known here is due.
* A job is deleted after it was run, together with others. One that is run twice does nothing the second time: it names
  the attempt it is for.
* A claim ends with the worker that holds it. Whoever notices that a worker is silent takes its jobs over.

Names of phases and the three values of a job (subject, phase, attempt) are stored, and read by versions before and
after this one: they never change, and a worker takes only the phases it knows.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from queue import SimpleQueue

from sym.engine.presence import Presence
from sym.store.database import Connection, Store, after_commit
from sym.store.jobs import Job, finish_jobs, insert_job, next_due, take_jobs

PHASES = ("decide", "perform", "after", "deliver")
POLL_SECONDS = 1.0
CONCURRENCY = 16
MOST_IN_HAND = 4 * CONCURRENCY
MOST_UNFORGOTTEN = 200

log = logging.getLogger(__name__)
Phase = Callable[[str, int], None]
"""Runs one phase: takes the event's id and the attempt."""


class Queue:
    """Where jobs are put. Without a running :class:`Worker` in this process they are left to those of others."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self.store = store
        self.clock = clock
        self._worker: Worker | None = None

    def attach(self, worker: Worker | None) -> None:
        """Hand what is due at once to ``worker`` from now on; None: leave it to others."""
        self._worker = worker

    def works_here(self) -> bool:
        """Whether a worker of this process runs what is put here."""
        return self._worker is not None

    def enqueue(self, conn: Connection, phase: str, event_id: str, attempt: int, delay: float = 0) -> None:
        """Add the job in the transaction of ``conn``, to start after ``delay`` seconds; twice is as good as once."""
        worker, now = self._worker, self.clock()
        if delay > 0 or worker is None or not worker.has_room():
            due_at = now + timedelta(seconds=max(delay, 0.0))
            insert_job(conn, Job(subject_id=event_id, phase=phase, attempt=attempt, due_at=due_at))
            if worker is not None:
                after_commit(conn, partial(worker.expect, delay))
            return
        job = Job(subject_id=event_id, phase=phase, attempt=attempt, due_at=now, claimed_by=worker.executor_id)
        insert_job(conn, job)
        after_commit(conn, partial(worker.hand_over, job))


class Worker:
    """Takes jobs and runs their phases, in threads of this process."""

    def __init__(self, queue: Queue, phases: Mapping[str, Phase], presence: Presence) -> None:
        self._queue = queue
        self._phases = phases
        self._presence = presence
        self._release: Callable[[], None] | None = None
        self._ready: SimpleQueue[Job | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._in_hand = 0
        self._finished: list[Job] = []
        self._left_some = False
        self._look_at = 0.0
        self._woken = threading.Event()
        self._is_stopping = False

    @property
    def executor_id(self) -> str:
        """The name under which this worker claims jobs."""
        return self._presence.executor_id

    def has_room(self) -> bool:
        """Whether this worker could begin another job soon."""
        return self._in_hand < MOST_IN_HAND and not self._is_stopping

    def start(self, prepare: Callable[[], object]) -> None:
        """Begin to work; ``prepare`` is called before. Raises Conflict when another process has this SQLite store."""
        self._release = self._queue.store.lock_for_worker()
        try:
            self._presence.begin()
            prepare()
        except BaseException:
            self.release()
            raise
        self._is_stopping, self._in_hand, self._ready = False, 0, SimpleQueue()
        runs = [threading.Thread(target=self._run, args=(self._ready,), name=f"sym-job-{n}", daemon=True)
                for n in range(CONCURRENCY)]  # fmt: skip
        self._threads = [threading.Thread(target=self._loop, name="sym-queue", daemon=True), *runs]
        for thread in self._threads:
            thread.start()
        self._queue.attach(self)

    def stop(self, seconds: float = 5) -> None:
        """Take nothing up any more, and wait for at most ``seconds`` for what is in hand."""
        self._is_stopping = True
        self._woken.set()
        for _ in self._threads:
            self._ready.put(None)
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(timeout=max(0.0, deadline - time.monotonic()))
        # Not before: what is finished meanwhile has timers to set.
        self._queue.attach(None)

    def release(self) -> None:
        """Leave what was not finished to others, and the store to another process."""
        self._threads = []
        if self._release is not None:
            try:
                self._presence.end()
            except Exception:
                log.exception("this worker could not say that it stopped; the others will notice")
            self._release()
            self._release = None

    def hand_over(self, job: Job) -> None:
        """Run a job that this worker has claimed."""
        with self._lock:
            self._in_hand += 1
        self._ready.put(job)

    def expect(self, delay: float) -> None:
        """Look for jobs ``delay`` seconds from now."""
        at = time.monotonic() + max(0.0, delay)
        with self._lock:
            if at >= self._look_at:
                return
            self._look_at = at
        self._woken.set()

    def _run(self, ready: SimpleQueue[Job | None]) -> None:
        while (job := ready.get()) is not None:
            if not self._is_stopping:
                try:
                    self._phases[job.phase](job.subject_id, job.attempt)
                except Exception:
                    log.exception("%s of %s failed", job.phase, job.subject_id)
            with self._lock:
                self._in_hand -= 1
                if not self._is_stopping:
                    self._finished.append(job)
                is_hungry = self._left_some and self._in_hand <= CONCURRENCY
            if is_hungry or len(self._finished) >= MOST_UNFORGOTTEN:
                self.expect(0)

    def _loop(self) -> None:
        while not self._is_stopping:
            self._look_at = time.monotonic() + POLL_SECONDS
            try:
                self._turn()
            except Exception:
                log.exception("no jobs could be taken; the next try follows in a second")
            while not self._is_stopping and (pause := self._look_at - time.monotonic()) > 0:
                self._woken.wait(pause)
                self._woken.clear()

    def _turn(self) -> None:
        """One transaction: forget what was run, say that we live, and claim what is due."""
        now, room = self._queue.clock(), MOST_IN_HAND - self._in_hand
        self._left_some = room < CONCURRENCY
        limit = 0 if self._left_some else room
        with self._lock:
            finished, self._finished = self._finished, []
        try:
            with self._queue.store.transaction() as conn:
                finish_jobs(conn, [job.key for job in finished])
                if self._presence.is_beat_due():
                    self._presence.beat(conn)
                taken = take_jobs(conn, self.executor_id, self._phases, now=now, limit=limit) if limit else []
                following = None if taken else next_due(conn, before=now + timedelta(seconds=POLL_SECONDS))
        except BaseException:
            with self._lock:
                self._finished += finished
            raise
        for job in taken:
            self.hand_over(job)
        if taken:
            self.expect(0)
        elif following is not None and limit:
            self.expect((following - self._queue.clock()).total_seconds())
