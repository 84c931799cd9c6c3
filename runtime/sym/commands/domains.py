"""``symflow domains``: whose people join as members."""

from __future__ import annotations

import rich_click as click

from sym import config
from sym.commands._output import clean, json_option, say, show_rows
from sym.commands._session import opened_store, organization_of

_COLUMNS = {"domain": "DOMAIN", "primary": "PRIMARY"}


@click.group("domains")
def command() -> None:
    """Domains of e-mail addresses: their people join as members, all others as guests.

    It counts when somebody is seen in Slack for the first time. A domain below another is one of its own.
    """


@command.command("list")
@json_option
def list_all(as_json: bool) -> None:
    """List the domains."""
    from sym.store.domains import list_domains

    with opened_store() as store, store.reading() as conn:
        found = list_domains(conn)
    if as_json:
        show_rows([{"domain": one.name, "primary": one.is_primary} for one in found], _COLUMNS, as_json=True)
        return
    click.echo("Domains:")
    for one in found:
        click.echo(f"- {clean(one.name)}")


@command.command("add")
@click.argument("domain")
def add(domain: str) -> None:
    """Let the people of DOMAIN join as members from now on."""
    from sym.audit.events import Actor
    from sym.errors import Conflict
    from sym.store.domains import add_domain

    with opened_store() as store, store.transaction() as conn:
        organization_of(conn)
        if not add_domain(conn, domain, actor=Actor.SYSTEM, now=config.now()):
            raise Conflict(f"{domain} is one of the domains already.")
    say(f"{domain} successfully added as a domain.")


@command.command("remove")
@click.argument("domain")
def remove(domain: str) -> None:
    """Let the people of DOMAIN join as guests from now on. Whoever has joined stays what they are."""
    from sym.audit.events import Actor
    from sym.store.domains import remove_domain

    with opened_store() as store, store.transaction() as conn:
        organization_of(conn)
        remove_domain(conn, domain, actor=Actor.SYSTEM, now=config.now())
    say(f"{domain} successfully removed as a domain.")
