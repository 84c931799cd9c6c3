"""The server in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from sym.simulator.acting import Acting
from sym.simulator.web import Web


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()


class Serving:
    """Listens from :meth:`start` to :meth:`stop`. A port of 0 takes any that is free."""

    def __init__(self, acting: Acting, *, host: str, port: int) -> None:
        self._acting, self._host, self._port = acting, host, port
        self._connections: dict[Any, asyncio.Transport] = {}
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> str:
        """The address it listens on. Raises OSError if the port is taken."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        listening = socket.create_server((self._host, self._port), family=family)
        web = Web(self._acting, self._drop, lambda: bool(self._server and self._server.should_exit))
        config = uvicorn.Config(
            web.application(), log_level="critical", access_log=False, lifespan="on", ws="websockets-sansio",
            http=_protocol(self._connections), timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = _Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([listening],), name="slack-simulator", daemon=True
        )
        self._thread.start()
        if not self._server.is_up.wait(30):
            raise OSError("the simulator's server did not start")
        host = f"[{self._host}]" if family == socket.AF_INET6 else self._host
        return f"http://{host}:{listening.getsockname()[1]}"

    def _drop(self, client: Any) -> None:
        transport = self._connections.get(tuple(client or ()))
        if transport is not None:
            transport.abort()

    def stop(self) -> None:
        """Stop listening, and wait until everything has ended."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._acting.slack.changes.add("app.changed")
        self._thread.join(30)
        self._server = self._thread = None


def _protocol(connections: dict[Any, asyncio.Transport]) -> type[asyncio.Protocol]:
    class Protocol(H11Protocol):
        """HTTP that remembers its connections, so that one can be dropped without an answer."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            connections[tuple(transport.get_extra_info("peername")[:2])] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            peer = self.transport.get_extra_info("peername")
            if peer:
                connections.pop(tuple(peer[:2]), None)
            super().connection_lost(exc)

    return Protocol
