"""``symflow serve``: the API and the worker in one process."""

from __future__ import annotations

import rich_click as click

from sym.commands._output import say


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free port.")
@click.option(
    "--worker/--no-worker", "works", default=True, show_default=True, help="Whether to work off requests too."
)
def command(host: str, port: int, works: bool) -> None:
    """Serve the API and work off requests until SIGTERM or SIGINT.

    On PostgreSQL any number of processes share the work, with or without the API (`symflow worker`). On SQLite one
    process does everything.

    A SQLite store is brought up to date first; a PostgreSQL one must be (`symflow store migrate`). Traffic is plain
    HTTP: put a proxy that speaks TLS in front before anybody but this machine may connect.
    """
    from sym.commands._server import Server

    Server(host, port, listening=lambda url: say(f"listening on {url}"), works=works).run()
