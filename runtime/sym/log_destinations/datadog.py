"""``type = "datadog"``: Datadog's log intake, without anything of AWS between.

What the settings were called elsewhere is not known: these names are this project's own, and none is required.
"""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

integration: str | None = None
integration_optional = True


@schema
class Settings:
    """Settings of a Datadog log destination."""

    api_key_secret: str | None = attribute(
        "Id of the `sym_secret` with a Datadog API key.", default=None, references="secret"
    )
    site: str | None = attribute("The Datadog site, such as `datadoghq.eu`.", default=None)
    service: str | None = attribute("The service that entries are filed under.", default=None)
    tags: str | None = attribute("Tags for every entry, such as `env:prod,team:security`.", default=None)
