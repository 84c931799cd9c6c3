"""The process behind ``symflow serve``: its parts, started in order and stopped in reverse."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from starlette.types import ASGIApp

from sym import config
from sym.api.app import create_app
from sym.api.limits import Limits
from sym.api.wiring import Services
from sym.commands._connected import Connected, connected
from sym.commands._observed import logging_as, shown_metrics
from sym.commands._output import say
from sym.commands._session import key_directory, opened_store, organization_of
from sym.config import Config
from sym.engine.keys import PURPOSES
from sym.engine.receipts import PURPOSE as RECEIPT
from sym.engine.runtime import Runtime, RuntimeSettings
from sym.engine.sandbox.addresses import closed_endpoints
from sym.engine.sealer import AuditSettings
from sym.errors import Unavailable
from sym.observability.page import Page
from sym.oidc.login import Oidc
from sym.store.database import Store

_MIB = 1024 * 1024
_GRACE_SECONDS = 10


class Server:
    """One process that serves ``host``:``port``; ``listening`` is told the URL once requests are answered."""

    def __init__(self, host: str, port: int, *, listening: Callable[[str], None], works: bool = True) -> None:
        self._works = works
        self._host = host
        self._port = port
        self._listening = listening
        self._uvicorn: _Uvicorn | None = None
        self._is_stopping = False

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT. Raises Unavailable or Conflict if the process cannot begin to work."""
        settings = config.load()
        with ExitStack() as stack:
            stack.enter_context(logging_as(settings))
            # Ours stay in place when uvicorn has put its own aside: it raises the signal again at its end, which
            # would otherwise kill the process before the worker has stopped.
            stack.enter_context(_handling((signal.SIGTERM, signal.SIGINT), self._stop))
            bound = stack.enter_context(_listen(self._host, self._port))
            # A server's tables are migrated by hand: several versions of this program may be using them.
            store = stack.enter_context(opened_store(settings, migrates_file=True))
            with store.reading() as conn:
                organization_of(conn)
            slack = connected(settings, store)
            runtime = _runtime(settings, store, slack, works=self._works, port=bound.getsockname()[1])
            stack.callback(runtime.stop)
            runtime.start()
            slack.listen(runtime)
            stack.callback(slack.stop)
            for problem in runtime.problems():
                say(f"Not ready: {problem}")
            page = stack.enter_context(shown_metrics(settings, store))
            self._serve(slack.with_app(create_app(_services(settings, store, runtime, slack, page))), bound)

    def _serve(self, app: ASGIApp, bound: socket.socket) -> None:
        options = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", server_header=False,
            proxy_headers=False, timeout_graceful_shutdown=_GRACE_SECONDS, ws="none",
        )  # fmt: skip
        self._uvicorn = _Uvicorn(options, started=lambda: self._listening(_url(bound)))
        self._uvicorn.should_exit = self._is_stopping
        self._uvicorn.run(sockets=[bound])

    def _stop(self, *_: Any) -> None:
        self._is_stopping = True
        if self._uvicorn is not None:
            self._uvicorn.should_exit = True


class _Uvicorn(uvicorn.Server):
    def __init__(self, options: uvicorn.Config, *, started: Callable[[], None]) -> None:
        super().__init__(options)
        self._announce = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and not self.should_exit:
            self._announce()


@contextmanager
def _handling(signals: tuple[signal.Signals, ...], handler: Callable[[int, FrameType | None], Any]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in signals}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


@contextmanager
def _listen(host: str, port: int) -> Iterator[socket.socket]:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        bound = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise Unavailable(
            f"Cannot listen on {host}:{port}: {error.strerror or error}.", hint="Try another --port."
        ) from error
    # Accepted connections inherit it; asyncio sets it only on sockets it has made itself.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with bound:
        yield bound


def _url(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def work(started: Callable[[], None]) -> None:
    """Work off requests, and serve nothing, until SIGTERM or SIGINT. Raises Unavailable or Conflict if the process
    cannot begin to work."""
    settings, stopped = config.load(), threading.Event()
    with ExitStack() as stack:
        stack.enter_context(logging_as(settings))
        stack.enter_context(_handling((signal.SIGTERM, signal.SIGINT), lambda *_: stopped.set()))
        store = stack.enter_context(opened_store(settings, migrates_file=True))
        with store.reading() as conn:
            organization_of(conn)
        stack.enter_context(shown_metrics(settings, store))
        runtime = _runtime(settings, store, connected(settings, store), works=True)
        stack.callback(runtime.stop)
        runtime.start()
        started()
        stopped.wait()


def _runtime(settings: Config, store: Store, slack: Connected, *, works: bool, port: int | None = None) -> Runtime:
    _require_keys(settings)
    options = RuntimeSettings(
        keys_dir=settings.keys_dir,
        secret_file_root=settings.secrets_dir,
        environment_secrets=settings.environment_secrets,
        handler_memory_bytes=settings.handler_memory_mb * _MIB,
        handler_folders=settings.handler_folders,
        closed=closed_endpoints(settings.store_url, port or _local_port(settings.api_url)),
        ledger_folder=settings.ledger_dir,
        service_urls=settings.service_urls,
        drift_every=settings.drift_every,
        directory_every=settings.directory_every,
        audit=AuditSettings(keys_dir=settings.keys_dir, spool=settings.audit_spool, anchor=settings.audit_anchor,
                            retention=settings.audit_retention),
        release=version("symflow"), works=works,
    )  # fmt: skip
    return Runtime(store, settings=options, clock=config.now, outbound=slack.outbound, directories=slack.directories)


def _require_keys(settings: Config) -> None:
    """Without a key no token could be checked, and nothing sealed: refuse to start. A folder that is older than
    receipts of approvals gets the key for them; where it cannot be written, there are none."""
    keys = key_directory(settings)
    for purpose in PURPOSES:
        if purpose == RECEIPT and not keys.public_keys(purpose):
            try:
                keys.add(purpose, config.now())
            except (OSError, Unavailable) as error:
                say(f"Approvals have no receipts: their key cannot be written to {keys.path}: {error}")
        else:
            keys.signing_key(purpose)


def _local_port(api_url: str | None) -> int | None:
    """The port of a server on this machine, which a worker without one closes to authors' code too."""
    parts = urlsplit(api_url or "")
    if parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        return None
    return parts.port or (443 if parts.scheme == "https" else 80)


def _services(settings: Config, store: Store, runtime: Runtime, slack: Connected, metrics: Page | None) -> Services:
    return Services(
        store=store,
        inbound=runtime.inbound,
        keys=key_directory(settings),
        problems=lambda: runtime.problems() + slack.problems(),
        clock=runtime.clock,
        metrics=metrics,
        limits=Limits(settings.rate_limit, clock=runtime.clock),
        oidc=Oidc(settings.oidc),
    )
