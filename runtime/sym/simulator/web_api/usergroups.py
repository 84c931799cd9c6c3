"""``usergroups.*``."""

from __future__ import annotations

from sym.simulator.errors import ApiError
from sym.simulator.web_api.calling import Answer, Call, Method


def _list(call: Call) -> Answer:
    with_users, with_count = call.flag("include_users"), call.flag("include_count")
    shown = []
    for group in call.workspace.groups.values():
        one: Answer = {
            "id": group.id, "team_id": call.workspace.id, "is_usergroup": True, "is_external": False,
            "handle": group.handle, "name": group.name, "description": "", "date_delete": 0,
        }  # fmt: skip
        one |= {"users": list(group.users)} if with_users else {}
        one |= {"user_count": len(group.users)} if with_count else {}
        shown.append(one)
    return {"usergroups": shown}


def _users(call: Call) -> Answer:
    group = call.workspace.groups.get(call.text("usergroup"))
    if group is None:
        raise ApiError("no_such_subteam")
    return {"users": list(group.users)}


METHODS = {
    "usergroups.list": Method(_list, ("usergroups:read",)),
    "usergroups.users.list": Method(_users, ("usergroups:read",)),
}
