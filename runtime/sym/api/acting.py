"""Acting on a run: verbs of one shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sym.api.auth import Caller
from sym.api.idempotency import Once
from sym.api.wiring import Services
from sym.engine.inbound import Accepted, Action
from sym.store.database import Connection


class ActionBody(BaseModel):
    """What to act on. There is no key for a user: a token acts as its own subject and as nobody else."""

    model_config = ConfigDict(extra="forbid", strict=True)

    run_id: str = Field(min_length=1, max_length=64, examples=["9a1f2f0e-4f3c-4c53-9b2c-4b8a3c6f3d10"])
    message: str | None = Field(default=None, max_length=4000, description="Why; people who see the run can read it.")


class DecisionBody(ActionBody):
    """An action that a hook of the flow may stand in the way of."""

    override: bool = Field(default=False, description="Admins only: do it without asking the flow's hook. Audited.")


class AcceptedBody(BaseModel):
    """It was accepted. What comes of it is asked with ``GET /events/{event_id}``."""

    run_id: str
    event_id: str
    request_body: dict[str, Any]


def together(once: Once | None) -> Callable[[Connection, Accepted], None] | None:
    """What is done in the transaction that takes an event: its answer is kept for when the request is repeated."""
    if once is None:
        return None
    return lambda conn, accepted: once.keep(conn, {"run_id": accepted.run_id, "event_id": accepted.event_id})


def act(name: str, body: ActionBody, caller: Caller, services: Services, once: Once | None) -> AcceptedBody:
    """Hand the action ``name`` (see :data:`sym.engine.authority.ACTIONS`) of ``caller`` to the engine. Raises what the
    engine does."""
    action = Action(
        name=name,
        run_id=body.run_id.lower(),
        actor=caller.user,
        source="api",
        message=getattr(body, "reason", body.message),
        overrides=getattr(body, "override", False),
        duration=getattr(body, "duration", None),
        issuer_id=caller.token.issuer_id,
    )
    accepted = services.inbound.act(action, now=services.clock(), together=together(once))
    return AcceptedBody(
        run_id=accepted.run_id, event_id=accepted.event_id, request_body=body.model_dump(exclude_unset=True)
    )
