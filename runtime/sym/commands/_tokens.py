"""Two ways to the same tokens: the API of a server, or the store on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from sym import config
from sym.commands._place import chosen
from sym.commands._session import key_directory, organization_of
from sym.errors import Invalid

if TYPE_CHECKING:
    from sym.commands._remote import Api
    from sym.config import Config
    from sym.store.database import Store

Document = dict[str, Any]
Documents = list[Document]


class Tokens(Protocol):
    """The tokens. Documents are those of the API; methods raise what :mod:`sym.engine.administration.tokens` does."""

    def issue(self, username: str, seconds: int, label: str) -> str:
        """Issue a token and give it; it is kept nowhere."""
        ...

    def list(self, username: str | None, state: str | None, *, mine: bool) -> Documents:
        """What is known of the tokens, newest first: all, one user's, in a state, or one's own."""
        ...

    def revoke(self, jti: str) -> Document:
        """Revoke the token with that id."""
        ...


@contextmanager
def tokens() -> Iterator[Tokens]:
    """The tokens: on the server of SYM_API_URL if that is set, else in the store. Raises what
    :func:`sym.commands._place.chosen` does."""

    def local(store: Store, settings: Config) -> Tokens:
        return LocalTokens(store, settings)

    def remote(api: Api) -> Tokens:
        return RemoteTokens(api)

    with chosen(local, remote) as found:
        yield found


class LocalTokens:
    """The tokens of a store on this machine, whose holder may do everything, with the keys beside it."""

    def __init__(self, store: Store, settings: Config) -> None:
        self._store = store
        self._settings = settings

    def issue(self, username: str, seconds: int, label: str) -> str:
        """Issue a token."""
        from sym.api.auth import issue
        from sym.audit.events import Actor
        from sym.engine.administration.tokens import Order, issue_token

        order = Order(username=username, lifetime=timedelta(seconds=seconds), label=label)
        with self._store.transaction() as conn:
            org = organization_of(conn)
            token, user = issue_token(conn, order, issuer=None, actor=Actor.SYSTEM, now=config.now())
            return issue(key_directory(self._settings), token, user, org.slug)

    def list(self, username: str | None, state: str | None, *, mine: bool) -> Documents:
        """What is known of the tokens."""
        from sym.api.tokens import view_tokens
        from sym.store.tokens import page_of_tokens
        from sym.store.users import find_user

        if mine:
            raise Invalid("--mine works through a server only.", hint="Set SYM_API_URL.", code="Config:INVALID")
        now = config.now()
        with self._store.reading() as conn:
            named = find_user(conn, username=username) if username is not None else None
            user_id = None if username is None else named.id if named else ""
            found = page_of_tokens(conn, now=now, user_id=user_id, state=state)
            return [item.model_dump() for item in view_tokens(conn, found, now)]

    def revoke(self, jti: str) -> Document:
        """Revoke a token."""
        from sym.api.tokens import view_tokens
        from sym.audit.events import Actor
        from sym.engine.administration.tokens import revoke

        now = config.now()
        with self._store.transaction() as conn:
            token = revoke(conn, jti, asker=None, actor=Actor.SYSTEM, now=now)
            return view_tokens(conn, [token], now)[0].model_dump()


class RemoteTokens:
    """The tokens of a server: everybody's for an admin, one's own for everybody else."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def issue(self, username: str, seconds: int, label: str) -> str:
        """Issue a token."""
        return str(
            self._api.send("POST", "/tokens", {"username": username, "expiry": seconds, "label": label})["token"]
        )

    def list(self, username: str | None, state: str | None, *, mine: bool) -> Documents:
        """What is known of the tokens."""
        query = {"username": username, "state": state, "mine": "true" if mine else None}
        return self._api.pages("/tokens", "tokens", query)

    def revoke(self, jti: str) -> Document:
        """Revoke a token."""
        from sym.commands._remote import segment

        return self._api.send("DELETE", f"/tokens/{segment(jti)}")
