"""Where a request goes: its notifications in order, which of them is out, and what makes the next one go out. Pure.

A routed run holds ``{"notifications": [...], "position": n}``. A notification is ``{"destinations", "timeout",
"continue_on_timeout", "continue_on_failure", "allow_self"}``: ``timeout`` in seconds or None; ``allow_self`` is None
where ``get_permissions`` decides about it. A destination is one of::

    {"kind": "slack_channel", "name": "#ops"}       {"kind": "slack_channel", "id": "C1"}
    {"kind": "slack_user", "id": "U1"}              {"kind": "slack_group", "ids": ["U1", "U2"]}
    {"kind": "person", "user_id": "…"}              somebody with an account, reached as they prefer
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sym.engine.authority import LONGEST_DURATION

Document = Mapping[str, Any]
MOST = 50
"""Notifications of one request, and destinations of one notification."""


REROUTED = "rerouted"
"""Marks a notification that is there because nobody was left whom the one before it could reach."""


class BadRouting(ValueError):
    """What a reducer answered cannot be followed. The text begins with the place."""


def read_notifications(answer: Any) -> dict[str, Any] | None:
    """The routing that a list of notifications means, as the sandbox hands it over; None for an empty list.

    Raises BadRouting when it is something else.
    """
    place = "get_request_notifications"
    if not isinstance(answer, list) or not all(_is(item, "notification") for item in answer):
        raise BadRouting(f"{place} must return a list of Notification")
    found = [_notification(item, f"{place}[{index}]") for index, item in enumerate(answer)]
    return _routed(found, place)


def _notification(item: Document, place: str) -> dict[str, Any]:
    destinations = item["destinations"]
    if not isinstance(destinations, list) or not 0 < len(destinations) <= MOST:
        raise BadRouting(f"{place}.destinations: from one to {MOST} destinations are needed")
    slack = [destination for destination in destinations if _is(destination, "request_destination")]
    if len(slack) > 1:
        raise BadRouting(f"{place}.destinations: only one of them may be in Slack; make a Notification for each")
    # A destination made with a timeout of its own means the notification it is in.
    own = slack[0].get("timeout") if slack else None
    waits = own if item.get("timeout") is None else item["timeout"]
    found = [_destination(item, f"{place}.destinations[{index}]") for index, item in enumerate(destinations)]
    return _step(found, _timeout(waits, place))


def read_approvers(answer: Any) -> dict[str, Any] | None:
    """The routing that ``get_approvers`` means: a destination, a fallback, or a list of destinations as of old.

    Raises BadRouting when it is something else.
    """
    place = "get_approvers"
    is_fallback = _is(answer, "request_destination_fallback")
    listed = answer["destinations"] if is_fallback else answer if isinstance(answer, list) else [answer]
    if not all(_is(item, "request_destination") for item in listed):
        raise BadRouting(f"{place} must return a destination of sym.sdk.integrations.slack, or slack.fallback of some")
    found = []
    for index, item in enumerate(listed):
        here = f"{place}[{index}]" if len(listed) > 1 else place
        step = _step([_destination(item, here)], _timeout(item.get("timeout"), here))
        step["allow_self"] = bool(item.get("allow_self"))
        if is_fallback:
            step["continue_on_failure"] = bool(answer.get("continue_on_delivery_failure"))
            step["continue_on_timeout"] = bool(answer.get("continue_on_timeout"))
        found.append(step)
    return _routed(found, place)


def _routed(notifications: list[dict[str, Any]], place: str) -> dict[str, Any] | None:
    if len(notifications) > MOST:
        raise BadRouting(f"{place}: {len(notifications)} are too many; {MOST} is the most")
    return {"notifications": notifications, "position": 0} if notifications else None


def _step(destinations: list[dict[str, Any]], timeout: int | None) -> dict[str, Any]:
    return {"destinations": destinations, "timeout": timeout, "continue_on_timeout": True,
            "continue_on_failure": True, "allow_self": None}  # fmt: skip


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, dict) and value.get("$type") == kind


def _timeout(seconds: Any, place: str) -> int | None:
    if seconds is None:
        return None
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 < seconds <= LONGEST_DURATION:
        raise BadRouting(f"{place}.timeout: {seconds!r} is no number of seconds that can be waited for")
    return seconds


def _destination(item: Any, place: str) -> dict[str, Any]:
    if _is(item, "user"):
        return {"kind": "person", "user_id": str(item["id"])}
    if _is(item, "request_destination"):
        if "channel_name" in item:
            return {"kind": "slack_channel", "name": str(item["channel_name"])}
        if "channel_id" in item:
            return {"kind": "slack_channel", "id": str(item["channel_id"])}
        if "user_id" in item:
            return {"kind": "slack_user", "id": str(item["user_id"])}
        if "users" in item:
            return {"kind": "slack_group", "ids": [str(user["user_id"]) for user in item["users"]]}
    raise BadRouting(f"{place}: it is neither a person nor a place in Slack")


def position_of(routed: Document | None) -> int:
    """Which notification is out, from 0."""
    return int(routed["position"]) if routed else 0


def notification_of(routed: Document | None) -> Document | None:
    """The notification that is out, None where nobody is notified."""
    if not routed:
        return None
    found: Document = routed["notifications"][position_of(routed)]
    return found


def channel_of(routed: Document | None) -> str | None:
    """The channel in Slack that the notification that is out went to, by its name; None where it is no channel, or only
    its id is known."""
    out = notification_of(routed)
    names = (item.get("name") for item in out["destinations"] if item["kind"] == "slack_channel") if out else ()
    name = next((str(name) for name in names if name), None)
    return f"#{name.removeprefix('#')}" if name else None


def is_last(routed: Document | None) -> bool:
    """Whether no notification follows the one that is out."""
    return routed is None or position_of(routed) + 1 >= len(routed["notifications"])


def forward_context(routed: Document | None, *, is_done: bool) -> dict[str, Any]:
    """What the hooks of a request that is sent on are told, as the sandbox takes it: one destination per notification,
    where the request is and where it goes. ``is_done``: it has gone there already."""
    steps = routed["notifications"] if routed else []
    current = position_of(routed) - is_done
    return {
        "$type": "request_forward_context",
        "all_request_destinations": [_shown(step) for step in steps],
        "current_destination_index": current,
        "next_destination_index": current + 1 if current + 1 < len(steps) else None,
    }


def _shown(step: Document) -> dict[str, Any]:
    """A notification as one destination: its place in Slack, else only how long it is waited for."""
    shown = {"$type": "request_destination", "allow_self": bool(step["allow_self"]), "timeout": step["timeout"]}
    for item in step["destinations"]:
        if item["kind"] == "slack_channel":
            return shown | ({"channel_name": item["name"]} if "name" in item else {"channel_id": item["id"]})
        if item["kind"] == "slack_user":
            return shown | {"user_id": item["id"]}
        if item["kind"] == "slack_group":
            return shown | {"users": [{"user_id": user_id} for user_id in item["ids"]]}
    return shown


def forwarded(routed: Document | None) -> dict[str, Any]:
    """The routing with the next notification out. Raises ValueError when there is none."""
    if routed is None or is_last(routed):
        raise ValueError("no notification follows")
    return {**routed, "position": position_of(routed) + 1}


def with_next(routed: Document | None, user_ids: list[str]) -> dict[str, Any]:
    """The routing with one more notification, to these people, behind the one that is out; it is waited for as long
    as that one."""
    out = notification_of(routed) or _step([], None)
    steps = list(routed["notifications"]) if routed else [out]
    people = [{"kind": "person", "user_id": user_id} for user_id in user_ids]
    following = position_of(routed) + 1
    return {**(routed or {}), "notifications": [*steps[:following], {**out, "destinations": people, REROUTED: True},
                                                *steps[following:]], "position": following - 1}  # fmt: skip


def is_rerouted_next(routed: Document | None) -> bool:
    """Whether the notification that follows is one of :func:`with_next`, which goes out at once."""
    return (
        not is_last(routed)
        and routed is not None
        and bool(routed["notifications"][position_of(routed) + 1].get(REROUTED))
    )


def timer_of(routed: Document | None) -> tuple[str, int] | None:
    """What happens when nobody decides in time, ``forward`` or ``expire``, and after how many seconds; None where
    a request waits for ever."""
    out = notification_of(routed)
    if out is None or out["timeout"] is None:
        return None
    goes_on = out["continue_on_timeout"] and not is_last(routed)
    return ("forward" if goes_on else "expire"), int(out["timeout"])


def goes_on_after_failure(routed: Document | None) -> bool:
    """Whether the next notification goes out when nobody could be reached by the one that is out."""
    out = notification_of(routed)
    return out is not None and bool(out["continue_on_failure"]) and not is_last(routed)


def permissions_now(permissions: Document | None, routed: Document | None) -> Document | None:
    """The run's permissions as they hold for the notification that is out: in flows with ``get_approvers`` each
    destination says whether requesters may decide there."""
    out = notification_of(routed)
    if permissions is None or out is None or out["allow_self"] is None:
        return permissions
    return {**permissions, "allow_self_approval": out["allow_self"]}
