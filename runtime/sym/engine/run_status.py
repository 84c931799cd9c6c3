"""The statuses a run can have."""

from __future__ import annotations

from typing import Literal, get_args

RunStatus = Literal[
    "prompted", "requested", "approved", "escalated", "deescalated", "errored", "denied", "expired", "ignored"
]
RUN_STATUSES: tuple[str, ...] = get_args(RunStatus)
