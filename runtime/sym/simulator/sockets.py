"""Socket Mode: the app's connections, and envelopes that wait for their acknowledgement."""

from __future__ import annotations

import itertools
import json
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from sym.simulator.parcels import Parcel, Undelivered


class Connection:
    """One WebSocket: ``send`` may be called from any thread; ``drop`` closes it."""

    def __init__(self, send: Callable[[str], None], drop: Callable[[], None]) -> None:
        self.send, self.drop = send, drop


class Sockets:
    """All connections of the app. Thread-safe."""

    def __init__(self, app_id: str) -> None:
        self._app_id = app_id
        self._lock = threading.Lock()
        self._tickets: set[str] = set()
        self._connections: list[Connection] = []
        self._turn = itertools.count()
        self._waiting: dict[str, Future[Any]] = {}

    @property
    def is_connected(self) -> bool:
        """Whether the app has a connection."""
        return bool(self._connections)

    def ticket(self) -> str:
        """What lets one connection in, once."""
        with self._lock:
            ticket = secrets.token_hex(16)
            self._tickets.add(ticket)
            return ticket

    def admit(self, ticket: str) -> bool:
        """Whether the ticket is good; it is used up."""
        with self._lock:
            if ticket not in self._tickets:
                return False
            self._tickets.remove(ticket)
            return True

    def add(self, connection: Connection) -> None:
        """A connection is there: it is greeted, and gets its share of what is sent."""
        with self._lock:
            self._connections.append(connection)
            count = len(self._connections)
        hello = {
            "type": "hello", "num_connections": count, "connection_info": {"app_id": self._app_id},
            "debug_info": {"host": "applink-simulator", "approximate_connection_time": 18060},
        }  # fmt: skip
        connection.send(json.dumps(hello))

    def remove(self, connection: Connection) -> None:
        """A connection is gone."""
        with self._lock:
            if connection in self._connections:
                self._connections.remove(connection)

    def disconnect(self, reason: str | None = "refresh_requested") -> None:
        """Tell every connection to come again, and close it, as Slack does every few hours; without a ``reason``,
        close it without a word."""
        with self._lock:
            connections, self._connections = self._connections, []
        for connection in connections:
            if reason:
                connection.send(json.dumps({"type": "disconnect", "reason": reason, "debug_info": {}}))
            connection.drop()

    def give_up(self) -> None:
        """Wait for no acknowledgement any more: the simulator stops."""
        for envelope_id in list(self._waiting):
            waiting = self._waiting.pop(envelope_id, None)
            if waiting is not None:
                waiting.set_exception(Undelivered("dispatch_failed", "the simulator stops"))

    def receive(self, text: str) -> None:
        """What the app sent: the acknowledgement of an envelope, with or without a payload."""
        try:
            message = json.loads(text)
            waiting = self._waiting.pop(message["envelope_id"], None)
        except (ValueError, TypeError, KeyError):
            return
        if waiting is not None:
            waiting.set_result(message.get("payload") or None)

    def deliver(self, parcel: Parcel, seconds: float) -> Any:
        """Send it over one of the connections, each in turn; the payload of the acknowledgement. Raises Undelivered."""
        envelope_id = secrets.token_hex(16)
        waiting: Future[Any] = Future()
        with self._lock:
            if not self._connections:
                raise Undelivered("dispatch_failed", "no connection in Socket Mode")
            connection = self._connections[next(self._turn) % len(self._connections)]
            self._waiting[envelope_id] = waiting
        connection.send(json.dumps(parcel.as_envelope(envelope_id)))
        try:
            return waiting.result(timeout=seconds)
        except TimeoutError:
            self._waiting.pop(envelope_id, None)
            raise Undelivered("operation_timeout", f"not acknowledged within {seconds:g} s") from None
