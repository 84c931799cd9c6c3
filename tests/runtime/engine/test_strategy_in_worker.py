"""Installed strategies: they see and say what authors' own do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from sym.engine.strategy_in_worker import InstalledStrategy
from sym.engine.strategy_port import Absent, Question
from sym.errors import AuthorCodeFailed
from sym.sdk._host import NoHost, current_host

Plant = Callable[..., InstalledStrategy]
SECRET = "hunter2-and-more"


class AskedHost:
    """As much of the flow's host as is asked for."""

    def secret(self, secret_id: str) -> str:
        assert secret_id == "s1"
        return SECRET

    def connect(self, integration: dict[str, Any]) -> None:
        """Nothing is connected."""

    def connect_strategy(self, strategy: dict[str, Any]) -> str:
        return f"connected by {strategy['type']}"

    def step_output(self, step: str | None) -> dict[str, Any]:
        return {"of": step}


@pytest.fixture
def plant(tmp_path: Any, engine_event: dict[str, Any]) -> Iterator[Plant]:
    package: ModuleType = __import__("sym.strategies", fromlist=["x"])
    package.__path__.append(str(tmp_path))

    def make(methods: str) -> InstalledStrategy:
        head = "from sym.sdk.strategies import AccessStrategy, Operation\n"
        head += "from sym.sdk.exceptions.access_strategy import AlreadyGone, TryAgain\n"
        head += "from sym.sdk._host import current_host\nclass Strategy(AccessStrategy):\n"
        head += "    def fetch_remote_identity(self, user): return 'remote'\n"
        head += "    def deescalate(self, target_id, event): raise AlreadyGone()\n"
        (tmp_path / "planted.py").write_text(head + methods)
        integration = {"$type": "integration", "srn": "acme:integration:custom:i:latest:1", "type": "custom",
                       "external_id": "acme", "settings": {}}  # fmt: skip
        strategy = {"type": "planted", "integration": integration}
        host: Any = AskedHost()
        question = Question(strategy=strategy, target_id="t", event=engine_event)
        return InstalledStrategy(question, host, lambda: {"id": "e1"})

    yield make
    package.__path__.remove(str(tmp_path))
    sys.modules.pop("sym.strategies.planted", None)


@pytest.fixture
def engine_event(engine: Any) -> dict[str, Any]:
    """The view of a request."""
    from sym.engine.views import load_world, view_event

    engine.flow("")
    accepted = engine.request()
    with engine.store.reading() as conn:
        return view_event(load_world(conn, engine.run(accepted.run_id), engine.event(accepted.event_id)))


pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


def test_it_gets_the_integration_the_target_and_the_event(plant: Plant) -> None:
    strategy = plant(
        "    def escalate(self, target_id, event):\n"
        "        return {'in': self.integration.external_id, 'to': target_id, 'for': event.user.username,\n"
        "                'after': current_host('x').step_output('approve')}\n"
    )
    answer = strategy.ask("escalate")
    assert answer == {"in": "acme", "to": "t", "for": "ada@acme.example", "after": {"of": "approve"}}
    with pytest.raises(NoHost):
        current_host("anything")


def test_an_operation_comes_back_as_it_was_given(plant: Plant) -> None:
    strategy = plant(
        "    def escalate(self, target_id, event): return Operation('7', data={'a': 1})\n"
        "    def poll(self, operation, target_id, event): return {'id': operation.id, **operation.data}\n"
    )
    operation = strategy.ask("escalate")
    assert (operation["$type"], operation["status"]) == ("operation", "IN_PROGRESS")
    assert strategy.ask("poll", operation) == {"id": "7", "a": 1}


def test_what_it_does_not_have_is_absent(plant: Plant) -> None:
    strategy = plant("    def escalate(self, target_id, event): ...\n")
    assert not strategy.has("is_escalated")
    with pytest.raises(Absent):
        strategy.ask("is_escalated")


def test_it_may_find_out_only_when_it_is_asked_that_it_cannot_tell(plant: Plant) -> None:
    strategy = plant(
        "    def escalate(self, target_id, event): raise NotImplementedError\n"
        "    def is_escalated(self, target_id, event): raise NotImplementedError\n"
    )
    assert strategy.has("is_escalated")
    with pytest.raises(Absent):
        strategy.ask("is_escalated")
    with pytest.raises(AuthorCodeFailed, match="NotImplementedError"):
        strategy.ask("escalate")


def test_it_may_connect_by_its_own_settings(plant: Plant) -> None:
    strategy = plant(
        "    def escalate(self, target_id, event): return {'by': self.connection}\n"
        "def connect(host, settings): return 'unused'\n"
    )
    assert strategy.ask("escalate") == {"by": "connected by planted"}


def test_an_error_tells_its_line_and_no_secret(plant: Plant) -> None:
    strategy = plant(
        "    def escalate(self, target_id, event):\n        raise ValueError(current_host('x').secret('s1'))\n"
    )
    with pytest.raises(AuthorCodeFailed) as caught:
        strategy.ask("escalate")
    error = caught.value
    assert (error.source, error.handler, error.line) == ("strategy planted", "escalate", 8)
    assert error.message.startswith("ValueError: ")
    assert SECRET not in f"{error} {error.args} {error.__cause__} {error.__context__!r}"
    assert not error.retryable


def test_an_answer_does_not_show_a_secret(plant: Plant) -> None:
    strategy = plant("    def escalate(self, target_id, event): return {'a': current_host('x').secret('s1')}\n")
    assert SECRET not in str(strategy.ask("escalate"))


def test_the_class_of_an_error_says_what_comes_next(plant: Plant) -> None:
    strategy = plant("    def escalate(self, target_id, event): raise TryAgain('busy')\n")
    with pytest.raises(AuthorCodeFailed) as caught:
        strategy.ask("escalate")
    assert caught.value.retryable
    with pytest.raises(AuthorCodeFailed) as gone:
        strategy.ask("deescalate")
    assert gone.value.is_gone  # type: ignore[attr-defined]


def test_what_json_cannot_hold_is_refused(plant: Plant) -> None:
    with pytest.raises(AuthorCodeFailed, match="which cannot be handed on"):
        plant("    def escalate(self, target_id, event): return object()\n").ask("escalate")


def test_the_event_as_the_audit_log_has_it_is_for_those_who_ask_for_it(plant: Plant) -> None:
    told = "    def escalate(self, target_id, event): return {'entry': getattr(self, 'log_entry', None)}\n"
    assert plant(told).ask("escalate") == {"entry": None}
    sys.modules.pop("sym.strategies.planted")
    assert plant("    needs_log_entry = True\n" + told).ask("escalate") == {"entry": {"id": "e1"}}
