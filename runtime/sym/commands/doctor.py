"""``symflow doctor``: what is in order, what is not, and what to do about it."""

from __future__ import annotations

import rich_click as click

from sym import config
from sym.commands._output import json_option, say, show_rows

_COLUMNS = {"check": "CHECK", "result": "RESULT", "detail": "DETAIL", "action": "WHAT TO DO"}


@click.command("doctor")
@json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Check store, clock, keys, workers, what is overdue or stuck, the audit log and the sandbox, and list what this
    release knows but does not carry out yet.

    RESULT is ok, warning, failed, skipped (something else has to be put right first) or not served. The exit code is 0
    when nothing has failed, also with warnings; 1 when a check has failed; 2 when the configuration is wrong.
    """
    from sym.commands._checks import examine

    findings = list(examine(config.load(), config.now))
    show_rows([finding.row() for finding in findings], _COLUMNS, as_json=as_json)
    failed = [finding.check for finding in findings if finding.result == "failed"]
    if failed:
        say(f"Not in order: {', '.join(failed)}.")
        ctx.exit(1)
