"""``symflow bots``: users that are programs."""

from __future__ import annotations

import rich_click as click

from sym.commands._asking import answer, confirm, yes_option
from sym.commands._bots import bots
from sym.commands._output import clean, json_option, say, show_record, show_rows

_COLUMNS = {"username": "USERNAME", "role": "ROLE", "tokens": "TOKENS"}
_IDENTITIES = {"service_type": "SERVICE", "external_id": "ACCOUNT", "user_id": "USER ID"}
_role = click.Choice(["requester", "member", "admin"])
_service_type = click.option("--service-type", help="The type of the service, such as okta.")
_external_id = click.option("--external-id", help="What the service calls the account: a domain, a workspace.")


def _name(_: click.Context, __: click.Parameter, value: str) -> str:
    from sym.engine.administration.bots import checked_name
    from sym.errors import Invalid

    try:
        return checked_name(value)
    except Invalid as error:
        raise click.BadParameter(str(error)) from None


@click.group("bots")
def command() -> None:
    """Bots: CI jobs and scripts, with tokens instead of a login.

    With SYM_API_URL and SYM_JWT through a server; without SYM_API_URL on the store of this machine.
    """


@command.command("create")
@click.argument("name", callback=_name)
@click.option("--role", type=_role, default="requester", show_default=True,
              help="A requester asks and looks; an admin may decide everything and apply Terraform.")  # fmt: skip
@json_option
def create(name: str, role: str, as_json: bool) -> None:
    """Create the bot NAME."""
    with bots() as known:
        made = known.create(name, role)
    if as_json:
        show_record(made, as_json=True)
    say(f"Created the bot {clean(made['username'])} ({role}).")


@command.command("list")
@click.option("--all", "with_deleted", is_flag=True, help="Deleted bots too.")
@json_option
def list_bots(with_deleted: bool, as_json: bool) -> None:
    """List the bots and how many good tokens each has."""
    with bots() as known:
        found = known.list(None if with_deleted else "active")
    show_rows(found, {**_COLUMNS, "state": "STATE"} if with_deleted else _COLUMNS, as_json=as_json)


@command.command("set-role")
@click.argument("name")
@click.option("--role", type=_role, required=True, help="The new role.")
@json_option
def set_role(name: str, role: str, as_json: bool) -> None:
    """Give the bot NAME another role."""
    with bots() as known:
        changed = known.update(name, role=role)
    if as_json:
        show_record(changed, as_json=True)
    say(f"The bot {clean(changed['username'])} has the role {clean(changed['role'])}.")


@command.command("delete")
@click.argument("name")
@yes_option
@json_option
def delete(name: str, yes: bool, as_json: bool) -> None:
    """Delete the bot NAME and revoke its tokens. What it did stays in the audit log."""
    confirm(f"Delete the bot {clean(name)} and revoke its tokens?", given=yes)
    with bots() as known:
        done = known.delete(name)
    if as_json:
        show_record(done, as_json=True)
    say(f"Deleted the bot {clean(done['bot']['username'])}; revoked tokens: {len(done['revoked'])}.")


@command.command("reactivate")
@click.argument("name")
@json_option
def reactivate(name: str, as_json: bool) -> None:
    """Bring the deleted bot NAME back. Its tokens stay revoked."""
    with bots() as known:
        back = known.update(name, state="active")
    if as_json:
        show_record(back, as_json=True)
    say(f"The bot {clean(back['username'])} is back ({clean(back['role'])}).")


@command.command("list-identities")
@click.argument("name")
@json_option
def list_identities(name: str, as_json: bool) -> None:
    """List who the bot NAME is in services."""
    with bots() as known:
        show_rows(known.identities(name), _IDENTITIES, as_json=as_json)


@command.command("update-identity")
@click.argument("name")
@_service_type
@_external_id
@click.option("--new-value", help="What the service calls the bot.")
@json_option
def update_identity(
    name: str, service_type: str | None, external_id: str | None, new_value: str | None, as_json: bool
) -> None:
    """Say who the bot NAME is in a service. Asks for what is left out."""
    from sym.commands._services import picked_place

    with bots() as known:
        before = {(item["service_type"], item["external_id"]): item["user_id"] for item in known.identities(name)}
        place = picked_place(service_type, external_id)
        now = f" (now {clean(before[place])})" if place in before else ""
        value = answer(new_value, "--new-value", f"Who is {clean(name)} there?{now}")
        known.identify(name, place, value)
    if as_json:
        show_record({"service_type": place[0], "external_id": place[1], "user_id": value}, as_json=True)
    say(f"Saved who {clean(name)} is in {clean(' '.join(place))}.")


@command.command("delete-identity")
@click.argument("name")
@_service_type
@_external_id
@yes_option
@json_option
def delete_identity(name: str, service_type: str | None, external_id: str | None, yes: bool, as_json: bool) -> None:
    """Forget who the bot NAME is in a service. Asks for what is left out."""
    from sym.commands._services import place_among

    with bots() as known:
        place = place_among(known.identities(name), service_type, external_id)
        confirm(f"Forget who {clean(name)} is in {clean(' '.join(place))}?", given=yes)
        known.unidentify(name, place)
    if as_json:
        show_record({"service_type": place[0], "external_id": place[1]}, as_json=True)
    say(f"Forgot who {clean(name)} is in {clean(' '.join(place))}.")
