"""What becomes of a log destination that does not take what it is sent: pauses, and who hears of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sym.engine.error_loggers import error_loggers
from sym.engine.notices import Notices
from sym.errors import SymError
from sym.observability.redaction import Redactor
from sym.sdk.exceptions.sym_exception import SymException
from sym.store.database import Connection
from sym.store.events import events_of_run
from sym.store.log_cursors import LogCursor, SealedEntry, environments_of

PATIENCE = timedelta(days=1)
"""After so long people are told."""
LONGEST_PAUSE = timedelta(minutes=10)
LATE_PAUSE = timedelta(hours=1)
"""Between two tries after people were told."""
_LONGEST_TEXT = 1000


def changes_after(cursor: LogCursor, error: Exception, now: datetime, *, progress: bool) -> dict[str, Any]:
    """What a failure changes of a cursor. ``progress`` says that something was taken before it."""
    since = now if progress or cursor.failing_since is None else cursor.failing_since
    tries = 1 if progress else cursor.tries + 1
    pause = min(timedelta(seconds=2 ** min(tries, 20)), LONGEST_PAUSE)
    wish = getattr(error, "retry_after", None)
    if isinstance(wish, int | float):
        pause = max(pause, min(timedelta(seconds=wish), LATE_PAUSE))
    if now - since >= PATIENCE:
        pause = LATE_PAUSE
    told_at = None if progress else cursor.told_at
    return {"tries": tries, "failing_since": since, "next_at": now + pause, "error": text_of(error),
            "told_at": told_at}  # fmt: skip


def text_of(error: Exception) -> str:
    """Why a destination failed, in words that may be shown."""
    if isinstance(error, SymException | SymError):
        return Redactor().text(str(error))[:_LONGEST_TEXT]
    # Not its text: a client's exception may hold a key.
    return f"It failed with {type(error).__name__}; the worker's log says more."


def is_to_be_told(cursor: LogCursor, now: datetime) -> bool:
    """Whether people have not been told yet of a destination that has failed for long enough."""
    return cursor.told_at is None and cursor.failing_since is not None and now - cursor.failing_since >= PATIENCE


def tell(conn: Connection, notices: Notices, cursor: LogCursor, entry: SealedEntry, *, name: str,
         now: datetime) -> None:  # fmt: skip
    """Tell the error loggers of the environments that list the destination ``name``; ``entry`` is the first one it
    does not take."""
    found: dict[str, dict[str, Any]] = {}
    for environment in environments_of(conn, cursor.destination_id):
        for logger in error_loggers(conn, environment):
            found[str(sorted(logger.items()))] = logger
    since = f"{cursor.failing_since:%Y-%m-%d %H:%M} UTC"
    content = {
        "what": "log_destination.failing", "event": entry.name, "user": None, "run": None,
        "text": f"The log destination {name} has taken nothing since {since}: {cursor.error}",
        "hint": "Nothing is lost: it is tried every hour, and goes on where it stopped. What is behind and why: "
                "symflow audit destinations",
        "retry_at": None, "instructions": None,
    }  # fmt: skip
    event_id = entry.event_id or events_of_run(conn, entry.run_id)[0].id
    notices.report_on(conn, (entry.run_id, event_id), list(found.values()), content, now)
