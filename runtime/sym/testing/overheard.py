"""What authors' code prints and logs in the process of a test: shown as ever, and kept as the sandbox keeps it."""

from __future__ import annotations

import contextlib
import io
import logging
import sys
from collections.abc import Iterator
from typing import Any, TextIO

_OURS = ("sym.", "sqlalchemy")
"""Loggers of what runs around the code, in the same process."""


class Overheard:
    """The output of one call. ``kept`` is how many bytes of it are wanted."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._text = io.StringIO()

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Keep what is written to standard output and standard error in the block, and what is logged from INFO on."""
        root, handler = logging.getLogger(), _Handler(self._text)
        level = root.level
        root.addHandler(handler)
        root.setLevel(min(level, logging.INFO))
        try:
            out, err = _Tee(sys.stdout, self._text), _Tee(sys.stderr, self._text)
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                yield
        finally:
            root.setLevel(level)
            root.removeHandler(handler)

    def text(self) -> str:
        """The output so far, cut at the limit with a note of what was cut."""
        encoded = self._text.getvalue().encode(errors="replace")
        dropped = max(len(encoded) - self._kept, 0)
        shown = encoded[: self._kept].decode(errors="ignore")
        return f"{shown}\n[{dropped} more bytes were not kept]\n" if dropped else shown


class _Tee:
    """A stream that also writes down what is written to it; everything else is the stream's own."""

    def __init__(self, stream: TextIO, copy: io.StringIO) -> None:
        self._stream = stream
        self._copy = copy

    def write(self, text: str) -> int:
        self._copy.write(text)
        return self._stream.write(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _Handler(logging.Handler):
    def __init__(self, text: io.StringIO) -> None:
        super().__init__(logging.INFO)
        self._copy = text
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(_OURS):
            self._copy.write(f"{self.format(record)}\n")
