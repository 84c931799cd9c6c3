"""A vendor on loopback: one process that answers every POST with 200 and counts its members, and a client of it."""

from __future__ import annotations

import asyncio
import http.client
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
_local = threading.local()


@contextmanager
def vendor() -> Iterator[int]:
    """A vendor in a process of its own; gives its port."""
    process = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def call(port: int, method: str, subject: str) -> None:
    """One call of the vendor, on a connection that this thread keeps. Raises OSError if it is not there."""
    connection = getattr(_local, "connection", None)
    if connection is None or connection.port != port:
        connection = _local.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", f"/{method}/{subject}", headers={"Content-Length": "0"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise OSError(f"the vendor answered {answer.status}")


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            writer.close()
            return
        known = head.startswith((b"POST /escalate/", b"POST /deescalate/"))
        writer.write(_ANSWER if known else b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()


async def _main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # Until whoever started it is gone, however that ended.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_main())
