"""The audit log into a file: JSON lines with their proofs, or CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING, Any

from sym import config
from sym.commands._output import say
from sym.commands._progress import counted, working
from sym.commands._session import opened_store

if TYPE_CHECKING:
    from sym.store.audit import Filter
    from sym.store.database import Connection, Store

_PAGE = 2000
_COLUMNS = ("sequence", "time", "name", "status", "actor", "actor_srn", "run_srn", "flow_srn", "fields", "errors",
            "id")  # fmt: skip


def write(kind: str, output: IO[str], *, personal: bool, filters: dict[str, Any]) -> None:
    """Write what ``filters`` (of :class:`Filter`, with ``person`` for ``user_id``) let through, and record that it was
    done. Raises NotFound for a person nobody knows."""
    from sym.audit.administration import AuditExported
    from sym.audit.events import Actor
    from sym.engine.audit_log import export_all, export_chosen
    from sym.store.audit import append

    given = {key: str(value) for key, value in filters.items() if value is not None}
    now = config.now()
    with opened_store() as store:
        with store.transaction() as conn:
            only = _filter(conn, filters)
            details = {"full": not given, "personal": personal, "filters": given}
            append(conn, AuditExported(actor=Actor.SYSTEM, details=details), now=now)
        with working("Exporting the log…") as tell:
            if kind == "csv":
                lines: Iterable[str] = _csv_lines(store, only, personal=personal)
            elif given:
                lines = export_chosen(store, only, personal=personal, now=now)
            else:
                lines = export_all(store, personal=personal, now=now)
            output.writelines(counted(lines, tell, "Exporting the log: {} lines…"))
            output.flush()
    say("Exported. It holds what people wrote: keep it safe." if personal else "Exported, without personal values.")


def _filter(conn: Connection, filters: dict[str, Any]) -> Filter:
    from sym.errors import NotFound
    from sym.store.audit import Filter
    from sym.store.users import find_user, get_user

    person, user_id, run_id = filters["person"], None, filters["run_id"]
    if person is not None:
        user = get_user(conn, person.lower()) or find_user(conn, email=person) or find_user(conn, username=person)
        if user is None:
            raise NotFound(f"There is no user or bot {person}.", hint="An erased person goes by the id.")
        user_id = user.id
    others = {key: filters[key] for key in ("flow", "name", "since", "until")}
    return Filter(user_id=user_id, run_id=run_id.lower() if run_id else None, **others)


def _csv_lines(store: Store, only: Filter, *, personal: bool) -> Iterator[str]:
    line = io.StringIO(newline="")
    writer = csv.DictWriter(line, _COLUMNS)
    writer.writeheader()
    yield _taken(line)
    for row in _rows(store, only, personal=personal):
        writer.writerow(row)
        yield _taken(line)


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


def _rows(store: Store, only: Filter, *, personal: bool) -> Iterator[dict[str, Any]]:
    from sym.store.audit import entries

    sequence = 0
    while True:
        with store.reading() as conn:
            found = entries(conn, only=only, after_sequence=sequence, limit=_PAGE, reveal=personal)
        for entry in found:
            yield {key: _cell(value) for key, value in _row(entry).items()}
        if not found:
            return
        sequence = found[-1]["sequence"]


def _row(entry: dict[str, Any]) -> dict[str, Any]:
    run = entry["run"] or {}
    return {
        "sequence": entry["sequence"],
        "time": entry["event"]["timestamp"],
        "name": entry["name"],
        "status": entry["state"]["status"],
        "actor": entry["actor"]["username"],
        "actor_srn": entry["actor"]["user"],
        "run_srn": run.get("srn"),
        "flow_srn": run.get("flow"),
        "fields": entry["fields"],
        "errors": entry["state"]["errors"],
        "id": entry["id"],
    }


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, int):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # A spreadsheet would run what begins like a formula, and anybody may write into a field.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
