"""``oauth.v2.access``: a code for a token."""

from __future__ import annotations

from sym.simulator.errors import ApiError
from sym.simulator.web_api.calling import Answer, Call, Method


def _access(call: Call) -> Answer:
    app = call.slack.app
    client_id, secret = call.basic or (call.text("client_id", ""), call.text("client_secret", ""))
    if client_id != app.client_id:
        raise ApiError("invalid_client_id")
    if secret != app.client_secret:
        raise ApiError("bad_client_secret")
    consent = call.slack.consents.take(call.text("code", ""), call.text("redirect_uri", ""))
    installation = call.slack.install(consent.team, scopes=consent.scopes)
    workspace = call.slack.workspaces[consent.team]
    return {
        "app_id": app.id, "authed_user": {"id": consent.person}, "scope": ",".join(installation.scopes),
        "token_type": "bot", "access_token": installation.token, "bot_user_id": installation.bot_user,
        "team": {"id": workspace.id, "name": workspace.name}, "enterprise": None, "is_enterprise_install": False,
    }  # fmt: skip


METHODS = {"oauth.v2.access": Method(_access, by="")}
