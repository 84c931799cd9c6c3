from __future__ import annotations

import pytest

from sym_provider.protocol import frames
from sym_provider.protocol.frames import ProtocolError


def read(*pieces: bytes) -> list[tuple[int, int, int, bytes]]:
    rest = [*pieces, b""]
    return list(frames.read_frames(lambda: rest.pop(0)))


def test_frames_are_found_however_the_bytes_arrive() -> None:
    sent = frames.frame(frames.DATA, 1, 3, b"abc") + frames.frame(frames.PING, 0, 0, b"12345678")
    expected = [(frames.DATA, 1, 3, b"abc"), (frames.PING, 0, 0, b"12345678")]
    assert read(sent) == expected
    assert read(*(bytes((byte,)) for byte in sent)) == expected


def test_a_frame_that_is_cut_off_is_none() -> None:
    assert read(frames.frame(frames.DATA, 0, 1, b"abc")[:-1]) == []


def test_the_reserved_bit_of_a_stream_means_nothing() -> None:
    assert read(frames.frame(frames.DATA, 0, 1 | 1 << 31)) == [(frames.DATA, 0, 1, b"")]


def test_a_frame_that_is_too_long_is_refused() -> None:
    with pytest.raises(ProtocolError) as refused:
        read(frames.frame(frames.DATA, 0, 1, b"x" * (frames.LONGEST_FRAME + 1)))
    assert refused.value.code == frames.FRAME_SIZE_ERROR


@pytest.mark.parametrize(
    ("flags", "payload", "rest"),
    [
        (0, b"abc", b"abc"),
        (frames.PADDED, b"\x02abc..", b"abc"),
        (frames.PRIORITY, b"12345abc", b"abc"),
        (frames.PADDED | frames.PRIORITY, b"\x0112345abc.", b"abc"),
        (frames.PADDED, b"\x03...", b""),
    ],
)
def test_padding_and_priority_are_taken_away(flags: int, payload: bytes, rest: bytes) -> None:
    assert frames.unpadded(flags, payload) == rest


@pytest.mark.parametrize(
    ("flags", "payload"), [(frames.PADDED, b""), (frames.PADDED, b"\x02."), (frames.PRIORITY, b"1")]
)
def test_impossible_padding_is_refused(flags: int, payload: bytes) -> None:
    with pytest.raises(ProtocolError):
        frames.unpadded(flags, payload)


def test_settings_come_back_as_they_went() -> None:
    values = {frames.INITIAL_WINDOW_SIZE: 5, frames.MAX_FRAME_SIZE: 1 << 20, 0x99: 7}
    assert frames.read_settings(read(frames.settings(values))[0][3]) == values


@pytest.mark.parametrize(
    "values", [{frames.INITIAL_WINDOW_SIZE: 1 << 31}, {frames.MAX_FRAME_SIZE: 1}, {frames.MAX_FRAME_SIZE: 1 << 24}]
)
def test_impossible_settings_are_refused(values: dict[int, int]) -> None:
    with pytest.raises(ProtocolError):
        frames.read_settings(read(frames.settings(values))[0][3])


@pytest.mark.parametrize("payload", [b"", b"123", b"12345"])
def test_numbers_and_settings_of_the_wrong_length_are_refused(payload: bytes) -> None:
    with pytest.raises(ProtocolError):
        frames.number(payload)
    with pytest.raises(ProtocolError):
        frames.read_settings(payload + b"1234567"[: 7 - len(payload) % 6])
