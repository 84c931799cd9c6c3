"""Sparing threads while Slack does not answer: a call that hangs is waited for by one of them, not by all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sym.engine.outbound import Unreachable

PAUSE = timedelta(seconds=1)


class Breaker:
    """After a call that nobody answered one at a time may try, a second apart, until one is answered; the others are
    Unreachable at once. Safe to share between threads."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._silent_until: datetime | None = None
        self._has_probe = False

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Raise Unreachable instead of going on while Slack is silent; learn from what is raised within."""
        is_probe = self._enter()
        silent_until = self._silent_until
        try:
            yield
            silent_until = None
        except Unreachable as error:
            silent_until = self._clock() + PAUSE if error.code == "unreachable" else None
            raise
        except Exception:
            silent_until = None
            raise
        finally:
            with self._lock:
                self._has_probe = self._has_probe and not is_probe
                self._silent_until = silent_until

    def _enter(self) -> bool:
        with self._lock:
            if self._silent_until is None:
                return False
            if self._has_probe or self._clock() < self._silent_until:
                raise Unreachable("Slack does not answer.", code="unreachable")
            self._has_probe = True
            return True
