"""``symflow logout``."""

from __future__ import annotations

import rich_click as click

from sym import config
from sym.commands._output import say


@click.command("logout")
def command() -> None:
    """Revoke the login and forget it."""
    from sym.commands._login_file import forget_login, read_login
    from sym.commands._remote import Api
    from sym.errors import SymError, Unauthenticated

    settings = config.load()
    login = read_login(settings)
    trouble: SymError | None = None
    if login is not None:
        try:
            Api(login.api_url, login.access_token).send("DELETE", "/login")
        except Unauthenticated:
            pass  # it was over already
        except SymError as error:
            trouble = error
        if login.refresh_token is not None:
            _forget_at_issuer(login.api_url, login.issuer, login.refresh_token)
    was_there = forget_login(settings)
    if trouble is not None:
        say("The login is forgotten on this machine, but the server still takes its token until it expires.")
        raise trouble
    say("Logged out." if was_there else "You were not logged in.")
    if settings.jwt is not None:
        say("SYM_JWT is still set.")


def _forget_at_issuer(api_url: str, issuer: str | None, refresh_token: str) -> None:
    from sym.commands._issuer import Issuer
    from sym.commands._logging_in import terms_of
    from sym.errors import SymError

    try:
        Issuer(terms_of(api_url, issuer=issuer)).forget(refresh_token)
    except SymError as error:
        say(f"The issuer could not be told: {error.message}")
