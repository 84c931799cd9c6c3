"""``type = "github"``: a GitHub organization, to let people into its repositories."""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

external_id = "The name of the GitHub organization."


@schema
class Settings:
    """Settings of a GitHub integration."""

    api_token_secret: str = attribute(
        "Id of the `sym_secret` with a token of the scopes `read:org`, `repo` and `user:email`.", references="secret"
    )
