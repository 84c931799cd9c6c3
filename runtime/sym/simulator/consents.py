"""OAuth: who agreed that the app may come into a workspace, as codes that are good once and for ten minutes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sym.simulator.clock import Clock
from sym.simulator.errors import ApiError

LIFETIME = timedelta(minutes=10)


@dataclass
class Consent:
    """An agreement, and the code that stands for it."""

    team: str
    person: str
    scopes: tuple[str, ...]
    redirect_uri: str
    made: datetime
    is_used: bool = False


class Consents:
    """Not thread-safe: under the simulator's lock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._given: dict[str, Consent] = {}

    def give(self, team: str, person: str, scopes: tuple[str, ...], redirect_uri: str) -> str:
        """A code."""
        code = f"{len(self._given) + 1}.{secrets.token_hex(16)}"
        self._given[code] = Consent(team, person, scopes, redirect_uri, self._clock())
        return code

    def take(self, code: str, redirect_uri: str) -> Consent:
        """What the code stands for. Raises ApiError: ``invalid_code``, ``code_already_used``, ``bad_redirect_uri``."""
        consent = self._given.get(code)
        if consent is None or self._clock() - consent.made > LIFETIME:
            raise ApiError("invalid_code")
        if consent.is_used:
            raise ApiError("code_already_used")
        if consent.redirect_uri != redirect_uri:
            raise ApiError("bad_redirect_uri")
        consent.is_used = True
        return consent
