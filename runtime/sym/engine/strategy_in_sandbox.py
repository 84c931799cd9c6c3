"""A strategy whose code came with its resource: every question is one call in the sandbox."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sym.engine.host import FlowHost
from sym.engine.sandbox.execution import ABSENT
from sym.engine.sandbox.limits import DEADLINES
from sym.engine.sandbox.sandbox import Call, Sandbox
from sym.engine.strategy_port import LOOKS, QUICK_SECONDS, Absent, Question
from sym.engine.trace import traced
from sym.engine.views import Document
from sym.implementation import StrategyCode, read_strategy_code

SOURCE = "strategy.py"


@lru_cache(maxsize=256)
def _read(text: str) -> StrategyCode:
    return read_strategy_code(text)


class SandboxedStrategy:
    """See :class:`sym.engine.strategy_port.StrategyPort`."""

    def __init__(self, question: Question, host: FlowHost, sandbox: Sandbox) -> None:
        self._question = question
        self._host = host
        self._sandbox = sandbox
        self._text: str = question.strategy["implementation"]

    def has(self, method: str) -> bool:
        """Whether the source has the method, or may have it from a class it does not show."""
        code = _read(self._text)
        return method in code.methods or code.inherits_unseen

    def ask(self, method: str, operation: Document | None = None) -> Any:
        """One call of ``method``; a question that changes nothing must be answered soon."""
        usual = DEADLINES["strategy"]
        call = Call(
            source=SOURCE,
            text=self._text,
            kind="strategy",
            function=method,
            arguments=[self._question.arguments(method, operation)],
            deadline=min(QUICK_SECONDS, usual) if method in LOOKS else usual,
        )
        answer = traced("strategy", method, SOURCE, self._host, lambda host: self._sandbox.call(call, host))
        value = answer.value
        if value == ABSENT:
            raise Absent(method)
        return value
