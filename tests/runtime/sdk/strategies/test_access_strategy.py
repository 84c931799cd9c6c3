"""Who the requester is, for an author's strategy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sym.sdk.event import Event
from sym.sdk.exceptions import AccessStrategyError, CouldNotSaveError
from sym.sdk.exceptions.identity import IdentityNotFound
from sym.sdk.strategies import AccessStrategy, Integration
from sym.sdk.user import User


class Lookup(AccessStrategy):
    found: str | None = "remote-1"
    asked = 0

    def fetch_remote_identity(self, user: User) -> str | None:
        self.asked += 1
        return self.found

    def escalate(self, target_id: str, event: Event) -> dict[str, Any] | None:
        return None

    def deescalate(self, target_id: str, event: Event) -> dict[str, Any] | None:
        return None


class OneEvent:
    """As much of an event as is asked for."""

    def __init__(self, requester: User | None) -> None:
        self._requester = requester

    def get_actor(self, event_name: str) -> User | None:
        assert event_name == "request"
        return self._requester


def identity_of(strategy: AccessStrategy, requester: User | None) -> str:
    return strategy.get_requester_identity(OneEvent(requester))  # type: ignore[arg-type]


def test_a_known_identity_is_not_looked_up(integration: Integration, make_user: Callable[..., User]) -> None:
    strategy = Lookup(integration)
    user = make_user(
        identities=[
            {"service": "custom", "service_id": "elsewhere", "user_id": "wrong"},
            {"service": "custom", "service_id": "acme", "user_id": "known-1"},
        ]
    )
    assert identity_of(strategy, user) == "known-1"
    assert strategy.asked == 0


def test_an_identity_looked_up_is_remembered(
    integration: Integration, make_user: Callable[..., User], host: Any
) -> None:
    host.answers["persist_identity"] = None
    user = make_user(identities=[{"service": "custom", "service_id": "elsewhere", "user_id": "wrong"}])
    assert identity_of(Lookup(integration), user) == "remote-1"
    assert host.asked == [
        (
            "persist_identity",
            {"email": "ann@acme.example", "service": "custom", "service_id": "acme", "user_id": "remote-1"},
        )
    ]


@pytest.mark.parametrize("nothing", [None, ""])
def test_an_identity_nobody_knows_is_an_error(
    integration: Integration, make_user: Callable[..., User], host: Any, nothing: str | None
) -> None:
    strategy = Lookup(integration)
    strategy.found = nothing
    with pytest.raises(IdentityNotFound, match=r"ann@acme\.example.*acme"):
        identity_of(strategy, make_user())
    assert host.asked == []


def test_an_identity_that_cannot_be_remembered_is_an_error(
    integration: Integration, make_user: Callable[..., User], host: Any
) -> None:
    host.answers["persist_identity"] = RuntimeError("store is gone")
    with pytest.raises(CouldNotSaveError, match="store is gone"):
        identity_of(Lookup(integration), make_user())


def test_a_bot_is_remembered_under_its_username(
    integration: Integration, make_user: Callable[..., User], host: Any
) -> None:
    host.answers["persist_identity"] = None
    assert identity_of(Lookup(integration), make_user("deploy-bot", email=None, type="bot")) == "remote-1"
    ((asked, details),) = host.asked
    assert (asked, details["email"], details["user_id"]) == ("persist_identity", "deploy-bot", "remote-1")
    nobody = Lookup(integration)
    nobody.found = None
    with pytest.raises(IdentityNotFound, match="deploy-bot"):
        identity_of(nobody, make_user("deploy-bot", email=None, type="bot"))


def test_a_run_without_a_request_has_no_requester(integration: Integration) -> None:
    with pytest.raises(AccessStrategyError, match="no request yet"):
        identity_of(Lookup(integration), None)


def test_a_subclass_may_forget_to_call_the_constructor(integration: Integration) -> None:
    class Careless(Lookup):
        def __init__(self, integration: Integration) -> None:  # type: ignore[misc]
            self.client = object()

    assert Careless(integration).integration is integration
    assert Careless(integration=integration).integration is integration
    assert Lookup(integration).integration is integration
