"""``type = "tailscale"``: access by membership of a group in the policy file of a tailnet."""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

integration = "tailscale"


@schema
class Settings:
    """A Tailscale strategy needs no settings."""


@schema
class Group:
    """A group of the policy file."""

    group_name: str = attribute("The name of the group, without `group:`.")


targets = {"tailscale_group": Group}
multiple: frozenset[str] = frozenset()
