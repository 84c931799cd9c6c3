"""``api.test``, ``auth.test`` and ``auth.revoke``."""

from __future__ import annotations

from sym.simulator.errors import ApiError
from sym.simulator.web_api.calling import Answer, Call, Method


def _api_test(call: Call) -> Answer:
    error = call.text("error", "")
    if error:
        raise ApiError(error, args=dict(call.arguments))
    return {"args": {name: value for name, value in call.arguments.items() if name != "token"}}


def _auth_test(call: Call) -> Answer:
    workspace, bot = call.workspace, call.workspace.accounts[call.bot]
    return {
        "url": f"https://{workspace.domain}.slack.com/", "team": workspace.name, "user": bot.handle,
        "team_id": workspace.id, "user_id": bot.id, "bot_id": call.installation.bot_id,
        "is_enterprise_install": False,
    }  # fmt: skip


def _auth_revoke(call: Call) -> Answer:
    """The app's only token there is revoked, and with it the app is gone, as in Slack."""
    if call.flag("test"):
        return {"revoked": False}
    workspace, bot = call.workspace, call.bot
    call.slack.uninstall(workspace.id)
    call.events.tell(workspace, "tokens_revoked", tokens={"oauth": [], "bot": [bot]})
    call.events.tell(workspace, "app_uninstalled")
    return {"revoked": True}


METHODS = {
    "api.test": Method(_api_test, by=""), "auth.revoke": Method(_auth_revoke), "auth.test": Method(_auth_test),
}  # fmt: skip
