"""Destinations and how they are read back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym.sdk.request_destination import (
    RequestDestination,
    RequestDestinationFallback,
    RequestForwardContext,
    SlackChannelID,
    SlackChannelName,
    SlackRequestDestination,
    SlackUser,
    SlackUserGroup,
)

FAILED = "^Failed to parse RequestDestination data:"


def test_a_destination_has_its_defaults_and_takes_keywords_only() -> None:
    assert RequestDestination().dict() == {"allow_self": False, "timeout": None}
    assert RequestDestination(timeout=15.7).timeout == 15  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        SlackUser("U1")  # type: ignore[arg-type, call-arg]


@pytest.mark.parametrize("kind", [SlackChannelID, SlackChannelName, SlackUser, SlackUserGroup])
def test_slacks_destinations_are_slack_destinations(kind: type) -> None:
    assert issubclass(kind, SlackRequestDestination)
    assert issubclass(SlackRequestDestination, RequestDestination)


@pytest.mark.parametrize(
    ("destination", "shown", "content"),
    [
        (SlackChannelID(channel_id=" C1 "), "SlackChannelID 'C1'", {"channel_id": "C1"}),
        (SlackChannelName(channel_name=" #x "), "SlackChannelName '#x'", {"channel_name": "#x"}),
        (SlackUser(user_id=" U1 "), "SlackUser 'U1'", {"user_id": "U1"}),
    ],
)
def test_destinations_strip_their_names(destination: RequestDestination, shown: str, content: dict[str, Any]) -> None:
    assert str(destination) == shown
    assert destination.dict() == {"allow_self": False, "timeout": None, **content}
    assert list(destination.dict())[:2] == ["allow_self", "timeout"]


@pytest.mark.parametrize(
    ("kind", "name"), [(SlackChannelID, "channel_id"), (SlackChannelName, "channel_name"), (SlackUser, "user_id")]
)
def test_an_empty_name_is_refused(kind: type[RequestDestination], name: str) -> None:
    for value in ("", "  "):
        with pytest.raises(ValueError, match=f"{name} must be non-empty"):
            kind(**{name: value})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="field required"):
        kind()


def test_ids_start_with_the_letter_of_their_kind() -> None:
    for good in ("C1", "D1", "G1"):
        assert SlackChannelID(channel_id=good).channel_id == good
    for bad in ("U1", "c1", "#x"):
        with pytest.raises(ValueError, match="not a valid Slack Channel ID"):
            SlackChannelID(channel_id=bad)
    for good in ("U1", "W1"):
        assert SlackUser(user_id=good).mention() == f"<@{good}>"
    for bad in ("C1", "u1", "@ann"):
        with pytest.raises(ValueError, match="is not a valid Slack User ID"):
            SlackUser(user_id=bad)


def test_a_group_has_one_to_seven_people() -> None:
    people = [SlackUser(user_id=f"U{n}") for n in range(8)]
    assert str(SlackUserGroup(users=people[:2])) == "SlackUserGroup '['U0', 'U1']'"
    assert len(SlackUserGroup(users=people[:7]).users) == 7
    with pytest.raises(ValueError, match="at least 1 items"):
        SlackUserGroup(users=[])
    with pytest.raises(ValueError, match="at most 7 items"):
        SlackUserGroup(users=people)


def test_a_channel_is_no_member_of_a_group() -> None:
    with pytest.raises(ValueError, match="users"):
        SlackUserGroup(users=[{"channel_id": "C1"}])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="Unknown type of RequestDestination"):
        SlackUserGroup(users=[SlackChannelID(channel_id="C1")])  # type: ignore[list-item]


@pytest.mark.parametrize("asked", [RequestDestination, SlackRequestDestination, SlackUser, SlackUserGroup])
def test_the_keys_decide_about_the_class(asked: type[RequestDestination]) -> None:
    assert type(asked.parse_obj({"channel_name": "x", "channel_id": "C1"})) is SlackChannelName
    assert type(asked.parse_obj({"channel_id": "C1", "user_id": "U1"})) is SlackChannelID
    assert type(asked.parse_obj({"user_id": "U1", "users": []})) is SlackUser
    assert type(asked.parse_obj({"users": [{"user_id": "U1"}]})) is SlackUserGroup
    assert type(asked.parse_raw('{"user_id": "U1", "timeout": 5}')) is SlackUser


def test_an_old_dictionary_becomes_what_was_asked_for() -> None:
    old = {"lookup_type": "email", "allow_self": True, "more": 1}
    destination = RequestDestination.parse_obj(old)
    assert type(destination) is RequestDestination
    assert destination == {"allow_self": True, "timeout": None}
    assert type(SlackRequestDestination.parse_obj(old)) is SlackRequestDestination
    with pytest.raises(ValueError, match=FAILED):
        RequestDestination.parse_obj({"lookup_type": "email", "allow_self": True})
    with pytest.raises(ValueError, match=FAILED):
        SlackUser.parse_obj(old)


@pytest.mark.parametrize("unknown", [{}, {"allow_self": True}, "x", None, 5, ["U1"]])
def test_an_unknown_shape_is_refused(unknown: Any) -> None:
    with pytest.raises(ValueError, match=FAILED) as caught:
        RequestDestination.parse_obj(unknown)
    assert "Unknown type of RequestDestination" in str(caught.value)


def test_bad_content_and_bad_json_are_refused_the_same_way() -> None:
    with pytest.raises(ValueError, match=FAILED):
        RequestDestination.parse_obj({"user_id": "C1"})
    with pytest.raises(ValueError, match=FAILED):
        RequestDestination.parse_raw("{")


def test_instances_pass_through_as_they_are() -> None:
    user = SlackUser(user_id="U1")
    assert RequestDestination.parse_obj(user) is user
    assert RequestDestinationFallback(destinations=[user]).destinations[0] is user
    assert SlackUserGroup(users=[user]).users[0] is user


def test_a_fallback_has_its_defaults_and_any_number_of_destinations() -> None:
    fallback = RequestDestinationFallback(destinations=[])
    assert fallback.dict() == {
        "destinations": [],
        "continue_on_delivery_failure": True,
        "continue_on_timeout": False,
    }
    with pytest.raises(ValueError, match="destinations -> 0\n  Failed to parse RequestDestination data"):
        RequestDestinationFallback(destinations=["#x"])  # type: ignore[list-item]


def test_a_forward_context_may_have_no_next_destination() -> None:
    context = RequestForwardContext(all_request_destinations=[SlackUser(user_id="U1")], current_destination_index=0)
    assert context.next_destination_index is None
    assert json.loads(context.json())["all_request_destinations"][0]["user_id"] == "U1"


TIMEOUTS = st.none() | st.integers(0, 10**6)
NAMES = st.text("abc-_#0", min_size=1)
USERS = st.builds(SlackUser, user_id=NAMES.map(lambda n: "U" + n), allow_self=st.booleans(), timeout=TIMEOUTS)
DESTINATIONS = (
    USERS
    | st.builds(SlackChannelID, channel_id=NAMES.map(lambda n: "C" + n), allow_self=st.booleans(), timeout=TIMEOUTS)
    | st.builds(SlackChannelName, channel_name=NAMES, allow_self=st.booleans(), timeout=TIMEOUTS)
    | st.builds(SlackUserGroup, users=st.lists(USERS, min_size=1, max_size=7), allow_self=st.booleans())
)


@given(DESTINATIONS)
def test_a_destination_survives_json_with_its_class(destination: RequestDestination) -> None:
    read = RequestDestination.parse_raw(destination.json())
    assert type(read) is type(destination)
    assert read == destination


@given(st.lists(DESTINATIONS, max_size=4), st.booleans(), st.booleans())
def test_a_fallback_survives_json_with_all_fields(
    destinations: list[RequestDestination], on_failure: bool, on_timeout: bool
) -> None:
    fallback = RequestDestinationFallback(
        destinations=destinations, continue_on_delivery_failure=on_failure, continue_on_timeout=on_timeout
    )
    read = RequestDestinationFallback.parse_raw(fallback.json())
    assert read == fallback
    assert [type(one) for one in read.destinations] == [type(one) for one in destinations]
