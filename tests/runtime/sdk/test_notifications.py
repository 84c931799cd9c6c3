"""Notifications."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sym.sdk.notifications import Notification
from sym.sdk.request_destination import RequestDestination, SlackChannelName, SlackUser
from sym.sdk.user import User


def test_json_holds_users_in_short_and_destinations_in_full(make_user: Callable[..., User]) -> None:
    user = make_user()
    notification = Notification(destinations=[SlackChannelName(channel_name="#general"), user])
    assert notification.json() == (
        '{"destinations": [{"allow_self": false, "timeout": null, "channel_name": "#general"}, '
        f'{{"id": "{user.id}", "username": "ann@acme.example"}}], "timeout": null}}'
    )
    assert notification.dict()["destinations"][1] is user
    assert notification.destinations[1] is user


def test_at_least_one_destination_is_needed() -> None:
    with pytest.raises(ValueError, match="destinations\n  ensure this value has at least 1 items"):
        Notification(destinations=[])


def test_at_most_one_of_them_is_in_slack(make_user: Callable[..., User]) -> None:
    slack = SlackUser(user_id="U1")
    with pytest.raises(ValueError, match="only one Slack destination"):
        Notification(destinations=[slack, make_user(), slack])
    assert len(Notification(destinations=[slack, make_user(), RequestDestination()]).destinations) == 3


@pytest.mark.parametrize("junk", ["#general", None, 5, {"id": "x", "username": "ann"}])
def test_what_is_neither_destination_nor_user_is_refused(junk: object) -> None:
    with pytest.raises(ValueError, match="destinations -> 0"):
        Notification(destinations=[junk])  # type: ignore[list-item]


def test_a_timeout_is_whole_seconds() -> None:
    notification = Notification(destinations=[SlackUser(user_id="U1")], timeout=60.9)  # type: ignore[arg-type]
    assert notification.timeout == 60
    assert Notification.parse_raw(notification.json()) == notification
