"""``symflow config``: what the login file says."""

from __future__ import annotations

from typing import Any

import rich_click as click

from sym import config as configuration


@click.group("config", hidden=True)
def command() -> None:
    """The login of this machine's user."""


@command.command("get")
@click.argument("key")
def get(key: str) -> None:
    """Print the value of KEY, such as org or auth_token.access_token."""
    import json

    from sym.commands._login_file import read
    from sym.errors import NotFound

    found = next((one for path in configuration.load().login_files if (one := read(path)) is not None), None)
    value: Any = found or {}
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if value is None:
        raise NotFound(f"There is no {key} in the login file.", hint="Log in with `symflow login`.")
    click.echo(value if isinstance(value, str) else json.dumps(value, default=str))
