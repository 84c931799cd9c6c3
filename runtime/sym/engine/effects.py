"""What is decided to happen outside: frozen, and carried out by the performer. Its outcome is an event's end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Escalate:
    """Grant the access the run was approved for."""

    name: ClassVar[str] = "escalate"
    run_id: str


@dataclass(frozen=True, kw_only=True)
class Deescalate:
    """Take the run's access away again."""

    name: ClassVar[str] = "deescalate"
    run_id: str


@dataclass(frozen=True, kw_only=True)
class Restore:
    """Grant the run's access once more, because a late call may have taken it away before its time."""

    name: ClassVar[str] = "escalate"
    run_id: str


Effect = Escalate | Deescalate | Restore
