"""The worker's end of the host port: what authors' code may ask for, with only what its flow declares."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sym.audit.events import Actor
from sym.engine.author_modules.asked import Asked
from sym.engine.author_modules.registry import serve
from sym.engine.flow_services import FlowServices
from sym.engine.reach import NOWHERE, Reach
from sym.engine.views import World
from sym.sdk._secrets import SecretPlace
from sym.sdk.exceptions import CouldNotSaveError, SDKError
from sym.store.database import Store
from sym.store.domains import role_of_newcomer
from sym.store.events import count_events
from sym.store.identities import Identity, save_identity
from sym.store.users import create_user, find_user

Clock = Callable[[], datetime]


class FlowHost(FlowServices):
    """The host bound while code of one event of one run is executed. ``reach`` is what it
    can reach outside."""

    def __init__(self, store: Store, place: SecretPlace, world: World, clock: Clock,
                 reach: Reach = NOWHERE) -> None:  # fmt: skip
        super().__init__(store, place, world.flow_view, clock, reach.connections)
        self._reach = reach
        self._store = store
        self._world = world

    def persist_identity(self, *, email: str, service: str, service_id: str, user_id: str) -> None:
        """Remember a user's identity in a service, creating the user if there is none with this e-mail address. An
        account without one, such as a bot, is named by its username."""
        now = self._clock()
        try:
            with self._store.transaction() as conn:
                user = find_user(conn, email=email) or find_user(conn, username=email)
                user = user or create_user(
                    conn,
                    username=email,
                    email=email,
                    type="normal",
                    role=role_of_newcomer(conn, email),
                    actor=Actor.SYSTEM,
                    now=now,
                )
                known = Identity(user_id=user.id, service=service, service_id=service_id, external_user_id=user_id)
                save_identity(conn, known, now, actor=Actor.SYSTEM)
        except Exception as error:
            raise CouldNotSaveError(f"The identity of {email} in {service} could not be saved: {error}") from error

    def step_output(self, step: str | None) -> dict[str, Any]:
        """What the newest finished event of this name returned, {} if nothing did."""
        name = step or self._world.event.name
        for event in reversed(self._world.events):
            if event.name == name and event.output:
                return event.output
        return {}

    def event_count(self, query: dict[str, Any]) -> int:
        """How often an event happened on runs a user requested, on this flow or for this run's target."""
        try:
            since, until = _moment(query.get("since")), _moment(query.get("until"))
        except (TypeError, ValueError) as error:
            raise SDKError("INVALID_ARGUMENT", f"get_event_count: since and until are datetimes ({error}).") from None
        run = self._world.run
        on_target = query.get("filter_on") == "target"
        with self._store.reading() as conn:
            return count_events(
                conn,
                requester_id=query["user_id"],
                name=query["event_name"],
                since=since,
                until=until,
                flow_id=None if on_target else run.flow_id,
                target_id=run.target_id if on_target else None,
                include_errored=bool(query.get("include_errored")),
            )

    def call(self, module: str, function: str, arguments: dict[str, Any]) -> Any:
        """What the author module's function does. Raises SymException as that module documents it; its code ends in
        NOT_SERVED where nothing here can do it."""
        asked = Asked(store=self._store, world=self._world, clock=self._clock, outbound=self._reach.outbound, host=self)
        return serve(asked, module, function, arguments)

    def find_person(self, *, service: str, external_id: str, email: str) -> str | None:
        """See ``Outbound.find_person``."""
        return self._reach.outbound.find_person(service=service, external_id=external_id, email=email)


def _moment(text: str | None) -> datetime | None:
    """A moment; one without a time zone is taken to be in UTC, as authors' code runs in it."""
    moment = datetime.fromisoformat(text) if text else None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
