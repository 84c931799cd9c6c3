"""One event in hand: what is read of it before it is decided on or performed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sym.engine.leases import state_of
from sym.engine.lifecycle import LEFT, Incoming, Person, RunState
from sym.engine.views import World, load_world, next_world
from sym.observability import watch
from sym.store.database import Connection
from sym.store.events import Event
from sym.store.grants import Lease
from sym.store.scenes import read_scene


@dataclass(frozen=True)
class Scene:
    """One event in hand: its world, the lease of its run if there is one, and who of requester and actor has left, by
    their ids: as it is now, however old the world is."""

    world: World
    lease: Lease | None
    left: frozenset[str] = frozenset()

    @property
    def state(self) -> RunState:
        """What a decision needs to know of the run in hand."""
        run = self.world.run
        state = state_of(run, self.world.params, self.lease)
        return replace(state, requester_left=True) if run.requester_id in self.left else state


@dataclass(frozen=True)
class Known:
    """What is known of the world already: that it is the ``same`` but for run, event and lease, or how it was a moment
    ago, ``recent``, when the phase before this one ended."""

    same: World | None = None
    recent: World | None = None


def open_scene(conn: Connection, event_id: str, expected: tuple[str, int], known: Known) -> Scene | None:
    """Read the event, or None when the job for it is stale: its phase and attempt are not the ``expected`` ones."""
    found = read_scene(conn, event_id)
    if found is None or (found[0].phase, found[0].attempt) != expected:
        return None
    event, run, lease, left = found
    watch.identify(run.id, run.flow_slug, event.name)
    if known.same is not None:
        return Scene(replace(known.same, run=run, event=event), lease, left)
    # A failed grant that is tried again is granted as things are now.
    is_again = lease is not None and (event.name, event.phase) == ("escalate", "decide")
    frozen = lease.snapshot["flow"] if lease is not None and not is_again else None
    if known.recent is not None and not is_again:
        return Scene(next_world(conn, known.recent, run, event, frozen), lease, left)
    return Scene(load_world(conn, run, event, frozen), lease, left)


def incoming_of(scene: Scene) -> Incoming:
    """The event in hand, as the life cycle takes it; its hook has not run."""
    world = scene.world
    event = world.event
    actor = world.users.get(event.actor_id) if event.actor_id else None
    return Incoming(
        name=event.name,
        channel=event.channel_type,
        actor=Person(id=actor.id, role=actor.role) if actor else None,
        recursed=event.name in _led_to(world),
        actor_left=event.actor_id in scene.left,
        **_particulars(event),
    )


def _particulars(event: Event) -> dict[str, Any]:
    """What an event says beside its name. A hook's event (sdk) says nothing: its fields are whatever its author gave
    it, and may be called like ours."""
    fields = event.fields
    if event.channel_type == "sdk":
        return {}
    if event.channel_type != "internal":
        return {"overrides": fields.get("override") is True, "extension": fields.get("extension")}
    is_end = fields.get("deescalate_type") == "scheduled"
    return {"position": fields.get("position"), "ends_at": event.scheduled_at if is_end else None,
            "somebody_left": fields.get("cause") == LEFT}  # fmt: skip


def _led_to(world: World) -> set[str]:
    """The names of the events whose hooks led, one after the other, to the one in hand."""
    by_id, event, names = {item.id: item for item in world.events}, world.event, set()
    while event.channel_type == "sdk" and event.cause_id in by_id:
        event = by_id[event.cause_id]
        names.add(event.name)
    return names
