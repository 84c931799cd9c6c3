"""``type = "jira"``: a Jira Cloud site, to search, comment and create issues.

What the settings were called elsewhere is not known: these names are this project's own, and none is required.
"""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

external_id = "The domain of the Jira site, such as `example.atlassian.net`."


@schema
class Settings:
    """Settings of a Jira integration."""

    email: str | None = attribute("The e-mail address of the user the API token belongs to.", default=None)
    api_token_secret: str | None = attribute(
        "Id of the `sym_secret` with an API token of that user.", default=None, references="secret"
    )
