"""The port through which authors' code reaches the world.

Whoever runs authors' code (the sandbox, the worker, the test harness) binds a :class:`Host`; the functions of
``sym.sdk`` find it here. Outside of any host they raise :class:`NoHost` instead of quietly returning nothing.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Iterator
from typing import Any, Protocol

from sym.sdk.exceptions.sdk import NoHost

__all__ = ["Host", "NoHost", "bind", "current_host"]


class Host(Protocol):
    """What authors' code may ask of whoever runs it. Every value crossing this port is JSON."""

    def secret(self, secret_id: str) -> str:
        """The value of the sym_secret with this id, which the flow must declare. Raises SymException if it may not be
        read or cannot be fetched."""
        ...

    def persist_identity(self, *, email: str, service: str, service_id: str, user_id: str) -> None:
        """Remember who the user with this e-mail address is in a service, creating the user if needed; ``email`` is the
        username of an account that has no address."""
        ...

    def step_output(self, step: str | None) -> dict[str, Any]:
        """What the given step of this run (None: the current one) returned; {} if it has no output."""
        ...

    def event_count(self, query: dict[str, Any]) -> int:
        """How often an event happened on runs a user requested. ``query``: user_id, event_name, since, until,
        filter_on, include_errored."""
        ...

    def call(self, module: str, function: str, arguments: dict[str, Any]) -> Any:
        """Call ``sym.sdk.integrations.<module>.<function>`` where the integration's credentials are."""
        ...


_current: contextvars.ContextVar[Host | None] = contextvars.ContextVar("sym_host", default=None)


def current_host(asked: str) -> Host:
    """The host bound here; ``asked`` is what the caller wanted of it. Raises NoHost if there is none."""
    host = _current.get()
    if host is None:
        raise NoHost(asked)
    return host


@contextlib.contextmanager
def bind(host: Host) -> Iterator[None]:
    """Make ``host`` the current one inside the with block."""
    token = _current.set(host)
    try:
        yield
    finally:
        _current.reset(token)
