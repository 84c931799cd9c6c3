"""``symflow slack simulator``: a Slack of one's own, on this machine."""

from __future__ import annotations

import json
import secrets
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import rich_click as click

from sym.commands._output import say
from sym.errors import Invalid, SymError
from sym.slack.manifest import EVENTS_PATH

if TYPE_CHECKING:
    from sym.simulator.server import Simulator

_SECRETS = {
    "bot_token": ("SYM_SLACK_BOT_TOKEN", "xoxb-"),
    "signing_secret": ("SYM_SLACK_SIGNING_SECRET", ""),
    "app_token": ("SYM_SLACK_APP_TOKEN", "xapp-1-"),
    "client_id": ("SYM_SLACK_CLIENT_ID", ""),
    "client_secret": ("SYM_SLACK_CLIENT_SECRET", ""),
}


@click.command("simulator")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=4000, show_default=True, help="0 takes any free port.")
@click.option(
    "--people", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Who is there: YAML or JSON."
)
@click.option(
    "--manifest", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The app's manifest, JSON."
)
@click.option("--request-url", metavar="URL", help="Where the app listens, unless it connects in Socket Mode.")
@click.option("--bot-token", envvar="SYM_SLACK_BOT_TOKEN", help="The app's token; made up if not given.")
@click.option("--signing-secret", envvar="SYM_SLACK_SIGNING_SECRET", help="The signing secret; made up if not given.")
@click.option("--app-token", envvar="SYM_SLACK_APP_TOKEN", help="The token for Socket Mode; made up if not given.")
@click.option("--client-id", envvar="SYM_SLACK_CLIENT_ID", help="For linking workspaces; made up if not given.")
@click.option("--client-secret", envvar="SYM_SLACK_CLIENT_SECRET", help="For linking workspaces; made up if not given.")
def simulator(
    host: str, port: int, people: Path | None, manifest: Path | None, request_url: str | None, **given: str | None
) -> None:
    """Run a Slack on this machine until SIGTERM or SIGINT, to try the app without a workspace.

    Open the address it prints: switch between people, type the command, press the buttons. Start the server with the
    variables it prints; with the app token it connects by itself, else give --request-url. Everything is in memory.
    """
    slack = _made(host, port, people, manifest, {name: value for name, value in given.items() if value})
    slack.connect(_events_url(request_url))
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    try:
        slack.start()
    except OSError as error:
        raise Invalid(f"--port: cannot listen on {host}:{port}: {error.strerror or error}") from None
    _tell(slack, given, needs_app_token=request_url is None)
    stopped.wait()
    slack.stop()


def _made(host: str, port: int, people: Path | None, manifest: Path | None, given: dict[str, str]) -> Simulator:
    try:
        from sym.simulator import cast
        from sym.simulator.server import Simulator, Timing
    except ModuleNotFoundError as missing:
        raise SymError(f"The simulator needs {missing.name}: pip install 'symflow[simulator]'") from None
    made_up = {name: prefix + secrets.token_hex(16) for name, (_, prefix) in _SECRETS.items()}
    document = _read(manifest) if manifest else None
    slack = Simulator(
        host=host, port=port, manifest=document, secrets={**made_up, **given}, timing=Timing(retry_waits=(0, 60, 300))
    )
    try:
        cast.bring(slack, cast.read(people) if people else cast.DEFAULT)
    except ValueError as error:
        raise Invalid(f"--people: {error}") from None
    return slack


def _events_url(request_url: str | None) -> str | None:
    """``request_url`` as `symflow slack manifest` takes it: without a path, the server's own is meant."""
    if request_url is None:
        return None
    parts = urlsplit(request_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Invalid(f"--request-url: an address such as http://127.0.0.1:8000 is needed, not {request_url}")
    return request_url if parts.path not in ("", "/") else request_url.rstrip("/") + EVENTS_PATH


def _read(manifest: Path) -> dict[str, Any]:
    try:
        document = json.loads(manifest.read_text(encoding="utf-8"))
        return {**document, "display_information": {**document["display_information"]}}
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid(f"--manifest: {manifest} is no app manifest in JSON: {error}") from None


def _tell(slack: Simulator, given: dict[str, str | None], *, needs_app_token: bool) -> None:
    values = {
        "SYM_SLACK_API_URL": slack.api_url,
        "SYM_SLACK_BOT_TOKEN": slack.bot_token,
        "SYM_SLACK_SIGNING_SECRET": slack.signing_secret,
    }
    if needs_app_token:
        values["SYM_SLACK_APP_TOKEN"] = slack.app_token
    known = {_SECRETS[name][0] for name, value in given.items() if value}
    say(f"listening on {slack.url}")
    say(f"The workspace's id, external_id of the Slack integration: {slack.team_id}")
    say("For the server (what was given is left out):")
    for name, value in values.items():
        if name not in known:
            click.echo(f"export {name}={value}")
