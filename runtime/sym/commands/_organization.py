"""Which organization this machine works for: by the server, the store, or the login file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sym.errors import Unauthenticated, Unavailable

if TYPE_CHECKING:
    from sym.commands._remote import Api
    from sym.config import Config
    from sym.store.database import Store


def organization_slug() -> str:
    """The slug. With SYM_API_URL it is the server's; else the store's; where there is no store, the login file's.

    Raises Unauthenticated if nothing says it, and what speaking to a server raises.
    """
    from sym import config
    from sym.commands._place import chosen

    settings = config.load()
    try:
        with chosen(_of_store, _of_server) as slug:
            return slug
    except Unavailable:
        if settings.api_url is not None:
            raise
    known = _of_login(settings)
    if known is None:
        raise Unauthenticated(
            "It is not known which organization this is for.",
            hint="Log in with `symflow login`, set SYM_API_URL or SYM_STORE_URL, or use --org.",
        )
    return known


def _of_store(store: Store, _: Config) -> str:
    from sym.commands._session import organization_of

    with store.reading() as conn:
        return organization_of(conn).slug


def _of_server(api: Api) -> str:
    return str(api.send("GET", "/version")["org"])


def _of_login(settings: Config) -> str | None:
    """What the login file says: also one of the original's, which is no login to a server of ours."""
    from sym.commands._login_file import read

    for path in settings.login_files:
        org = (read(path) or {}).get("org")
        if isinstance(org, str) and org:
            return org
    return None
