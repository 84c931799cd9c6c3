"""``symflow init-org``: the beginning of everything."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

import rich_click as click

from sym import config
from sym.commands._output import say
from sym.commands._session import key_directory

if TYPE_CHECKING:
    from sym.engine.keys import KeyDirectory
    from sym.store.database import Connection

# Anybody can have an address there.
_PUBLIC_DOMAINS = frozenset({
    "aol.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com", "live.com", "mail.ru",
    "me.com", "msn.com", "outlook.com", "proton.me", "protonmail.com", "qq.com", "web.de", "yahoo.com", "yandex.ru",
})  # fmt: skip
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def _slug(_: click.Context, __: click.Parameter, value: str) -> str:
    if not _SLUG.fullmatch(value) or value == "sym":
        raise click.BadParameter("use lower-case letters, digits, - and _; `sym` is taken by the product itself.")
    return value


@click.command("init-org")
@click.argument("slug", callback=_slug)
@click.option("--admin", metavar="EMAIL", help="The first admin.")
def command(slug: str, admin: str | None) -> None:
    """Create the organization SLUG: its store, its signing keys and, with --admin, its first administrator.

    People with e-mail addresses of the administrator's domain join as members; see `symflow domains`.

    SLUG is the first part of every name in the organization, such as SLUG:flow:prod_db:latest.
    """
    from sym.commands.users import checked_email
    from sym.store.database import Store

    settings, now = config.load(), config.now()
    email = checked_email(admin) if admin else None
    store, keys = Store(settings.store_url), key_directory(settings)
    try:
        store.migrate()
        with store.transaction() as conn:
            _create(conn, slug, email, keys, now)
    finally:
        store.close()
    say(f"Created the organization {slug}. Its signing keys are in {settings.keys_dir}: keep a copy in a safe place.")
    say("Next: `symflow bots create NAME`, `symflow tokens issue`, `symflow serve`.")


def _create(conn: Connection, slug: str, email: str | None, keys: KeyDirectory, now: datetime) -> None:
    from sym.audit.events import Actor
    from sym.store.organizations import create_organization, organization
    from sym.store.users import create_user, list_users

    found = organization(conn)
    # `terraform apply` on a store that was not there yet makes the organization, but neither keys nor people.
    if found is None or found.slug != slug or list_users(conn):
        create_organization(conn, slug, actor=Actor.SYSTEM, now=now)
    if email:
        create_user(conn, username=email, email=email, type="normal", role="admin", actor=Actor.SYSTEM, now=now)
        _join_by_domain(conn, email, now)
    # Last, and inside: without keys there is no organization either.
    keys.create(now)


def _join_by_domain(conn: Connection, email: str, now: datetime) -> None:
    """Make the administrator's domain the primary one, unless it is not the organization's."""
    from sym.audit.events import Actor
    from sym.errors import Invalid
    from sym.store.domains import add_domain

    domain = email.rpartition("@")[2]
    if domain in _PUBLIC_DOMAINS:
        say(f"{domain} is open to anybody, so its people join as guests. `symflow domains add` names your own domains.")
        return
    try:
        add_domain(conn, domain, is_primary=True, actor=Actor.SYSTEM, now=now)
    except Invalid:
        say(f"{domain} is no domain of the internet: nobody joins by it.")
