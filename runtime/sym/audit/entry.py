"""The shape of a log entry, and what its parts are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

SCHEMA_VERSION = 7


@dataclass(frozen=True)
class Actor:
    """Who did something. ``user_id`` is None where nobody with an account did; ``identity`` is who they were in the
    service they came through: ``service``, ``external_id``, and ``user_id`` or ``email``."""

    user_id: str | None
    username: str
    name: str = ""
    identity: Mapping[str, Any] | None = None
    organization: str = "sym"
    type: str = "normal"

    SYSTEM: ClassVar[Actor]
    """The product itself, and ``terraform`` on the machine that holds the store."""

    def document(self) -> dict[str, Any]:
        """The actor as a log entry shows it; ``user`` is an SRN, or None without an account."""
        srn = f"{self.organization}:user:{self.type}:{self.user_id}:latest" if self.user_id else None
        identity = None if self.identity is None else dict(self.identity)
        return {"user": srn, "name": self.name, "username": self.username, "identity": identity}


Actor.SYSTEM = Actor(user_id=None, username="system", name="Sym")


@dataclass(frozen=True, kw_only=True)
class RunView:
    """A run as a log entry shows it: SRNs of the run, its parent and its flow in the version it is pinned to, and who
    caused which event so far, this one included."""

    srn: str
    flow: str
    parent: str | None = None
    actors: Mapping[str, Actor] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The run as JSON values."""
        actors = {name: actor.document() for name, actor in self.actors.items()}
        return {"srn": self.srn, "parent": self.parent, "flow": self.flow, "actors": actors}


@dataclass(frozen=True, kw_only=True)
class EventView:
    """An event as a log entry shows it. ``channel`` is slack, sym, sdk or internal; ``timestamp`` is aware."""

    id: str
    srn: str
    type: str
    template: str
    timestamp: datetime
    channel: str

    def document(self) -> dict[str, Any]:
        """The event as JSON values, the time as ISO 8601 with ``+00:00``."""
        return {
            "id": self.id,
            "srn": self.srn,
            "type": self.type,
            "template": self.template,
            "timestamp": timestamp(self.timestamp),
            "channel": self.channel,
        }


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC, ``2026-03-14T15:09:26.535897+00:00``. Raises ValueError for a naive datetime."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC).isoformat()


@dataclass(frozen=True, kw_only=True)
class AuditEvent:
    """Something that happened. ``name`` is ``noun.past_participle``; ``kind`` the entry's ``type``; ``status`` the
    entry's ``state.status``."""

    name: ClassVar[str]
    kind: ClassVar[str]
    status: ClassVar[str] = "completed"

    actor: Actor
    run_id: str | None = None
    event_id: str | None = None

    def document(self, entry_id: str, now: datetime) -> dict[str, Any]:
        """The log entry, personal values in clear. ``now`` is when it is recorded."""
        return {
            "id": entry_id,
            "meta": {"schema_version": SCHEMA_VERSION},
            "state": {"status": self.status, "errors": list(self._errors())},
            "run": None,
            "event": self._event(entry_id, now),
            "actor": self.actor.document(),
            "fields": self._fields(),
            "type": self.kind,
        }

    def _event(self, entry_id: str, now: datetime) -> dict[str, Any]:
        return {
            "id": entry_id,
            "srn": None,
            "type": self.name,
            "template": None,
            "timestamp": timestamp(now),
            "channel": "sym",
        }

    def _errors(self) -> tuple[str, ...]:
        return ()

    def _fields(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True, kw_only=True)
class RunEvent(AuditEvent):
    """Something that happened to a run: ``fields`` are its prompt fields, target and duration, ``errors`` what went
    wrong, in words."""

    kind: ClassVar[str] = "event"

    run: RunView
    event: EventView
    fields: Mapping[str, Any] = field(default_factory=dict)
    errors: tuple[str, ...] = ()

    def document(self, entry_id: str, now: datetime) -> dict[str, Any]:
        """The log entry, personal values in clear."""
        return {**super().document(entry_id, now), "run": self.run.document()}

    def _event(self, entry_id: str, now: datetime) -> dict[str, Any]:  # noqa: ARG002 - the event has its own
        return self.event.document()

    def _errors(self) -> tuple[str, ...]:
        return self.errors

    def _fields(self) -> dict[str, Any]:
        return dict(self.fields)
