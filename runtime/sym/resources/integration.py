"""``sym_integration``."""

from __future__ import annotations

from typing import ClassVar

from sym.sdk.schema import attribute, schema


@schema
class Integration:
    """A connection to an external service."""

    collection: ClassVar[str] = "integrations"
    lookup: ClassVar[tuple[str, ...]] = ("type", "name")
    version: ClassVar[int] = 0

    type: str = attribute("Kind of service, such as `custom`, `slack` or `okta`.")
    name: str = attribute("Unique name among integrations of this type.", case_insensitive=True)
    external_id: str = attribute("What the service calls the account: workspace id, domain, account id.")
    label: str | None = attribute("Name shown to people.", default=None)
    settings: dict[str, str] | None = attribute(
        "Settings of the integration; which ones there are depends on `type`.", default=None, empty_is_unset=True
    )
