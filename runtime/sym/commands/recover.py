"""``symflow recover``: taking back what a restored store has forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import rich_click as click

from sym import config
from sym.commands._output import clean, json_option, say, show_rows
from sym.commands._recovery import described, opened_ledger
from sym.commands._session import opened_store
from sym.errors import SymError

if TYPE_CHECKING:
    from sym.engine.recovery import Forgotten
    from sym.store.database import Store

_COLUMNS = {"person": "PERSON", "target": "TARGET", "ends_at": "UNTIL", "what": "WHAT", "run_id": "RUN",
            "lease_id": "LEASE"}  # fmt: skip


@click.command("recover")
@click.option("--dry-run", is_flag=True, help="Only say what would be taken back.")
@json_option
@click.pass_context
def command(ctx: click.Context, dry_run: bool, as_json: bool) -> None:
    """Take back the grants that a restored store has forgotten, from the ledger in SYM_LEDGER_DIR.

    Every one ends when it was to end, at once if that is over. Then the anchors of the audit log are told that it goes
    on from what was restored, and the store leaves recovery mode; servers that are running notice. It may be run again
    at any time, and on every machine that has a ledger of its own.
    """
    with opened_store() as store:
        ledger = opened_ledger(store)
        from sym.engine.recovery import compare

        content = ledger.read()
        found = compare(store, content)
        for problem in content.problems:
            say(f"The ledger is damaged: {clean(problem)}.")
        show_rows([described(item) for item in found], _COLUMNS, as_json=as_json)
        if dry_run:
            return
        failed = _take_back(store, found)
        if failed:
            say(f"{failed} could not be taken back, and the store stays in recovery mode.")
            ctx.exit(1)
        # Nothing is made here: whoever recovers may be another user than the server's.
        sources = [ledger.id] if ledger.folder.is_dir() else []
        _leave(store, sources, len(found))


def _take_back(store: Store, found: Sequence[Forgotten]) -> int:
    from sym.engine.restoration import take_back

    failed = 0
    for item in found:
        try:
            take_back(store, item, config.now())
        except SymError as error:
            failed += 1
            say(f"{clean(error.message)} {clean(error.hint)}".rstrip())
    return failed


def _leave(store: Store, sources: list[str], count: int) -> None:
    from sym.engine.anchors import accept_restored
    from sym.engine.recovery import ANCHOR
    from sym.engine.restoration import end_recovery

    if (place := config.load().audit_anchor) is not None:
        accept_restored(store, place, now=config.now())  # before: it may be tried again
    others = end_recovery(store, [*sources, ANCHOR], leases=count, now=config.now())
    say(f"{count} taken back." if count else "There is nothing to take back.")
    for reason in others:
        say(f"Still in recovery mode, because of another machine: {clean(reason)} Run `symflow recover` there.")
