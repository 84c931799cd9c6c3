"""``type = "aptible"``: access by an Aptible role."""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

integration = "aptible"


@schema
class Settings:
    """An Aptible strategy needs no settings."""


@schema
class Role:
    """A role of the organization."""

    role_id: str = attribute("The id of the role, a UUID.")


targets = {"aptible_role": Role}
multiple: frozenset[str] = frozenset()
