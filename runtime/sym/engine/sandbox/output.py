"""What a child prints: kept up to a limit, read for ever, and cleared of secrets."""

from __future__ import annotations

import os
from typing import Any

from sym.observability.redaction import mask

_MARGIN = 64 * 1024
"""Read beyond the limit, so that a secret which straddles it is still seen whole; values are no longer than this."""


class Output:
    """The worker's end of a pipe. ``kept`` is how many bytes of text are wanted."""

    def __init__(self, fd: int, kept: int) -> None:
        os.set_blocking(fd, False)
        self.fd = fd
        self._kept = kept
        self._bytes = bytearray()
        self._dropped = 0

    def read(self) -> bool:
        """Take in what is there; False once the other end is closed. Never waits."""
        try:
            chunk = os.read(self.fd, 65536)
        except BlockingIOError:
            return True
        room = max(self._kept + _MARGIN - len(self._bytes), 0)
        self._bytes += chunk[:room]
        self._dropped += len(chunk[room:])
        return bool(chunk)

    def drain(self) -> None:
        """Take in what is left. Somebody may still hold the other end open and write, so there is a last byte."""
        for _ in range(32):
            before = len(self._bytes) + self._dropped
            if not self.read() or len(self._bytes) + self._dropped == before:
                return

    def text(self, secrets: set[str]) -> str:
        """The output so far without the values of ``secrets``, cut at the limit with a note of what was cut."""
        shown = mask(self._bytes.decode(errors="replace"), secrets).encode()
        dropped = self._dropped + max(len(shown) - self._kept, 0)
        text = shown[: self._kept].decode(errors="ignore")
        return f"{text}\n[{dropped} more bytes were not kept]\n" if dropped else text

    def close(self) -> None:
        """Close this end."""
        os.close(self.fd)


def mask_all(value: Any, secrets: set[str]) -> Any:
    """A JSON value with every text in it, keys aside, masked."""
    if isinstance(value, str):
        return mask(value, secrets)
    if isinstance(value, list):
        return [mask_all(item, secrets) for item in value]
    if isinstance(value, dict):
        return {key: mask_all(item, secrets) for key, item in value.items()}
    return value
