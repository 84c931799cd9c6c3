"""What settings of targets have in common."""

from __future__ import annotations

from typing import Any


def listed(value: Any) -> list[str]:
    """A setting that names one thing or several, as a list of texts."""
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
