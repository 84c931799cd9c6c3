"""``symflow users``: people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import rich_click as click

from sym import config
from sym.commands._asking import answer_or_nothing, confirm, is_terminal, yes_option
from sym.commands._output import clean, json_option, say, show_record, show_rows
from sym.commands._people import people
from sym.commands._people_identities import delete_identity, list_identities, update, update_identity
from sym.commands._session import opened_store

if TYPE_CHECKING:
    from sym.commands._people import Document, Documents, People
    from sym.store.database import Store

_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+")
_COLUMNS = {"username": "USERNAME", "role": "ROLE", "name": "NAME", "state": "STATE"}
_ROLES = click.Choice(["admin", "member", "guest"])


def checked_email(text: str) -> str:
    """``text`` in lower case. Raises a usage error unless it looks like an e-mail address."""
    if len(text) > 320 or not _EMAIL.fullmatch(text):
        raise click.BadParameter(f"{text!r} is not an e-mail address.")
    return text.lower()


def _identities(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> Documents:
    """Identities given as ``TYPE:EXTERNAL_ID=USER_ID``. For click: raises BadParameter."""
    found = []
    for text in values:
        account, _equals, user_id = text.partition("=")
        service_type, _colon, external_id = account.partition(":")
        if not (service_type and external_id and user_id):
            raise click.BadParameter(f"{text!r}: write TYPE:EXTERNAL_ID=USER_ID, such as okta:acme.okta.com=00u1.")
        found.append({"service_type": service_type, "external_id": external_id, "user_id": user_id})
    return found


@click.group("users")
def command() -> None:
    """People: who may ask for access and decide about it.

    With SYM_API_URL and SYM_JWT through a server, for admins; without SYM_API_URL on the store of this machine.
    """


for _command in (list_identities, update, update_identity, delete_identity):
    command.add_command(_command)


@command.command("create")
@click.argument("email")
@click.option("-s", "--service-type", "service_types", multiple=True, metavar="TYPE",
              help="Ask who they are in every account of that type; may be repeated.")  # fmt: skip
@click.option("--identity", "identities", multiple=True, callback=_identities, metavar="TYPE:EXTERNAL_ID=USER_ID",
              help="Who they are in an account, without being asked; may be repeated.")  # fmt: skip
@click.option("--role", type=_ROLES, default="member", show_default=True, help="What they may do.")
@click.option("--first-name", help="Their first name.")
@click.option("--last-name", help="Their last name.")
@json_option
def create(
    email: str, service_types: tuple[str, ...], identities: Documents, as_json: bool, **details: str | None
) -> None:
    """Create the user EMAIL."""
    address = checked_email(email)
    with people() as place:
        asked = _asked_identities(place, service_types, identities)
        made = place.create({"email": address, **details, "identities": [*identities, *asked]})
    if as_json:
        show_record(made, as_json=True)
    say(f"Created the user {address} ({details['role']}).")


def _asked_identities(place: People, service_types: tuple[str, ...], given: Documents) -> Documents:
    """Who somebody is in the accounts of some types that nothing is said of yet. Raises a usage error if there is
    nobody to ask."""
    said = {(one["service_type"], one["external_id"]) for one in given}
    accounts = [one for one in place.accounts() if one["service_type"] in service_types] if service_types else []
    for service_type in service_types:
        if not any(one["service_type"] == service_type for one in (*accounts, *given)):
            raise click.BadParameter(f"no account of {service_type!r} is known: declare its integration, or give "
                                     "--identity.", param_hint="--service-type")  # fmt: skip
    found = []
    for one in accounts:
        account = f"{one['service_type']}:{one['external_id']}"
        if (one["service_type"], one["external_id"]) in said:
            continue
        if not is_terminal():
            raise click.UsageError(f"Who are they in {account}? Nobody can be asked here: add "
                                   f"--identity {account}=USER_ID.")  # fmt: skip
        label = f" ({one['label']})" if one["label"] else ""
        if user_id := answer_or_nothing(f"User id in {account}{label}, empty for none"):
            found.append({"service_type": one["service_type"], "external_id": one["external_id"], "user_id": user_id})
    return found


@command.command("list")
@click.option("--role", type=_ROLES, help="Only those.")
@click.option("--state", type=click.Choice(["active", "deactivated"]), help="Only those.")
@json_option
def list_people(role: str | None, state: str | None, as_json: bool) -> None:
    """List the users."""
    with people() as place:
        show_rows(place.list(role, state), _COLUMNS, as_json=as_json)


@command.command("show")
@click.argument("email")
@json_option
def show(email: str, as_json: bool) -> None:
    """Show the user EMAIL, by e-mail address, username or id."""
    with people() as place:
        person = place.find(email)
    if as_json:
        show_record(person, as_json=True)
        return
    shown: dict[str, Any] = {key: value for key, value in person.items() if key != "identities"}
    identities = {f"{one['service_type']}:{one['external_id']}": one["user_id"] for one in person["identities"]}
    show_record(shown | {clean(account): user_id for account, user_id in identities.items()}, as_json=False)


@command.command("update-name")
@click.argument("email")
@click.argument("name", nargs=-1, required=True)
@json_option
def update_name(email: str, name: tuple[str, ...], as_json: bool) -> None:
    """Give the user EMAIL another NAME: the first word is the first name, the others are the last one."""
    first, *last = " ".join(name).split() or [""]
    changed = _change(email, {"first_name": first or None, "last_name": " ".join(last) or None}, as_json)
    say(f"{email} is called {clean(changed['name']) or 'nothing'} now.")


@command.command("set-role")
@click.argument("email")
@click.option("--role", type=_ROLES, required=True, help="The new role.")
@json_option
def set_role(email: str, role: str, as_json: bool) -> None:
    """Give the user EMAIL another role. There is always an admin."""
    _change(email, {"role": role}, as_json)
    say(f"{email} is {role} now.")


@command.command("delete")
@click.argument("email")
@yes_option
@json_option
def delete(email: str, yes: bool, as_json: bool) -> None:
    """Delete the user EMAIL: they can ask for nothing and decide nothing, and their tokens are invalid.

    What they did stays on record, under their name; `erase` takes that, too. `reactivate` undoes it.
    """
    with people() as place:
        person = place.find(email)
        confirm(f"Delete {email}?", given=yes)
        gone = place.update(person["id"], {"deactivated": True})
    if as_json:
        show_record(gone, as_json=True)
    say(f"Deleted the user {email}.")
    say("Their open requests are taken back and their access is ended; `symflow tokens list --state flagged` names "
        "tokens of bots that they issued.")  # fmt: skip


@command.command("reactivate")
@click.argument("email")
@json_option
def reactivate(email: str, as_json: bool) -> None:
    """Open the account of the user EMAIL again. Their tokens stay invalid."""
    _change(email, {"deactivated": False}, as_json)
    say(f"{email} is active again.")


def _change(email: str, changes: Document, as_json: bool) -> Document:
    with people() as place:
        changed = place.update(place.find(email)["id"], changes)
    if as_json:
        show_record(changed, as_json=True)
    return changed


@command.command("erase")
@click.argument("person", metavar="EMAIL|ID")
@yes_option
def erase(person: str, yes: bool) -> None:
    """Erase the person: e-mail, names, identities, and what they wrote, wherever the store has it.

    Their id stays as a pseudonym, and the audit log verifies as before. It cannot be undone. Backups, exports and the
    tools of other vendors keep what they have.
    """
    from sym.audit.events import Actor
    from sym.engine.administration.people import person_named
    from sym.engine.spool import Spool
    from sym.errors import Conflict
    from sym.store.erasure import erase_person

    settings = config.load()
    if not Spool(settings.audit_spool).is_empty():
        raise Conflict("Entries of the audit log wait in its spool, and may name them.",
                       hint="Start the worker, which enters them, then try again.")  # fmt: skip
    with opened_store(settings) as store:
        with store.reading() as conn:
            user = person_named(conn, person)
        confirm(f"Erase {user.username} for good?", given=yes)
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
