"""``sym_secrets``: a source of secrets."""

from __future__ import annotations

from typing import ClassVar

from sym.sdk.schema import attribute, schema


@schema
class Secrets:
    """A place secrets are kept in, such as AWS Secrets Manager or the worker's environment."""

    collection: ClassVar[str] = "secret-sources"
    lookup: ClassVar[tuple[str, ...]] = ("type", "name")
    version: ClassVar[int] = 0

    type: str = attribute("Kind of source, such as `env`, `file`, `local` or `aws_secrets_manager`.")
    name: str = attribute("Unique name among sources of this type.", case_insensitive=True)
    label: str | None = attribute("Name shown to people.", default=None)
    settings: dict[str, str] | None = attribute(
        "Settings of the source; which ones there are depends on `type`.", default=None, empty_is_unset=True
    )
