"""``symflow runs``: asking for access, deciding, ending it, looking."""

from __future__ import annotations

from typing import Any

import rich_click as click

from sym.commands._gateway import gateway
from sym.commands._inputs import read_inputs, read_json, read_plain
from sym.commands._output import clean, json_option, say, show_record, show_rows
from sym.commands._trace import trace_lines

_COLUMNS = {
    "run_id": "RUN", "status": "STATUS", "flow": "FLOW", "requester": "REQUESTER", "created_at": "CREATED",
    "expires_at": "EXPIRES",
}  # fmt: skip
_as_user = click.option("--as", "username", metavar="USERNAME", help="Whom to act as, on a store on this machine.")
_override = click.option("--override", is_flag=True, help="Do not ask the flow's hook; admins only, and audited.")
_message = click.option("-m", "--message", help="Why; people who see the run can read it.")


@click.group("runs")
def command() -> None:
    """Requests for access: make, decide, end and look at them.

    With SYM_API_URL and SYM_JWT through a server; without SYM_API_URL on the store of this machine.
    """


@command.command("request")
@click.argument("flow")
@click.option("-i", "--input", "inputs", multiple=True, callback=read_inputs, metavar="NAME=VALUE",
              help="An answer to the form; NAME:=JSON for numbers, booleans and lists; duration=30m.")  # fmt: skip
@click.option("--context", "context", default="{}", help="A JSON object for the flow's code.")
@_as_user
@json_option
def request(flow: str, inputs: dict[str, Any], context: str, username: str | None, as_json: bool) -> None:
    """Ask for access through FLOW, by its name or SRN. Prints the run's id."""
    document = read_json(context, context)
    if not isinstance(document, dict):
        raise click.BadParameter("--context must be a JSON object.")
    with gateway(username) as runs:
        _show_accepted(runs.request(flow, inputs, document), "Requested", as_json)


@command.command("approve")
@click.argument("run")
@_message
@_override
@_as_user
@json_option
def approve(run: str, message: str | None, override: bool, username: str | None, as_json: bool) -> None:
    """Approve the request RUN."""
    _act("approve", run, message, username, as_json, override=override)


@command.command("deny")
@click.argument("run")
@_message
@_override
@_as_user
@json_option
def deny(run: str, message: str | None, override: bool, username: str | None, as_json: bool) -> None:
    """Deny the request RUN."""
    _act("deny", run, message, username, as_json, override=override)


@command.command("revoke")
@click.argument("run")
@_message
@_override
@_as_user
@json_option
def revoke(run: str, message: str | None, override: bool, username: str | None, as_json: bool) -> None:
    """End the access of RUN now."""
    _act("deescalate", run, message, username, as_json, override=override)


@command.command("extend")
@click.argument("run")
@click.option("-d", "--duration", required=True, help="By how long, such as 30m: a duration the flow offers.")
@_message
@_as_user
@json_option
def extend(run: str, duration: str, message: str | None, username: str | None, as_json: bool) -> None:
    """Put the end of the access of RUN off, where its flow allows that."""
    _act("extend", run, message, username, as_json, duration=read_plain("duration", duration))


@command.command("retry")
@click.argument("run")
@_message
@_as_user
@json_option
def retry(run: str, message: str | None, username: str | None, as_json: bool) -> None:
    """Try the failed grant of RUN again, as an admin."""
    _act("retry", run, message, username, as_json)


@command.command("remove")
@click.argument("run")
@click.option("-r", "--reason", required=True, help="How the access was removed, and why by hand.")
@_as_user
@json_option
def remove(run: str, reason: str, username: str | None, as_json: bool) -> None:
    """Declare, as an admin, that the stuck access of RUN was removed by hand at the vendor."""
    _act("remove", run, reason, username, as_json)


@command.command("list")
@click.option("--status", help="Only runs with this status, such as requested.")
@click.option("--limit", type=click.IntRange(1, 500), default=100, show_default=True)
@json_option
def list_newest(status: str | None, limit: int, as_json: bool) -> None:
    """List the newest runs."""
    with gateway() as runs:
        found = runs.list(status, limit)
    show_rows(found if as_json else [_row(run) for run in found], _COLUMNS, as_json=as_json)


@command.command("show")
@click.argument("run")
@click.option("--trace", "with_trace", is_flag=True, help="Also which handlers ran, what they answered, and why.")
@json_option
def show(run: str, with_trace: bool, as_json: bool) -> None:
    """Show RUN with everything that happened to it."""
    with gateway() as runs:
        found = runs.show(run)
        trace = runs.trace(run) if with_trace else None
    if as_json and trace is not None:
        show_record({**found, "trace": trace}, as_json=True)
        return
    if as_json:
        show_record(found, as_json=True)
        return
    show_record({**{key: value for key, value in found.items() if key not in ("actors", "events")},
                 "requester": _username(found.get("requester"))}, as_json=False)  # fmt: skip
    for event in found["events"]:
        click.echo(f"event\t{' '.join(clean(event[key]) for key in ('timestamp', 'name', 'status', 'error'))}".rstrip())
    for line in trace_lines(trace or []):
        click.echo(line)


def _act(name: str, run: str, message: str | None, username: str | None, as_json: bool, **details: Any) -> None:
    with gateway(username) as runs:
        _show_accepted(runs.act(name, run, message, **details), "Accepted", as_json)


def _show_accepted(accepted: dict[str, Any], word: str, as_json: bool) -> None:
    if as_json:
        show_record({key: accepted[key] for key in ("run_id", "event_id")}, as_json=True)
        return
    click.echo(clean(accepted["run_id"]))
    say(f"{word}; see `symflow runs show {clean(accepted['run_id'])}`.")


def _row(run: dict[str, Any]) -> dict[str, Any]:
    return {**run, "flow": run["flow_srn"], "requester": _username(run.get("requester"))}


def _username(person: dict[str, Any] | None) -> str:
    return str(person["username"]) if person else ""
