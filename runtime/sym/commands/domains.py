"""``symflow domains``: whose people join as members."""

from __future__ import annotations

import rich_click as click

from sym.commands._domains import domains
from sym.commands._output import chosen_format, clean, json_option, show_record, show_rows

_COLUMNS = {"domain": "DOMAIN", "primary": "PRIMARY"}


@click.group("domains")
def command() -> None:
    """Domains of e-mail addresses: their people join as members, all others as guests.

    It counts when somebody is seen for the first time. A domain below another is one of its own.

    With SYM_API_URL and SYM_JWT through a server; without SYM_API_URL on the store of this machine.
    """


@command.command("list")
@json_option
def list_all(as_json: bool) -> None:
    """List the domains."""
    with domains() as known:
        found = known.list()
    if as_json or chosen_format() is not None:
        show_rows(found, _COLUMNS, as_json=as_json)
        return
    click.echo("Domains:")
    for one in found:
        click.echo(f"- {clean(one['domain'])}")


@command.command("add")
@click.argument("domain")
@json_option
def add(domain: str, as_json: bool) -> None:
    """Let the people of DOMAIN join as members from now on."""
    with domains() as known:
        added = known.add(domain)
    if as_json:
        show_record(added, as_json=True)
        return
    # The original's words, where it had them: scripts look for them on stdout.
    click.echo(f"{clean(domain)} successfully added as a domain.")


@command.command("remove")
@click.argument("domain")
@json_option
def remove(domain: str, as_json: bool) -> None:
    """Let the people of DOMAIN join as guests from now on. Whoever has joined stays what they are."""
    with domains() as known:
        known.remove(domain)
    if as_json:
        show_record({"domain": domain}, as_json=True)
        return
    click.echo(f"{clean(domain)} successfully removed as a domain.")
