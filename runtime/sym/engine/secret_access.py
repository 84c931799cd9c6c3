"""From a secret's view to its value: what its source has, and which part of that is meant."""

from __future__ import annotations

import json

from sym import plugins
from sym.engine.views import Document
from sym.errors import SymError
from sym.sdk._secrets import SecretPlace
from sym.sdk.exceptions import SymException
from sym.serving import is_served, keeps_values


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
