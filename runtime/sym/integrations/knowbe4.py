"""``type = "knowbe4"``: a KnowBe4 account, to ask which trainings somebody has completed."""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

external_id = "The primary domain of the account, such as `example.com`."


@schema
class Settings:
    """Settings of a KnowBe4 integration."""

    api_token_secret: str = attribute("Id of the `sym_secret` with a reporting API token.", references="secret")
    region: str = attribute("Where the account is kept.", choices=("us", "eu", "ca", "uk", "de"))
