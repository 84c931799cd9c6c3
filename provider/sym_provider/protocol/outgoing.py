"""What one connection sends: whole answers, no faster than the peer's windows let them (RFC 9113, chapter 5.2)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from sym_provider.protocol import frames
from sym_provider.protocol.frames import DATA, END_HEADERS, END_STREAM, HEADERS, ProtocolError, frame

_FIRST_WINDOW: Final = (1 << 16) - 1


def _literal(name: bytes, value: bytes) -> bytes:
    """A header as HPACK writes one that shall not be indexed (RFC 7541, chapter 6.2.2); both parts under 127 bytes."""
    return b"\x00" + bytes((len(name),)) + name + bytes((len(value),)) + value


# Our headers are the same in every answer, and none goes into the compression's table: these are all there is.
_HEADERS: Final = b"\x88" + _literal(b"content-type", b"application/grpc")  # 0x88 is ":status: 200"


def _status(code: int, message: str) -> bytes:
    """gRPC's trailers; the message is ASCII without "%"."""
    said = _literal(b"grpc-message", message.encode()[:120]) if message else b""
    return _literal(b"grpc-status", str(code).encode()) + said


class Outgoing:
    """Sends through ``send`` what belongs together in one piece. Safe to share between threads."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._window = self._first_window = _FIRST_WINDOW
        self._longest = frames.LONGEST_FRAME
        self._open: dict[int, int] = {}  # a stream that waits for its answer, and its window
        self._waiting: dict[int, memoryview] = {}  # what the windows have held up

    def send(self, data: bytes) -> None:
        """Send frames that no window holds up."""
        with self._lock:
            self._send(data)

    def open(self, stream: int) -> None:
        """A stream has begun, and may be answered."""
        with self._lock:
            self._open[stream] = self._first_window

    def forget(self, stream: int) -> None:
        """The peer no longer wants the answer."""
        with self._lock:
            self._open.pop(stream, None)
            self._waiting.pop(stream, None)

    def answer(self, stream: int, message: bytes) -> None:
        """Send a message and that all is well, and end the stream."""
        body = b"\x00" + len(message).to_bytes(4, "big") + message
        with self._lock:
            window = self._open.get(stream)
            if window is None:
                return
            begin = frame(HEADERS, END_HEADERS, stream, _HEADERS)
            if len(body) <= min(window, self._window, self._longest) and not self._waiting:
                self._window -= len(body)
                del self._open[stream]
                self._send(begin + frame(DATA, 0, stream, body) + _trailers(stream))
            else:
                self._waiting[stream] = memoryview(body)
                self._send(begin)
                self._go_on()

    def end(self, stream: int, code: int = 0, message: str = "") -> None:
        """End the stream with a status of gRPC and without a message."""
        with self._lock:
            if self._open.pop(stream, None) is not None:
                self._send(frame(HEADERS, END_HEADERS | END_STREAM, stream, _HEADERS + _status(code, message)))

    def widen(self, stream: int, increment: int) -> None:
        """The peer takes more bytes, of a stream or (0) of all together. Raises ProtocolError for too many."""
        with self._lock:
            window = self._window if stream == 0 else self._open.get(stream)
            if window is None:
                return
            if not 0 < increment <= frames.WIDEST_WINDOW - window:
                raise ProtocolError(frames.FLOW_CONTROL_ERROR, "the window's increment is out of range")
            if stream == 0:
                self._window += increment
            else:
                self._open[stream] += increment
            self._go_on()

    def set(self, first_window: int | None, longest: int | None) -> None:
        """The peer's settings: the window of a stream, which counts for those that are open too, and of a frame."""
        with self._lock:
            if first_window is not None:
                change, self._first_window = first_window - self._first_window, first_window
                self._open = {stream: window + change for stream, window in self._open.items()}
            self._longest = longest or self._longest
            self._go_on()

    def _go_on(self) -> None:
        for stream in tuple(self._waiting):
            while rest := self._waiting[stream]:
                size = min(len(rest), self._open[stream], self._window, self._longest)
                if size <= 0:
                    break
                self._open[stream] -= size
                self._window -= size
                self._waiting[stream] = rest[size:]
                self._send(frame(DATA, 0, stream, rest[:size]))
            else:
                del self._waiting[stream], self._open[stream]
                self._send(_trailers(stream))


def _trailers(stream: int) -> bytes:
    return frame(HEADERS, END_HEADERS | END_STREAM, stream, _status(0, ""))
