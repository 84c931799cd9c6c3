"""``type = "stdout"``: the worker's standard output, one line of JSON for each entry.

For containers whose output is collected. The worker's own log goes to standard error.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime

from sym.sdk.log_destination import Declared, LogDestinationError, LogEntry, personal_values
from sym.sdk.schema import schema

integration: str | None = None
integration_optional = True


@schema
class Settings:
    """Settings of standard output as log destination."""

    personal_values: str | None = personal_values()


class Destination:
    """Standard output."""

    def __init__(self, declared: Declared) -> None:
        """There is nothing to open."""

    def send(self, entries: Sequence[LogEntry], now: datetime) -> None:  # noqa: ARG002
        """See ``sym.sdk.log_destination.Destination``."""
        lines = "".join(f"{entry.json()}\n" for entry in entries)
        try:
            # In one piece: other destinations' threads write as well.
            sys.stdout.write(lines)
            sys.stdout.flush()
        except (OSError, ValueError) as error:
            raise LogDestinationError("UNAVAILABLE", f"Standard output takes nothing: {error}.") from None
