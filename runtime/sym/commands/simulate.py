"""``symflow simulate``: a request through a flow, without anything being done."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import rich_click as click

from sym.commands._inputs import read_inputs
from sym.commands._output import clean, json_option, say, show_record
from sym.commands._trace import trace_lines

if TYPE_CHECKING:
    from sym.simulation import Simulated

F = TypeVar("F", bound=Callable[..., Any])
_ROLES = ("admin", "member", "guest")


def _person(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, str] | None:
    if value is None:
        return None
    name, _colon, role = value.partition(":")
    if "@" not in name or (role and role not in _ROLES):
        raise click.BadParameter(f"{value!r}: write EMAIL or EMAIL:ROLE, the role being one of: {', '.join(_ROLES)}.")
    return name, role or "member"


def _seconds(_: click.Context, __: click.Parameter, value: str | None) -> int:
    from sym.sdk.duration import duration_seconds

    try:
        return int(duration_seconds(value)) if value else 0
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _who(name: str, **details: Any) -> Callable[[F], F]:
    return click.option(name, metavar="EMAIL[:ROLE]", callback=_person, **details)


@click.command("simulate")
@click.argument("folder", metavar="FLOW_DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--flow", "flow_name", metavar="NAME", help="Which flow, where the folder declares several.")
@_who("--as", default="requester@example.com", show_default=True, help="Who asks; a member unless ROLE says otherwise.")
@click.option("-i", "--input", "inputs", multiple=True, callback=read_inputs, metavar="NAME=VALUE",
              help="An answer to the form; NAME:=JSON for numbers, booleans and lists; duration=30m.")  # fmt: skip
@click.option("--target", metavar="NAME", help="The target that is asked for.")
@click.option("--source", type=click.Choice(["slack", "api"]), default="slack", show_default=True,
              help="Where it is asked.")  # fmt: skip
@_who("--approve-by", help="Who approves then.")
@_who("--deny-by", help="Who denies then.")
@click.option("--later", metavar="DURATION", callback=_seconds, help="How much time passes afterwards, such as 1h.")
@click.option("--answers", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A JSON file with what services answer; people in it are {\"email\": …}.")  # fmt: skip
@json_option
@click.pass_context
def command(ctx: click.Context, /, folder: Path, as_json: bool, **given: Any) -> None:
    """Run a request through the flow in FLOW_DIR, and print which handlers ran, what they returned, and why the outcome
    is what it is.

    Nothing is done: the store is thrown away, nobody is notified, no service is called, and the strategy only keeps
    what it would have been asked. The flow's code does run, in the sandbox and without a network as far as it obeys
    proxies. The exit code is 1 when the request ends in an error, or is refused.
    """
    from sym.simulation import Act, Scenario, read_flow, simulate

    flow = read_flow(folder, given["flow_name"])
    (requester, role) = given["as"]
    acts = [Act(name, *given[key]) for name, key in (("approve", "approve_by"), ("deny", "deny_by")) if given[key]]
    scenario = Scenario(
        requester=requester, role=role, target=given["target"], inputs=given["inputs"], acts=tuple(acts),
        seconds_later=given["later"], answers=given["answers"], source=given["source"],
    )  # fmt: skip
    for place in flow.unknown:
        say(f"{clean(place)} is known only when Terraform runs; it is left out.")
    seen = simulate(flow, scenario)
    if as_json:
        show_record(dataclasses.asdict(seen), as_json=True)
    else:
        _show(seen)
    if seen.status == "errored" or seen.refused:
        ctx.exit(1)


def _show(seen: Simulated) -> None:
    for line in trace_lines(seen.trace):
        click.echo(line)
    for text in seen.refused:
        click.echo(f"refused: {clean(text)}")
    for call in dict.fromkeys(_called(call) for call in seen.would_call):
        click.echo(f"would call: {clean(call)}; no answer was given")
    for place in seen.asked:
        click.echo(f"would ask: {clean(place)}")
    for told in seen.told:
        text = f": {told['text']}" if told["text"] else ""
        click.echo(f"would tell: {clean(told['to'])} {clean(told['what'] + text)}")
    for grant in seen.access:
        click.echo(f"would {clean(grant['what'])}: {clean(grant['who'])} on {clean(grant['target'])}")
    click.echo(f"status: {clean(seen.status)}")


def _called(call: dict[str, Any]) -> str:
    return f"{call['call']}({json.dumps(call['arguments'], ensure_ascii=False)[1:-1]})"
