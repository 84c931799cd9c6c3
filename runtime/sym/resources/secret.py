"""``sym_secret``: the reference to one secret; its value is in no document."""

from __future__ import annotations

from typing import Any, ClassVar

from sym.sdk._secrets import value_problem
from sym.sdk.schema import attribute, schema


@schema
class Settings:
    """Settings of a `sym_secret`."""

    json_key: str | None = attribute("The key to pick when the stored value is a JSON object.", default=None)


def _version_problem(value: Any) -> str | None:
    return None if isinstance(value, int) else "A version is a whole number."


@schema
class Secret:
    """One secret of a source, by its path. The value is fetched when it is used, and is never in Terraform's plan or
    state. Sources of type `local` keep it encrypted in Sym's own store, where `value_wo` puts it; others have it
    elsewhere."""

    collection: ClassVar[str] = "secrets"
    lookup: ClassVar[tuple[str, ...]] = ("path",)
    version: ClassVar[int] = 0

    path: str = attribute("Name of the secret in its source.")
    source_id: str = attribute("Id of the `sym_secrets` that holds it.", references="secrets")
    label: str | None = attribute("Name shown to people.", default=None)
    settings: dict[str, str] | None = attribute(
        "`json_key` picks one key when the stored value is a JSON object.", default=None, empty_is_unset=True
    )
    value_wo: str | None = attribute(
        "The value, for a source of type `local`. Terraform hands it over when `value_wo_version` changes and keeps it "
        "nowhere. Needs Terraform 1.11 or newer.",
        default=None,
        write_only=True,
        validators=(value_problem,),
    )
    value_wo_version: int | None = attribute(
        "Number of the value, such as 1. Terraform cannot see that `value_wo` has changed: change this with it.",
        default=None,
        validators=(_version_problem,),
    )


def slug_source(document: dict[str, Any]) -> str:
    """What a secret is called: its path, and its ``json_key`` if it has one, because several may share a path."""
    key = (document.get("settings") or {}).get("json_key")
    return f"{document.get('path') or ''}/{key or ''}"
