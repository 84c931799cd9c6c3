"""The worker's end of the host port: what authors' code may ask for, with only what its flow declares."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sym import plugins
from sym.audit.events import Actor
from sym.engine.author_modules.asked import Asked
from sym.engine.author_modules.registry import serve
from sym.engine.reach import NOWHERE, Reach
from sym.engine.views import Document, World, secrets_in
from sym.errors import SymError
from sym.observability.redaction import remember
from sym.sdk._secrets import SecretPlace
from sym.sdk.exceptions import CouldNotSaveError, SDKError, SymException
from sym.serving import is_served, keeps_values
from sym.store.database import Store
from sym.store.domains import role_of_newcomer
from sym.store.events import count_events
from sym.store.identities import Identity, save_identity
from sym.store.users import create_user, find_user

Clock = Callable[[], datetime]


class FlowHost:
    """The host bound while code of one event of one run is executed. ``reach`` is what it
    can reach outside."""

    def __init__(self, store: Store, place: SecretPlace, world: World, clock: Clock,
                 reach: Reach = NOWHERE) -> None:  # fmt: skip
        self._reach = reach
        self._store = store
        self._place = place
        self._world = world
        self._clock = clock
        self._declared = secrets_in(world.flow_view)

    def secret(self, secret_id: str) -> str:
        """The value of a secret the flow declares, fetched now and kept nowhere."""
        view = self._declared.get(secret_id)
        if view is None:
            raise SymException("Secret", "NOT_DECLARED", f"The flow declares no secret with id {secret_id}.")
        value = fetch_secret(view, self._place)
        remember(value)
        return value

    def connect(self, integration: Document) -> Any:
        """What the module of an integration's type connects, None where it needs nothing to be connected. Raises
        NotServed for a type that is only known."""
        if integration["type"] == "custom":
            return None
        environment = self._world.flow_view["environment"]
        return self._reach.connections.open(integration, self.secret, environment.get("runtime"))

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


def fetch_secret(view: Document, place: SecretPlace) -> str:
    """The value a secret's view refers to: the source's value at its path, or one key of it when it is a JSON object.

    Raises SymException saying which secret could not be had and why, never with any part of a value.
    """
    kind, path = view["source"]["type"], view["path"]
    if not is_served("secret_sources", kind):
        raise SymException("Secret", "NOT_SERVED", f"Secrets of type {kind!r} are not served by this release.")
    module = plugins.load("secret_sources", kind)
    try:
        source = module.Source.open(view["source"]["settings"], place)
        value = str(source.fetch(view["id"] if keeps_values(kind) else path))
    except (ValueError, LookupError, OSError, SymError) as error:
        raise SymException("Secret", "NOT_FOUND", f"The secret {path!r} could not be read: {error}") from None
    key = (view.get("settings") or {}).get("json_key")
    picked = _pick(value, key) if key else value
    if picked is None:
        raise SymException("Secret", "NOT_FOUND", f"The secret {path!r} is not a JSON object with the key {key!r}.")
    return picked


def _pick(value: str, key: str) -> str | None:
    """The value at the dotted ``key``, None if there is none: an exception of the parser's would hold the secret."""
    try:
        document = json.loads(value)
    except ValueError:
        return None
    for part in [key] if isinstance(document, dict) and key in document else key.split("."):
        if not isinstance(document, dict) or part not in document:
            return None
        document = document[part]
    return document if isinstance(document, str) else json.dumps(document)


def _moment(text: str | None) -> datetime | None:
    """A moment; one without a time zone is taken to be in UTC, as authors' code runs in it."""
    moment = datetime.fromisoformat(text) if text else None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
