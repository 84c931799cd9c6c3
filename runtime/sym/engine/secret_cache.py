"""Secrets' values between two uses: kept in this process for a minute at most, and fetched anew when a service refuses
what they were used for.

A value is kept under all that its view says: which source with which settings, which path, which key, in which
versions, and for which environment's runtime. So whatever Terraform changes is fetched anew at once. What is read on
this machine anyway (a source that says ``is_local``) is not kept.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sym import plugins

KEPT_SECONDS = 60.0
MOST = 512
"""As many values are kept at once."""

_ANEW: ContextVar[bool] = ContextVar("sym_secrets_anew", default=False)


@contextmanager
def anew() -> Iterator[None]:
    """Secrets asked for in the block are fetched, whatever is kept."""
    reset = _ANEW.set(True)
    try:
        yield
    finally:
        _ANEW.reset(reset)


class SecretCache:
    """The values of one process. ``seconds`` tells the time, in seconds from whenever."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def value(self, view: dict[str, Any], fetch: Callable[[], str], *, fresh: bool = False) -> str:
        """The value of the secret with this view: what is kept, else what ``fetch`` gives; ``fresh``: that in any case.
        Raises what ``fetch`` raises; a failure is not kept."""
        if _is_local(view["source"]["type"]):
            return fetch()
        key = _key(view)
        kept = None if fresh or _ANEW.get() else self._recall(key)
        if kept is not None:
            return kept
        value = fetch()
        with self._lock:
            self._kept[key] = (value, self._seconds() + KEPT_SECONDS)
            self._kept.move_to_end(key)
            self._drop_old()
        return value

    def __repr__(self) -> str:
        return f"SecretCache({len(self._kept)} kept)"

    def _recall(self, key: str) -> str | None:
        with self._lock:
            self._drop_old()
            value, _until = self._kept.get(key, (None, 0.0))
            return value

    def _drop_old(self) -> None:
        """Not only what is asked for: nothing shall lie in memory that nobody uses. The oldest come first."""
        now = self._seconds()
        while self._kept and (len(self._kept) > MOST or next(iter(self._kept.values()))[1] <= now):
            self._kept.popitem(last=False)


def _is_local(kind: str) -> bool:
    return kind in plugins.names("secret_sources") and bool(
        getattr(plugins.load("secret_sources", kind), "is_local", False)
    )


def _key(view: dict[str, Any]) -> str:
    """What a value is kept under: none of it is secret, and hashed it is short."""
    named = {name: view.get(name) for name in ("id", "version", "path", "settings", "source", "runtime")}
    return hashlib.sha256(json.dumps(named, sort_keys=True, default=str).encode()).hexdigest()
