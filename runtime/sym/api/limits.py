"""How often somebody may call: a bucket of tokens for each, in this process.

Every call takes one out of the bucket of its token, or of its address where there is no good token; they come back
evenly. Whoever finds it empty is told how long to wait. Servers do not tell each other: of several, each counts the
calls that come to it.
"""

from __future__ import annotations

import ipaddress
import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

_MOST_BUCKETS = 20_000
_ROUNDING = 1e-6
# Whoever has one address of IPv6 has 2^64 of them.
_IPV6_PREFIX = 64


@dataclass(frozen=True)
class Rate:
    """``calls`` in ``seconds``: as many at once, and on average."""

    calls: int
    seconds: float


@dataclass
class _Bucket:
    left: float
    seen_at: datetime


class Limits:
    """The buckets; without a ``rate`` there is no limit. Safe to share between threads."""

    def __init__(self, rate: Rate | None = None, *, clock: Callable[[], datetime]) -> None:
        self._rate = rate
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, who: str) -> int | None:
        """Count a call of ``who``. None: go on; else it is one too many, and the next may come in so many seconds."""
        rate = self._rate
        if rate is None:
            return None
        now = self._clock()
        with self._lock:
            bucket = self._bucket(who, rate, now)
            if bucket.left >= 1 - _ROUNDING:
                bucket.left -= 1
                return None
            return max(1, math.ceil((1 - bucket.left) * rate.seconds / rate.calls - _ROUNDING))

    def _bucket(self, who: str, rate: Rate, now: datetime) -> _Bucket:
        bucket = self._buckets.get(who)
        if bucket is None:
            # The one that rested longest is as good as full, unless very many call at once.
            while len(self._buckets) >= _MOST_BUCKETS:
                self._buckets.popitem(last=False)
            bucket = self._buckets[who] = _Bucket(rate.calls, now)
            return bucket
        self._buckets.move_to_end(who)
        # Clocks are set back now and then.
        passed = max(0.0, (now - bucket.seen_at).total_seconds())
        bucket.left = min(rate.calls, bucket.left + passed * rate.calls / rate.seconds)
        bucket.seen_at = now
        return bucket


def by_token(jti: str) -> str:
    """Whose bucket it is, for a call with a good token."""
    return f"token {jti}"


def by_address(host: str | None) -> str:
    """Whose bucket it is, for a call without one, from the address ``host``. None is one caller as well."""
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return f"address {host}"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return f"address {ipaddress.ip_network((address, _IPV6_PREFIX), strict=False)}"
    return f"address {getattr(address, 'ipv4_mapped', None) or address}"
