"""``type = "http"``: a web service that takes each entry of the audit log as JSON, by POST.

Only ``url`` was ever documented elsewhere; the other settings are this project's own.
"""

from __future__ import annotations

from sym.sdk.schema import attribute, schema

integration: str | None = None
integration_optional = True


@schema
class Settings:
    """Settings of an HTTP log destination."""

    url: str = attribute("The address entries are sent to.")
    authorization_secret: str | None = attribute(
        "Id of the `sym_secret` with the value of the `Authorization` header.", default=None, references="secret"
    )
    signing_secret: str | None = attribute(
        "Id of the `sym_secret` with the key that requests are signed with.", default=None, references="secret"
    )
