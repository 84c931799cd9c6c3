"""``sym_environment``."""

from __future__ import annotations

from typing import ClassVar

from sym.sdk.schema import attribute, schema


@schema
class Environment:
    """A named bundle of integrations, error logger, log destinations and runtime that flows share."""

    collection: ClassVar[str] = "environments"
    lookup: ClassVar[tuple[str, ...]] = ("name",)
    version: ClassVar[int] = 0

    name: str = attribute("Unique name of the environment.", case_insensitive=True)
    label: str | None = attribute("Name shown to people.", default=None)
    runtime_id: str | None = attribute("Id of the `sym_runtime` its flows run in.", default=None, references="runtime")
    integrations: dict[str, str] | None = attribute(
        "Ids of integrations by `<service>_id`; a flow finds each under the key without `_id`.",
        default=None,
        references="integration",
        empty_is_unset=True,
    )
    error_logger_id: str | None = attribute(
        "Id of the `sym_error_logger` that hears of errors.", default=None, references="error_logger"
    )
    log_destination_ids: list[str] | None = attribute(
        "Ids of the `sym_log_destination`s that receive the audit log.", default=None, references="log_destination"
    )
