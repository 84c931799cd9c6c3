"""``symflow store``: the database."""

from __future__ import annotations

import rich_click as click

from sym import config
from sym.commands._output import say
from sym.commands._progress import working


@click.group("store")
def command() -> None:
    """The database everything is kept in."""


@command.command("migrate")
def migrate() -> None:
    """Create the tables, or bring them up to date with this version of the program."""
    from sym.store.database import Store

    store = Store(config.load().store_url)
    try:
        with working("Bringing the store up to date…"):
            store.migrate()
    finally:
        store.close()
    say("The store is up to date.")
