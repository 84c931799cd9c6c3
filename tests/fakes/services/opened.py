"""What an integration's module connects, to a fake, and its author module's functions, apart from the engine."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

from sym.engine.connections.http import ServiceHttp, Transport
from sym.sdk.connection import Service
from sym.sdk.exceptions.identity import IdentityNotFound
from sym.sdk.schema import fields
from tests.fakes.services.server import ServiceVendor

REQUESTER = {"id": "1", "username": "requester@example.com", "email": "requester@example.com"}


class Opened:
    """The integration of type ``kind``, at ``vendor``. ``secrets`` are the vendor's."""

    runtime_role = None

    def __init__(self, kind: str, vendor: ServiceVendor) -> None:
        self._vendor = vendor
        self._transport = Transport(vendor.addresses, pause=lambda _: None)
        self.module = importlib.import_module(f"sym.integrations.{kind}")
        held = {field.name for field in fields(self.module.Settings) if field.declaration.references == "secret"}
        settings = {name: SimpleNamespace(id=value) if name in held else value
                    for name, value in vendor.settings.items()}  # fmt: skip
        integration: Any = SimpleNamespace(external_id=vendor.external_id, settings=settings)
        self.connection: Any = self.module.connect(self, integration)

    def http(self, service: Service) -> ServiceHttp:
        """See ``ConnectionHost.http``."""
        return self._transport.http(service)

    def secret(self, secret_id: str) -> str:
        """See ``ConnectionHost.secret``."""
        return self._vendor.secrets[secret_id]

    def ask(self, function: str, **arguments: Any) -> Any:
        """What a function of the author module answers."""
        return self.module.functions[function](Asked(self.connection, arguments))


class Asked:
    """See :class:`sym.sdk.connection.Asking`: everybody is who the service says, by e-mail address."""

    def __init__(self, connection: Any, arguments: Mapping[str, Any]) -> None:
        self.connection = connection
        self.arguments = arguments

    def identity(self, user: Mapping[str, Any]) -> str:
        """See ``Asking.identity``."""
        found = self.connection.find_identity(user["email"])
        if not found:
            raise IdentityNotFound(email=user["email"], service_id="test")
        return str(found)

    def users(self, found: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """See ``Asking.users``: as they are given, less those without an address."""
        return [dict(item) for item in found if item.get("email")]
