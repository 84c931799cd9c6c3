"""``symflow organization``: what holds for everybody in it."""

from __future__ import annotations

import rich_click as click

from sym.commands._output import say


@click.group("organization")
def command() -> None:
    """The organization."""


@command.command("configure-mfa")
@click.argument("enabled", type=bool)
@click.pass_context
def configure_mfa(ctx: click.Context, enabled: bool) -> None:
    """Say where a second factor is asked for: at the issuer that people log in at, and not here."""
    say(f"Nothing was {'enabled' if enabled else 'disabled'}: people log in at your OpenID Connect issuer, and whether "
        "it asks for a second factor is set there.")  # fmt: skip
    say("Ask for one in the issuer's policy for the client SYM_OIDC_CLIENT_ID; `symflow login` follows it at once.")
    ctx.exit(1)
