"""``type = "onelogin"``: a OneLogin account, to give people its roles."""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

external_id = "The OneLogin domain, such as `example.onelogin.com`."


@schema
class Settings:
    """Settings of a OneLogin integration: an API credential pair with the scope Manage All."""

    client_id: str = attribute("The client id of the pair, as text.")
    client_secret: str = attribute("Id of the `sym_secret` with the client secret of the pair.", references="secret")
