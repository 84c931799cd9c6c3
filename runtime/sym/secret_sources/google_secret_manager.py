"""``type = "google_secret_manager"``: Google Secret Manager; the path of a secret is its name.

What the type and its settings were called elsewhere is not known: these names are this project's own, and none of the
settings is required.
"""

from __future__ import annotations

from sym.sdk.schema import attribute, schema


@schema
class Settings:
    """Settings of Google Secret Manager as a source."""

    context_id: str | None = attribute(
        "Id of the `sym_integration` of type `google` that may read the secrets.",
        default=None,
        references="integration",
    )
    project_id: str | None = attribute("The id of the Google Cloud project the secrets are in.", default=None)
