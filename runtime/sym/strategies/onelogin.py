"""``type = "onelogin"``: access by a OneLogin role, as a member or as one of its admins."""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

integration = "onelogin"


@schema
class Settings:
    """A OneLogin strategy needs no settings."""


@schema
class Role:
    """A role of the account, and what people become in it."""

    role_id: str = attribute("The id of the role, a number.")
    privilege_level: str = attribute("What a person becomes in the role.", choices=("member", "admin"))


targets = {"onelogin_role": Role}
multiple: frozenset[str] = frozenset()
