"""Where a command does its work: through the API of a server, or on the store of this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from sym import config
from sym.commands._session import opened_store
from sym.errors import Invalid, Unauthenticated

if TYPE_CHECKING:
    from sym.commands._remote import Api
    from sym.config import Config
    from sym.store.database import Store

T = TypeVar("T")


@contextmanager
def chosen(
    local: Callable[[Store, Config], T], remote: Callable[[Api], T], *, username: str | None = None
) -> Iterator[T]:
    """What ``remote`` makes of the server of SYM_API_URL if that is set, else what ``local`` makes of the store.

    ``username`` is whom to act as on the store (``--as``); a server goes by the token. Raises Invalid if the
    configuration names both, Unauthenticated if a server is named and no token.
    """
    settings = config.load()
    if settings.api_url is None:
        with opened_store(settings) as store:
            yield local(store, settings)
        return
    if not settings.store_is_default:
        raise Invalid("Both SYM_API_URL and SYM_STORE_URL are set.", hint="Unset one of them.", code="Config:INVALID")
    if username is not None:
        raise Invalid(
            "--as works on a store only.", hint="A server goes by the token in SYM_JWT.", code="Config:INVALID"
        )
    from sym.commands._remote import Api

    yield remote(Api(settings.api_url, token_of(settings)))


def token_of(settings: Config) -> str:
    """The token to speak to a server with. Raises Unauthenticated if there is none."""
    if settings.jwt is None:
        raise Unauthenticated("You are not logged in.", hint="Set SYM_JWT to a token of `symflow tokens issue`.")
    return settings.jwt
