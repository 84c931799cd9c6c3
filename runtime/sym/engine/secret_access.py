"""From a secret's view to its value: what its source is given to work with, and which part of what it has is meant."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sym import plugins
from sym.engine.connections.opening import Connections
from sym.engine.pinned import organization_slug
from sym.engine.resource_views import integration_with_id
from sym.engine.views import Document, secrets_in
from sym.errors import SymError
from sym.observability.redaction import remember
from sym.sdk._secrets import SecretPlace
from sym.sdk.exceptions import SymException
from sym.serving import is_served, keeps_values
from sym.store.database import Store


class SecretAccess:
    """Values of secrets, for whoever has their views: the code of a run, a log destination."""

    def __init__(self, store: Store, place: SecretPlace, connections: Connections,
                 clock: Callable[[], datetime]) -> None:  # fmt: skip
        self._store = store
        self._place = place
        self._connections = connections
        self._clock = clock

    def value(self, view: Document, runtime: Document | None, *, fresh: bool = False) -> str:
        """The value of the secret with this view, kept for a minute at most; ``fresh``: fetched now in any case. It is
        masked in what is logged from now on. ``runtime`` as for ``Connections.open``. Raises SymException."""

        def fetch() -> str:
            place = replace(
                self._place, http=self._connections.http, aws=partial(self._named, runtime, "permission_context"),
                google=partial(self._named, runtime, "google"),
            )  # fmt: skip
            return fetch_secret(view, place)

        # Environments differ in what their runtimes may read.
        value = self._connections.secrets.value({**view, "runtime": runtime}, fetch, fresh=fresh)
        remember(value)
        return value

    def _named(self, runtime: Document | None, kind: str, integration_id: str) -> Any:
        """What the integration with an id connects: see ``SecretPlace``."""
        with self._store.reading() as conn:
            view = integration_with_id(conn, organization_slug(conn), kind, integration_id)
        own = secrets_in(view)
        return self._connections.open(
            view, lambda secret_id, **asked: self.value(own[secret_id], runtime, **asked), runtime, now=self._clock
        )


def fetch_secret(view: Document, place: SecretPlace) -> str:
    """The value a secret's view refers to: the source's value at its path, or one key of it when it is a JSON object.

    Raises SymException saying which secret could not be had and why, never with any part of a value; ``retryable`` is
    what the source's service said of it.
    """
    kind, path = view["source"]["type"], view["path"]
    if not is_served("secret_sources", kind):
        raise SymException("Secret", "NOT_SERVED", f"Secrets of type {kind!r} are not served by this release.")
    module = plugins.load("secret_sources", kind)
    try:
        source = module.Source.open(view["source"]["settings"], place)
        value = str(source.fetch(view["id"] if keeps_values(kind) else path))
    except (ValueError, LookupError, OSError, SymError, SymException) as error:
        raise _unread(path, error) from None
    key = (view.get("settings") or {}).get("json_key")
    picked = _pick(value, key) if key else value
    if picked is None:
        raise SymException("Secret", "NOT_FOUND", f"The secret {path!r} is not a JSON object with the key {key!r}.")
    return picked


def _unread(path: str, error: Exception) -> SymException:
    name = error.error_code.rpartition(":")[2] if isinstance(error, SymException) else "NOT_FOUND"
    made = SymException("Secret", name, f"The secret {path!r} could not be read: {error}")
    made.retryable = getattr(error, "retryable", None)
    return made


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
