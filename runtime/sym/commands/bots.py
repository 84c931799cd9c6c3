"""``symflow bots``: users that are programs."""

from __future__ import annotations

import re
from collections import Counter

import rich_click as click

from sym import config
from sym.commands._output import json_option, say, show_rows
from sym.commands._session import opened_store, organization_of

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_COLUMNS = {"username": "USERNAME", "role": "ROLE", "tokens": "TOKENS"}


def _name(_: click.Context, __: click.Parameter, value: str) -> str:
    # No @: a bot must never be taken for somebody's e-mail address.
    if not _NAME.fullmatch(value.lower()):
        raise click.BadParameter("use letters, digits, dots, - and _.")
    return value.lower()


@click.group("bots")
def command() -> None:
    """Bots: CI jobs and scripts, with tokens instead of a login."""


@command.command("create")
@click.argument("name", callback=_name)
@click.option(
    "--role",
    type=click.Choice(["requester", "member", "admin"]),
    default="requester",
    show_default=True,
    help="A requester asks and looks; an admin may decide everything and apply Terraform.",
)
def create(name: str, role: str) -> None:
    """Create the bot NAME."""
    from sym.audit.events import Actor
    from sym.store.users import create_user

    with opened_store() as store, store.transaction() as conn:
        organization_of(conn)
        create_user(conn, username=name, email=None, type="bot", role=role, actor=Actor.SYSTEM, now=config.now())
    say(f"Created the bot {name} ({role}).")


@command.command("list")
@json_option
def list_bots(as_json: bool) -> None:
    """List the bots and how many good tokens each has."""
    from sym.store.tokens import list_tokens
    from sym.store.users import list_users

    now = config.now()
    with opened_store() as store, store.reading() as conn:
        bots = [user for user in list_users(conn) if user.type == "bot"]
        good = [token for token in list_tokens(conn) if token.revoked_at is None and token.expires_at > now]
    counts = Counter(token.user_id for token in good)
    rows = [{"id": bot.id, "username": bot.username, "role": bot.role, "tokens": counts[bot.id]} for bot in bots]
    show_rows(rows, _COLUMNS, as_json=as_json)
