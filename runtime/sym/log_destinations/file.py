"""``type = "file"``: a file on the worker's machine, one line of JSON for each entry.

The file is opened anew for each batch, so that it can be moved away (logrotate) at any time, made readable for the
worker's user alone, and is on the disk before an entry counts as sent. Only a file that this destination has begun is
added to. With several workers, each adds to the file of its machine: put it on a disk they share, or collect all of
them. An entry may be there twice, after a crash: its ``id`` tells. A line that a crash cut off is ended, and its entry
written again.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath

from sym.sdk.log_destination import Declared, LogDestinationError, LogEntry, personal_values
from sym.sdk.schema import attribute, schema

integration: str | None = None
integration_optional = True
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_BEGINS = b'{"id":"'
"""What a file that holds entries begins with."""


@schema
class Settings:
    """Settings of a file as log destination."""

    path: str = attribute("The file's absolute path, such as `/var/log/sym/audit.jsonl`; its folder must exist.")
    personal_values: str | None = personal_values()


class Destination:
    """One file."""

    def __init__(self, declared: Declared) -> None:
        self._path = declared.required("path")
        if not PurePath(self._path).is_absolute():
            raise LogDestinationError("SETTINGS", f"The path {self._path} must be absolute.")

    def send(self, entries: Sequence[LogEntry], now: datetime) -> None:  # noqa: ARG002
        """See ``sym.sdk.log_destination.Destination``."""
        lines = "".join(f"{entry.json()}\n" for entry in entries).encode()
        try:
            file = os.open(self._path, _FLAGS, 0o600)
        except OSError as error:
            raise LogDestinationError("UNREACHABLE", f"{self._path} cannot be opened: {error.strerror}.") from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._check(file)
            _write(file, _end_of_last_line(file) + lines)
            os.fsync(file)
        except OSError as error:
            raise LogDestinationError("UNAVAILABLE", f"{self._path} cannot be written: {error.strerror}.") from None
        finally:
            os.close(file)

    def _check(self, file: int) -> None:
        """Refuse what is no file, and what something else has begun: a path may be a mistake."""
        is_file = stat.S_ISREG(os.fstat(file).st_mode)
        begins = os.pread(file, len(_BEGINS), 0) if is_file else b""
        if not is_file or not _BEGINS.startswith(begins):
            raise LogDestinationError("FORBIDDEN", f"{self._path} is not a file of log entries: name another path.")


def _end_of_last_line(file: int) -> bytes:
    size = os.fstat(file).st_size
    return b"\n" if size and os.pread(file, 1, size - 1) != b"\n" else b""


def _write(file: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(file, view) :]
