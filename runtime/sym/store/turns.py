"""Whose turn it is to write: on SQLite one thread at a time, and first those whom a person waits for."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Iterator
from contextvars import ContextVar

_IS_AWAITED: ContextVar[bool] = ContextVar("sym_is_awaited", default=False)
IN_A_ROW = 4
"""After so many of those whom a person waits for, one of the others has its turn: the end of access waits for nobody's
clicks."""


@contextlib.contextmanager
def awaited() -> Iterator[None]:
    """What this thread writes within is waited for by a person, whom Slack gives up on after three seconds."""
    before = _IS_AWAITED.set(True)
    try:
        yield
    finally:
        _IS_AWAITED.reset(before)


class Turns:
    """A lock that is handed over: to whom a person waits for, in the order in which they came, then to the others."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_taken = False
        self._awaited: deque[threading.Event] = deque()
        self._others: deque[threading.Event] = deque()
        self._in_a_row = 0

    def acquire(self, seconds: float) -> bool:
        """Wait for a turn; False if there was none for so long."""
        mine = threading.Event()
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return True
            line = self._awaited if _IS_AWAITED.get() else self._others
            line.append(mine)
        if mine.wait(seconds):
            return True
        with self._lock:
            if mine.is_set():  # at this very moment
                return True
            line.remove(mine)
            return False

    def release(self) -> None:
        """Let the next one write."""
        with self._lock:
            is_their_turn = self._awaited and (self._in_a_row < IN_A_ROW or not self._others)
            line = self._awaited if is_their_turn else self._others
            self._in_a_row = self._in_a_row + 1 if is_their_turn else 0
            if line:
                line.popleft().set()
            else:
                self._is_taken = False
