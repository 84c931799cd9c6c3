"""What goes out, read back with a client's eyes: frames by this package's reader, headers by the hpack library."""

from __future__ import annotations

import hpack
import pytest

from sym_provider.protocol import frames
from sym_provider.protocol.frames import ProtocolError
from sym_provider.protocol.outgoing import Outgoing

WINDOW = (1 << 16) - 1


class Peer:
    """Takes what is sent."""

    def __init__(self) -> None:
        self._sent: list[bytes] = []
        self.out = Outgoing(self._sent.append)
        self._decoder = hpack.Decoder()

    def frames(self) -> list[tuple[int, int, int, bytes]]:
        """What has been sent since the last time."""
        sent = [*self._sent, b""]
        self._sent.clear()
        return list(frames.read_frames(lambda: sent.pop(0)))

    def data(self) -> bytes:
        return b"".join(payload for kind, _, _, payload in self.frames() if kind == frames.DATA)

    def headers(self, payload: bytes) -> dict[str, str]:
        return dict(self._decoder.decode(payload))


@pytest.fixture
def peer() -> Peer:
    return Peer()


def test_an_answer_is_headers_a_message_and_the_status(peer: Peer) -> None:
    peer.out.open(1)
    peer.out.answer(1, b"abc")
    (begin, data, end) = peer.frames()
    assert begin[:3] == (frames.HEADERS, frames.END_HEADERS, 1)
    assert peer.headers(begin[3]) == {":status": "200", "content-type": "application/grpc"}
    assert data == (frames.DATA, 0, 1, b"\x00\x00\x00\x00\x03abc")
    assert end[:3] == (frames.HEADERS, frames.END_HEADERS | frames.END_STREAM, 1)
    assert peer.headers(end[3]) == {"grpc-status": "0"}


def test_a_failure_is_headers_alone(peer: Peer) -> None:
    peer.out.open(1)
    peer.out.end(1, 12, "there is no such call")
    ((kind, flags, _, payload),) = peer.frames()
    assert (kind, flags) == (frames.HEADERS, frames.END_HEADERS | frames.END_STREAM)
    assert peer.headers(payload)["grpc-status"] == "12"
    assert peer.headers(payload)["grpc-message"] == "there is no such call"


def test_nothing_is_answered_twice_or_after_a_reset(peer: Peer) -> None:
    for stream in (1, 3):
        peer.out.open(stream)
    peer.out.answer(1, b"abc")
    peer.out.forget(3)
    peer.frames()
    for stream in (1, 3, 5):
        peer.out.answer(stream, b"abc")
        peer.out.end(stream)
    assert peer.frames() == []


def test_a_long_answer_waits_for_the_connections_window_and_the_streams(peer: Peer) -> None:
    peer.out.open(1)
    peer.out.answer(1, b"x" * 200_000)
    assert len(peer.data()) == WINDOW
    peer.out.widen(1, 1 << 20)
    assert peer.frames() == []
    peer.out.widen(0, 1000)
    assert len(peer.data()) == 1000
    peer.out.widen(0, 1 << 20)
    assert len(peer.data()) == 200_005 - WINDOW - 1000
    peer.out.widen(1, 1)
    assert peer.frames() == []


def test_no_frame_is_longer_than_the_peer_takes(peer: Peer) -> None:
    peer.out.open(1)
    peer.out.widen(0, 1 << 20)
    peer.out.answer(1, b"x" * 60_000)
    sizes = [len(payload) for kind, _, _, payload in peer.frames() if kind == frames.DATA]
    assert max(sizes) == frames.LONGEST_FRAME
    assert sum(sizes) == 60_005


def test_a_short_answer_behind_a_long_one_is_sent_and_the_long_one_ends(peer: Peer) -> None:
    for stream in (1, 3):
        peer.out.open(stream)
    peer.out.answer(1, b"x" * 200_000)
    peer.out.answer(3, b"y")
    peer.frames()
    peer.out.widen(0, 1 << 20)  # stream 1 has used its own window up
    assert [(kind, stream) for kind, _, stream, _ in peer.frames()] == [(frames.DATA, 3), (frames.HEADERS, 3)]
    peer.out.widen(1, 1 << 20)
    assert {stream for _, _, stream, _ in peer.frames()} == {1}


def test_a_changed_first_window_counts_for_streams_that_are_open(peer: Peer) -> None:
    peer.out.open(1)
    peer.out.widen(0, 1 << 20)
    peer.out.set(10, None)
    peer.out.answer(1, b"x" * 100)
    assert len(peer.data()) == 10
    peer.out.set(0, None)
    peer.out.widen(1, 5)
    assert peer.frames() == []  # the window is at -5 now
    peer.out.set(1000, None)
    assert len(peer.data()) == 95


@pytest.mark.parametrize("increment", [0, frames.WIDEST_WINDOW])
@pytest.mark.parametrize("stream", [0, 1])
def test_an_impossible_increment_is_refused(peer: Peer, stream: int, increment: int) -> None:
    peer.out.open(1)
    with pytest.raises(ProtocolError):
        peer.out.widen(stream, increment)
