"""What a handler may return, and how it is written down."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from sym.engine.sandbox.failures import Unusable
from sym.engine.sandbox.objects import to_object
from sym.engine.sandbox.results import to_document
from sym.sdk.forms import FieldOption, SlackUserSelection
from sym.sdk.notifications import Notification
from sym.sdk.request_destination import (
    RequestDestinationFallback,
    SlackChannelID,
    SlackChannelName,
    SlackUser,
    SlackUserGroup,
)
from sym.sdk.request_permission import PermissionLevel, RequestPermission
from sym.sdk.resource import SRN
from sym.sdk.templates import ApprovalTemplate

USER_ID = UUID("00000000-0000-4000-8000-000000000001")


@pytest.mark.parametrize("value", [None, True, 1, 1.5, "text", [], {}, {"a": [1, {"b": None}]}])
def test_json_values_stay_what_they_are(value: Any) -> None:
    assert to_document(value) == value


def test_tuples_become_lists_and_whole_numbers_as_keys_text() -> None:
    assert to_document({1: (1, 2)}) == {"1": [1, 2]}


def test_enums_of_text_become_their_text() -> None:
    document = to_document({PermissionLevel.ADMIN: PermissionLevel.MEMBER})
    assert json.dumps(document) == '{"admin": "member"}'
    assert type(document["admin"]) is str


def test_the_request_for_another_event() -> None:
    srn = "acme:access_target:okta_group:eng:latest"
    requested = ApprovalTemplate.request(target_srn=SRN.parse(srn), duration=60, reason="because")
    assert to_document(requested) == {
        "$type": "event_request", "step": "request", "target_srn": srn, "duration": 60, "message": None,
        "extra": {"reason": "because"},
    }  # fmt: skip
    assert to_document(ApprovalTemplate.ignore(message="no"))["message"] == "no"


def test_permissions_by_level_and_by_users() -> None:
    permission = RequestPermission(webapp_view=PermissionLevel.ALL_USERS, approve_deny=[USER_ID])
    assert to_document(permission) == {
        "$type": "request_permission", "webapp_view": "all_users", "approve_deny": [str(USER_ID)],
        "allow_self_approval": False,
    }  # fmt: skip


def test_a_destination_keeps_the_fields_of_its_class() -> None:
    assert to_document(SlackChannelID(channel_id="C1", timeout=5)) == {
        "$type": "request_destination", "allow_self": False, "timeout": 5, "channel_id": "C1",
    }  # fmt: skip
    group = to_document(SlackUserGroup(users=[SlackUser(user_id="U1")], allow_self=True))
    assert group["users"] == [{"allow_self": False, "timeout": None, "user_id": "U1"}]


def test_notifications_to_channels_and_people(user: dict[str, Any]) -> None:
    notification = Notification(destinations=[SlackChannelName(channel_name="#ops"), to_object(user)], timeout=9)
    (document,) = to_document([notification])
    assert document["$type"] == "notification"
    assert document["timeout"] == 9
    assert [item["$type"] for item in document["destinations"]] == ["request_destination", "user"]
    assert document["destinations"][1]["email"] == "ann@acme.example"


def test_a_fallback_keeps_its_order() -> None:
    names = ["#a", "#b"]
    fallback = RequestDestinationFallback(destinations=[SlackChannelName(channel_name=name) for name in names])
    document = to_document(fallback)
    assert document["$type"] == "request_destination_fallback"
    assert [item["channel_name"] for item in document["destinations"]] == names
    assert (document["continue_on_delivery_failure"], document["continue_on_timeout"]) == (True, False)


def test_options_may_hold_people() -> None:
    option = FieldOption(value=SlackUserSelection(user_id="U1"), label="Ann")
    assert to_document([option]) == [
        {"$type": "field_option", "label": "Ann",
         "value": {"$type": "slack_user", "user_id": "U1", "username": None}},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"a": {1, 2}}, "the result['a'] is of type set"),
        ([float("nan")], "the result[0] is nan"),
        ({(1, 2): 3}, "the key (1, 2)"),
        ({"a": {"$type": "event_request"}}, "the result['a'] has the key \"$type\""),
        (ApprovalTemplate.approve(thing=object()), "the result.extra['thing'] is of type object"),
        ({"id": USER_ID}, "the result['id'] is of type UUID"),
    ],
)
def test_what_json_cannot_hold_is_refused_naming_its_place(value: Any, told: str) -> None:
    with pytest.raises(Unusable) as caught:
        to_document(value)
    assert told in str(caught.value)
    assert caught.value.hint


def test_a_value_that_contains_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(Unusable, match="nested too deeply"):
        to_document(value)


def test_ids_times_and_names_become_texts_in_the_fields_of_an_event() -> None:
    request = ApprovalTemplate.approve(
        who=USER_ID, when=datetime(2026, 1, 5, tzinfo=UTC), what=SRN.parse("a:flow:b:latest")
    )
    assert to_document(request)["extra"] == {
        "who": str(USER_ID), "when": "2026-01-05T00:00:00+00:00", "what": "a:flow:b:latest",
    }  # fmt: skip
