"""How an integration that is installed with the worker reaches its service: what the worker offers it.

A module of the shelf ``integrations`` has ``connect(host, integration)``, which returns whatever its strategies and
author modules work with; ``host`` is a :class:`ConnectionHost`. Strategies find it as ``self.connection``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sym.sdk.exceptions.sym_exception import SymException

Headers = Callable[[], Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a service answered. ``headers`` are by name in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = field(default="", repr=False)

    def json(self) -> Any:
        """The body as JSON; None if it is empty or is none."""
        try:
            return json.loads(self.text) if self.text else None
        except ValueError:
            return None


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service that is reached over HTTP.

    Args:
        name: as people know it, such as ``Okta``; errors begin with it.
        base_url: where paths begin, without a slash at its end.
        error: the class of the errors that are raised, called as ``error(name, message)``.
        headers: gives the headers of every request, the credentials among them; asked each time, and once more, for
            secrets that are fetched anew, when the service answers 401.
        reason: what the service says of a refusal, read from its answer; what it gives is shown to people.
        is_throttled: whether a refusal means that it is asked too often, where its status does not say so.
    """

    name: str
    base_url: str
    error: Callable[[str, str], SymException]
    headers: Headers = field(default=dict, repr=False)
    reason: Callable[[Reply], str] = field(default=lambda _reply: "")
    is_throttled: Callable[[Reply], bool] = field(default=lambda _reply: False)


class Http(Protocol):
    """Requests to one service, with timeouts, bounded retries and connections that are used again.

    Refusals raise the service's error: ``UNAUTHORIZED`` (401), ``FORBIDDEN`` (403), ``NOT_FOUND`` (404, 410),
    ``CONFLICT`` (409, 412), ``THROTTLED`` (429), ``UNAVAILABLE`` (408, 425 and from 500), ``UNREACHABLE``, ``TIMEOUT``
    and ``REJECTED`` (any other). Its ``status`` is the answer's, None if there was none, and ``retryable`` says whether
    trying again may help. Statuses in ``accept`` are returned instead.
    """

    def get(self, path: str, *, accept: tuple[int, ...] = (), **options: Any) -> Reply:
        """Ask; tried again at once, twice, when the service is busy or cannot be reached."""
        ...

    def send(self, method: str, path: str, *, accept: tuple[int, ...] = (), **options: Any) -> Reply:
        """Change something; never tried again here. ``options`` are ``params``, ``json``, ``data`` and ``headers``."""
        ...


@dataclass(frozen=True, kw_only=True)
class AwsRole:
    """A role to take on, with the external id its trust policy asks for."""

    arn: str
    external_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class AwsService:
    """A service of AWS.

    Args:
        name: as boto3 calls it, such as ``sso-admin``.
        region: where requests go.
        roles: each is taken on with the credentials of the one before, the first with the worker's own.
        error: the class of the errors that are raised, called as ``error(name, message)``.
        wait: seconds an answer is waited for.
        tries: how often a request is made at most, when the service is busy or does not answer.
    """

    name: str
    region: str
    roles: tuple[AwsRole, ...]
    error: Callable[[str, str], SymException]
    wait: float = 20.0
    tries: int = 3


class Aws(Protocol):
    """Requests to one service of AWS, with timeouts and bounded retries.

    Refusals raise the service's error, named as those of :class:`Http` are; its ``code`` is AWS's own, such as
    ``ConflictException``. Codes in ``accept`` are no error: the answer is then ``{"Error": {"Code", "Message"}}``.
    """

    def call(self, operation: str, *, accept: tuple[str, ...] = (), **arguments: Any) -> dict[str, Any]:
        """One request: ``operation`` and ``arguments`` as boto3 has them."""
        ...

    def pages(self, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
        """The items that ``key`` lists in all pages of an operation's answer."""
        ...


class ConnectionHost(Protocol):
    """What the worker offers to an integration."""

    @property
    def runtime_role(self) -> AwsRole | None:
        """The role of the runtime of the flow's environment, which is taken on first; None if it has none."""
        ...

    def http(self, service: Service) -> Http:
        """Requests to ``service``."""
        ...

    def aws(self, service: AwsService) -> Aws:
        """Requests to a service of AWS."""
        ...

    def secret(self, secret_id: str, *, fresh: bool = False) -> str:
        """The value of a secret, fetched when it is asked for and kept for a minute at most; ``fresh``: fetched in any
        case, because what was kept was refused. For the headers of a :class:`Service` that is done for it."""
        ...

    def now(self) -> datetime:
        """The present moment, in UTC."""
        ...


class Asking(Protocol):
    """What a function of an author module is given: ``functions`` of a shelf module has them by name."""

    @property
    def connection(self) -> Any:
        """What the integration's module connects."""
        ...

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The arguments as ``sym.sdk.integrations.<module>`` passes them, in JSON; a user is ``{"id", "username",
        "email"}``."""
        ...

    @property
    def log_entry(self) -> dict[str, Any]:
        """The event that the function is called for, in the shape of the audit log, as something in progress."""
        ...

    def identity(self, user: Mapping[str, Any]) -> str:
        """Who a user is in this service. Raises IdentityNotFound."""
        ...

    def users(self, found: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """People of the service, each ``{"user_id", "email"}``, as Sym's users in JSON. Who has no account gets one,
        who has no address is left out."""
        ...


Function = Callable[[Asking], Any]
"""A function of an author module; its answer is JSON, as the author module reads it."""


def failure(error: Callable[[str, str], SymException], name: str, message: str, *, status: int | None = None,
            retryable: bool | None = None) -> SymException:  # fmt: skip
    """An error of a service, with the ``status`` it answered and whether trying again may help."""
    made = error(name, message)
    made.retryable = retryable
    made.status = status  # type: ignore[attr-defined]
    return made
