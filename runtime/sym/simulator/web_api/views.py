"""``views.*``: modals and home tabs."""

from __future__ import annotations

import json
from typing import Any

from sym.simulator import stacks
from sym.simulator.errors import ApiError
from sym.simulator.validation import LARGEST_VIEW, check_view
from sym.simulator.views import OpenView
from sym.simulator.web_api.calling import Answer, Call, Method


def _document(call: Call, surface: str) -> dict[str, Any]:
    view = call.arguments.get("view")
    if view is None:
        raise ApiError("invalid_arguments", ["[ERROR] missing required field: view"])
    if len(json.dumps(view)) > LARGEST_VIEW:
        raise ApiError("view_too_large")
    problems = check_view(view, surface)
    if problems:
        raise ApiError("invalid_arguments", problems)
    document: dict[str, Any] = view
    return document


def _trigger(call: Call) -> str:
    return call.slack.triggers.take(call.text("trigger_id"), call.workspace.id)


def _open(call: Call) -> Answer:
    document = _document(call, "modal")
    view = stacks.open_view(call.workspace, call.installation, _trigger(call), document)
    return {"view": view.as_slack()}


def _push(call: Call) -> Answer:
    document = _document(call, "modal")
    person = _trigger(call)
    if not call.workspace.stacks.get(person):
        raise ApiError("not_found")
    return {"view": stacks.open_view(call.workspace, call.installation, person, document).as_slack()}


def _update(call: Call) -> Answer:
    view = _found(call)
    document = _document(call, view.kind)
    stacks.replace(call.workspace, view, document, call.text("hash", ""))
    return {"view": view.as_slack()}


def _found(call: Call) -> OpenView:
    name, external = call.text("view_id", ""), call.text("external_id", "")
    if not name and not external:
        raise ApiError("invalid_arguments", ["[ERROR] missing required field: view_id or external_id"])
    for view in call.workspace.views.values():
        if view.id == name or (external and view.document.get("external_id") == external):
            return view
    raise ApiError("not_found")


def _publish(call: Call) -> Answer:
    person = call.workspace.accounts.get(call.text("user_id"))
    if person is None or person.is_bot:
        raise ApiError("invalid_arguments", ["[ERROR] invalid `user_id` [json-pointer:/user_id]"])
    if not call.slack.app.settings.has_home:
        raise ApiError("not_enabled")
    document = _document(call, "home")
    view = stacks.publish(call.workspace, call.installation, person.id, document, call.text("hash", ""))
    return {"view": view.as_slack()}


METHODS = {
    "views.open": Method(_open),
    "views.push": Method(_push),
    "views.update": Method(_update),
    "views.publish": Method(_publish),
}
