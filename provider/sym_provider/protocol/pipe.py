"""Bytes over a socket, as they are or encrypted."""

from __future__ import annotations

import socket
import ssl
import threading
from typing import Final, Protocol

_PIECE: Final = 1 << 18


class Pipe(Protocol):
    """Two directions; each may be used by one thread at a time. Methods raise OSError when the other end is gone."""

    def receive(self) -> bytes:
        """Some bytes; none when there will be no more."""
        ...

    def send(self, data: bytes) -> None:
        """Send all the bytes."""
        ...


class Plain:
    """Bytes as they are."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self.send = connected.sendall

    def receive(self) -> bytes:
        """Some bytes; none when there will be no more."""
        return self._socket.recv(_PIECE)


class Encrypted:
    """Bytes over TLS, the server's end. The constructor agrees on keys; raises OSError if that fails."""

    # Not an SSLSocket: OpenSSL does not let one thread read while another writes. Here both only touch memory, one at a
    # time, and wait for the network outside of the lock.

    def __init__(self, connected: socket.socket, context: ssl.SSLContext) -> None:
        self._socket = connected
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)
        self._lock = threading.Lock()
        while not self._agree():
            self._fill()

    def _agree(self) -> bool:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        finally:
            self._socket.sendall(self._out.read())
        return True

    def _fill(self) -> None:
        data = self._socket.recv(_PIECE)
        with self._lock:
            if data:
                self._in.write(data)
            else:
                self._in.write_eof()

    def receive(self) -> bytes:
        """Some bytes; none when there will be no more."""
        while True:
            try:
                with self._lock:
                    return self._tls.read(_PIECE)
            except ssl.SSLWantReadError:
                self._fill()
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    def send(self, data: bytes) -> None:
        """Send all the bytes."""
        rest = memoryview(data)
        with self._lock:
            while rest:
                rest = rest[self._tls.write(rest) :]
            self._socket.sendall(self._out.read())
