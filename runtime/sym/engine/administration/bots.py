"""Bots, and who they are in services."""

from __future__ import annotations

import re
from datetime import datetime

from sym.audit.events import Actor
from sym.errors import Conflict, Invalid, NotFound
from sym.store.bots import find_bot, reopen_bot
from sym.store.database import Connection
from sym.store.identities import Identity, save_identity, users_with_identity
from sym.store.known_services import forget_identity
from sym.store.tokens import revoke_tokens_of
from sym.store.users import User, create_user, deactivate, set_role

Place = tuple[str, str]
"""An account of a service: its type and what the service calls it."""

ROLES = ("requester", "member", "admin")
"""What a bot can be. A requester asks and looks; an admin may decide everything and apply Terraform."""

# No @: a bot must never be taken for somebody's e-mail address.
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_SERVICE = re.compile(r"[a-z0-9_]{1,64}")
_LONGEST = 512


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


def close_bot(conn: Connection, name: str, *, actor: Actor, now: datetime) -> tuple[User, list[str]]:
    """Deactivate a bot and revoke its tokens; gives it, and the ids of the tokens. Once is enough. Raises NotFound."""
    bot = named_bot(conn, name, locks=True)
    closed = deactivate(conn, bot.id, actor=actor, now=now)
    return closed, revoke_tokens_of(conn, bot.id, actor=actor, now=now)


def reactivate_bot(conn: Connection, name: str, *, actor: Actor, now: datetime) -> User:
    """Open the account of a bot that was deleted again, in the role it had; its tokens stay revoked. Raises
    NotFound."""
    bot = named_bot(conn, name, locks=True)
    return bot if bot.deactivated_at is None else reopen_bot(conn, bot, actor=actor, now=now)


def identify_bot(
    conn: Connection, name: str, place: Place, value: str, *, actor: Actor, now: datetime
) -> User:  # fmt: skip
    """Keep that the bot is ``value`` in an account of a service, instead of what it was there. Raises NotFound, Invalid
    for what cannot be an identity, Conflict if somebody else is that one, or the bot was deleted."""
    bot = _open_bot(conn, name)
    service, service_id = place
    _check_identity(service, service_id, value)
    if any(user.id != bot.id for user in users_with_identity(conn, service, service_id, value)):
        raise Conflict(f"Somebody else is {value!r} in {service} {service_id}.", path="user_id")
    identity = Identity(user_id=bot.id, service=service, service_id=service_id, external_user_id=value)
    save_identity(conn, identity, now, actor=actor)
    return bot


def unidentify_bot(
    conn: Connection, name: str, place: Place, *, actor: Actor, now: datetime
) -> User:  # fmt: skip
    """Forget who the bot is in an account of a service. Raises NotFound if there is no such bot, or it is nobody."""
    bot = named_bot(conn, name)
    service, service_id = place
    if not forget_identity(conn, bot.id, service, service_id, actor=actor, now=now):
        raise NotFound(
            f"The bot {bot.username} has no identity in {service} {service_id}.", code="IdentityAPI:NOT_FOUND"
        )
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


def _check_identity(service: str, service_id: str, value: str) -> None:
    if not _SERVICE.fullmatch(service) or service == "sym":
        raise Invalid(
            "That is no type of service.", hint="Write it as sym_integration does: okta.", path="service_type"
        )
    for path, text in (("external_id", service_id), ("user_id", value)):
        if not text.strip() or text != text.strip() or len(text) > _LONGEST or not text.isprintable():
            raise Invalid(f"Write 1 to {_LONGEST} visible letters, without spaces around them.", path=path)
