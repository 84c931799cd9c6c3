"""``symflow tokens``: what bots and scripts log in with."""

from __future__ import annotations

import uuid
from datetime import timedelta

import rich_click as click

from sym import config
from sym.commands._output import json_option, say, show_rows
from sym.commands._session import key_directory, named_user, opened_store, organization_of

_LONGEST = 10 * 365 * 86_400
_COLUMNS = {
    "jti": "ID", "username": "USERNAME", "issued_by": "CREATOR", "label": "LABEL", "expires_at": "EXPIRY",
    "state": "STATE",
}  # fmt: skip


def _seconds(_: click.Context, __: click.Parameter, value: str) -> int:
    from sym.sdk.duration import duration_seconds

    has_unit = value.isascii() and not value.strip().isdigit()
    try:
        seconds = duration_seconds(value) if has_unit else 0
    except ValueError:
        seconds = 0
    if not 0 < seconds <= _LONGEST:
        raise click.BadParameter(
            f"{value!r} is not a lifetime: write a number above 0 and s, m, h, d or mo (30 days), such as 100d, "
            "at most ten years."
        )
    return seconds


@click.group("tokens")
def command() -> None:
    """Tokens, for SYM_JWT: CI jobs, scripts and Terraform."""


@command.command("issue")
@click.option("-u", "--username", required=True, help="The bot or user the token speaks for.")
@click.option("-e", "--expiry", "seconds", required=True, callback=_seconds, help="How long it is good, such as 100d.")
@click.option("-l", "--label", default="", help="What it is for.")
@click.option("-n", "--no-newline", is_flag=True, help="Print no newline after the token.")
def issue(username: str, seconds: int, label: str, no_newline: bool) -> None:
    """Issue a token and print it. It is not kept: this is the only time it is shown."""
    from sym.api.auth import issue as sign
    from sym.audit.events import Actor
    from sym.store.tokens import Token, insert_token

    settings, now = config.load(), config.now()
    with opened_store(settings) as store, store.transaction() as conn:
        user, org = named_user(conn, username), organization_of(conn)
        token = Token(
            jti=str(uuid.uuid4()), user_id=user.id, label=label, issued_by=Actor.SYSTEM.username, issued_at=now,
            expires_at=now + timedelta(seconds=seconds), revoked_at=None,
        )  # fmt: skip
        insert_token(conn, token, actor=Actor.SYSTEM)
        text = sign(key_directory(settings), token, user, org.slug)
    click.echo(text, nl=not no_newline)


@command.command("list")
@json_option
def list_issued(as_json: bool) -> None:
    """List the tokens that were issued; never the tokens themselves."""
    from sym.store.tokens import list_tokens
    from sym.store.users import list_users

    now = config.now()
    with opened_store() as store, store.reading() as conn:
        names = {user.id: user.username for user in list_users(conn)}
        tokens = list_tokens(conn)
    rows = [
        {
            "jti": token.jti,
            "username": names.get(token.user_id, token.user_id),
            "issued_by": token.issued_by,
            "label": token.label,
            "issued_at": token.issued_at.isoformat(timespec="seconds"),
            "expires_at": token.expires_at.isoformat(timespec="seconds"),
            "state": "revoked" if token.revoked_at else "expired" if token.expires_at <= now else "good",
        }
        for token in tokens
    ]
    show_rows(rows, _COLUMNS, as_json=as_json)


@command.command("revoke")
@click.argument("jti")
def revoke(jti: str) -> None:
    """Revoke the token with the id JTI; from now on it is refused."""
    from sym.audit.events import Actor
    from sym.errors import NotFound
    from sym.store.tokens import get_token, revoke_token

    with opened_store() as store, store.transaction() as conn:
        if get_token(conn, jti.lower()) is None:
            raise NotFound(f"There is no token {jti}.", hint="`symflow tokens list` shows their ids.")
        revoke_token(conn, jti.lower(), actor=Actor.SYSTEM, now=config.now())
    say(f"Revoked the token {jti}.")
