"""``symflow runs``: asking for access, deciding, ending it, looking."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import rich_click as click
from click.exceptions import Exit

from sym import config
from sym.commands._asked import Ask, Wanted
from sym.commands._gateway import gateway
from sym.commands._inputs import read_context, read_inputs, read_plain, read_seconds, read_values
from sym.commands._output import clean, json_option, say, show_record, show_rows
from sym.commands._trace import trace_lines
from sym.commands._validation import Expected, said, validated, validated_offline
from sym.commands._waiting import GOALS, Patience, wait_and_tell
from sym.engine.run_status import RUN_STATUSES

_COLUMNS = {
    "run_id": "RUN", "status": "STATUS", "flow": "FLOW", "requester": "REQUESTER", "created_at": "CREATED",
    "expires_at": "EXPIRES",
}  # fmt: skip
_as_user = click.option("--as", "username", metavar="USERNAME", help="Whom to act as, on a store on this machine.")
_override = click.option("--override", is_flag=True, help="Do not ask the flow's hook; admins only, and audited.")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
# The receipt is for programs, and long; what is told in lines of its own is not told twice.
_NOT_SHOWN = ("actors", "events", "deciders", "flow", "receipt")
_timeout = click.option("--timeout", default="30m", show_default=True, callback=read_seconds, help="How long to wait.")
_interval = click.option(
    "--interval", default="5s", show_default=True, callback=read_seconds, help="How often to look."
)
_message = click.option("-m", "--message", help="Why; people who see the run can read it.")


def _since(_: click.Context, __: click.Parameter, value: str | None) -> datetime | None:
    """A moment, in UTC unless it says otherwise, or how long ago. For click: raises BadParameter."""
    from sym.sdk.duration import duration_seconds

    if value is None:
        return None
    try:
        return config.now() - timedelta(seconds=duration_seconds(value))
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(
            f"{value!r}: write a time such as 2026-11-21T09:30, or a duration such as 7d."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@click.group("runs")
def command() -> None:
    """Requests for access: make, decide, end and look at them.

    With SYM_API_URL and SYM_JWT through a server; without SYM_API_URL on the store of this machine.
    """


@command.command("request")
@click.argument("flow")
@click.option("-i", "--input", "inputs", multiple=True, callback=read_inputs, metavar="NAME=VALUE",
              help="An answer to the form; NAME:=JSON for numbers, booleans and lists; duration=30m.")  # fmt: skip
@click.option("--context", metavar="JSON", help="A JSON object for the flow's code.")
@click.option("--context-file", type=_FILE, help="The same, from a file.")
@click.option("--context-dir", type=_FOLDER,
              help="A folder: the text of each file in it is added to the context, under the file's name.")  # fmt: skip
@click.option("--user-email", metavar="EMAIL", help="On whose behalf, as a bot or an admin.")
@click.option("--user-id", metavar="ID", help="The same, by id.")
@click.option("--idempotency-key", metavar="KEY", help="The same request sent again with this is the same request.")
@click.option("--wait", "waits", is_flag=True, help="Wait until it is approved; exits with 1 if it is not.")
@_timeout
@_interval
@_as_user
@json_option
def request(flow: str, inputs: dict[str, Any], username: str | None, as_json: bool, **options: Any) -> None:
    """Ask for access through FLOW, by its name or SRN. Prints the run's id."""
    if options["user_email"] is not None and options["user_id"] is not None:
        raise click.UsageError("--user-email and --user-id contradict each other.")
    context = read_context(options["context"], options["context_file"], options["context_dir"])
    ask = Ask(flow=flow, inputs=inputs, context=context, user_email=options["user_email"],
              user_id=options["user_id"], idempotency_key=options["idempotency_key"])  # fmt: skip
    with gateway(username) as runs:
        accepted = runs.request(ask)
        _show_accepted(accepted, "Requested", as_json)
        if options["waits"]:
            patience = Patience(goal="approved", timeout=options["timeout"], interval=options["interval"])
            run = wait_and_tell(lambda: runs.show(accepted["run_id"]), patience)
            say(f"The run is {clean(run['status'])}.")


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
@click.option("--status", type=click.Choice(RUN_STATUSES), help="Only runs with this status.")
@click.option("--flow", help="Only runs of this flow, by its name or SRN.")
@click.option("--requester", metavar="USERNAME", help="Only what this person or bot asked for.")
@click.option(
    "--since", callback=_since, metavar="TIME", help="Only what was asked for since: 2026-11-21T09:30, or 7d."
)
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="How many at most.")
@json_option
def list_newest(flow: str | None, requester: str | None, limit: int, as_json: bool, **options: Any) -> None:
    """List the newest runs."""
    name = flow.split(":")[2:3] if flow and ":" in flow else [flow]
    wanted = Wanted(status=options["status"], flow=name[0].lower() if name and name[0] else None, limit=limit,
                    requester=requester.lower() if requester else None, since=options["since"])  # fmt: skip
    with gateway() as runs:
        found = runs.list(wanted)
    show_rows(found if as_json else [_row(run) for run in found], _COLUMNS, as_json=as_json)
    if len(found) == limit:
        say(f"There may be more: these are the newest {limit}; see --limit.")


@command.command("show")
@click.argument("run")
@click.option("--trace", "with_trace", is_flag=True, help="Also which handlers ran, what they answered, and why.")
@json_option
def show(run: str, with_trace: bool, as_json: bool) -> None:
    """Show RUN with everything that happened to it; --json has the receipt of its approval, too."""
    with gateway() as runs:
        found = runs.show(run)
        trace = runs.trace(run) if with_trace else None
    if as_json:
        show_record(found if trace is None else {**found, "trace": trace}, as_json=True)
        return
    show_record({**{key: value for key, value in found.items() if key not in _NOT_SHOWN},
                 "requester": _username(found.get("requester"))}, as_json=False)  # fmt: skip
    for item in found.get("deciders", ()):
        click.echo(
            "decided\t" + " ".join(clean(part) for part in (item["at"], item["decision"], _username(item["by"])))
        )
    for event in found["events"]:
        click.echo(f"event\t{' '.join(clean(event[key]) for key in ('timestamp', 'name', 'status', 'error'))}".rstrip())
    for line in trace_lines(trace or []):
        click.echo(line)


@command.command("wait")
@click.argument("run")
@click.option("--for", "goal", type=click.Choice(list(GOALS)), default="approved", show_default=True,
              help="What to wait for; decided is whatever somebody decides.")  # fmt: skip
@_timeout
@_interval
@json_option
def wait(run: str, goal: str, timeout: int, interval: int, as_json: bool) -> None:
    """Wait for what becomes of RUN. Prints its status.

    The exit code is 0 if it becomes what is waited for, 1 if it becomes something else for good or --timeout is over,
    and 4 if there is no such run.
    """
    with gateway() as runs:
        found = wait_and_tell(lambda: runs.show(run), Patience(goal=goal, timeout=timeout, interval=interval))
    if as_json:
        show_record(found, as_json=True)
    else:
        click.echo(clean(found["status"]))


@command.command("validate")
@click.argument("run", required=False)
@click.option("--flow", required=True, metavar="SRN", help="The flow: with a version, exactly that one; latest: any.")
@click.option("-i", "--input", "inputs", multiple=True, callback=read_inputs, metavar="NAME=VALUE",
              help="An input that must have been approved; NAME:=JSON for what is no text; duration=30m.")  # fmt: skip
@click.option("--context", multiple=True, callback=read_values, metavar="NAME=VALUE",
              help="The request's context, all of it; NAME:=JSON for what is no text.")  # fmt: skip
@click.option("--status", type=click.Choice(["approved", "escalated"]), help="The status it must have.  [default: any]")
@click.option("--offline", metavar="RECEIPT", help="A receipt, or a run of `runs show --json`: a file, or - for stdin.")
@click.option("--jwks", metavar="FILE|URL", help="The keys to believe, instead of the server's.")
@json_option
def validate(run: str | None, flow: str, inputs: dict[str, Any], as_json: bool, **options: Any) -> None:
    """Find out whether RUN is approved now, for exactly this flow and these inputs, and its receipt is genuine.

    The exit code is 0 if so and 1 if not; what differs is named. With --offline no server is asked: the receipt says
    what was so when it was made, at most a quarter of an hour ago.
    """
    statuses = (options["status"],) if options["status"] else ("approved", "escalated")
    expected = Expected(flow=flow, inputs=inputs, statuses=statuses, context=options["context"], run_id=run)
    if options["offline"] is not None:
        found = validated_offline(options["offline"], options["jwks"], expected)
    elif run is None:
        raise click.UsageError("Name the RUN, or give its receipt with --offline.")
    else:
        with gateway() as runs:
            found = validated(runs, run, options["jwks"], expected)
    if as_json:
        show_record({"valid": not found, "differences": found}, as_json=True)
    else:
        for difference in found:
            say(clean(said(difference)))
        say("Not valid." if found else "Valid: the approval is for this.")
    if found:
        raise Exit(1)


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
