"""``GET /tokens``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel

from sym.api.auth import Caller
from sym.api.identities import PLAIN
from sym.api.paging import Cursor, Limit, cursor_of, key_of
from sym.api.route import api_router
from sym.api.tokens import TokenBody, noted, view_tokens
from sym.api.wiring import KnownCaller, UsedServices
from sym.errors import Invalid, Refused
from sym.store.database import Connection
from sym.store.tokens import page_of_tokens
from sym.store.users import find_user

router = api_router("tokens")


class TokensBody(BaseModel):
    """Tokens, newest first, a page of them. The tokens themselves are nowhere."""

    tokens: list[TokenBody]
    next_cursor: str | None


class TokensQuery(BaseModel):
    """Which tokens are meant. ``flagged`` are good ones whose issuer is gone."""

    model_config = {"extra": "forbid"}

    mine: Annotated[bool, Query(description="One's own; without it admins alone may ask.")] = False
    username: Annotated[
        str | None, Query(max_length=320, pattern=PLAIN, description="Only this bot's or person's.")
    ] = None
    state: Literal["good", "expired", "revoked", "flagged"] | None = None
    limit: Limit = 100
    cursor: Cursor = None


@router.get("/tokens")
def list_tokens(query: Annotated[TokensQuery, Query()], caller: KnownCaller, services: UsedServices) -> TokensBody:
    """The tokens that were issued: one's own with ``mine``, everybody's for admins."""
    if not query.mine and caller.user.role != "admin":
        refusal = Refused("Only admins may see other people's tokens.", hint="Ask with mine=true.",
                          code="Auth:FORBIDDEN")  # fmt: skip
        raise noted(services, caller, "GET /tokens", refusal)
    after, now = _after(query.cursor), services.clock()
    with services.store.reading() as conn:
        found = page_of_tokens(
            conn, now=now, user_id=_whose(conn, query, caller), state=query.state, after=after, limit=query.limit + 1
        )
        tokens = view_tokens(conn, found[: query.limit], now)
    last = found[query.limit - 1] if len(found) > query.limit else None
    return TokensBody(tokens=tokens, next_cursor=cursor_of(last.issued_at.isoformat(), last.jti) if last else None)


def _whose(conn: Connection, query: TokensQuery, caller: Caller) -> str | None:
    """The id of the user whose tokens are meant, None for everybody's, "" for nobody's."""
    named = find_user(conn, username=query.username) if query.username is not None else None
    if query.mine:
        return caller.user.id if query.username is None or (named and named.id == caller.user.id) else ""
    return None if query.username is None else named.id if named else ""


def _after(cursor: str | None) -> tuple[datetime, str] | None:
    key = key_of(cursor, 2)
    if key is None:
        return None
    try:
        issued_at = datetime.fromisoformat(key[0])
        is_key = issued_at.utcoffset() == timedelta(0) and str(UUID(key[1])) == key[1]
    except ValueError:
        is_key = False
    if not is_key:
        raise Invalid("That is no cursor.", hint="Send `next_cursor` as it was given.", path="cursor",
                      code="API:INVALID_REQUEST")  # fmt: skip
    return issued_at, key[1]
