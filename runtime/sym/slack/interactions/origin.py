"""What a view remembers of where it was asked for: the form it shows, and the channel somebody was in."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """``channel`` is None for what began outside of channels, ``form`` before there is one."""

    channel: str | None = None
    form: str | None = None

    def written(self) -> str:
        """As a view's ``private_metadata``."""
        return json.dumps({"channel": self.channel, "form": self.form})


def read_origin(private_metadata: object) -> Origin:
    """What :meth:`Origin.written` made; an empty one for anything else."""
    try:
        found = json.loads(str(private_metadata))
    except ValueError:
        return Origin()
    if not isinstance(found, dict):
        return Origin()
    channel, form = (found.get(name) for name in ("channel", "form"))
    return Origin(channel if isinstance(channel, str) else None, form if isinstance(form, str) else None)
