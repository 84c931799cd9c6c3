"""``symflow login``."""

from __future__ import annotations

import rich_click as click

from sym import config
from sym.commands._output import clean, say


@click.command("login")
@click.option("--port", type=click.IntRange(0, 65535), default=11001, show_default=True,
              help="Of this machine, where the browser comes back to; the issuer has to know it.")  # fmt: skip
@click.option("--org-id", "org", metavar="ORG", help="Refuse to log in unless the server is this organization's.")
@click.option("--device", is_flag=True, help="Show a code to type in a browser of any machine.")
@click.option("--no-browser", is_flag=True, help="Open no browser: only show the address.")
@click.pass_context
def command(ctx: click.Context, port: int, org: str | None, device: bool, no_browser: bool) -> None:
    """Log in to the server, with the account of your organization.

    The server is that of --api-url or SYM_API_URL, or the one of the last login. Without a display a code is shown, as
    with --device.
    """
    from sym.commands._issuer import Issuer
    from sym.commands._logging_in import by_browser, by_device, session_at, terms_of
    from sym.commands._login_file import write_login

    settings = config.load()
    url = _server(settings)
    terms = terms_of(url, org=org, issuer=ctx.find_root().params.get("auth_url"))
    issuer = Issuer(terms)
    if device or not (no_browser or settings.has_display or not issuer.knows_devices):
        login = session_at(url, terms, by_device(issuer), None)
    else:
        tokens, secret = by_browser(issuer, port, opens=settings.has_display and not no_browser)
        login = session_at(url, terms, tokens, secret)
    write_login(settings, login)
    say(f"Logged in to {clean(login.org)} as {clean(login.email)}.")
    if settings.jwt is not None:
        say("SYM_JWT is set, and counts for more than this login.")


def _server(settings: config.Config) -> str:
    from urllib.parse import urlsplit

    from sym.commands._login_file import read_login
    from sym.errors import Invalid
    from sym.oidc.addresses import is_loopback

    url = settings.api_url
    if url is None:
        last = read_login(settings)
        url = last.api_url if last is not None else None
    if url is None:
        raise click.UsageError("Which server? Name it with --api-url or SYM_API_URL.")
    if urlsplit(url).scheme != "https" and not is_loopback(url):
        raise Invalid(f"{url} is not https: others could read your login.", code="Config:INVALID")
    return url
