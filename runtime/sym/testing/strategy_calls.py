"""A strategy, asked directly: grant, end, look, as the engine would ask it, but when and as often as a test says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sym.engine.leases import open_lease
from sym.engine.sandbox.sandbox import CallFailed
from sym.engine.strategy import open_strategy
from sym.engine.strategy_port import StrategyPort
from sym.engine.views import Document
from sym.store.grants import Lease
from sym.testing.flow_test import FlowTest

MOST_POLLS = 50


class StrategyCalls:
    """The strategy of ``flow`` for one requester and one target."""

    def __init__(self, flow: FlowTest, target: str) -> None:
        self._flow = flow
        self._target = target
        self._output: Document | None = None
        self._lease: Lease | None = None
        self.identity = str(self._port("escalate").ask("get_requester_identity"))

    def grant(self) -> Document | None:
        """One call of ``escalate``, waited for. Raises CallFailed."""
        self._output = self._finished("escalate")
        return self._output

    def end(self) -> None:
        """One call of ``deescalate``, waited for; that it is gone already is as good. Raises CallFailed."""
        try:
            self._finished("deescalate")
        except CallFailed as error:
            if not error.is_gone:
                raise

    @property
    def reads_back(self) -> bool:
        """Whether the strategy can tell who has access."""
        return self._port("escalate").has("is_escalated")

    def shows(self) -> bool:
        """Whether the vendor shows the access, by one call of ``is_escalated``."""
        seen = self._port("escalate").ask("is_escalated")
        assert isinstance(seen, bool), f"is_escalated must return True or False, not {seen!r}"
        return seen

    def _finished(self, method: str) -> Document | None:
        port = self._port(method)
        answer = port.ask(method)
        for _ in range(MOST_POLLS):
            if not (isinstance(answer, dict) and answer.get("$type") == "operation"):
                assert answer is None or isinstance(answer, dict), f"{method} must return a dict or nothing"
                return answer
            assert answer["status"] != "FAILED", f"{method} returned an operation that failed: {answer['message']}"
            if answer["status"] != "IN_PROGRESS":
                return answer["data"]  # type: ignore[no-any-return]
            answer = port.ask("poll", answer)
        raise AssertionError(f"{method} was still in progress after poll was called {MOST_POLLS} times")

    def _port(self, method: str) -> StrategyPort:
        moment = self._flow.event(method, by="approver@example.com", requester="requester@example.com",
                                  target=self._target, duration="1h")  # fmt: skip
        world = moment.world
        self._lease = self._lease or open_lease(world)
        if method == "deescalate" and self._output is not None:
            granted = replace(world.event, id="0", name="escalate", output=self._output)
            world = replace(world, events=(world.events[0], granted, world.event))
        host: Any = self._flow.stage.executor.host(world)
        return open_strategy(world, self._lease, host, self._flow.stage.sandbox)
