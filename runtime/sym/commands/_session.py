"""What commands begin with: the configuration, the store it names, and whose word counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sym import config
from sym.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from sym.config import Config
    from sym.engine.keys import KeyDirectory
    from sym.store.database import Connection, Store
    from sym.store.organizations import Organization
    from sym.store.users import User

_BEGIN = "Run `symflow init-org SLUG` first, or set SYM_STORE_URL to the store you mean."


@contextmanager
def opened_store(settings: Config | None = None, *, migrates_file: bool = False) -> Iterator[Store]:
    """The store of the configuration, which must exist and be up to date. Raises Unavailable if it is not.

    With ``migrates_file`` a SQLite store is brought up to date first.
    """
    from sym.store.database import Store

    store = Store((settings or config.load()).store_url)
    try:
        if not store.exists():
            raise Unavailable("There is no store yet.", hint=_BEGIN)
        if migrates_file and store.dialect == "sqlite":
            store.migrate()
        store.check()
        yield store
    finally:
        store.close()


def key_directory(settings: Config) -> KeyDirectory:
    """The organization's keys."""
    from sym.engine.keys import KeyDirectory

    return KeyDirectory(settings.keys_dir)


def organization_of(conn: Connection) -> Organization:
    """The store's organization. Raises Unavailable if it has none yet."""
    from sym.store.organizations import organization

    found = organization(conn)
    if found is None:
        raise Unavailable("The store has no organization yet.", hint=_BEGIN)
    return found


def named_user(conn: Connection, username: str) -> User:
    """The user or bot of this name. Raises NotFound."""
    from sym.store.users import find_user

    user = find_user(conn, username=username.lower())
    if user is None or user.deactivated_at is not None:
        raise NotFound(f"There is no user or bot {username}.", hint="`symflow users list` and `bots list` name them.")
    return user
