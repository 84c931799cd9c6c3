"""``symflow doctor``: what is in order on this machine, and what is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import rich_click as click

from sym import config
from sym.commands._output import json_option, say, show_rows
from sym.commands._recovery import ledger_checks
from sym.commands._session import key_directory, opened_store, organization_of
from sym.errors import SymError

if TYPE_CHECKING:
    from sym.config import Config

_COLUMNS = {"check": "CHECK", "result": "RESULT", "detail": "DETAIL"}
Row = dict[str, str]


@click.command("doctor")
@json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Check the store, the organization and its keys, and list what this release knows but does not carry out yet.

    The exit code is 1 when a check has failed.
    """
    settings = config.load()
    rows = [*_checks(settings), *_not_served()]
    show_rows(rows, _COLUMNS, as_json=as_json)
    failed = [row["check"] for row in rows if row["result"] == "failed"]
    if failed:
        say(f"Not in order: {', '.join(failed)}.")
        ctx.exit(1)


def _checks(settings: Config) -> Iterator[Row]:
    store = _checked("store", partial(_store, settings))
    yield store
    if store["result"] == "ok":
        yield _checked("organization", partial(_organization, settings))
        yield from ledger_checks(settings)
    else:
        yield {"check": "organization", "result": "skipped", "detail": "It is kept in the store."}
    from sym.engine.keys import PURPOSES

    for purpose in PURPOSES:
        yield _checked(f"{purpose} key", partial(_key, settings, purpose))


def _checked(check: str, run: Callable[[], str]) -> Row:
    try:
        return {"check": check, "result": "ok", "detail": run()}
    except SymError as error:
        return {"check": check, "result": "failed", "detail": f"{error.message} {error.hint}".strip()}


def _store(settings: Config) -> str:
    with opened_store(settings) as store:
        return f"The {store.dialect} store is reachable and up to date."


def _organization(settings: Config) -> str:
    with opened_store(settings) as store, store.reading() as conn:
        return organization_of(conn).slug


def _key(settings: Config, purpose: str) -> str:
    directory = key_directory(settings)
    known = len(directory.public_keys(purpose))  # reads every one of them, as verifying does
    return f"{directory.signing_key(purpose).key_id} signs, {known} in all, private to their owner."


def _not_served() -> Iterator[Row]:
    from sym.serving import not_served

    for shelf, names in not_served().items():
        if names:
            yield {"check": shelf.replace("_", " "), "result": "not served", "detail": ", ".join(names)}
