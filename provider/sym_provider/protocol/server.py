"""The gRPC server: the provider's calls, and the three small services go-plugin wants beside them."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from sym_provider._generated import tfplugin6_pb2 as pb
from sym_provider.framework.interfaces import Provider
from sym_provider.framework.lifecycle import Driver
from sym_provider.protocol.calls import ProviderCalls, refuse
from sym_provider.protocol.connection import Connection
from sym_provider.protocol.pipe import Encrypted, Plain

if TYPE_CHECKING:
    import ssl

Call = Callable[[bytes], bytes]

THREADS: Final = 64
"""More than Terraform's usual ten calls at once, so that StopProvider does not queue behind slow ones."""

_QUICK: Final = frozenset({
    "GetMetadata", "GetProviderSchema", "ValidateProviderConfig", "ValidateResourceConfig",
    "ValidateDataResourceConfig", "UpgradeResourceState", "PlanResourceChange", "GetFunctions",
})  # fmt: skip
"""Calls that only compute. They are carried out where they come in: handing them on would take longer."""

_SERVING: Final = b"\x08\x01"
"""A grpc.health.v1.HealthCheckResponse with status SERVING: too little to generate code for."""

_STDIO: Final = "/plugin.GRPCStdio/StreamStdio"
"""The stream that would carry our output. It is kept open: we log to standard error and print nothing."""


class Server:
    """Serves the provider on a listening socket, encrypted if there is a ``context``.

    It sets *shutdown* when Terraform has no more use for it.
    """

    def __init__(
        self, provider: Provider, shutdown: threading.Event, listener: socket.socket, context: ssl.SSLContext | None
    ) -> None:
        self._calls = dict(_provider(Driver(provider)))
        self._calls["/grpc.health.v1.Health/Check"] = lambda _message: _SERVING
        self._calls["/plugin.GRPCController/Shutdown"] = self._shut_down
        self._quick = {path for path in self._calls if path.rpartition("/")[2] in _QUICK}
        self._shutdown, self._listener, self._context = shutdown, listener, context
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="call")
        self._changed = threading.Condition()
        self._in_hand = 0
        self._is_stopped = False
        self._connected: set[socket.socket] = set()
        self._held: list[Callable[[], None]] | None = []  # None once they have been ended

    def start(self) -> None:
        """Take connections from now on."""
        threading.Thread(target=self._listen, name="listener", daemon=True).start()

    def stop(self, grace: float) -> bool:
        """Take no more connections; whether the calls in hand have ended within *grace* seconds."""
        with contextlib.suppress(OSError):  # on some systems a socket that listens cannot be shut down
            self._listener.shutdown(socket.SHUT_RDWR)
        self._end_streams()
        with self._changed:
            ended = self._changed.wait_for(lambda: self._in_hand == 0, grace)
            self._is_stopped = True
            connected = tuple(self._connected)
        for connection in connected:
            with contextlib.suppress(OSError):  # the peer was faster
                connection.shutdown(socket.SHUT_RDWR)
        self._pool.shutdown(wait=ended)
        return ended

    def knows(self, path: str) -> bool:
        """Whether there is a call of this path."""
        return path in self._calls

    def take(self, path: str, message: bytes, answer: Callable[[bytes | None], None]) -> None:
        """Carry out a call, see :class:`~sym_provider.protocol.connection.Calls`."""
        with self._changed:
            if self._is_stopped:
                return  # too late: the connection is about to be closed
            self._in_hand += 1
        if path in self._quick:
            self._carry_out(path, message, answer)
        else:
            self._pool.submit(self._carry_out, path, message, answer)

    def hold(self, path: str, end: Callable[[], None]) -> bool:
        """Whether the call is a stream that is held open until the server stops."""
        if path != _STDIO:
            return False
        with self._changed:
            if self._held is not None:
                self._held.append(end)
                return True
        end()
        return True

    def _carry_out(self, path: str, message: bytes, answer: Callable[[bytes | None], None]) -> None:
        try:
            reply = self._calls[path](message)
        except Exception:  # noqa: BLE001 - not even our answer to a failure came about
            reply = None
        with contextlib.suppress(OSError):  # who asked is gone
            answer(reply)
        with self._changed:
            self._in_hand -= 1
            self._changed.notify_all()

    def _shut_down(self, _message: bytes) -> bytes:
        self._shutdown.set()
        self._end_streams()
        return b""

    def _end_streams(self) -> None:
        with self._changed:
            held, self._held = self._held, None
        for end in held or ():
            with contextlib.suppress(OSError):
                end()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):  # the listener is closed
            while True:
                connected, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connected,), name="connection", daemon=True).start()

    def _serve(self, connected: socket.socket) -> None:
        with self._changed:
            self._connected.add(connected)
        with contextlib.suppress(OSError), connected:  # the peer went away, as it may
            pipe = Plain(connected) if self._context is None else Encrypted(connected, self._context)
            Connection(pipe, self).run()
        with self._changed:
            self._connected.discard(connected)


def _provider(driver: Driver) -> Iterator[tuple[str, Call]]:
    calls = ProviderCalls(driver)
    for method in pb.DESCRIPTOR.services_by_name["Provider"].methods:
        yield f"/tfplugin6.Provider/{method.name}", _call(calls, method.name)


def _call(calls: ProviderCalls, name: str) -> Call:
    # Every call X of the protocol has the messages X.Request and X.Response.
    messages, method = getattr(pb, name), getattr(calls, name)

    def call(message: bytes) -> bytes:
        request = messages.Request.FromString(message)
        try:
            response = method(request)
        except Exception as problem:  # noqa: BLE001 - a call that fails would be "the plugin did not respond"
            response = refuse(name, request, messages.Response, problem)
        packed: bytes = response.SerializeToString()
        return packed

    return call
