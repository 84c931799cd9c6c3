"""What reducers answer about where a request goes, and what makes it go on."""

from __future__ import annotations

from typing import Any

import pytest

from sym.engine import routing
from sym.engine.routing import BadRouting, read_approvers, read_notifications
from sym.engine.sandbox.results import to_document
from sym.sdk.integrations import slack
from sym.sdk.notifications import Notification


def notifications(*items: Notification) -> Any:
    return to_document(list(items))


USER = {"$type": "user", "id": "u-1", "username": "ann", "email": "ann@acme.example"}


def test_notifications_are_tried_in_order() -> None:
    routed = read_notifications(
        notifications(
            Notification(destinations=[slack.channel("#ops")], timeout=60),
            Notification(destinations=[slack.user("U1")]),
        )
    )
    assert routed is not None
    assert [(step["destinations"], step["timeout"]) for step in routed["notifications"]] == [
        ([{"kind": "slack_channel", "name": "#ops"}], 60), ([{"kind": "slack_user", "id": "U1"}], None),
    ]  # fmt: skip
    assert routing.timer_of(routed) == ("forward", 60)
    second = routing.forwarded(routed)
    assert (routing.position_of(second), routing.timer_of(second), routing.is_last(second)) == (1, None, True)
    with pytest.raises(ValueError, match="no notification follows"):
        routing.forwarded(second)


def test_every_destination_has_its_form() -> None:
    item = {"$type": "notification", "timeout": None, "destinations": [to_document(slack.group(["U1", "U2"])), USER]}
    routed = read_notifications([item])
    assert routed is not None
    assert routed["notifications"][0]["destinations"] == [
        {"kind": "slack_group", "ids": ["U1", "U2"]}, {"kind": "person", "user_id": "u-1"},
    ]  # fmt: skip
    routed = read_approvers(to_document(slack.channel("C123")))
    assert routed is not None
    assert routed["notifications"][0]["destinations"] == [{"kind": "slack_channel", "id": "C123"}]


def test_the_timeout_of_the_destination_is_that_of_its_notification() -> None:
    for own, timeout, waits in ((30, None, 30), (30, 60, 60), (None, None, None)):
        made = notifications(Notification(destinations=[slack.channel("#ops", timeout=own)], timeout=timeout))
        routed = read_notifications(made)
        assert routed is not None
        assert routed["notifications"][0]["timeout"] == waits


def test_nobody_need_be_told() -> None:
    assert read_notifications([]) is None
    assert (routing.timer_of(None), routing.notification_of(None), routing.is_last(None)) == (None, None, True)
    assert not routing.goes_on_after_failure(None)


CHANNEL = {"$type": "request_destination", "channel_name": "#ops", "timeout": None, "allow_self": False}


@pytest.mark.parametrize(
    ("answer", "place"),
    [
        (None, "get_request_notifications"), ("#ops", "get_request_notifications"), (CHANNEL, "a list"),
        ([CHANNEL], "a list of Notification"),
        ([{"$type": "notification", "destinations": [], "timeout": None}], "[0].destinations"),
        ([{"$type": "notification", "destinations": [CHANNEL, CHANNEL], "timeout": None}], "only one of them"),
        ([{"$type": "notification", "destinations": ["#ops"], "timeout": None}], "[0].destinations[0]"),
        ([{"$type": "notification", "destinations": [CHANNEL], "timeout": 0}], "[0].timeout: 0"),
        ([{"$type": "notification", "destinations": [CHANNEL], "timeout": -1}], "[0].timeout: -1"),
        ([{"$type": "notification", "destinations": [CHANNEL], "timeout": True}], "[0].timeout: True"),
        ([{"$type": "notification", "destinations": [CHANNEL], "timeout": 10**12}], "[0].timeout"),
        ([{"$type": "notification", "destinations": [{"$type": "request_destination"}], "timeout": None}], "[0]"),
        ([{"$type": "notification", "destinations": [USER] * 51, "timeout": None}], "50"),
        ([{"$type": "notification", "destinations": [USER], "timeout": None}] * 51, "51 are too many"),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_refused_with_its_place(answer: Any, place: str) -> None:
    with pytest.raises(BadRouting) as refused:
        read_notifications(answer)
    assert str(refused.value).startswith("get_request_notifications")
    assert place in str(refused.value)


@pytest.mark.parametrize("answer", [None, "#ops", {"$type": "user"}, [CHANNEL, "#b"], notifications()])
def test_approvers_that_are_no_destinations_are_refused(answer: Any) -> None:
    if answer == []:
        assert read_approvers(answer) is None
        return
    with pytest.raises(BadRouting, match="get_approvers"):
        read_approvers(answer)


@pytest.mark.parametrize(("on_failure", "on_timeout"), [(True, False), (False, True), (None, None)])
def test_a_fallback_says_what_makes_it_go_on(on_failure: bool | None, on_timeout: bool | None) -> None:
    routed = read_approvers(
        to_document(
            slack.fallback(
                slack.channel("#a", timeout=60), slack.channel("#b", timeout=5),
                continue_on_delivery_failure=on_failure, continue_on_timeout=on_timeout,
            )
        )
    )  # fmt: skip
    assert routed is not None
    assert routing.goes_on_after_failure(routed) == bool(on_failure)
    assert routing.timer_of(routed) == ("forward" if on_timeout else "expire", 60)
    last = routing.forwarded(routed)
    assert (routing.goes_on_after_failure(last), routing.timer_of(last)) == (False, ("expire", 5))


def test_each_destination_says_for_itself_whether_requesters_may_decide() -> None:
    routed = read_approvers(to_document(slack.fallback(slack.channel("#a"), slack.channel("#b", allow_self=True))))
    assert routed is not None
    permissions = {"approve_deny": "member", "allow_self_approval": True}
    assert (routing.permissions_now(permissions, routed) or {})["allow_self_approval"] is False
    assert routing.permissions_now(permissions, routing.forwarded(routed)) == permissions
    assert routing.permissions_now(None, routed) is None
    plain = read_notifications(notifications(Notification(destinations=[slack.channel("#a", allow_self=True)])))
    assert routing.permissions_now({"allow_self_approval": False}, plain) == {"allow_self_approval": False}


def step(*names: str, **more: Any) -> dict[str, Any]:
    return {"destinations": [{"kind": "person", "user_id": name} for name in names], "timeout": 60, **more}


def test_one_more_notification_goes_behind_the_one_that_is_out() -> None:
    routed = {"notifications": [step("a"), step("b", allow_self=True), step("c")], "position": 1}
    found = routing.with_next(routed, ["root"])
    assert found["position"] == 1
    assert found["notifications"] == [
        step("a"), step("b", allow_self=True), step("root", allow_self=True, rerouted=True), step("c"),
    ]  # fmt: skip
    assert routing.is_rerouted_next(found)
    assert not routing.is_rerouted_next(routed)
    assert not routing.is_rerouted_next(routing.forwarded(found))


def test_where_nobody_was_told_it_is_the_second() -> None:
    found = routing.with_next(None, ["root"])
    assert [len(each["destinations"]) for each in found["notifications"]] == [0, 1]
    assert (found["position"], routing.timer_of(routing.forwarded(found))) == (0, None)
    assert not routing.is_rerouted_next(None)
