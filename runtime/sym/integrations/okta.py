"""``type = "okta"``: an Okta organization, to put people into its groups."""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

external_id = "The Okta domain, such as `dev-12345.okta.com`."


@schema
class Settings:
    """Settings of an Okta integration."""

    api_token_secret: str = attribute("Id of the `sym_secret` with an API token.", references="secret")
