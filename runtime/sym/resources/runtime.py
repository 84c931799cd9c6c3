"""``sym_runtime``."""

from __future__ import annotations

from typing import ClassVar

from sym.sdk.schema import attribute, schema


@schema
class Runtime:
    """Where flows run: the cloud role they begin with. Flows that need no cloud need no runtime."""

    collection: ClassVar[str] = "runtimes"
    lookup: ClassVar[tuple[str, ...]] = ("name",)
    version: ClassVar[int] = 0

    name: str = attribute("Unique name of the runtime.", case_insensitive=True)
    label: str | None = attribute("Name shown to people.", default=None)
    context_id: str | None = attribute(
        "Id of the `permission_context` integration that names the role to assume.",
        default=None,
        references="integration",
    )
