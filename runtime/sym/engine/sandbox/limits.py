"""How much one call of authors' code may use."""

from __future__ import annotations

import dataclasses
import math

MIB = 1024 * 1024

DEADLINES: dict[str, float] = {"hook": 10.0, "reducer": 10.0, "prefetch": 2.5, "on_change": 2.5, "strategy": 60.0}
"""Seconds a call of each kind may take, unless the caller says otherwise. Somebody is looking at an empty form while
prefetch and on_change run, hence their short ones; a strategy may wait for slow vendors."""


def processor_seconds(seconds: float) -> int:
    """How many seconds of processor time a call may use, all its threads together, that may take ``seconds`` by the
    clock. A little more: the worker watches the clock, and this is the kernel's, for when nobody watches."""
    return math.ceil(seconds) + 1


@dataclasses.dataclass(frozen=True, kw_only=True)
class Limits:
    """What a single call may use, in bytes.

    ``memory_bytes`` is on top of what the interpreter and the preloaded libraries take; ``log_bytes`` how much of the
    output is kept; ``answer_bytes`` the longest message the code may send, its result among them; ``file_bytes`` the
    longest file it may write.
    """

    memory_bytes: int = 512 * MIB
    log_bytes: int = 64 * 1024
    answer_bytes: int = 8 * MIB
    file_bytes: int = MIB
