"""``type = "aptible"``: an Aptible organization, to give people its roles.

Aptible has no tokens for machines: a user of the organization is needed, who may manage its roles.
"""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

external_id = "The id of the Aptible organization, a UUID."


@schema
class Settings:
    """Settings of an Aptible integration."""

    username_secret: str = attribute("Id of the `sym_secret` with the user's name.", references="secret")
    password_secret: str = attribute("Id of the `sym_secret` with the user's password.", references="secret")
