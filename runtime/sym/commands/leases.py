"""``symflow leases``: who holds what, until when, and how to remove it by hand."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from sym import config
from sym.commands._gateway import gateway
from sym.commands._output import clean, json_option, say, show_record, show_rows

if TYPE_CHECKING:
    from sym.engine.ledger_files import Entry

_STATUSES = click.Choice(["pending", "active", "ending", "ended", "stuck"])
_COLUMNS = {
    "lease_id": "LEASE", "status": "STATUS", "person": "PERSON", "target": "TARGET", "starts_at": "SINCE",
    "ends_at": "UNTIL", "last_error": "LAST ERROR",
}  # fmt: skip
_EXPORT = {
    "person": "PERSON", "identity": "IDENTITY", "target": "TARGET", "integration": "INTEGRATION", "status": "STATUS",
    "starts_at": "SINCE", "ends_at": "UNTIL", "flow": "FLOW", "run_id": "RUN", "lease_id": "LEASE",
    "instructions": "BY HAND",
}  # fmt: skip
_DRIFT = {
    "kind": "KIND", "identity": "IDENTITY", "person": "PERSON", "target": "TARGET", "integration": "INTEGRATION",
    "flow": "FLOW", "first_seen_at": "SINCE", "lease_id": "LEASE",
}  # fmt: skip
_PAGE = 500


@click.group("leases")
def command() -> None:
    """Access that was granted, and when it ends."""


@command.command("list")
@click.option("--stuck", is_flag=True, help="Only what could not be ended: somebody has to remove it by hand.")
@click.option("--status", type=_STATUSES, help="Only leases in this state; left out: whatever has not ended.")
@click.option("--user", metavar="USERNAME", help="Only what this person holds.")
@json_option
def list_leases(stuck: bool, status: str | None, user: str | None, as_json: bool) -> None:
    """List leases; of stuck ones also how to remove them by hand.

    With SYM_API_URL and SYM_JWT through a server; without SYM_API_URL on the store of this machine.
    """
    if stuck and status not in (None, "stuck"):
        raise click.UsageError("--stuck and --status contradict each other.")
    wanted = "stuck" if stuck else status
    found: list[dict[str, Any]] = []
    with gateway() as runs:
        while True:
            page = runs.leases(wanted, user, _PAGE, len(found))
            found += page
            if len(page) < _PAGE:
                break
    columns = {**_COLUMNS, "instructions": "BY HAND"} if wanted == "stuck" else _COLUMNS
    show_rows(found if as_json else [_row(lease) for lease in found], columns, as_json=as_json)


@command.command("drift")
@json_option
def drift(as_json: bool) -> None:
    """List access that nobody approved here, and approved access that is not there.

    It is what the last check of a worker found (SYM_DRIFT_EVERY); nothing is asked now, and nothing changed.
    """
    with gateway() as runs:
        found = runs.drift()
    if as_json:
        show_record(found, as_json=True)
        return
    show_rows([_drifted(item) for item in found["findings"]], _DRIFT, as_json=False)
    for problem in found["problems"]:
        say(problem)
    say(_checked(found))


@command.command("export")
@click.option("--ledger", "ledger", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
              help="Read the ledger in this folder instead of the store: no database is needed.")  # fmt: skip
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values.")
@json_option
def export(ledger: Path | None, as_csv: bool, as_json: bool) -> None:
    """Print who holds what, until when, and how to remove it by hand, without a server.

    When the database is gone too, --ledger names the folder that SYM_LEDGER_DIR kept the list of leases in.
    """
    if as_csv and as_json:
        raise click.UsageError("--csv and --json contradict each other.")
    rows = _of_ledger(ledger) if ledger is not None else _of_store()
    if as_csv:
        writer = csv.DictWriter(sys.stdout, fieldnames=list(_EXPORT), extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: clean(row.get(key)) for key in _EXPORT} for row in rows)
    else:
        show_rows(rows, _EXPORT, as_json=as_json)


def _drifted(item: dict[str, Any]) -> dict[str, Any]:
    person, account = item["person"] or {}, item["integration"]
    return {**item, "person": person.get("email") or person.get("username") or "",
            "integration": f"{account.get('type', '')} {account.get('external_id', '')}".strip()}  # fmt: skip


def _checked(found: dict[str, Any]) -> str:
    if found["checked_at"] is None:
        return "It has not been looked for drift yet: a worker does, every SYM_DRIFT_EVERY."
    more = "" if found["is_complete"] else ", not all there are; the next check goes on"
    return f"Last checked {found['checked_at']}: {found['places']} places{more}."


def _of_store() -> list[dict[str, Any]]:
    from sym.api.leases import view_lease
    from sym.commands._session import opened_store
    from sym.store.grants import live_leases
    from sym.store.runs import get_run

    with opened_store(config.load()) as store, store.reading() as conn:
        found = []
        for lease in live_leases(conn):
            run = get_run(conn, lease.run_id)
            found.append(_row(view_lease(conn, lease).model_dump()) | {"flow": run.flow_slug if run else ""})
    return found


def _row(lease: dict[str, Any]) -> dict[str, Any]:
    person, integration = lease["requester"] or {}, lease["integration"]
    return {
        **lease,
        "person": person.get("email") or person.get("username") or "",
        "integration": f"{integration.get('type', '')} {integration.get('external_id', '')}".strip(),
    }


def _of_ledger(folder: Path) -> list[dict[str, Any]]:
    from sym.engine.ledger_files import read

    content = read(folder, is_trusted=False)
    for problem in content.problems:
        say(f"The ledger is damaged: {problem}.")
    live = (entry for entry in content.entries.values() if entry.is_live)
    return [_told(entry) for entry in sorted(live, key=lambda item: str(item.document.get("ends_at")))]


def _told(entry: Entry) -> dict[str, Any]:
    from sym.engine.instructions import by_hand, label

    told = entry.document
    integration = (told.get("key_document") or {}).get("integration") or {}
    snapshot = told.get("snapshot") or {}
    identity = told.get("identity") if told.get("identity") != entry.requester.get("id") else None
    return {
        "person": entry.person, "identity": identity, "target": label(snapshot), "status": entry.status,
        "integration": f"{integration.get('type', '')} {integration.get('external_id', '')}".strip(),
        "starts_at": told.get("starts_at"), "ends_at": told.get("ends_at"), "lease_id": entry.lease_id,
        "flow": (told.get("run") or {}).get("flow_slug"), "run_id": (told.get("run") or {}).get("id"),
        "instructions": by_hand(snapshot, identity, entry.person),
    }  # fmt: skip
