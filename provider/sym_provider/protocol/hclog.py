"""Logging the way Terraform reads it: one JSON object per line on standard error, in go-hclog's fields."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TextIO

_LEVELS = {"TRACE": 5, "JSON": 5, "DEBUG": logging.DEBUG, "INFO": logging.INFO, "WARN": logging.WARNING}
_NAMES = ((logging.ERROR, "error"), (logging.WARNING, "warn"), (logging.INFO, "info"), (logging.DEBUG, "debug"))


class HclogFormatter(logging.Formatter):
    """Writes a record as Terraform parses it, so that TF_LOG's levels apply to it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line. A trace is only added at DEBUG level, where developers look for it."""
        message = record.getMessage()
        if record.exc_info and record.levelno <= logging.DEBUG:
            message += "\n" + self.formatException(record.exc_info)
        level = next((name for number, name in _NAMES if record.levelno >= number), "trace")
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds")
        fields = {"@level": level, "@message": message, "@module": record.name, "@timestamp": moment}
        return json.dumps(fields)


def configure_logging(level: str, stream: TextIO) -> None:
    """Send every logger's records to *stream*, from the level in TF_LOG's words (unset: warnings) upwards."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(HclogFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(_LEVELS.get(level.upper(), logging.WARNING))
