"""Which events there are, when they are possible, and where they may lead."""

from __future__ import annotations

from collections.abc import Mapping

# Events a hook of the key may fire instead of the default: forward only, and its own event once.
FORWARD: Mapping[str, frozenset[str]] = {
    "request": frozenset({"request", "approve", "deny"}),
    "approve": frozenset({"approve", "deny", "escalate"}),
    "deny": frozenset({"deny", "approve"}),
    "escalate": frozenset({"escalate", "deescalate"}),
    "deescalate": frozenset({"deescalate"}),
    "forward": frozenset({"approve", "deny"}),
    "expire": frozenset({"approve", "deny"}),
}
# How far along a run is when an event is possible: what tells forward from back.
STAGE: Mapping[str, int] = {
    "request": 0, "forward": 0, "expire": 0, "approve": 1, "deny": 1, "escalate": 2, "deescalate": 3,
}  # fmt: skip
# The status a run must have for an event to be possible.
FROM_STATUS: Mapping[str, frozenset[str]] = {
    "request": frozenset({"prompted"}),
    "approve": frozenset({"requested"}),
    "deny": frozenset({"requested"}),
    "escalate": frozenset({"approved"}),
    "deescalate": frozenset({"escalated", "errored"}),
    "forward": frozenset({"requested"}),
    "expire": frozenset({"requested"}),
    "extend": frozenset({"escalated"}),
    "retry": frozenset({"errored"}),
    "remove": frozenset({"escalated", "errored"}),
}
# What only people do.
PEOPLES = frozenset({"extend", "retry", "remove"})
# What leads to access, or to more of it: nothing for somebody who has left, nor by them.
OPENING = frozenset({"request", "approve", "escalate", "extend", "retry"})
LEFT = "left"
"""The ``cause`` of what the product fires because somebody has left, and the type of a de-escalation for it."""
# Timers and what follows a failure: the product fires them, and the run may have gone on since.
UNATTENDED = frozenset({"forward", "expire"})
