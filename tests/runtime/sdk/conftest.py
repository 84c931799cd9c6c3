"""What the tests of the SDK share: small concrete resources, and a host that notes what it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings

from sym.sdk._host import bind
from sym.sdk._person import KnownUser
from sym.sdk.strategies import Integration
from sym.sdk.target import AccessTarget
from sym.sdk.user import User

# A busy machine is no defect of what is tested.
settings.register_profile("without deadline", deadline=None)
settings.load_profile("without deadline")

ID = "11111111-1111-4111-8111-111111111111"


class OneIntegration(Integration):
    type = "custom"
    external_id = "acme"
    settings = {"region": "eu"}


class OneTarget(AccessTarget):
    label = None
    type = "okta_group"
    settings = {"group_id": "g1"}


class NotingHost:
    """Answers what the test put into ``answers``, and refuses everything else."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.answers: dict[str, Any] = {}

    def _answer(self, name: str, asked: Any) -> Any:
        self.asked.append((name, asked))
        answer = self.answers[name]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def secret(self, secret_id: str) -> str:
        return self._answer("secret", secret_id)  # type: ignore[no-any-return]

    def persist_identity(self, **identity: str) -> None:
        self._answer("persist_identity", identity)

    def step_output(self, step: str | None) -> dict[str, Any]:
        return self._answer("step_output", step)  # type: ignore[no-any-return]

    def event_count(self, query: dict[str, Any]) -> int:
        return self._answer("event_count", query)  # type: ignore[no-any-return]

    def call(self, module: str, function: str, arguments: dict[str, Any]) -> Any:
        return self._answer(f"{module}.{function}", arguments)


@pytest.fixture
def host() -> Iterator[NotingHost]:
    """A host, bound."""
    bound = NotingHost()
    with bind(bound):
        yield bound


@pytest.fixture
def make_user() -> Callable[..., User]:
    """Make a user: ``make_user("ann@acme.example", id=..., identities=[...])``."""

    def make(username: str = "ann@acme.example", **known: Any) -> User:
        return KnownUser({"id": ID, "username": username, "email": username, **known})

    return make


@pytest.fixture
def integration() -> Integration:
    return OneIntegration("acme:integration:custom:crm:latest")


@pytest.fixture
def target() -> AccessTarget:
    return OneTarget("acme:access_target:okta_group:admins:latest")


@pytest.fixture
def some_id() -> UUID:
    return UUID(ID)
