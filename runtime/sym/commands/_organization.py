"""Which organization this machine works for: by the server, the store, or the login file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from sym.errors import Unauthenticated, Unavailable

if TYPE_CHECKING:
    from sym.commands._remote import Api
    from sym.config import Config
    from sym.store.database import Store

_LOGIN = Path(".config", "symflow", "default", "config.yml")


def organization_slug() -> str:
    """The slug. With SYM_API_URL it is the server's; else the store's; where there is no store, the login file's.

    Raises Unauthenticated if nothing says it, and what speaking to a server raises.
    """
    from sym import config
    from sym.commands._place import chosen

    try:
        with chosen(_of_store, _of_server) as slug:
            return slug
    except Unavailable:
        if config.load().api_url is not None:
            raise
    known = _of_login(Path.home() / _LOGIN)
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


def _of_login(path: Path) -> str | None:
    """What the login file says, which is YAML with ``org`` at its outermost level."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    found = re.search(r"^org:[ \t]*[\"']?([A-Za-z0-9_-]+)[\"']?[ \t]*$", text, re.MULTILINE)
    return found[1] if found else None
