"""``type = "boundary"``: a HashiCorp Boundary cluster, to put people into its groups.

The worker logs in with a password account. What the settings were called elsewhere is not known: these names are this
project's own, and none is required.
"""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

external_id = "The address of the cluster, such as `https://boundary.example.com`."


@schema
class Settings:
    """Settings of a Boundary integration."""

    auth_method_id: str | None = attribute(
        "The id of the password auth method, such as `ampw_1234567890`.", default=None
    )
    login_name: str | None = attribute("The login name of the account, as text.", default=None)
    login_name_secret: str | None = attribute(
        "Id of the `sym_secret` with the login name, instead of `login_name`.", default=None, references="secret"
    )
    password_secret: str | None = attribute(
        "Id of the `sym_secret` with the account's password.", default=None, references="secret"
    )
