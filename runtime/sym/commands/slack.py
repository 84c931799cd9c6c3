"""``symflow slack``: the app in Slack."""

from __future__ import annotations

import rich_click as click

from sym.commands._slack_simulator import simulator


@click.group("slack")
def command() -> None:
    """Slack: the app people ask and decide with."""


@command.command("manifest")
@click.option("--name", default="Sym", show_default=True, help="What the app is called.")
@click.option("--command", "slash", default="/sym", show_default=True, help="The slash command people type.")
@click.option("--request-url", metavar="URL", help="The server's public address, like https://sym.example.com.")
@click.option("--socket-mode", is_flag=True, help="Let the server connect to Slack: it needs no public address.")
@click.option("--install-url", metavar="URL", help="The public address at which more workspaces install the app, if it "
              "is not that of --request-url.")  # fmt: skip
def manifest(name: str, slash: str, request_url: str | None, socket_mode: bool, install_url: str | None) -> None:
    """Print the manifest Slack makes the app from, as JSON.

    Paste it at https://api.slack.com/apps, under "Create New App", "From a manifest".
    """
    import json

    from sym.slack.manifest import manifest as made

    if socket_mode == (request_url is not None):
        raise click.UsageError("Say how Slack reaches the server: --request-url URL, or --socket-mode.")
    document = made(name=name, command=slash, request_url=request_url, install_url=install_url)
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


command.add_command(simulator)
