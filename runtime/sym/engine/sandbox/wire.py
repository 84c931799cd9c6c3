"""The child's end of the line to the worker: one JSON document per line, both ways."""

from __future__ import annotations

import json
import signal
import socket
import threading
from typing import Any

TRACE_SIGNAL = signal.SIGUSR2
"""Makes the child write where it is to its trace descriptor, whatever it is doing."""


class Line:
    """A connected socket that carries documents. Threads of the author's code may ask at the same time."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._reader = connection.makefile("rb")
        self._asking = threading.Lock()
        self._writing = threading.Lock()

    def receive(self) -> Any:
        """The next document. Raises EOFError when the worker has hung up."""
        line = self._reader.readline()
        if not line.endswith(b"\n"):
            raise EOFError("the worker has hung up")
        return json.loads(line)

    def send(self, document: dict[str, Any]) -> None:
        """Send a document. Raises ValueError for what JSON cannot hold, OSError when the worker has hung up."""
        line = json.dumps(document, allow_nan=False).encode() + b"\n"
        with self._writing:
            self._connection.sendall(line)

    def ask(self, document: dict[str, Any]) -> Any:
        """Send a question and wait for its answer."""
        with self._asking:
            self.send(document)
            return self.receive()
