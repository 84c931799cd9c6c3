"""``symflow audit``: what happened."""

from __future__ import annotations

from typing import Any

import rich_click as click

from sym.commands._output import json_option, say, show_rows
from sym.commands._session import opened_store

_COLUMNS = {"sequence": "NO", "time": "TIME", "name": "WHAT", "actor": "WHO", "status": "STATUS", "run": "RUN"}


@click.group("audit")
def command() -> None:
    """The audit log: everything that happened, in order."""


@command.command("list")
@click.option("--run", "run_id", metavar="RUN", help="Only what belongs to this run.")
@click.option("--after", type=click.IntRange(0, 2**62), default=0, help="Continue after this entry's number.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=1000, show_default=True)
@json_option
def list_entries(run_id: str | None, after: int, limit: int, as_json: bool) -> None:
    """List entries, oldest first; --json prints them whole."""
    from sym.store.audit import entries

    with opened_store() as store, store.reading() as conn:
        found = entries(conn, run_id=run_id.lower() if run_id else None, after_sequence=after, limit=limit)
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
