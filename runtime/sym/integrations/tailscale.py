"""``type = "tailscale"``: a tailnet, to put people into the groups of its policy file."""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

external_id = "The name of the tailnet, such as `example.com` or `example.github`."


@schema
class Settings:
    """Settings of a Tailscale integration."""

    api_token_secret: str = attribute(
        "Id of the `sym_secret` with an API access token. Tailscale ends it after at most 90 days.", references="secret"
    )
