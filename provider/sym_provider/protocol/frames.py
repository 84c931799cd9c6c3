"""HTTP/2's frames (RFC 9113, chapters 4 and 6), as far as a server of unary calls needs them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Final

PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
LONGEST_FRAME: Final = 1 << 14
"""Bytes of a frame's payload unless a peer asks for more, which we do not."""
WIDEST_WINDOW: Final = (1 << 31) - 1

DATA, HEADERS, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 5, 6, 7, 8, 9
ACK = END_STREAM = 0x1
END_HEADERS, PADDED, PRIORITY = 0x4, 0x8, 0x20
INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE, MAX_HEADER_LIST_SIZE = 0x4, 0x5, 0x6
NO_ERROR, PROTOCOL_ERROR, FLOW_CONTROL_ERROR, FRAME_SIZE_ERROR, COMPRESSION_ERROR = 0x0, 0x1, 0x3, 0x6, 0x9

_HEAD: Final = struct.Struct(">IBI")  # length and type share the first word
_NUMBER: Final = struct.Struct(">I")
_SETTING: Final = struct.Struct(">HI")


class ProtocolError(Exception):
    """The peer broke a rule of HTTP/2; ``code`` is the one to close the connection with."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def frame(kind: int, flags: int, stream: int, payload: bytes | memoryview = b"") -> bytes:
    """One frame, ready to be sent."""
    return _HEAD.pack(len(payload) << 8 | kind, flags, stream) + payload


def read_frames(receive: Callable[[], bytes]) -> Iterator[tuple[int, int, int, bytes]]:
    """Type, flags, stream and payload of every frame; ``receive`` gives some bytes, none at the end.

    Raises ProtocolError for a frame that is too long.
    """
    buffer, position = b"", 0
    while data := receive():
        buffer, position = buffer[position:] + data, 0
        while len(buffer) - position >= _HEAD.size:
            word, flags, stream = _HEAD.unpack_from(buffer, position)
            if word >> 8 > LONGEST_FRAME:
                raise ProtocolError(FRAME_SIZE_ERROR, "the frame is too long")
            start = position + _HEAD.size
            position_after = start + (word >> 8)
            if len(buffer) < position_after:
                break
            yield word & 0xFF, flags, stream & WIDEST_WINDOW, buffer[start:position_after]
            position = position_after


def unpadded(flags: int, payload: bytes) -> bytes:
    """The payload of DATA or HEADERS without what may be around it. Raises ProtocolError for impossible padding."""
    start, end = 0, len(payload)
    if flags & PADDED:
        start, end = 1, end - (payload[0] if payload else 1)
    if flags & PRIORITY:
        start += 5
    if start > end:
        raise ProtocolError(PROTOCOL_ERROR, "there is more padding than frame")
    return payload[start:end]


def settings(values: dict[int, int]) -> bytes:
    """A SETTINGS frame."""
    return frame(SETTINGS, 0, 0, b"".join(_SETTING.pack(name, value) for name, value in values.items()))


def read_settings(payload: bytes) -> dict[int, int]:
    """The values in a SETTINGS frame. Raises ProtocolError for values that cannot be."""
    if len(payload) % _SETTING.size:
        raise ProtocolError(FRAME_SIZE_ERROR, "the settings are cut off")
    found = dict(_SETTING.iter_unpack(payload))
    if found.get(INITIAL_WINDOW_SIZE, 0) > WIDEST_WINDOW:
        raise ProtocolError(FLOW_CONTROL_ERROR, "the window is too wide")
    if not LONGEST_FRAME <= found.get(MAX_FRAME_SIZE, LONGEST_FRAME) < 1 << 24:
        raise ProtocolError(PROTOCOL_ERROR, "the size of frames is out of range")
    return found


def number(payload: bytes) -> int:
    """The one number of a WINDOW_UPDATE frame. Raises ProtocolError for another length."""
    if len(payload) != _NUMBER.size:
        raise ProtocolError(FRAME_SIZE_ERROR, "a number of 32 bits is needed")
    found: int = _NUMBER.unpack(payload)[0]
    return found & WIDEST_WINDOW


def window_update(stream: int, increment: int) -> bytes:
    """A WINDOW_UPDATE frame."""
    return frame(WINDOW_UPDATE, 0, stream, _NUMBER.pack(increment))


def goaway(last_stream: int, code: int) -> bytes:
    """A GOAWAY frame."""
    return frame(GOAWAY, 0, 0, _NUMBER.pack(last_stream) + _NUMBER.pack(code))
