"""``symflow status``."""

from __future__ import annotations

import rich_click as click

from sym import config
from sym.commands._output import json_option, show_record


@click.command("status")
@json_option
def command(as_json: bool) -> None:
    """Say whether you are logged in, where, and as whom. The exit code is 3 if not."""
    from sym.commands._login_file import read_login
    from sym.commands._place import server_of, token_of
    from sym.commands._remote import Api
    from sym.errors import Unauthenticated

    settings = config.load()
    url = server_of(settings)
    login = read_login(settings) if settings.jwt is None else None
    if url is None and login is not None:
        url = login.api_url
    if url is None:
        raise Unauthenticated("You are not logged in.", hint="Run `symflow --api-url URL login`.")
    served = Api(url, token_of(settings)).send("GET", "/version")
    login = read_login(settings) if settings.jwt is None else None  # it may have been renewed
    record = {
        "server": url,
        "org": served.get("org"),
        "email": login.email if login is not None else None,
        "token": "SYM_JWT" if login is None else "login",
        "expires_at": login.expires_at.isoformat(timespec="seconds") if login and login.expires_at else None,
    }
    show_record({key: value for key, value in record.items() if value is not None or as_json}, as_json=as_json)
