"""The worlds of phases that have just ended, for those that follow at once in the same process.

A matter of speed alone. What a person asks for is never decided on a world from here, but on one that is read for it.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable

from sym.engine.views import World

SECONDS = 2.0
MOST = 1000


class RecentWorlds:
    """Worlds by the id of the event that goes on. Each is given once, and for two seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, World]] = OrderedDict()

    def keep(self, event_ids: Iterable[str], world: World) -> None:
        """Remember ``world`` for these events."""
        with self._lock:
            for event_id in event_ids:
                self._kept[event_id] = (time.monotonic(), world)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)

    def take(self, event_id: str) -> World | None:
        """The world that was kept for the event; None if there is none, or it is too old."""
        with self._lock:
            at, world = self._kept.pop(event_id, (0.0, None))
        return world if world is not None and time.monotonic() - at < SECONDS else None
