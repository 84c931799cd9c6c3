"""``sym_secret``: the reference to one secret, never its value."""

from __future__ import annotations

from typing import Any, ClassVar

from sym.sdk.schema import attribute, schema


@schema
class Secret:
    """One secret of a source, by its path. The value is fetched when it is used and never stored."""

    collection: ClassVar[str] = "secrets"
    lookup: ClassVar[tuple[str, ...]] = ("path",)
    version: ClassVar[int] = 0

    path: str = attribute("Name of the secret in its source.")
    source_id: str = attribute("Id of the `sym_secrets` that holds it.", references="secrets")
    label: str | None = attribute("Name shown to people.", default=None)
    settings: dict[str, str] | None = attribute(
        "`json_key` picks one key when the stored value is a JSON object.", default=None, empty_is_unset=True
    )


def slug_source(document: dict[str, Any]) -> str:
    """What a secret is called: its path, and its ``json_key`` if it has one, because several may share a path."""
    key = (document.get("settings") or {}).get("json_key")
    return f"{document.get('path') or ''}/{key or ''}"
