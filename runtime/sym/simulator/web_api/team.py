"""``team.info``."""

from __future__ import annotations

from sym.simulator.errors import ApiError
from sym.simulator.web_api.calling import Answer, Call, Method


def _info(call: Call) -> Answer:
    workspace = call.workspace
    if call.text("team", workspace.id) != workspace.id:
        raise ApiError("team_not_found")
    domain = workspace.domain
    shown = {"id": workspace.id, "name": workspace.name, "domain": domain, "url": f"https://{domain}.slack.com/"}
    return {"team": {**shown, "email_domain": "", "icon": {"image_default": True}}}


METHODS = {"team.info": Method(_info, ("team:read",))}
