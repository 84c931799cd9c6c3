"""What a service is still working on."""

from __future__ import annotations

import dataclasses
from typing import Any, Literal


@dataclasses.dataclass(frozen=True)
class Operation:
    """How a service that does not act at once is getting on. ``escalate``, ``deescalate`` and ``poll`` may return one.

    ``id``       the service's name for it; ``poll`` gets the operation back to ask by it
    ``status``   ``IN_PROGRESS``: ``poll`` is called until it is not; nobody is told before that. ``SUCCEEDED``: as if
                 ``data`` had been returned. ``FAILED``: as if the call had failed; it may be made again
    ``data``     something JSON can hold, for ``poll`` or as the result
    ``message``  why it failed
    """

    id: str
    status: Literal["IN_PROGRESS", "SUCCEEDED", "FAILED"] = "IN_PROGRESS"
    data: dict[str, Any] | None = None
    message: str = ""

    def __post_init__(self) -> None:
        if self.status not in ("IN_PROGRESS", "SUCCEEDED", "FAILED"):
            raise ValueError(f"status must be IN_PROGRESS, SUCCEEDED or FAILED, not {self.status!r}")
