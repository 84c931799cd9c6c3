"""``symflow users``: people."""

from __future__ import annotations

import re

import rich_click as click

from sym import config
from sym.commands._output import json_option, say, show_rows
from sym.commands._session import opened_store, organization_of

_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+")
_COLUMNS = {"username": "USERNAME", "role": "ROLE", "name": "NAME", "state": "STATE"}


def checked_email(text: str) -> str:
    """``text`` in lower case. Raises a usage error unless it looks like an e-mail address."""
    if len(text) > 320 or not _EMAIL.fullmatch(text):
        raise click.BadParameter(f"{text!r} is not an e-mail address.")
    return text.lower()


@click.group("users")
def command() -> None:
    """People: who may ask for access and decide about it."""


@command.command("create")
@click.argument("email")
@click.option("--role", type=click.Choice(["admin", "member", "guest"]), default="member", show_default=True)
@click.option("--first-name")
@click.option("--last-name")
def create(email: str, role: str, first_name: str | None, last_name: str | None) -> None:
    """Create the user EMAIL."""
    from sym.audit.events import Actor
    from sym.store.users import create_user

    address = checked_email(email)
    with opened_store() as store, store.transaction() as conn:
        organization_of(conn)
        create_user(conn, username=address, email=address, type="normal", role=role, actor=Actor.SYSTEM,
                    now=config.now(), first_name=first_name, last_name=last_name)  # fmt: skip
    say(f"Created the user {address} ({role}).")


@command.command("list")
@json_option
def list_people(as_json: bool) -> None:
    """List the users."""
    from sym.store.users import list_users

    with opened_store() as store, store.reading() as conn:
        people = [user for user in list_users(conn) if user.type == "normal"]
    rows = [
        {
            "id": user.id,
            "username": user.username,
            "email": user.email,
            "role": user.role,
            "name": " ".join(part for part in (user.first_name, user.last_name) if part),
            "state": "deactivated" if user.deactivated_at else "active",
        }
        for user in people
    ]
    show_rows(rows, _COLUMNS, as_json=as_json)
