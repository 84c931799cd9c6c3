"""From an integration's view to the connection its strategies and author modules work with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sym import plugins
from sym.engine.connections.aws import AwsClient, AwsSessions
from sym.engine.connections.http import ServiceHttp, Transport
from sym.engine.sandbox import objects
from sym.engine.secret_cache import SecretCache
from sym.engine.views import Document
from sym.errors import NotServed
from sym.sdk.connection import AwsRole, AwsService, Service


class Connections:
    """What integrations are given by this process: one of it, for all runs. ``secrets`` are the values fetched a moment
    ago."""

    def __init__(self, transport: Transport | None = None, sessions: AwsSessions | None = None) -> None:
        self._transport = transport or Transport()
        self._sessions = sessions or AwsSessions()
        self.secrets = SecretCache()

    def open(self, view: Document, secret: Callable[..., str], runtime: Document | None = None, *,
             now: Callable[[], datetime] | None = None) -> Any:  # fmt: skip
        """What the integration's module connects. ``secret`` gives the value of a secret by its id; it is called when
        a request is made. ``runtime`` is the view of the permission context of the environment's runtime, if it has
        one. None where nothing needs to be connected. Raises NotServed for a type that is only known."""
        module = plugins.load("integrations", view["type"])
        if getattr(module, "needs_no_connection", False):
            return None
        if not hasattr(module, "connect"):
            raise NotServed(f"Integrations of type {view['type']!r} are not served by this release.")
        return module.connect(self.host(secret, runtime, now=now), objects.to_object(view))

    def open_strategy(self, view: Document, secret: Callable[..., str], *, now: Callable[[], datetime]) -> Any:
        """What the module of a strategy's type connects by the strategy's own settings."""
        module = plugins.load("strategies", view["type"])
        settings = {**(view.get("settings") or {}), **objects.to_object(view.get("secrets") or {})}
        return module.connect(self.host(secret, now=now), settings)

    def host(self, secret: Callable[..., str], runtime: Document | None = None, *,
             now: Callable[[], datetime] | None = None) -> _Offered:  # fmt: skip
        """What integrations are offered, for what needs none: arguments as for :meth:`open`."""
        offered = _Offered(self._transport, self._sessions, secret, _role(runtime))
        if now is not None:
            offered.now = now
        return offered

    def http(self, service: Service) -> ServiceHttp:
        """Requests to ``service``."""
        return self._transport.http(service)


class _Offered:
    """See :class:`sym.sdk.connection.ConnectionHost`."""

    def __init__(self, transport: Transport, sessions: AwsSessions, secret: Callable[..., str],
                 runtime_role: AwsRole | None) -> None:  # fmt: skip
        self._transport = transport
        self._sessions = sessions
        self.secret = secret
        self.runtime_role = runtime_role
        self.now: Callable[[], datetime] = _no_clock

    def http(self, service: Service) -> ServiceHttp:
        """See ``ConnectionHost.http``."""
        return self._transport.http(service)

    def aws(self, service: AwsService) -> AwsClient:
        """See ``ConnectionHost.aws``."""
        return self._sessions.aws(service)


def _no_clock() -> datetime:
    raise RuntimeError("whoever opened this connection gave it no clock")


def _role(runtime: Document | None) -> AwsRole | None:
    settings = runtime["settings"] if runtime else {}
    arn = settings.get("role_arn")
    return AwsRole(arn=arn, external_id=settings.get("external_id")) if arn else None
