"""Users made of what a host tells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from sym.sdk._host import NoHost
from sym.sdk._person import KnownUser
from sym.sdk.templates import ApprovalTemplateStep
from sym.sdk.user import User, UserRole


def test_what_the_host_leaves_out_is_unknown_and_powerless(some_id: Any) -> None:
    user = KnownUser({"id": str(some_id), "username": "deploy-bot", "type": "bot"})
    assert (user.id, user.username, user.type) == (some_id, "deploy-bot", "bot")
    assert (user.email, user.first_name, user.last_name) == (None, None, None)
    assert user.role is UserRole.GUEST
    assert user.identities == {}


@pytest.mark.parametrize(
    "document", [{"id": "x", "username": "a"}, {"id": "1" * 32}, {"id": "1" * 32, "username": "a", "role": "king"}]
)
def test_a_user_that_makes_no_sense_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises((ValueError, KeyError)):
        KnownUser(document)


def test_an_identity_is_found_by_service_and_instance(make_user: Callable[..., User]) -> None:
    user = make_user(
        identities=[
            {"service": "slack", "service_id": "T1", "user_id": "U1"},
            {"service": "slack", "service_id": "T2", "user_id": "U2"},
        ]
    )
    first, second = user.identity("slack"), user.identity("slack", "T2")
    assert first is not None
    assert second is not None
    assert (first.user_id, second.user_id) == ("U1", "U2")
    assert user.identity("slack", "T3") is None
    assert user.identity("okta") is None


def test_events_are_counted_by_the_host(make_user: Callable[..., User], host: Any) -> None:
    host.answers["event_count"] = 3
    since = datetime(2024, 1, 1, tzinfo=UTC)
    user = make_user()
    assert user.get_event_count(ApprovalTemplateStep.APPROVE, since, filter_on="target", include_errored=True) == 3
    assert host.asked == [
        (
            "event_count",
            {
                "user_id": str(user.id),
                "event_name": "approve",
                "since": "2024-01-01T00:00:00+00:00",
                "until": None,
                "filter_on": "target",
                "include_errored": True,
            },
        )
    ]


def test_events_are_not_counted_without_a_host(make_user: Callable[..., User]) -> None:
    with pytest.raises(NoHost, match="get_event_count"):
        make_user().get_event_count("approve")
