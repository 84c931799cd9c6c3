"""``symflow users``: people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import rich_click as click

from sym import config
from sym.commands._output import json_option, say, show_rows
from sym.commands._session import opened_store, organization_of

if TYPE_CHECKING:
    from sym.store.database import Connection, Store
    from sym.store.users import User

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


@command.command("erase")
@click.argument("person", metavar="EMAIL|ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(person: str, yes: bool) -> None:
    """Erase the person: e-mail, names, identities, and what they wrote, wherever the store has it.

    Their id stays as a pseudonym, and the audit log verifies as before. It cannot be undone. Backups, exports and the
    tools of other vendors keep what they have.
    """
    from sym.audit.events import Actor
    from sym.engine.spool import Spool
    from sym.errors import Conflict
    from sym.store.erasure import erase_person

    settings = config.load()
    if not Spool(settings.audit_spool).is_empty():
        raise Conflict("Entries of the audit log wait in its spool, and may name them.",
                       hint="Start the worker, which enters them, then try again.")  # fmt: skip
    with opened_store(settings) as store:
        with store.reading() as conn:
            user = _found(conn, person)
        if not yes:
            click.confirm(f"Erase {user.username} for good?", abort=True, err=True)
        with store.transaction() as conn:
            done = erase_person(conn, user, actor=Actor.SYSTEM, now=config.now())
        _scrub(store)
    say(f"Erased: {done.entries} entries of the audit log lost personal values. The pseudonym is {user.id}.")
    if done.declared:
        say(f"They are still named by what Terraform declares: {', '.join(done.declared)}. Change that there.")


def _scrub(store: Store) -> None:
    from sym.errors import Unavailable

    try:
        store.scrub()
    except Unavailable as error:
        say(f"They are erased, but the file may still hold traces: {error.message}")
        say("While nothing else uses the store, run: sqlite3 FILE 'VACUUM; PRAGMA wal_checkpoint(TRUNCATE)'")


def _found(conn: Connection, person: str) -> User:
    """The person with that e-mail address, name or id. Raises NotFound, also for bots."""
    from sym.errors import NotFound
    from sym.store.users import find_user, get_user

    user = get_user(conn, person.lower()) or find_user(conn, email=person) or find_user(conn, username=person)
    if user is None or user.type != "normal":
        raise NotFound(f"There is no person {person}.", hint="`symflow users list` names them.")
    return user
