"""Where a command does its work: through the API of a server, or on the store of this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from sym import config
from sym.commands._session import opened_store
from sym.errors import Invalid, Unauthenticated

if TYPE_CHECKING:
    from sym.commands._login_file import Login
    from sym.commands._remote import Api
    from sym.config import Config
    from sym.store.database import Store

T = TypeVar("T")


@contextmanager
def chosen(
    local: Callable[[Store, Config], T], remote: Callable[[Api], T], *, username: str | None = None
) -> Iterator[T]:
    """What ``remote`` makes of the server of SYM_API_URL, or of the login if no store and no token is named; else what
    ``local`` makes of the store.

    ``username`` is whom to act as on the store (``--as``); a server goes by the token. Raises Invalid if the
    configuration names both, Unauthenticated if a server is named and there is no token for it.
    """
    settings = config.load()
    url = server_of(settings)
    if url is None:
        with opened_store(settings) as store:
            yield local(store, settings)
        return
    if not settings.store_is_default:
        raise Invalid("Both SYM_API_URL and SYM_STORE_URL are set.", hint="Unset one of them.", code="Config:INVALID")
    if username is not None:
        raise Invalid("--as works on a store only.", hint="A server goes by the token.", code="Config:INVALID")
    from sym.commands._remote import Api

    yield remote(Api(url, token_of(settings)))


def server_of(settings: Config) -> str | None:
    """The server to speak to: SYM_API_URL's, or that of the login, which counts for less than a store or a token that
    is named. None: the store."""
    if settings.api_url is not None or not settings.store_is_default or settings.jwt is not None:
        return settings.api_url
    login = _login(settings)
    return login.api_url if login is not None else None


def token_of(settings: Config) -> str:
    """The token to speak to a server with: SYM_JWT, or that of the login, renewed if need be.

    Raises Unauthenticated if there is none; Invalid if the login is to another server than the one that is named: its
    token is nothing for that one.
    """
    if settings.jwt is not None:
        return settings.jwt
    login = _login(settings)
    if login is None:
        raise Unauthenticated("You are not logged in.", hint="Run `symflow login`, or set SYM_JWT to a token.")
    if settings.api_url is not None and settings.api_url != login.api_url:
        hint = "Log in there, or set SYM_JWT to a token of that server."
        message = f"SYM_API_URL is {settings.api_url}, but you are logged in at {login.api_url}."
        raise Invalid(message, hint=hint, code="Config:INVALID")
    from sym.commands._logging_in import good_login

    return good_login(settings, login).access_token


def _login(settings: Config) -> Login | None:
    try:
        if not any(path.exists() for path in settings.login_files):
            return None  # at once: most have none, and reading one takes a library
    except OSError:
        pass  # said better by whoever reads it
    from sym.commands._login_file import read_login

    return read_login(settings)
