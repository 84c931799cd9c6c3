"""Threads for what takes its time, so that nobody's click waits for somebody else's slow code."""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

log = logging.getLogger(__name__)
Call = Callable[[], None]


@dataclass(frozen=True)
class _Job:
    call: Call
    shares: Mapping[str, int]


class Lanes:
    """Runs calls on at most ``size`` threads; ``longest`` more may wait.

    A call may belong to shares, such as a person's or a flow's: of each share only so many run at once, and the calls
    of others overtake those that wait for it. There are threads only while there is work.
    """

    def __init__(self, size: int, *, longest: int = 200, name: str = "slack") -> None:
        self._size = size
        self._longest = longest
        self._name = name
        self._lock = threading.Lock()
        self._waiting: deque[_Job] = deque()
        self._running = 0
        self._held: Counter[str] = Counter()
        self._idle = threading.Condition(self._lock)
        self._is_stopped = False

    def submit(self, call: Call, shares: Mapping[str, int] | None = None) -> bool:
        """Run ``call`` soon; ``shares`` says of each share it belongs to how many may run at once. False, and it is not
        run, when too many wait already, or this was stopped."""
        with self._lock:
            if self._is_stopped or len(self._waiting) >= self._longest:
                return False
            self._waiting.append(_Job(call, dict(shares or {})))
            self._start_what_can()
        return True

    def stop(self, seconds: float = 5.0) -> None:
        """Begin nothing any more, and wait so long for what is in hand."""
        with self._lock:
            self._is_stopped = True
            self._waiting.clear()
            self._idle.wait_for(lambda: not self._running, seconds)

    def _start_what_can(self) -> None:
        while (job := self._take()) is not None:
            threading.Thread(target=self._work, args=(job,), name=self._name, daemon=True).start()

    def _take(self) -> _Job | None:
        """The first call that may run now. The lock is held."""
        if self._running >= self._size:
            return None
        for place, job in enumerate(self._waiting):
            if all(self._held[share] < most for share, most in job.shares.items()):
                del self._waiting[place]
                self._running += 1
                self._held.update(job.shares.keys())
                return job
        return None

    def _work(self, job: _Job | None) -> None:
        while job is not None:
            try:
                job.call()
            except Exception as error:  # noqa: BLE001 - whoever submits it handles what can go wrong
                # Not its text: it may quote what somebody wrote.
                log.error("work for Slack failed unexpectedly: %s", type(error).__name__)
            with self._lock:
                self._release(job)
                job = self._take()
                self._start_what_can()

    def _release(self, job: _Job) -> None:
        self._running -= 1
        self._held.subtract(job.shares.keys())
        for share in [name for name in job.shares if not self._held[name]]:
            del self._held[share]
        if not self._running:
            self._idle.notify_all()
