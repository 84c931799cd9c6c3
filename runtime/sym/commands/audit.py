"""``symflow audit``: what happened, and the proof that nobody changed it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from sym import config
from sym.commands._asking import confirm, yes_option
from sym.commands._output import json_option, say, show_record, show_rows
from sym.commands._place import chosen
from sym.commands._progress import counted, working
from sym.commands._session import key_directory, opened_store

if TYPE_CHECKING:
    from sym.audit.verification import Verifier
    from sym.config import Config
    from sym.engine.audit_keys import PublicKeys
    from sym.store.log_cursors import Lag

_COLUMNS = {"sequence": "NO", "time": "TIME", "name": "WHAT", "actor": "WHO", "status": "STATUS", "run": "RUN"}
_SHOWN = 10


@click.group("audit")
def command() -> None:
    """The audit log: everything that happened, in order, sealed."""


@command.command("list")
@click.option("--run", "run_id", metavar="RUN", help="Only what belongs to this run.")
@click.option("--after", type=click.IntRange(0, 2**62), default=0, help="Continue after this entry's number.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=1000, show_default=True,
              help="How many at most.")  # fmt: skip
@json_option
def list_entries(run_id: str | None, after: int, limit: int, as_json: bool) -> None:
    """List entries, oldest first; --json prints them whole.

    With SYM_API_URL and SYM_JWT through a server, as an admin; without SYM_API_URL on the store of this machine.
    """
    from sym.commands._audit_list import Page, from_server, from_store

    wanted = Page(run=run_id.lower() if run_id else None, after=after, limit=limit)
    with chosen(lambda store, _: from_store(store, wanted), lambda api: from_server(api, wanted)) as found:
        pass
    show_rows(found if as_json else [_row(entry) for entry in found], _COLUMNS, as_json=as_json)
    if len(found) == limit:
        say(f"There may be more: continue with --after {found[-1]['sequence']}.")


def _row(entry: dict[str, Any]) -> dict[str, Any]:
    event, run, actor = entry.get("event") or {}, entry.get("run") or {}, entry.get("actor") or {}
    return {
        "sequence": entry["sequence"],
        "time": event.get("timestamp"),
        "name": entry["name"],
        "actor": actor.get("username"),
        "status": (entry.get("state") or {}).get("status"),
        "run": str(run.get("srn") or "").rpartition(":")[2],
    }


@command.command("verify")
@click.option("--file", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Verify this export instead of the store; nothing else is needed but the public key.")  # fmt: skip
@click.option("--public-key", "key_file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Believe this key only (PEM or JWK), instead of the keys on this machine.")  # fmt: skip
@click.option("--anchor", metavar="FILE|s3://…", help="Anchors to compare with; by default those of this store.")
@json_option
@click.pass_context
def verify(ctx: click.Context, path: Path | None, key_file: Path | None, anchor: str | None, as_json: bool) -> None:
    """Find out whether anybody changed, removed, added or moved entries. The exit code is 1 if so.

    What is wrong is listed, the first bad entry first.
    """
    from sym.engine.audit_keys import checking
    from sym.engine.audit_log import verify_export, verify_store

    settings = config.load()
    check = checking(_public_keys(settings, key_file))
    is_full = True
    if path is None:
        anchor = anchor or settings.audit_anchor
        with opened_store(settings) as store, working("Verifying the log…"):
            verifier = verify_store(store, check, anchor=anchor)
    else:
        with path.open(encoding="utf-8", newline="\n") as lines, working("Verifying the export…") as tell:
            verifier, is_full = verify_export(
                counted(lines, tell, "Verifying the export: {} lines…"), check, anchor=anchor
            )
    _report(verifier, as_json=as_json, is_full=is_full)
    if verifier.bad:
        ctx.exit(1)


def _report(verifier: Verifier, *, as_json: bool, is_full: bool) -> None:
    first = verifier.first
    record = {
        "result": "bad" if verifier.bad else "good",
        "seals": verifier.seals,
        "sealed_entries": verifier.sealed,
        "unsealed_entries": verifier.unsealed,
        "pruned_entries": verifier.pruned,
        "problems": verifier.bad,
        "first": str(first) if first else None,
    }
    more = {"findings": [str(found) for found in verifier.findings]} if as_json else {}
    show_record({**record, **more}, as_json=as_json)
    for found in [] if as_json else verifier.findings[:_SHOWN]:
        say(str(found))
    if verifier.bad > _SHOWN and not as_json:
        say(f"… and {verifier.bad - _SHOWN} more; --json lists up to a thousand.")
    if not is_full:
        say("This is an export of chosen entries: it cannot show that one was left out.")
    elif not verifier.anchors:
        say("Nothing is anchored: if the newest entries were cut off, that does not show.")


def _public_keys(settings: Config, path: Path | None) -> PublicKeys:
    from sym.engine.audit_keys import read_public_keys
    from sym.errors import Unavailable

    if path is not None:
        return read_public_keys(path.read_text(encoding="utf-8", errors="replace"))
    keys = key_directory(settings).public_keys("audit")
    if not keys:
        raise Unavailable("There is no audit key on this machine.", hint="Name one with --public-key.")
    return keys


@command.command("public-key")
@click.option("--jwk", is_flag=True, help="Print a JSON Web Key Set instead of PEM.")
def public_key(jwk: bool) -> None:
    """Print the public keys that verify the log: all there ever were, for `verify --public-key`."""
    from sym.engine.audit_keys import public_jwks, public_pem

    keys = _public_keys(config.load(), None)
    click.echo(json.dumps(public_jwks(keys), indent=2) if jwk else public_pem(keys), nl=jwk)


def _moment(_: click.Context, __: click.Parameter, value: datetime | None) -> datetime | None:
    return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_TIMES = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"])


@command.command("export")
@click.option("--format", "kind", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True,
              help="What to write.")  # fmt: skip
@click.option("-o", "--output", type=click.File("w", encoding="utf-8", lazy=False, atomic=True), default="-",
              metavar="FILE", help="Where to; standard output if left out.")  # fmt: skip
@click.option("--run", "run_id", metavar="RUN", help="Only entries of this run.")
@click.option("--flow", metavar="NAME", help="Only entries of this flow's runs.")
@click.option("--user", "person", metavar="EMAIL|ID", help="Only entries that name this user or bot.")
@click.option("--name", help="Only entries with this name, such as run.approved.")
@click.option("--since", type=_TIMES, metavar="TIME", callback=_moment, help="Only entries from this moment on (UTC).")
@click.option("--until", type=_TIMES, metavar="TIME", callback=_moment, help="Only entries before this moment (UTC).")
@click.option("--without-personal", is_flag=True, help="Leave out what could be erased; it verifies all the same.")
def export(kind: str, output: Any, without_personal: bool, **filters: Any) -> None:
    """Write the log to a file. JSONL verifies offline: `symflow audit verify --file`. CSV is for reading only."""
    from sym.commands._audit_export import write

    write(kind, output, personal=not without_personal, filters=filters)


@command.command("prune")
@click.option(
    "--before", type=_TIMES, metavar="TIME", callback=_moment, required=True, help="What was sealed before this (UTC)."
)
@yes_option
def prune(before: datetime, yes: bool) -> None:
    """Remove old entries for good. Their seals stay, and the log verifies: that they are gone is signed.

    SYM_AUDIT_RETENTION does it daily. Export first what you may need.
    """
    from sym.engine.audit_keys import signing
    from sym.engine.retention import prune as remove

    settings = config.load()
    if before > config.now() - timedelta(days=1):
        raise click.BadParameter("--before must be a day or more ago.")
    confirm(f"Remove the audit log's entries from before {before:%Y-%m-%d %H:%M} UTC?", given=yes)
    with opened_store(settings) as store:
        removed = remove(store, before=before, sign=signing(key_directory(settings)), now=config.now())
    say(f"Removed {removed} entries.")


_LAGS = {"destination": "DESTINATION", "state": "STATE", "behind": "BEHIND", "since": "SINCE", "sent_at": "LAST SENT",
         "next_try": "NEXT TRY", "error": "ERROR"}  # fmt: skip


@command.command("destinations")
@json_option
def destinations(as_json: bool) -> None:
    """List where the log is sent, how many entries each log destination is behind, and what went wrong last."""
    from sym.store.log_cursors import lags

    with opened_store() as store, store.reading() as conn:
        found = lags(conn)
    show_rows([_lag_row(lag) for lag in found], _LAGS, as_json=as_json)


def _lag_row(lag: Lag) -> dict[str, Any]:
    cursor = lag.cursor
    state = "new" if cursor is None else "failing" if cursor.failing_since else "behind" if lag.entries else "ok"
    return {
        "destination": f"{lag.type}:{lag.slug}",
        "state": state,
        "behind": lag.entries,
        "since": _text(lag.since),
        "sent_at": _text(cursor.sent_at if cursor else None),
        "next_try": _text(cursor.next_at if cursor else None),
        "error": cursor.error if cursor else None,
    }


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")
