"""Opening, stacking, replacing and closing the views of a workspace's people."""

from __future__ import annotations

from typing import Any

from sym.simulator.apps import Installation
from sym.simulator.blocks import with_ids
from sym.simulator.errors import ApiError
from sym.simulator.views import STACK_LIMIT, OpenView
from sym.simulator.workspace import Workspace


def open_stack(workspace: Workspace, person: str) -> list[OpenView]:
    """The open modals of a person, the one in front last."""
    return [workspace.views[view] for view in workspace.stacks.get(person, [])]


def open_view(workspace: Workspace, installation: Installation, person: str, document: dict[str, Any]) -> OpenView:
    """A modal on top of those that are open (``views.open`` and ``views.push``). Raises ApiError
    (``push_limit_reached``, ``duplicate_external_id``)."""
    stack = workspace.stacks.setdefault(person, [])
    if len(stack) >= STACK_LIMIT:
        raise ApiError("push_limit_reached")
    view = _new(workspace, installation, person, document)
    view.previous_id = stack[-1] if stack else None
    view.root_id = stack[0] if stack else view.id
    stack.append(view.id)
    workspace.changes.add("view.opened", team=workspace.id, person=person, view=view.id)
    return view


def _new(workspace: Workspace, installation: Installation, person: str, document: dict[str, Any]) -> OpenView:
    _unique(workspace, document, None)
    view = OpenView(
        id=workspace.ids.next("V"), team=workspace.id, person=person, document=document, bot_id=installation.bot_id,
        app_id=workspace.accounts[installation.bot_user].app_id or "",
    )  # fmt: skip
    view.root_id = view.id
    workspace.views[view.id] = view
    _show(workspace, view, document)
    return view


def _unique(workspace: Workspace, document: dict[str, Any], besides: OpenView | None) -> None:
    name = document.get("external_id")
    if not name:
        return
    others = (view for view in workspace.views.values() if view is not besides)
    if any(view.document.get("external_id") == name for view in others):
        raise ApiError("duplicate_external_id")


def _show(workspace: Workspace, view: OpenView, document: dict[str, Any]) -> None:
    filled = {**document, "blocks": with_ids(document["blocks"], workspace.ids.next)}
    view.show(filled, workspace.stamp())


def replace(workspace: Workspace, view: OpenView, document: dict[str, Any], expected_hash: str | None = None) -> None:
    """Put ``document`` in the place of what an open view shows (``views.update``). Raises ApiError (``hash_conflict``,
    ``duplicate_external_id``)."""
    if expected_hash and expected_hash != view.hash:
        raise ApiError("hash_conflict")
    _unique(workspace, document, view)
    _show(workspace, view, document)
    changed = "home.published" if view.kind == "home" else "view.updated"
    workspace.changes.add(changed, team=workspace.id, person=view.person, view=view.id)


def publish(
    workspace: Workspace, installation: Installation, person: str, document: dict[str, Any], expected: str | None
) -> OpenView:
    """Somebody's home tab (``views.publish``). Raises ApiError (``hash_conflict``)."""
    there = workspace.views.get(workspace.homes.get(person, ""))
    if there is None:
        there = _new(workspace, installation, person, document)
        workspace.homes[person] = there.id
        workspace.changes.add("home.published", team=workspace.id, person=person, view=there.id)
        return there
    replace(workspace, there, document, expected)
    return there


def close(workspace: Workspace, view: OpenView, *, whole_stack: bool = False) -> list[OpenView]:
    """Take a modal away with those in front of it, or the whole stack; what was closed, front first."""
    stack = workspace.stacks.get(view.person, [])
    if view.id not in stack:
        return []
    kept = 0 if whole_stack else stack.index(view.id)
    closed = [workspace.views.pop(each) for each in reversed(stack[kept:])]
    del stack[kept:]
    for each in closed:
        workspace.changes.add("view.closed", team=workspace.id, person=view.person, view=each.id)
    return closed
