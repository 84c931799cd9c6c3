"""One HTTP/2 connection of gRPC, from the server's side: frames come in, calls are handed on, answers go out.

It speaks as much of RFC 9113 as Terraform and gRPC's own clients do: calls with one message in and one out, and streams
that are held open until the end. What a private socket has no use for is left out: pushes, priorities, compression of
messages.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final, Protocol

import hpack

from sym_provider.protocol import frames
from sym_provider.protocol.frames import END_HEADERS, END_STREAM, ProtocolError, frame
from sym_provider.protocol.outgoing import Outgoing
from sym_provider.protocol.pipe import Pipe

MESSAGE_LIMIT: Final = 256 << 20
"""Bytes of one message. gRPC's own limit of 4 MiB is less than one large attribute."""

_HEADER_LIMIT: Final = 1 << 16
_PREFIX: Final = 5  # gRPC's: one byte says whether the message is compressed, four how long it is
_UNIMPLEMENTED, _EXHAUSTED, _INTERNAL = 12, 8, 13

logging.getLogger("hpack").setLevel(logging.WARNING)  # it tells of every header, at DEBUG


class Calls(Protocol):
    """What is behind a connection."""

    def knows(self, path: str) -> bool:
        """Whether there is a call of this path."""
        ...

    def take(self, path: str, message: bytes, answer: Callable[[bytes | None], None]) -> None:
        """Carry out a call, now or in another thread: ``answer`` is told the message to answer with, None if there is
        none because the call has failed in a way that it should not have."""
        ...

    def hold(self, path: str, end: Callable[[], None]) -> bool:
        """Whether the call is a stream that is held open; ``end`` ends it."""
        ...


class Connection:
    """Serves ``calls`` over ``pipe`` until the peer is gone."""

    def __init__(self, pipe: Pipe, calls: Calls) -> None:
        self._receive = pipe.receive
        self._out = Outgoing(pipe.send)
        self._calls = calls
        self._headers = hpack.Decoder(_HEADER_LIMIT)
        self._bodies: dict[int, tuple[str, bytearray]] = {}
        self._block: tuple[int, int, bytes] | None = None  # stream, flags and bytes of headers that are not complete
        self._last = 0
        self._taken = 0
        self._handlers: dict[int, Callable[[int, int, bytes], None]] = {
            frames.DATA: self._on_data,
            frames.HEADERS: self._on_headers,
            frames.RST_STREAM: self._on_reset,
            frames.SETTINGS: self._on_settings,
            frames.PUSH_PROMISE: self._on_push,
            frames.PING: self._on_ping,
            frames.WINDOW_UPDATE: self._on_window,
            frames.CONTINUATION: self._on_continuation,
        }

    def run(self) -> None:
        """Serve until the end of the connection. Raises OSError if it breaks."""
        first = self._preface()
        self._out.send(
            frames.settings(
                {frames.INITIAL_WINDOW_SIZE: frames.WIDEST_WINDOW, frames.MAX_HEADER_LIST_SIZE: _HEADER_LIMIT}
            )
            + frames.window_update(0, frames.WIDEST_WINDOW - (1 << 16) + 1)
        )
        try:
            for kind, flags, stream, payload in frames.read_frames(lambda: first.pop() if first else self._receive()):
                if self._block is not None and kind != frames.CONTINUATION:
                    raise ProtocolError(frames.PROTOCOL_ERROR, "the headers are not complete")
                handler = self._handlers.get(kind)
                if handler is not None:
                    handler(flags, stream, payload)
        except ProtocolError as problem:
            self._out.send(frames.goaway(self._last, problem.code))

    def _preface(self) -> list[bytes]:
        """What came after the words every HTTP/2 client begins with."""
        received = b""
        while len(received) < len(frames.PREFACE):
            data = self._receive()
            received += data
            if not data or not received.startswith(frames.PREFACE[: len(received)]):
                raise ConnectionAbortedError("this is no HTTP/2")
        rest = received[len(frames.PREFACE) :]
        return [rest] if rest else []

    def _on_headers(self, flags: int, stream: int, payload: bytes) -> None:
        self._block = (stream, flags, frames.unpadded(flags, payload))
        if flags & END_HEADERS:
            self._opened()

    def _on_continuation(self, flags: int, stream: int, payload: bytes) -> None:
        if self._block is None or self._block[0] != stream or len(self._block[2]) > _HEADER_LIMIT:
            raise ProtocolError(frames.PROTOCOL_ERROR, "no such headers are to be continued")
        self._block = (stream, self._block[1], self._block[2] + payload)
        if flags & END_HEADERS:
            self._opened()

    def _opened(self) -> None:
        assert self._block is not None
        (stream, flags, block), self._block = self._block, None
        try:
            headers = dict(self._headers.decode(block, raw=True))
        except hpack.HPACKError:
            raise ProtocolError(frames.COMPRESSION_ERROR, "the headers cannot be read") from None
        if stream > self._last:
            if stream % 2 == 0:
                raise ProtocolError(frames.PROTOCOL_ERROR, "a client's streams are odd")
            self._last = stream
            self._begin(stream, headers.get(b":path", b"").decode("ascii", "replace"))
        if flags & END_STREAM:
            self._complete(stream)

    def _begin(self, stream: int, path: str) -> None:
        self._out.open(stream)
        if self._calls.knows(path):
            self._bodies[stream] = (path, bytearray())
        elif not self._calls.hold(path, lambda: self._out.end(stream)):
            self._out.end(stream, _UNIMPLEMENTED, "there is no such call")

    def _on_data(self, flags: int, stream: int, payload: bytes) -> None:
        self._taken += len(payload)
        if self._taken > frames.WIDEST_WINDOW // 2:
            self._out.send(frames.window_update(0, self._taken))
            self._taken = 0
        if stream not in self._bodies:
            return  # of a stream that is over
        body = self._bodies[stream][1]
        body += frames.unpadded(flags & ~frames.PRIORITY, payload) if flags & frames.PADDED else payload
        if len(body) > MESSAGE_LIMIT + _PREFIX:
            del self._bodies[stream]
            self._out.end(stream, _EXHAUSTED, "the message is too long")
        elif flags & END_STREAM:
            self._complete(stream)

    def _complete(self, stream: int) -> None:
        path, body = self._bodies.pop(stream, ("", bytearray()))
        if not path:
            return
        if len(body) < _PREFIX or body[0] or int.from_bytes(body[1:_PREFIX], "big") != len(body) - _PREFIX:
            self._out.end(stream, _UNIMPLEMENTED, "one message that is not compressed is needed")
            return

        def answer(message: bytes | None) -> None:
            if message is None:
                self._out.end(stream, _INTERNAL, "the call failed")
            else:
                self._out.answer(stream, message)

        self._calls.take(path, bytes(memoryview(body)[_PREFIX:]), answer)

    def _on_reset(self, _flags: int, stream: int, _payload: bytes) -> None:
        self._bodies.pop(stream, None)
        self._out.forget(stream)

    def _on_settings(self, flags: int, _stream: int, payload: bytes) -> None:
        if flags & frames.ACK:
            return
        found = frames.read_settings(payload)
        self._out.set(found.get(frames.INITIAL_WINDOW_SIZE), found.get(frames.MAX_FRAME_SIZE))
        self._out.send(frame(frames.SETTINGS, frames.ACK, 0))

    def _on_push(self, _flags: int, _stream: int, _payload: bytes) -> None:
        raise ProtocolError(frames.PROTOCOL_ERROR, "a client cannot push")

    def _on_ping(self, flags: int, _stream: int, payload: bytes) -> None:
        if not flags & frames.ACK:
            self._out.send(frame(frames.PING, frames.ACK, 0, payload))

    def _on_window(self, _flags: int, stream: int, payload: bytes) -> None:
        self._out.widen(stream, frames.number(payload))
