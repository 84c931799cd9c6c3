"""What one person sees of access at a glance: what waits for them, what they hold, and what they asked for.

Nothing here runs authors' code. What may be done is what :mod:`sym.engine.authority` says, the same rules as at the
door; whoever may not decide on a run does not see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sym.engine import cards
from sym.engine.authority import Person, RunState, authorize
from sym.engine.cards import Told, person_document
from sym.engine.leases import state_of
from sym.engine.lifecycle import Decision
from sym.engine.pinned import pinned_version
from sym.engine.views import load_world, params_of
from sym.errors import Conflict, Refused
from sym.store.database import Connection
from sym.store.events import events_of_run
from sym.store.grants import lease_of_run
from sym.store.runs import Run, runs_in
from sym.store.users import User

Document = dict[str, Any]
MOST = 7
"""Entries of one list: three lists of them fit on one page of a surface."""
MOST_LOOKED_AT = 500
"""Open requests that are looked through for those that wait for somebody."""
PAGE = 100
ACTIONS = {"approve": "approve", "deny": "deny", "deescalate": "revoke", "retry": "retry"}
"""The actions there are buttons for: the engine's name, and that of the button."""
_WAITING = ("requested",)
_ACCESS = ("escalated",)
_OTHERS = ("prompted", "requested", "approved", "errored", "denied", "expired", "ignored", "deescalated")
_MOVING = frozenset({"granting", "ending"})


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What ``user`` (``{"user_id", "username", "email", "name"}``) sees; every list has the newest first.

    ``waiting``: requests of others they may decide on; ``access``: what they hold; ``requests``: what else they asked
    for, decided or not. An entry is the run's card, as :func:`sym.engine.cards.request_card` makes it, with
    ``created_at`` and, in ``actions``, what this person may do now: of ``approve``, ``deny``, ``revoke``, ``retry``.
    ``cut`` names the lists that are longer than what is shown. ``may_request`` is false for guests.
    """

    user: Document
    may_request: bool
    waiting: tuple[Document, ...] = ()
    access: tuple[Document, ...] = ()
    requests: tuple[Document, ...] = ()
    cut: frozenset[str] = frozenset()

    @property
    def is_moving(self) -> bool:
        """Whether something of it is about to change by itself, within seconds."""
        return any(entry["state"] in _MOVING for entry in (*self.access, *self.requests))


def overview(conn: Connection, user: User, *, limit: int = MOST) -> Overview:
    """What ``user`` sees, at most ``limit`` entries in each list."""
    person = Person(id=user.id, role=user.role)
    found = {
        "waiting": _waiting(conn, person, limit + 1),
        "access": runs_in(conn, _ACCESS, requester_id=user.id, limit=limit + 1),
        "requests": runs_in(conn, _OTHERS, requester_id=user.id, limit=limit + 1),
    }
    lists = {name: tuple(_entry(conn, run, person) for run in runs[:limit]) for name, runs in found.items()}
    return Overview(
        user=person_document(user),
        may_request=user.role != "guest",
        cut=frozenset(name for name, runs in found.items() if len(runs) > limit),
        **lists,
    )


def allowed_actions(state: RunState, person: Person) -> list[str]:
    """What ``person`` may do to a run now, as the buttons are called."""
    return [button for action, button in ACTIONS.items() if _may(state, action, person)]


def _may(state: RunState, action: str, person: Person) -> bool:
    try:
        authorize(state, action, person)
    except (Refused, Conflict):
        return False
    return True


def _waiting(conn: Connection, person: Person, limit: int) -> list[Run]:
    """The newest requests of others that ``person`` may decide on."""
    found: list[Run] = []
    for run in _requested(conn, person):
        if allowed_actions(_state(conn, run), person):
            found.append(run)
        if len(found) == limit:
            break
    return found


def _requested(conn: Connection, person: Person) -> Iterator[Run]:
    for offset in range(0, MOST_LOOKED_AT, PAGE):
        page = runs_in(conn, _WAITING, not_of=person.id, limit=PAGE, offset=offset)
        yield from page
        if len(page) < PAGE:
            return


def _state(conn: Connection, run: Run) -> RunState:
    flow = pinned_version(conn, run.flow_id, run.flow_version)
    # Nothing is granted yet: a request that waits has no lease.
    return state_of(run, params_of(flow.document) if flow else {}, None)


def _entry(conn: Connection, run: Run, person: Person) -> Document:
    """The run's card as ``person`` sees it."""
    lease = lease_of_run(conn, run.id)
    event = events_of_run(conn, run.id)[-1]
    world = load_world(conn, run, event, lease.snapshot["flow"] if lease else None)
    card = cards.request_card(Told(world=world, run=run, lease=lease, decision=Decision()))
    actions = allowed_actions(state_of(run, world.params, lease), person)
    return {**card, "actions": actions, "asks_decision_message": card["asks_decision_message"] and "approve" in actions,
            "created_at": run.created_at.isoformat()}  # fmt: skip
