"""Everything the log can say. One class each; its docstring says when it fires."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sym.audit import administration
from sym.audit.entry import Actor, AuditEvent, EventView, RunEvent, RunView

__all__ = ["Actor", "AuditEvent", "EventView", "RunEvent", "RunView", "vocabulary"]


class RunRequested(RunEvent):
    """Somebody asked for access or approval, and the people who may decide were told."""

    name = "run.requested"


class RunForwarded(RunEvent):
    """Nobody decided in time, or nobody could be reached: the next destination was told."""

    name = "run.forwarded"


class RunExpired(RunEvent):
    """The last destination's time ran out: nobody can decide any more."""

    name = "run.expired"


class RunApproved(RunEvent):
    """Somebody who may said yes."""

    name = "run.approved"


class RunDenied(RunEvent):
    """Somebody who may said no, or the requester took it back."""

    name = "run.denied"


class RunIgnored(RunEvent):
    """A hook refused the request itself: nobody was told and the run is over."""

    name = "run.ignored"
    status = "ignored"


class RunEscalated(RunEvent):
    """The strategy granted the access."""

    name = "run.escalated"


class RunDeescalated(RunEvent):
    """The access ended: by its timer, by somebody, or by a hook."""

    name = "run.deescalated"


class EventFailed(RunEvent):
    """A hook, a reducer or a strategy failed. The run stays as it was, or is errored if granting failed for good."""

    name = "event.failed"
    status = "errored"


class EventIgnored(RunEvent):
    """A hook stopped an event of a run that goes on as it was."""

    name = "event.ignored"
    status = "ignored"


class EventRepeated(RunEvent):
    """A crash may have left an effect half done; it is done again."""

    name = "effect.repeated"


class LeaseStuck(RunEvent):
    """Ending access failed too often: people were told to remove it by hand. It is still retried daily."""

    name = "lease.stuck"
    status = "errored"


class RunExtended(RunEvent):
    """Somebody who may approve put the end of running access off."""

    name = "run.extended"


class RunRetried(RunEvent):
    """An admin had a failed grant tried again."""

    name = "run.retried"


class EventOverridden(RunEvent):
    """An admin set the flow's hook aside: what follows happened without asking it."""

    name = "event.overridden"


class LeaseRemovedManually(RunEvent):
    """An admin declared that access which could not be ended was removed by hand, and why."""

    name = "lease.removed_manually"


class MessageFailed(RunEvent):
    """A message to people could not be delivered and is given up."""

    name = "message.failed"
    status = "errored"


class LeasePreexisted(RunEvent):
    """The vendor showed the access before it was granted for the first time: it is left when its time is over."""

    name = "lease.preexisted"


class LeaseRestored(RunEvent):
    """Access that a late call may have taken away before its time was granted once more."""

    name = "lease.restored"


@dataclass(frozen=True, kw_only=True)
class ActionRefused(AuditEvent):
    """Somebody tried what they may not do: ``action`` (``approve``), the ``code`` and ``message`` they were given, and
    ``details`` of what they tried it on."""

    name: ClassVar[str] = "action.refused"
    kind: ClassVar[str] = "refusal"
    status: ClassVar[str] = "refused"

    action: str
    code: str
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)

    def _errors(self) -> tuple[str, ...]:
        return (self.message,)

    def _fields(self) -> dict[str, Any]:
        run = {"run": self.run_id} if self.run_id else {}
        return {"action": self.action, "code": self.code, "details": dict(self.details), **run}


@dataclass(frozen=True, kw_only=True)
class ResourceEvent(AuditEvent):
    """Something happened to a resource: ``resource`` is its Terraform name without ``sym_``; ``changed`` names its
    attributes that differ from the version before."""

    kind: ClassVar[str] = "configuration"

    resource: str
    type: str
    slug: str
    id: str
    version: int
    document_hash: str
    changed: tuple[str, ...] = ()

    def _fields(self) -> dict[str, Any]:
        described = {
            "name": self.resource,
            "type": self.type,
            "slug": self.slug,
            "id": self.id,
            "version": self.version,
            "document_hash": self.document_hash,
            "changed": list(self.changed),
        }
        return {"resource": described}


class ResourceCreated(ResourceEvent):
    """A resource was declared."""

    name = "resource.created"


class ResourceUpdated(ResourceEvent):
    """A resource was declared differently and has a new version. Declaring it again unchanged is no event."""

    name = "resource.updated"


class ResourceDeleted(ResourceEvent):
    """A resource was removed; its versions stay for the runs that are pinned to them."""

    name = "resource.deleted"


class LeaseRecovered(RunEvent):
    """The store had been restored from a backup that did not know of this access, or not of its end: it was taken back
    from the ledger, to end when it was to end."""

    name = "lease.recovered"


def vocabulary() -> dict[str, type[AuditEvent]]:
    """Every event by its name."""
    found: dict[str, type[AuditEvent]] = {}
    waiting: list[type[AuditEvent]] = [AuditEvent]
    while waiting:
        cls = waiting.pop()
        waiting += cls.__subclasses__()
        if "name" in cls.__dict__ and cls.__module__ in (__name__, administration.__name__):
            found[cls.name] = cls
    return dict(sorted(found.items()))
