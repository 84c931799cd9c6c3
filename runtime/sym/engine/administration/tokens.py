"""Who gets a token, and who may look at it and revoke it."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sym.audit.events import Actor
from sym.errors import Conflict, Invalid, NotFound, Refused
from sym.sdk.duration import duration_seconds
from sym.store.bots import find_bot
from sym.store.database import Connection
from sym.store.tokens import Token, get_token, insert_token, revoke_token
from sym.store.users import User, find_user

_JTI = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LONGEST = timedelta(days=3650)


@dataclass(frozen=True, kw_only=True)
class Order:
    """A token to be: whom it speaks for, how long it is good, and what it is for."""

    username: str
    lifetime: timedelta
    label: str = ""


def lifetime_of(expiry: str | int) -> timedelta:
    """How long ``100d`` is: a number with ``s``, ``m``, ``h``, ``d`` or ``mo`` (30 days), or whole seconds as a number.
    Raises Invalid for anything else, and for nothing or more than ten years."""
    has_unit = isinstance(expiry, int) or (expiry.isascii() and not expiry.strip().isdigit())
    try:
        seconds = duration_seconds(expiry) if has_unit else 0
    except ValueError:
        seconds = 0
    if not 0 < seconds <= LONGEST.total_seconds():
        hint = "Write a number above 0 and s, m, h, d or mo (30 days), such as 100d, at most ten years."
        raise Invalid(f"{expiry!r} is not a lifetime.", hint=hint, path="expiry")
    return timedelta(seconds=seconds)


def issue_token(
    conn: Connection, order: Order, *, issuer: User | None, issuer_id: str | None = None, actor: Actor, now: datetime
) -> tuple[Token, User]:  # fmt: skip
    """Keep that a bot or a person gets a token; gives its row and them. It is for the caller to sign it.

    ``issuer`` is who asks, None for whoever holds the store. ``issuer_id`` is whom that counts as, if not as them: who
    issued the token that a bot asks with knows that token, so has this one, too. Raises NotFound for an unknown
    username, Conflict if they are deactivated, Refused unless the issuer is an admin, and for a token that speaks for
    another person: with that an admin could approve what they asked for themselves.
    """
    if issuer is not None and issuer.role != "admin":
        raise Refused("Only admins may issue tokens.", code="Auth:FORBIDDEN")
    user = find_user(conn, username=order.username)
    if user is not None and user.type == "bot":
        # Locked: a token that slipped in while the bot was being deleted would be good once it came back.
        user = find_bot(conn, user.username, locks=True)
    if user is None:
        hint = "`symflow users list` and `bots list` name them."
        raise NotFound(f"There is no user or bot {order.username}.", hint=hint, path="username",
                       code="TokenAPI:UNKNOWN_USER")  # fmt: skip
    if user.deactivated_at is not None:
        raise Conflict(f"{user.username} is deactivated.", path="username", code="TokenAPI:USER_DEACTIVATED")
    if issuer is not None and user.type != "bot" and user.id != issuer.id:
        raise Refused("Tokens are issued for bots and for oneself, not for other people.", code="Auth:FORBIDDEN",
                      hint="Create a bot, or let them run `symflow login`.")  # fmt: skip
    token = Token(
        jti=str(uuid.uuid4()), user_id=user.id, label=order.label, issued_by=actor.username, issued_at=now,
        expires_at=now + order.lifetime, issuer_id=issuer_id or (issuer.id if issuer is not None else None),
    )  # fmt: skip
    insert_token(conn, token, actor=actor)
    return token, user


def found_token(conn: Connection, jti: str, *, asker: User | None) -> Token:
    """The token with that id. ``asker`` is who wants it, None for whoever holds the store. Raises NotFound; Refused if
    it is not the asker's own and they are no admin, whether there is one or not."""
    token = get_token(conn, jti.lower()) if _JTI.fullmatch(jti.lower()) else None
    if asker is not None and asker.role != "admin" and (token is None or token.user_id != asker.id):
        raise Refused("Only admins may see and revoke other people's tokens.", code="Auth:FORBIDDEN")
    if token is None:
        raise NotFound("There is no such token.", hint="`symflow tokens list` shows their ids.",
                       code="TokenAPI:NOT_FOUND")  # fmt: skip
    return token


def revoke(conn: Connection, jti: str, *, asker: User | None, actor: Actor, now: datetime) -> Token:
    """Declare a token invalid from now on. Raises what :func:`found_token` does."""
    return revoke_token(conn, found_token(conn, jti, asker=asker).jti, actor=actor, now=now)
