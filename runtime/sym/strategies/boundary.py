"""``type = "boundary"``: access by membership of a HashiCorp Boundary group."""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

integration = "boundary"


@schema
class Settings:
    """A Boundary strategy needs no settings."""


@schema
class Group:
    """A Boundary group."""

    group_id: str = attribute("The id of the group, such as `g_1234567890`.")


targets = {"boundary_group": Group}
multiple: frozenset[str] = frozenset()
