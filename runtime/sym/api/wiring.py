"""What the API is given to work with, and how a route gets at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request

from sym.api.auth import Caller
from sym.api.limits import Limits
from sym.engine.inbound import Inbound
from sym.engine.keys import KeyDirectory
from sym.observability.page import Page
from sym.oidc.login import Oidc
from sym.store.database import Store


@dataclass(frozen=True, kw_only=True)
class Services:
    """The parts behind the API.

    ``problems`` says what keeps the worker from working (nothing: it is ready); ``clock`` gives the present moment in
    UTC; ``metrics`` is what Prometheus may read here, if it may; ``limits`` says who calls too often, by default
    nobody; ``oidc`` is where people log in, and whose tokens are exchanged.
    """

    store: Store
    inbound: Inbound
    keys: KeyDirectory
    problems: Callable[[], list[str]]
    clock: Callable[[], datetime]
    metrics: Page | None = None
    limits: Limits = field(default_factory=lambda: Limits(clock=lambda: datetime.max.replace(tzinfo=UTC)))
    oidc: Oidc = field(default_factory=Oidc)


async def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


async def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


UsedServices = Annotated[Services, Depends(_services)]
KnownCaller = Annotated[Caller, Depends(_caller)]
