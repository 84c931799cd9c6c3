"""What can be set from outside: the only place of these tests that reads the environment."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Knobs:
    """``CHAOS_SEED``: what a run's chances come from; left out, a new one. ``CHAOS_KILLS``: how often a server is
    killed on PostgreSQL. ``CHAOS_MINUTES``: how long each storm lasts at least."""

    seed: int
    kills: int
    minutes: float

    @classmethod
    def read(cls, *, kills: int, minutes: float = 0.0, environ: Mapping[str, str] | None = None) -> Knobs:
        """From the environment, or these."""
        given = os.environ if environ is None else environ
        seed = int(given.get("CHAOS_SEED") or random.randrange(1, 1_000_000))
        return cls(seed, int(given.get("CHAOS_KILLS") or kills), float(given.get("CHAOS_MINUTES") or minutes))
