"""``sym_strategy``."""

from __future__ import annotations

from typing import ClassVar

from sym.sdk.schema import attribute, schema


@schema
class Strategy:
    """A way of granting access: an integration and the targets people can ask for."""

    collection: ClassVar[str] = "access-strategies"
    lookup: ClassVar[tuple[str, ...]] = ("type", "name")
    version: ClassVar[int] = 0

    type: str = attribute("Kind of strategy, such as `custom` or `okta`.")
    integration_id: str | None = attribute(
        "Id of the integration access is granted through.", default=None, references="integration"
    )
    targets: list[str] = attribute("Ids of the targets that can be asked for, in order.", references="target")
    name: str = attribute("Unique name among strategies of this type.", case_insensitive=True)
    label: str | None = attribute("Name shown to people.", default=None)
    settings: dict[str, str] | None = attribute(
        "Settings of the strategy; which ones there are depends on `type`.", default=None, empty_is_unset=True
    )
    implementation: str | None = attribute(
        "For `custom`: Python source with an `AccessStrategy` subclass, or the path of such a file.",
        default=None,
        code="path_or_content",
    )
