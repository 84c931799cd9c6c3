"""``type = "segment"``: a Segment workspace, to send the audit log to."""

from __future__ import annotations

from typing import ClassVar

from sym.sdk.schema import attribute, schema

external_id = "The name of the Segment workspace."


@schema
class Settings:
    """Settings of a Segment integration: the write key of a source, by either name."""

    one_of: ClassVar[tuple[tuple[str, ...], ...]] = (("write_key_secret", "api_token_secret"),)

    write_key_secret: str | None = attribute(
        "Id of the `sym_secret` with the write key of a source.", default=None, references="secret"
    )
    api_token_secret: str | None = attribute(
        "The name older documentation used for `write_key_secret`.", default=None, references="secret"
    )
