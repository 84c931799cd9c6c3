"""``type = "okta"``: access by membership of an Okta group."""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

integration = "okta"


@schema
class Settings:
    """An Okta strategy needs no settings."""


@schema
class Group:
    """An Okta group."""

    group_id: str = attribute("The id of the group, such as `00g12345xxx`.")


targets = {"okta_group": Group}
multiple = frozenset({"group_id"})
