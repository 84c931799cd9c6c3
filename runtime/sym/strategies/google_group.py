"""``type = "google_group"``: access by membership of a Google Workspace group."""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

integration = "google"


@schema
class Settings:
    """A Google group strategy needs no settings."""


@schema
class Group:
    """A group of the organization, and what people become in it."""

    group_email: str = attribute("The e-mail address of the group.")
    role: str = attribute("What a person becomes in the group.", choices=("MEMBER", "MANAGER", "OWNER"))


targets = {"google_group": Group}
multiple: frozenset[str] = frozenset()
