"""``symflow worker``: a worker without the API."""

from __future__ import annotations

import rich_click as click

from sym.commands._output import say


@click.command("worker")
def command() -> None:
    """Work off requests until SIGTERM or SIGINT, and serve nothing.

    On PostgreSQL any number of workers share the work of a store; start and stop them at any time. What a worker has in
    hand when it is killed is taken over by the others within seconds.
    """
    from sym.commands._server import work

    work(lambda: say("working"))
