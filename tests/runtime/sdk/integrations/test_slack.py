"""Slack's destinations, made without asking Slack wherever possible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sym.sdk._host import NoHost
from sym.sdk.exceptions import SlackError
from sym.sdk.integrations import slack
from sym.sdk.request_destination import SlackChannelID, SlackChannelName, SlackUser
from sym.sdk.user import User

AT_SLACK = [{"service": "slack", "service_id": "T1", "user_id": "U9"}]


@pytest.mark.parametrize("name", ["#general", "general", "c1", "CORP-x"])
def test_a_channel_by_name(name: str) -> None:
    assert slack.channel(name, allow_self=True, timeout=5) == SlackChannelName(
        channel_name=name, allow_self=True, timeout=5
    )


@pytest.mark.parametrize("name", ["C1", "D0AB12", "G01XYZ"])
def test_a_channel_by_id(name: str) -> None:
    assert slack.channel(name) == SlackChannelID(channel_id=name)
    assert type(slack.channel(name)) is SlackChannelID


@pytest.mark.parametrize("nothing", [None, "", " "])
def test_no_channel_is_an_error_of_slack(nothing: Any) -> None:
    with pytest.raises(SlackError, match="got none"):
        slack.channel(nothing)


@pytest.mark.parametrize("identifier", ["U1", "W012ABC", "UABCDEFGHI", "<@U1>", "<@U1|ann>"])
def test_ids_and_mentions_need_no_slack(identifier: str) -> None:
    user = slack.user(identifier, allow_self=True, timeout=5)
    assert type(user) is SlackUser
    assert (user.allow_self, user.timeout) == (True, 5)
    assert slack.mention(identifier) == user.mention() == f"<@{user.user_id}>"


def test_a_user_known_in_slack_needs_no_slack(make_user: Callable[..., User]) -> None:
    assert slack.user(make_user(identities=AT_SLACK)) == SlackUser(user_id="U9")
    assert slack.mention(make_user(identities=AT_SLACK)) == "<@U9>"


@pytest.mark.parametrize("identifier", ["ann@acme.example", "@ann", "URSULA"])
def test_anybody_else_is_looked_up(identifier: str, host: Any) -> None:
    host.answers["slack.find_user_id"] = "U7"
    assert slack.user(identifier) == SlackUser(user_id="U7")
    assert host.asked == [("slack.find_user_id", {"identifier": identifier})]


def test_looking_up_needs_a_host(make_user: Callable[..., User]) -> None:
    with pytest.raises(NoHost):
        slack.user("ann@acme.example")
    with pytest.raises(NoHost):
        slack.mention(make_user())


@pytest.mark.parametrize("nobody", [None, "", 5])
def test_nobody_is_an_error_of_slack(nobody: Any) -> None:
    with pytest.raises(SlackError, match="got none"):
        slack.user(nobody)


def test_a_group_takes_whatever_a_user_can_be(make_user: Callable[..., User]) -> None:
    group = slack.group(["U1", make_user(identities=AT_SLACK), SlackUser(user_id="W3")], allow_self=True, timeout=5)
    assert [user.user_id for user in group.users] == ["U1", "U9", "W3"]
    assert (group.allow_self, group.timeout) == (True, 5)
    with pytest.raises(ValueError, match="at most 7"):
        slack.group([f"U{n}" for n in range(8)])


def test_a_fallback_keeps_the_order_and_skips_nothing_but_none() -> None:
    one, other = slack.channel("#a"), slack.user("U1")
    fallback = slack.fallback(one, None, other)
    assert fallback.destinations == [one, other]
    assert (fallback.continue_on_delivery_failure, fallback.continue_on_timeout) == (True, False)
    chosen = slack.fallback(one, other, continue_on_delivery_failure=False, continue_on_timeout=True)
    assert (chosen.continue_on_delivery_failure, chosen.continue_on_timeout) == (False, True)
    with pytest.raises(SlackError, match="got none"):
        slack.fallback(None)


def test_messages_go_to_destinations_of_every_kind(host: Any) -> None:
    host.answers["slack.send_message"] = None
    slack.send_message(slack.channel("#a"), "hi")
    assert host.asked == [
        (
            "slack.send_message",
            {"destination": {"allow_self": False, "timeout": None, "channel_name": "#a"}, "message": "hi"},
        )
    ]


def test_an_error_of_the_host_reaches_the_author(host: Any) -> None:
    host.answers["slack.users_in_channel"] = SlackError("NOT_IN_CHANNEL", "not invited")
    with pytest.raises(SlackError, match="not invited"):
        slack.users_in_channel(slack.channel("#a"))
