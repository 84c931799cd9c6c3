"""How a finding is put."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """One thing to know: ``needs`` has to be seen to before it works, ``warns`` is only said."""

    verdict: Literal["warns", "needs"]
    message: str


def needs(message: str) -> Finding:
    """Something without which it does not work."""
    return Finding("needs", message)


def warns(message: str) -> Finding:
    """Something that does otherwise than it seems to."""
    return Finding("warns", message)
