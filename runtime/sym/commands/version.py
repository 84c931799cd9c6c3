"""``symflow version``."""

from __future__ import annotations

import rich_click as click


@click.command("version")
def command() -> None:
    """Print the version."""
    from importlib.metadata import version

    click.echo(version("symflow"))
