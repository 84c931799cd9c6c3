"""``apps.connections.open``: where to connect in Socket Mode; ``apps.uninstall``."""

from __future__ import annotations

from sym.simulator.errors import ApiError
from sym.simulator.web_api.calling import Answer, Call, Method


def _open(call: Call) -> Answer:
    address = call.slack.url.replace("http://", "ws://", 1)
    return {"url": f"{address}/socket?ticket={call.sockets.ticket()}&app_id={call.slack.app.id}"}


def _uninstall(call: Call) -> Answer:
    app = call.slack.app
    if call.text("client_id") != app.client_id:
        raise ApiError("invalid_client_id")
    if call.text("client_secret") != app.client_secret:
        raise ApiError("bad_client_secret")
    workspace = call.workspace
    call.slack.uninstall(workspace.id)
    call.events.tell(workspace, "app_uninstalled")
    return {}


METHODS = {"apps.connections.open": Method(_open, by="app"), "apps.uninstall": Method(_uninstall)}
