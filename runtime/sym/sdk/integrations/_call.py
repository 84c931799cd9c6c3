"""How author modules ask the host: arguments and answers are JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import Enum
from typing import Any
from uuid import UUID

from sym.sdk._host import current_host
from sym.sdk._model import Model
from sym.sdk._person import KnownUser
from sym.sdk.event import Event
from sym.sdk.resource import SRN, SymBaseResource
from sym.sdk.user import User


def ask(module: str, function: str, /, **arguments: Any) -> Any:
    """Have the host do ``module.function``. Raises ``NoHost`` outside of a flow, and what the host raises."""
    host = current_host(f"{module}.{function}")
    return host.call(module, function, {name: _plain(value) for name, value in arguments.items()})


def users(answer: Any) -> list[User]:
    """Read users from an answer that lists them."""
    return list(KnownUser.all_of(answer))


def several(values: Any) -> list[Any] | None:
    """The values of a list of any kind; None for what is none, above all for one text, whose letters it would be."""
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        return None
    return list(values)


def _plain(value: Any) -> Any:
    """Write an argument as JSON knows it.

    A user becomes ``{"id", "username", "email"}``; an event ``{"event": SRN}``, by which the host finds it; a
    destination its fields.
    """
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    for kind, write in _WRITERS:
        if isinstance(value, kind):
            return write(value)
    raise TypeError(
        f"{type(value).__name__} cannot be passed to an integration; pass text, numbers, lists, dictionaries"
    )


_WRITERS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (User, lambda user: {**user.to_dict(), "email": user.email}),
    (Event, lambda event: {"event": str(event.srn)}),
    (SymBaseResource, lambda resource: _plain(resource.dict())),
    (Model, lambda model: _plain(model.dict())),
    ((UUID, SRN), str),
    (date, lambda moment: moment.isoformat()),
    (Iterable, lambda items: [_plain(item) for item in items]),
)
