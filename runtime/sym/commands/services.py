"""``symflow services``: the accounts of services that are known."""

from __future__ import annotations

from typing import Any

import rich_click as click

from sym.commands._asking import answer, confirm, yes_option
from sym.commands._output import clean, json_option, say, show_record, show_rows
from sym.commands._services import picked_place, services

_COLUMNS = {
    "service_type": "TYPE", "external_id": "ACCOUNT", "label": "LABEL", "declared": "DECLARED BY",
    "identities": "IDENTITIES",
}  # fmt: skip
_service_type = click.option("--service-type", help="The type of the service, such as okta.")
_external_id = click.option("--external-id", help="What the service calls the account: a domain, a workspace.")


@click.group("services")
def command() -> None:
    """Services: accounts that integrations declare, or in which somebody has an identity.

    With SYM_API_URL and SYM_JWT through a server; without SYM_API_URL on the store of this machine.
    """


@command.command("list")
@json_option
def list_all(as_json: bool) -> None:
    """List the services."""
    with services() as known:
        found = known.list()
    show_rows(found if as_json else [_row(item) for item in found], _COLUMNS, as_json=as_json)


def _row(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "declared": ", ".join(f"sym_integration {name}" for name in item["integrations"])}


@command.command("update")
@_service_type
@_external_id
@click.option("--label", help="What people are to call it.")
@json_option
def update(service_type: str | None, external_id: str | None, label: str | None, as_json: bool) -> None:
    """Give a service a label. Asks for what is left out."""
    place = picked_place(service_type, external_id)
    text = answer(label, "--label", "Label")
    with services() as known:
        changed = known.label(place, text)
    if as_json:
        show_record(changed, as_json=True)
    say(f"{clean(' '.join(place))} is called {clean(text)}.")


@command.command("delete")
@_service_type
@_external_id
@yes_option
@json_option
def delete(service_type: str | None, external_id: str | None, yes: bool, as_json: bool) -> None:
    """Forget a service, its label and who anybody is in it. Asks for what is left out.

    A service that an integration declares cannot be deleted: remove the integration with Terraform first.
    """
    place = picked_place(service_type, external_id)
    confirm(f"Forget {clean(' '.join(place))} and who anybody is in it?", given=yes)
    with services() as known:
        gone = known.delete(place)
    if as_json:
        show_record(gone, as_json=True)
    say(f"Forgot {clean(' '.join(place))}; identities that went with it: {gone['identities']}.")
