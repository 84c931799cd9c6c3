"""Bots, and who they are in services."""

from __future__ import annotations

import re
from datetime import datetime

from sym.audit.events import Actor
from sym.engine.administration.identities import give_identity, take_identity
from sym.engine.leaving import Left, leave
from sym.engine.queue import Queue
from sym.errors import Conflict, Invalid, NotFound
from sym.store.bots import find_bot
from sym.store.database import Connection
from sym.store.identities import Identity
from sym.store.trust import list_trust, remove_trust
from sym.store.users import User, create_user, reactivate, set_role

Place = tuple[str, str]
"""An account of a service: its type and what the service calls it."""

ROLES = ("requester", "member", "admin")
"""What a bot can be. A requester asks and looks; an admin may decide everything and apply Terraform."""

# No @: a bot must never be taken for somebody's e-mail address.
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


def checked_name(name: str) -> str:
    """A bot's name as it is kept. Raises Invalid for what cannot be one."""
    if not _NAME.fullmatch(name.lower()):
        raise Invalid("That is no name of a bot.", hint="Use letters, digits, dots, - and _, at most 63.", path="name")
    return name.lower()


def named_bot(conn: Connection, name: str, *, locks: bool = False) -> User:
    """The bot, deactivated or not; with ``locks`` nobody else changes it in this transaction. Raises NotFound."""
    bot = find_bot(conn, name, locks=locks) if _NAME.fullmatch(name.lower()) else None
    if bot is None:
        raise NotFound("There is no such bot.", hint="`symflow bots list` names them.", code="BotAPI:NOT_FOUND")
    return bot


def create_bot(conn: Connection, name: str, role: str, *, actor: Actor, now: datetime) -> User:
    """Add a bot. Raises Invalid for a bad name or role, Conflict if the name is taken, be it by a bot that was
    deleted: what it asked for is kept under its name."""
    known = find_bot(conn, checked_name(name))
    if known is not None and known.deactivated_at is not None:
        hint = f"`symflow bots reactivate {known.username}` brings it back, or choose another name."
        raise Conflict(f"There was a bot {known.username}, which was deleted.", hint=hint, path="name")
    try:
        return create_user(
            conn, username=name.lower(), email=None, type="bot", role=_checked_role(role), actor=actor, now=now
        )
    except Conflict as error:
        raise Conflict(error.message, path="name") from None


def change_role(conn: Connection, name: str, role: str, *, actor: Actor, now: datetime) -> User:
    """Give a bot another role. Raises NotFound, Invalid for a bad role, Conflict if it was deleted."""
    bot = _open_bot(conn, name)
    return set_role(conn, bot.id, _checked_role(role), actor=actor, now=now)


def close_bot(conn: Connection, queue: Queue, name: str, *, actor: Actor, now: datetime) -> Left:
    """Deactivate a bot and bring to its end what it has in hand, as :func:`sym.engine.leaving.leave` does; nobody's
    tokens are exchanged for its any more. Raises NotFound."""
    bot = named_bot(conn, name, locks=True)
    for trust in list_trust(conn, user_id=bot.id):
        remove_trust(conn, trust.id, actor=actor, now=now)
    return leave(conn, queue, bot, actor=actor, now=now)


def reactivate_bot(conn: Connection, name: str, *, actor: Actor, now: datetime) -> User:
    """Open the account of a bot that was deleted again, in the role it had; its tokens stay revoked. Raises
    NotFound."""
    bot = named_bot(conn, name, locks=True)
    return bot if bot.deactivated_at is None else reactivate(conn, bot.id, actor=actor, now=now)


def identify_bot(conn: Connection, name: str, place: Place, value: str, *, actor: Actor, now: datetime) -> User:
    """Keep that the bot is ``value`` in an account of a service, instead of what it was there. Raises NotFound, Invalid
    for what cannot be an identity, Conflict if somebody else is that one, or the bot was deleted."""
    bot = _open_bot(conn, name)
    identity = Identity(user_id=bot.id, service=place[0], service_id=place[1], external_user_id=value)
    give_identity(conn, bot, identity, actor=actor, now=now)
    return bot


def unidentify_bot(conn: Connection, name: str, place: Place, *, actor: Actor, now: datetime) -> User:
    """Forget who the bot is in an account of a service. Raises NotFound if there is no such bot, or it is nobody."""
    bot = named_bot(conn, name)
    take_identity(conn, bot, *place, actor=actor, now=now)
    return bot


def _open_bot(conn: Connection, name: str) -> User:
    bot = named_bot(conn, name, locks=True)
    if bot.deactivated_at is not None:
        raise Conflict(f"The bot {bot.username} was deleted.", hint="Bring it back first: `symflow bots reactivate`.")
    return bot


def _checked_role(role: str) -> str:
    if role not in ROLES:
        raise Invalid("That is no role of a bot.", hint=f"Roles: {', '.join(ROLES)}.", path="role")
    return role
