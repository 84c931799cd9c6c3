from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sym_provider.protocol.pipe import Encrypted, Pipe, Plain
from sym_provider.protocol.tls import make_certificate, server_context

MUCH = bytes(range(256)) * 40_000


@pytest.fixture
def sockets() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(30)
        yield ours, theirs


def encrypted(
    ours: socket.socket, theirs: socket.socket, folder: Path, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
) -> tuple[Encrypted, ssl.SSLSocket]:
    """Both ends, the client's being Python's own, which checks the certificate as go-plugin does."""
    certificate = make_certificate(datetime.now(UTC))
    context = ssl.create_default_context(cadata=certificate.chain.decode())
    context.set_alpn_protocols(["h2"])
    context.maximum_version = version
    made: list[ssl.SSLSocket] = []

    def connect() -> None:
        made.append(context.wrap_socket(theirs, server_hostname="localhost"))

    client = threading.Thread(target=connect)
    client.start()
    pipe = Encrypted(ours, server_context(certificate, folder))
    client.join()
    return pipe, made[0]


def echo(pipe: Pipe) -> threading.Thread:
    def run() -> None:
        while data := pipe.receive():
            pipe.send(data)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def exchange(theirs: socket.socket, sent: bytes) -> bytes:
    """Send and receive at the same time, and give what came back."""
    sender = threading.Thread(target=theirs.sendall, args=(sent,))
    sender.start()
    received = bytearray()
    while len(received) < len(sent):
        received += theirs.recv(1 << 16)
    sender.join()
    return bytes(received)


def test_plain_bytes_go_both_ways(sockets: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = sockets
    thread = echo(Plain(ours))
    assert exchange(theirs, MUCH) == MUCH
    theirs.shutdown(socket.SHUT_WR)
    thread.join(30)
    assert not thread.is_alive()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_encrypted_bytes_go_both_ways_at_once(
    sockets: tuple[socket.socket, socket.socket], tmp_path: Path, version: ssl.TLSVersion
) -> None:
    pipe, client = encrypted(*sockets, tmp_path, version)
    with client:
        assert client.selected_alpn_protocol() == "h2"
        pipe.send(b"hello")
        assert client.recv(100) == b"hello"
        thread = echo(pipe)
        for start in range(0, len(MUCH), 50_000):  # a piece at a time: Python's client is not for two threads either
            piece = MUCH[start : start + 50_000]
            client.sendall(piece)
            received = b""
            while len(received) < len(piece):
                received += client.recv(1 << 16)
            assert received == piece
    thread.join(30)
    assert not thread.is_alive()


def test_a_client_that_goes_away_is_the_end(sockets: tuple[socket.socket, socket.socket], tmp_path: Path) -> None:
    pipe, client = encrypted(*sockets, tmp_path)
    with client:
        client.shutdown(socket.SHUT_WR)
        assert pipe.receive() == b""


def test_a_client_that_does_not_speak_tls_is_an_error(
    sockets: tuple[socket.socket, socket.socket], tmp_path: Path
) -> None:
    ours, theirs = sockets
    theirs.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    with pytest.raises(OSError, match="SSL"):
        Encrypted(ours, server_context(make_certificate(datetime.now(UTC)), tmp_path))


def test_a_client_that_leaves_during_the_handshake_is_an_error(
    sockets: tuple[socket.socket, socket.socket], tmp_path: Path
) -> None:
    ours, theirs = sockets
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(OSError, match="EOF"):
        Encrypted(ours, server_context(make_certificate(datetime.now(UTC)), tmp_path))


def test_the_key_is_left_in_no_file(tmp_path: Path) -> None:
    server_context(make_certificate(datetime.now(UTC)), tmp_path)
    assert list(tmp_path.iterdir()) == []
