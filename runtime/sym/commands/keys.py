"""``symflow keys``: what tokens, the audit log and receipts are signed with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import rich_click as click

from sym import config
from sym.commands._asking import confirm, yes_option
from sym.commands._output import clean, json_option, say, show_record, show_rows
from sym.commands._session import key_directory, opened_store, organization_of

if TYPE_CHECKING:
    from sym.engine.keys import KeyDirectory, KnownKey
    from sym.store.database import Store

_COLUMNS = {"purpose": "PURPOSE", "key_id": "KEY", "created_at": "CREATED", "state": "STATE", "tokens": "TOKENS"}
_SHOWN = 20


def _purpose(_: click.Context, __: click.Parameter, value: str) -> str:
    from sym.engine.keys import PURPOSES

    if value not in PURPOSES:
        raise click.BadParameter(f"{value!r} is none of {', '.join(PURPOSES)}.")
    return value


def _duration(_: click.Context, __: click.Parameter, value: str | None) -> timedelta | None:
    from sym.sdk.duration import duration_seconds

    try:
        return None if value is None else timedelta(seconds=duration_seconds(value))
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(str(error)) from None


@click.group("keys")
def command() -> None:
    """Keys: they sign tokens, seals of the audit log, and receipts. The newest of a purpose signs, all of them verify.

    Keys are files on the machine of the server (SYM_KEYS_DIR), and a server that runs sees at once what changes.
    Servers on other machines need the same files: copy a new key to them right away.
    """


@command.command("list")
@json_option
def list_keys(as_json: bool) -> None:
    """List the keys, and how many good tokens each has signed."""
    from sym.engine.administration.keys import tokens_on
    from sym.engine.keys import PURPOSES

    now = config.now()
    with _here() as (store, keys), store.reading() as conn:
        found = [_row(key, len(tokens_on(conn, key, now=now))) for name in PURPOSES for key in keys.known(name)]
    show_rows(found, _COLUMNS, as_json=as_json)


@command.command("rotate")
@click.option("--purpose", default="token", show_default=True, callback=_purpose,
              help="What the key is for: token, audit or receipt.")  # fmt: skip
@click.option(
    "--retire-after",
    "age",
    metavar="DURATION",
    callback=_duration,
    help="Also delete keys that stopped signing that long ago, such as 100d, unless good tokens hang on them.",
)
@json_option
def rotate(purpose: str, age: timedelta | None, as_json: bool) -> None:
    """Add a key, which signs from now on. What older ones signed stays good until they are retired.

    Prints the id of the new key, and says which tokens hang on older ones.
    """
    from sym.audit.events import Actor
    from sym.engine.administration.keys import rotate_key

    if age is not None and purpose == "audit":
        raise click.UsageError("Audit keys stay: the log is verified with them. Leave --retire-after out.")
    now = config.now()
    with _here() as (store, keys):
        with store.transaction() as conn:
            organization_of(conn)
            key_id = rotate_key(conn, keys, purpose, actor=Actor.SYSTEM, now=now)
        retired = _retired(store, keys, purpose, now - age, now) if age is not None else []
        older = [key for key in keys.known(purpose) if key.key_id != key_id]
        waiting = [token for key in older for token in _tokens(store, key, now)]
    if as_json:
        show_record({"purpose": purpose, "key_id": key_id, "retired": retired, "tokens": waiting}, as_json=True)
        return
    click.echo(key_id)
    say(f"From now on this key signs. Older {purpose} keys that still verify: {len(older)}.")
    for old in retired:
        say(f"Deleted the key {old}.")
    _tell(waiting, "They hang on older keys, and end with them:")


@command.command("retire")
@click.argument("key_id")
@yes_option
def retire(key_id: str, yes: bool) -> None:
    """Delete the key KEY_ID, which has stopped signing. What it signed is not believed any more."""
    from sym.audit.events import Actor
    from sym.engine.administration.keys import retire_key
    from sym.engine.keys import PURPOSES

    now = config.now()
    with _here() as (store, keys):
        ending = [token for name in PURPOSES for key in keys.known(name) if key.key_id == key_id
                  for token in _tokens(store, key, now)]  # fmt: skip
        _tell(ending, "They hang on this key, and end with it:")
        confirm(f"Delete the key {clean(key_id)}? Good tokens that end with it: {len(ending)}.", given=yes)
        with store.transaction() as conn:
            organization_of(conn)
            gone = retire_key(conn, keys, key_id, actor=Actor.SYSTEM, now=now)
    say(f"Deleted the {gone.purpose} key {gone.key_id}.")


@contextmanager
def _here() -> Iterator[tuple[Store, KeyDirectory]]:
    """The store of this machine, and its keys. Raises Invalid if a server is named."""
    from sym.errors import Invalid

    settings = config.load()
    if settings.api_url is not None:
        raise Invalid("Keys are files of the server: no API shows them.", code="Config:INVALID",
                      hint="Run this on the server's machine, without SYM_API_URL.")  # fmt: skip
    with opened_store(settings) as store:
        yield store, key_directory(settings)


def _retired(store: Store, keys: KeyDirectory, purpose: str, before: datetime, now: datetime) -> list[str]:
    """Delete the keys that stopped signing ``before`` and that no good token hangs on; gives their ids."""
    from sym.audit.events import Actor
    from sym.engine.administration.keys import retire_key

    gone = []
    for key in keys.known(purpose):
        if key.stopped_at is not None and key.stopped_at <= before and not _tokens(store, key, now):
            with store.transaction() as conn:
                gone.append(retire_key(conn, keys, key.key_id, actor=Actor.SYSTEM, now=now).key_id)
    return gone


def _tokens(store: Store, key: KnownKey, now: datetime) -> list[dict[str, Any]]:
    from sym.api.tokens import view_tokens
    from sym.engine.administration.keys import tokens_on

    with store.reading() as conn:
        return [item.model_dump() for item in view_tokens(conn, tokens_on(conn, key, now=now), now)]


def _tell(tokens: Sequence[dict[str, Any]], heading: str) -> None:
    if not tokens:
        return
    say(heading)
    for token in tokens[:_SHOWN]:
        label = f" ({clean(token['label'])})" if token["label"] else ""
        say(f"  {token['jti']}  {clean(token['username'])}{label}, until {token['expires_at']}")
    if len(tokens) > _SHOWN:
        say(f"  and {len(tokens) - _SHOWN} more")


def _row(key: KnownKey, tokens: int) -> dict[str, Any]:
    return {
        "purpose": key.purpose,
        "key_id": key.key_id,
        "created_at": key.created_at.isoformat(sep=" ", timespec="seconds"),
        "state": "signs" if key.stopped_at is None else "verifies",
        "stopped_at": key.stopped_at.isoformat(sep=" ", timespec="seconds") if key.stopped_at else None,
        "tokens": tokens if key.purpose == "token" else None,
    }
