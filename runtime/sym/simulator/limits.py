"""Rate limits: messages per second in a channel, and calls per minute of a method."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sym.simulator.clock import Clock


@dataclass(frozen=True, kw_only=True)
class RateLimits:
    """Messages per second and channel with a burst on top, and calls per minute of each method and workspace. Slack
    publishes one message per second and channel, and 20 (tier 2), 50 (tier 3) and 100 (tier 4) calls a minute."""

    posts_per_second: float = 1.0
    post_burst: int = 10
    per_minute: Mapping[str, int] = field(default_factory=dict)


@dataclass
class _Bucket:
    left: float
    at: datetime


class Limiter:
    """Counts calls against ``limits``; None means that nothing is limited. Not thread-safe: under the simulator's
    lock."""

    def __init__(self, clock: Clock, limits: RateLimits | None) -> None:
        self._clock = clock
        self.limits = limits
        self._buckets: dict[tuple[str, ...], _Bucket] = {}

    def wait(self, method: str, team: str, channel: str | None) -> int:
        """The seconds after which this call may be tried again, 0 if it may be made now."""
        if self.limits is None:
            return 0
        if method == "chat.postMessage" and channel:
            rate, size = self.limits.posts_per_second, float(self.limits.post_burst)
            return self._take((method, team, channel), rate, size)
        count = self.limits.per_minute.get(method)
        return self._take((method, team), count / 60, float(count)) if count else 0

    def _take(self, key: tuple[str, ...], per_second: float, size: float) -> int:
        now = self._clock()
        bucket = self._buckets.setdefault(key, _Bucket(size, now))
        bucket.left = min(size, bucket.left + (now - bucket.at).total_seconds() * per_second)
        bucket.at = now
        if bucket.left >= 1:
            bucket.left -= 1
            return 0
        return max(1, math.ceil((1 - bucket.left) / per_second))
