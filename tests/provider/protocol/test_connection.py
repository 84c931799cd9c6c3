"""A connection as a client with odd habits sees it. Ordinary ones are in test_server.py and wherever Terraform runs."""

from __future__ import annotations

from collections.abc import Callable

import hpack
import pytest

from sym_provider.protocol import frames
from sym_provider.protocol.connection import Connection
from sym_provider.protocol.frames import frame

ECHO = "/test/Echo"
ASKED = {":method": "POST", ":scheme": "http", ":path": ECHO, ":authority": "x", "te": "trailers"}


class Echo:
    """Answers with the message, or fails; holds streams."""

    def __init__(self) -> None:
        self.ends: list[Callable[[], None]] = []

    def knows(self, path: str) -> bool:
        return path == ECHO

    def take(self, path: str, message: bytes, answer: Callable[[bytes | None], None]) -> None:
        answer(None if message == b"fail" else message)

    def hold(self, path: str, end: Callable[[], None]) -> bool:
        self.ends.append(end)
        return path == "/test/Hold"


class Pipe:
    """A client that has sent everything already."""

    def __init__(self, sent: bytes) -> None:
        self._sent = [sent, b""]
        self._answered: list[bytes] = []
        self.send = self._answered.append

    def receive(self) -> bytes:
        return self._sent.pop(0)

    def frames(self) -> list[tuple[int, int, int, bytes]]:
        answered = [*self._answered, b""]
        return list(frames.read_frames(lambda: answered.pop(0)))


def exchange(*sent: bytes, preface: bytes = frames.PREFACE) -> list[tuple[int, int, int, bytes]]:
    """What comes back, without the greeting."""
    pipe = Pipe(preface + b"".join(sent))
    Connection(pipe, Echo()).run()
    greeting, rest = pipe.frames()[:2], pipe.frames()[2:]
    assert [kind for kind, _, _, _ in greeting] == [frames.SETTINGS, frames.WINDOW_UPDATE]
    return rest


def block(path: str = ECHO) -> bytes:
    return bytes(hpack.Encoder().encode(ASKED | {":path": path}))


def asked(stream: int = 1, path: str = ECHO, flags: int = 0) -> bytes:
    return frame(frames.HEADERS, frames.END_HEADERS | flags, stream, block(path))


def body(message: bytes, stream: int = 1, flags: int = frames.END_STREAM) -> bytes:
    return frame(frames.DATA, flags, stream, b"\x00" + len(message).to_bytes(4, "big") + message)


def echoed(found: list[tuple[int, int, int, bytes]]) -> list[bytes]:
    return [payload[5:] for kind, _, _, payload in found if kind == frames.DATA]


def status(found: list[tuple[int, int, int, bytes]]) -> str:
    """The gRPC status of the one call."""
    trailers = [payload for kind, flags, _, payload in found if kind == frames.HEADERS and flags & frames.END_STREAM]
    (last,) = trailers
    return str(dict(hpack.Decoder().decode(last))["grpc-status"])


def closed_with(found: list[tuple[int, int, int, bytes]]) -> int:
    (goaway,) = [payload for kind, _, _, payload in found if kind == frames.GOAWAY]
    return int.from_bytes(goaway[4:], "big")


def test_a_call_is_answered() -> None:
    found = exchange(asked(), body(b"hello"))
    assert echoed(found) == [b"hello"]
    assert status(found) == "0"


def test_a_message_may_come_in_pieces_with_padding_and_end_with_an_empty_one() -> None:
    whole = b"\x00\x00\x00\x00\x05hello"
    pieces = frame(frames.DATA, frames.PADDED, 1, b"\x03" + whole[:4] + b"...") + frame(frames.DATA, 0, 1, whole[4:])
    assert echoed(exchange(asked(), pieces, frame(frames.DATA, frames.END_STREAM, 1))) == [b"hello"]


def test_headers_may_come_in_pieces_with_priority() -> None:
    sent = block()
    first = frame(frames.HEADERS, frames.PRIORITY, 1, b"12345" + sent[:5])
    second = frame(frames.CONTINUATION, 0, 1, sent[5:9]) + frame(frames.CONTINUATION, frames.END_HEADERS, 1, sent[9:])
    assert echoed(exchange(first, second, body(b"hello"))) == [b"hello"]


def test_trailers_of_a_client_end_its_message() -> None:
    end = frame(frames.HEADERS, frames.END_HEADERS | frames.END_STREAM, 1, bytes(hpack.Encoder().encode({"x": "y"})))
    assert echoed(exchange(asked(), body(b"hello", flags=0), end)) == [b"hello"]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (asked(path="/test/Nobody") + body(b"x"), "12"),
        (asked() + body(b"fail"), "13"),
        (asked() + frame(frames.DATA, frames.END_STREAM, 1, b"\x01\x00\x00\x00\x01x"), "12"),  # compressed
        (asked() + frame(frames.DATA, frames.END_STREAM, 1, b"\x00\x00\x00\x00\x02x"), "12"),  # cut off
        (asked(flags=frames.END_STREAM), "12"),  # no message at all
    ],
)
def test_what_cannot_be_answered_says_why(sent: bytes, expected: str) -> None:
    assert status(exchange(sent)) == expected


def test_a_call_that_is_taken_back_is_not_answered() -> None:
    assert exchange(asked(), frame(frames.RST_STREAM, 0, 1, b"\x00\x00\x00\x08"), body(b"hello")) == []


def test_pings_and_settings_are_acknowledged_and_acknowledgements_are_not() -> None:
    ping = frame(frames.PING, 0, 0, b"12345678")
    acknowledged = frame(frames.PING, frames.ACK, 0, b"12345678") + frame(frames.SETTINGS, frames.ACK, 0)
    found = exchange(ping, frames.settings({}), acknowledged)
    assert found == [(frames.PING, frames.ACK, 0, b"12345678"), (frames.SETTINGS, frames.ACK, 0, b"")]


def test_frames_nobody_knows_are_passed_over() -> None:
    assert echoed(exchange(asked(), frame(0x42, 0, 1, b"?"), frame(0x2, 0, 1, b"12345"), body(b"hello"))) == [b"hello"]


def test_what_is_received_is_taken_from_the_window_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "WIDEST_WINDOW", (1 << 17) - 1)
    piece = frame(frames.DATA, 0, 1, b"x" * frames.LONGEST_FRAME)
    updates = [payload for kind, _, _, payload in exchange(asked(), piece * 5) if kind == frames.WINDOW_UPDATE]
    assert [frames.number(payload) for payload in updates] == [4 * frames.LONGEST_FRAME]


def test_a_message_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sym_provider.protocol.connection.MESSAGE_LIMIT", 10)
    assert status(exchange(asked(), body(b"12345678901", flags=0))) == "8"
    assert echoed(exchange(asked(), body(b"1234567890"))) == [b"1234567890"]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(frames.HEADERS, frames.END_HEADERS, 1, b"\xff\xff\xff\xff\xff"), frames.COMPRESSION_ERROR),
        (asked(stream=2), frames.PROTOCOL_ERROR),
        (frame(frames.CONTINUATION, frames.END_HEADERS, 1, block()), frames.PROTOCOL_ERROR),
        (frame(frames.HEADERS, 0, 1, block()) + frame(frames.PING, 0, 0, b"12345678"), frames.PROTOCOL_ERROR),
        (frame(frames.PUSH_PROMISE, 0, 1, b"1234"), frames.PROTOCOL_ERROR),
        (frame(frames.WINDOW_UPDATE, 0, 0, b"\x7f\xff\xff\xff"), frames.FLOW_CONTROL_ERROR),
        (frame(frames.DATA, 0, 1, b"x" * (frames.LONGEST_FRAME + 1)), frames.FRAME_SIZE_ERROR),
        (frame(frames.HEADERS, 0, 1) + frame(frames.CONTINUATION, 0, 1, b"x" * (1 << 14)) * 6, frames.PROTOCOL_ERROR),
    ],
)
def test_a_client_that_breaks_the_rules_is_told_and_left(sent: bytes, code: int) -> None:
    assert closed_with(exchange(sent)) == code


@pytest.mark.parametrize("preface", [b"", b"PRI * HTTP/2.0\r\n", b"GET / HTTP/1.1\r\n\r\n"])
def test_what_is_no_http2_is_not_answered(preface: bytes) -> None:
    pipe = Pipe(preface)
    with pytest.raises(ConnectionAbortedError):
        Connection(pipe, Echo()).run()
    assert pipe.frames() == []


def test_a_held_stream_is_ended_when_asked() -> None:
    pipe, calls = Pipe(frames.PREFACE + asked(path="/test/Hold", flags=frames.END_STREAM)), Echo()
    Connection(pipe, calls).run()
    (end,) = calls.ends
    end()
    assert status(pipe.frames()) == "0"
