"""``symflow tokens``: what bots and scripts log in with."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import rich_click as click

from sym.commands._output import clean, json_option, say, show_record, show_rows
from sym.commands._tokens import tokens

_COLUMNS = {
    "jti": "ID", "username": "USERNAME", "issued_by": "CREATOR", "label": "LABEL", "expires_at": "EXPIRY",
    "state": "STATE",
}  # fmt: skip


def _seconds(_: click.Context, __: click.Parameter, value: str) -> int:
    from sym.engine.administration.tokens import lifetime_of
    from sym.errors import Invalid

    try:
        return int(lifetime_of(value).total_seconds())
    except Invalid as error:
        raise click.BadParameter(str(error)) from None


@click.group("tokens")
def command() -> None:
    """Tokens, for SYM_JWT: CI jobs, scripts and Terraform.

    With SYM_API_URL and SYM_JWT through a server; without SYM_API_URL on the store of this machine.

    A token is shown once and kept nowhere, not even as a hash: the store has its id, whose it is and until when it is
    good. Whoever reads the store finds nothing to log in with; whoever revokes the id ends the token.
    """


@command.command("issue")
@click.option("-u", "--username", required=True, help="The bot or user the token speaks for.")
@click.option("-e", "--expiry", "seconds", required=True, callback=_seconds,
              help="How long it is good: a number and s, m, h, d or mo (30 days), such as 100d.")  # fmt: skip
@click.option("-l", "--label", default="", help="What it is for.")
@click.option("-n", "--no-newline", is_flag=True, help="Print no newline after the token.")
@json_option
def issue(username: str, seconds: int, label: str, no_newline: bool, as_json: bool) -> None:
    """Issue a token and print it. It is not kept: this is the only time it is shown.

    Through a server admins issue tokens for bots and for themselves. --json also has its id, to revoke it by.
    """
    with tokens() as known:
        token = known.issue(username, seconds, label)
    if as_json:
        show_record({"username": username, "label": label, **_claims(token), "token": token}, as_json=True)
        return
    click.echo(token, nl=not no_newline)


def _claims(token: str) -> dict[str, str]:
    """The id and the end of a token we have just been given."""
    from base64 import urlsafe_b64decode

    payload = token.split(".")[1]
    claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    end = datetime.fromtimestamp(claims["exp"], UTC)
    return {"jti": claims["jti"], "expires_at": end.isoformat(" ", timespec="microseconds")}


@command.command("list")
@click.option("-u", "--username", help="Only the tokens of this bot or user.")
@click.option("--state", type=click.Choice(["good", "expired", "revoked", "flagged"]),
              help="Only tokens in this state. Flagged: good, and whoever issued them is gone.")  # fmt: skip
@click.option("--mine", is_flag=True, help="One's own tokens; others' are for admins.")
@json_option
def list_issued(username: str | None, state: str | None, mine: bool, as_json: bool) -> None:
    """List the tokens that were issued; never the tokens themselves."""
    with tokens() as known:
        found = known.list(username, state, mine=mine)
    show_rows(found if as_json else [_row(token) for token in found], _COLUMNS, as_json=as_json)


def _row(token: dict[str, Any]) -> dict[str, Any]:
    is_flagged = token["flagged_at"] and token["state"] == "good"
    return {**token, "state": "good, flagged"} if is_flagged else token


@command.command("revoke")
@click.argument("jti")
@json_option
def revoke(jti: str, as_json: bool) -> None:
    """Revoke the token with the id JTI; from now on it is refused."""
    with tokens() as known:
        revoked = known.revoke(jti)
    if as_json:
        show_record(revoked, as_json=True)
    say(f"Revoked the token {clean(jti)}.")
