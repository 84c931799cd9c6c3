"""Where error loggers write."""

from __future__ import annotations

from sym.engine.views import Document
from sym.store.database import Connection
from sym.store.resources import get, list_resources


def error_loggers(conn: Connection, environment_id: str | None = None) -> list[Document]:
    """Where the error logger of an environment writes, as destinations of the outbound port: one or none. Without an
    environment those of all environments, each once."""
    if environment_id is None:
        environments = list_resources(conn, "environment")
    else:
        found = get(conn, "environment", environment_id)
        environments = [found] if found else []
    ids = dict.fromkeys(item.document.get("error_logger_id") for item in environments)
    loggers = [logger for logger_id in ids if logger_id and (logger := get(conn, "error_logger", logger_id))]
    return [{"kind": "error_logger", "integration_id": logger.document["integration_id"],
             "channel": logger.document["destination"]} for logger in loggers]  # fmt: skip
