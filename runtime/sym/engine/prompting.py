"""The event ``prompt``: authors' code that runs before a form is shown, and when it has been."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import Executor
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import datetime

from sym.engine.author import SOURCE, AuthorCode, explain
from sym.engine.form import Option
from sym.engine.host import FlowHost
from sym.engine.options import BadOptions, read_options
from sym.engine.sandbox.limits import DEADLINES
from sym.engine.sandbox.sandbox import Sandbox
from sym.engine.views import World, load_world
from sym.errors import AuthorCodeFailed, Retryable, SymError, Unavailable
from sym.store.database import Connection
from sym.store.events import Event
from sym.store.resources import StoredResource
from sym.store.runs import Run
from sym.store.users import User

SECONDS = DEADLINES["prefetch"]
"""How long each call of authors' code may take while somebody waits for a form."""
NOT_THEIRS = (Retryable, Unavailable)
"""What keeps authors' code from running, and is no failure of it."""


class Ignored(Exception):
    """The flow's ``on_prompt`` answered that there is no form, with what to tell the person."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Somebody is about to ask for ``flow``, from ``source`` (slack, api or cli) in the channel ``channel``."""

    user: User
    flow: StoredResource
    source: str = "slack"
    channel: str | None = None


def prompt_world(conn: Connection, asking: Asking, now: datetime) -> World:
    """The world of an event ``prompt`` of a run there is not yet: neither is in the store."""
    flow, user = asking.flow, asking.user
    run = Run(id=str(uuid.uuid4()), flow_id=flow.id, flow_slug=flow.slug, flow_version=flow.version,
              requester_id=user.id, status="prompted", source=asking.source, fields={}, actors={}, created_at=now,
              updated_at=now)  # fmt: skip
    event = Event(id=str(uuid.uuid4()), run_id=run.id, name="prompt", status="processing", phase="decide",
                  actor_id=user.id, channel_type="slack" if asking.source == "slack" else "sym",
                  channel_identifier=asking.channel, fields={}, context={}, created_at=now,
                  scheduled_at=now)  # fmt: skip
    return replace(load_world(conn, run, event), events=(event,))


class Prompt:
    """What a flow's code has to say about a form for one person. ``in_parallel`` runs prefetch functions."""

    def __init__(self, sandbox: Sandbox, hosts: Callable[[World], FlowHost], world: World,
                 in_parallel: Executor) -> None:  # fmt: skip
        self._in_parallel = in_parallel
        self._quick = AuthorCode(sandbox, hosts(world), world, deadline=SECONDS)
        self._usual = AuthorCode(sandbox, hosts(world), world)
        self._world = world

    def before(self) -> None:
        """Run ``on_prompt``. Raises Ignored if it answers ``ignore``, SymError if it fails or answers with a step there
        cannot be yet."""
        answer = self._quick.on("prompt")
        if answer.failure:
            raise SymError(answer.failure)  # it says where
        if answer.step == "ignore":
            raise Ignored(answer.message or "There is no form for you now.")
        if answer.step not in (None, "prompt"):
            raise AuthorCodeFailed(f"it answered {answer.step}, and nobody has asked yet; it may ignore, or return "
                                   "nothing.", handler="on_prompt", source=SOURCE)  # fmt: skip

    def options(self) -> dict[str, tuple[Option, ...]]:
        """The options of every field that has them prefetched, all asked for at once. Raises SymError."""
        kinds = {field["name"]: field["type"] for field in self._world.params.get("prompt_field") or []
                 if field.get("prefetch")}  # fmt: skip
        asked = {name: self._in_parallel.submit(copy_context().run, self._options_of, name, kind)
                 for name, kind in kinds.items()}  # fmt: skip
        found, failures = {}, []
        for name, future in asked.items():
            try:
                found[name] = future.result()
            except SymError as error:
                failures.append(error)
        if failures:
            raise failures[0]
        return found

    def _options_of(self, field: str, kind: str) -> tuple[Option, ...]:
        answer = self._quick.prefetch(field)
        try:
            return read_options(kind, answer)
        except BadOptions as error:
            raise AuthorCodeFailed(f"{error}.", handler=f"the prefetch function of {field}", source=SOURCE) from None

    @property
    def has_after(self) -> bool:
        """Whether there is an ``after_prompt``."""
        return self._usual.has("after_prompt")

    def after(self) -> str | None:
        """Run ``after_prompt``; gives why it failed."""
        return self._usual.after("prompt")


def said(error: SymError) -> str:
    """What a maintainer reads about a failure, with its place."""
    return explain(error) if isinstance(error, AuthorCodeFailed) else str(error)
