"""``sym_target``."""

from __future__ import annotations

from typing import ClassVar

from sym.sdk.schema import attribute, schema


@schema
class Target:
    """One thing access is granted to, such as a group or a role."""

    collection: ClassVar[str] = "access-targets"
    lookup: ClassVar[tuple[str, ...]] = ("type", "name")
    version: ClassVar[int] = 0

    type: str = attribute("Kind of target, such as `custom` or `okta_group`.")
    name: str = attribute("Unique name among targets of this type.", case_insensitive=True)
    label: str | None = attribute("Name shown to people who pick a target.", default=None)
    field_bindings: list[str] | None = attribute(
        "Names of settings that are filled from the prompt fields of the same name.", default=None
    )
    settings: dict[str, str] | None = attribute(
        "Settings of the target; which ones there are depends on `type`.", default=None, empty_is_unset=True
    )
