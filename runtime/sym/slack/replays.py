"""What has come in before does nothing: a request of Slack's that somebody plays again, or that Slack sends twice."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sym.store.database import Store
from sym.store.slack import drop_receipts, has_receipt, note_receipts, prune_receipts

Payload = Mapping[str, Any]

KEPT = timedelta(hours=1)
EVENTS_KEPT = timedelta(hours=25)
"""Slack repeats an event for up to a day; everything else it sends once, and its signature is good for minutes."""
STATE_KEPT = timedelta(minutes=10)
"""So long an installation may take."""
_PRUNE_SECONDS = 60.0


class Replays:
    """Notes of what has come in, in the store, so that all servers share them."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._pruned_at = time.monotonic()
        self._lock = threading.Lock()

    def is_first(self, team_id: str, payload: Payload) -> bool:
        """Note a payload; False if it has come before. What only asks (typeahead) may be asked again."""
        keys = set(_keys(team_id, payload))
        if not keys:
            return True
        kept = EVENTS_KEPT if "event_id" in payload else KEPT
        now = self._clock()
        with self._store.transaction() as conn:
            if self._is_time_to_prune():
                prune_receipts(conn, now)
            return note_receipts(conn, keys, now + kept)

    def has_come(self, team_id: str, payload: Payload) -> bool:
        """Whether a payload is noted. What is worked off before it is noted asks this first."""
        keys = set(_keys(team_id, payload))
        with self._store.reading() as conn:
            return bool(keys) and has_receipt(conn, keys)

    def forget(self, team_id: str, payload: Payload) -> None:
        """What came in was not worked off: it may come again."""
        keys = set(_keys(team_id, payload))
        if keys:
            with self._store.transaction() as conn:
                drop_receipts(conn, keys)

    def is_first_use(self, state: str) -> bool:
        """Whether an installation comes back with this secret for the first time."""
        now = self._clock()
        with self._store.transaction() as conn:
            prune_receipts(conn, now)
            return note_receipts(conn, [_hashed("state", state)], now + STATE_KEPT)

    def _is_time_to_prune(self) -> bool:
        with self._lock:
            if time.monotonic() - self._pruned_at < _PRUNE_SECONDS:
                return False
            self._pruned_at = time.monotonic()
            return True


def _keys(team_id: str, payload: Payload) -> Iterator[str]:
    """What makes a payload this one and no other."""
    kind = payload.get("type")
    if kind == "event_callback":
        if payload.get("event_id"):
            yield _hashed("event", team_id, str(payload["event_id"]))
        return
    if kind in ("block_suggestion", "view_closed"):
        return
    if payload.get("trigger_id"):
        yield _hashed("trigger", team_id, str(payload["trigger_id"]))
    actions = payload.get("actions")
    for action in actions if isinstance(actions, list) else ():
        if isinstance(action, Mapping) and action.get("action_ts"):
            yield _hashed("action", team_id, _user(payload), _place(payload), str(action.get("action_id")),
                          str(action["action_ts"]))  # fmt: skip


def _user(payload: Payload) -> str:
    user = payload.get("user")
    return str(user.get("id")) if isinstance(user, Mapping) else str(user)


def _place(payload: Payload) -> str:
    container = payload.get("container")
    if not isinstance(container, Mapping):
        return ""
    return str(container.get("message_ts") or container.get("view_id") or "")


def _hashed(*parts: str) -> str:
    # Hashed: whoever reads the store shall not learn trigger ids or states that are still good.
    return f"{parts[0]}:{hashlib.sha256(chr(0).join(parts).encode('utf-8', 'surrogatepass')).hexdigest()}"
