"""A strategy that is installed, with this product or beside it: its class runs in the worker.

Unlike authors' code it is not confined, and nothing stops a call that hangs: it must give its requests timeouts.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from sym import plugins
from sym.engine.flow_services import FlowServices
from sym.engine.sandbox import failures, objects, results
from sym.engine.sandbox.call import Answer, Call, CallFailed
from sym.engine.sandbox.output import mask_all
from sym.engine.strategy_port import OPTIONAL, Absent, Question
from sym.engine.trace import traced
from sym.engine.views import Document
from sym.observability.redaction import mask
from sym.sdk._host import bind

_NO_MEMORY = "ran out of memory."


class InstalledStrategy:
    """See :class:`sym.engine.strategy_port.StrategyPort`. ``log_entry`` gives the event as the audit log has it, for
    strategies that say ``needs_log_entry = True``."""

    def __init__(self, question: Question, host: FlowServices, log_entry: Callable[[], Document] = dict) -> None:
        self._question = question
        self._log_entry = log_entry
        self._host = _RememberingHost(host)
        self._kind: str = question.strategy["type"]
        self._module = plugins.load("strategies", self._kind)

    def has(self, method: str) -> bool:
        """Whether the class has the method."""
        return hasattr(self._module.Strategy, method)

    def ask(self, method: str, operation: Document | None = None) -> Any:
        """One call of ``method`` on an instance of its own."""
        if not self.has(method):
            raise Absent(method)
        given = self._question.arguments(method, operation)
        source = f"strategy {self._kind}"
        return traced("strategy", method, source, self._host, lambda host: self._answer(method, given, host)).value

    def _answer(self, method: str, given: Document, host: Any) -> Answer:
        try:
            with bind(host):
                instance = self._instance(given, host)
                found = results.to_document(_call(instance, method, given))
                return Answer(mask_all(found, self._host.secrets), "")
        except Exception as error:  # noqa: BLE001 - told as what authors' code raises is
            cannot = isinstance(error, NotImplementedError) and method in OPTIONAL
            failure = Absent(method) if cannot else self._failure(method, error)
        # Out here it does not carry the strategy's own error along, which may hold a secret.
        raise failure

    def _instance(self, given: Document, host: Any) -> Any:
        """The strategy, with its integration, what it or that connects, and its own settings."""
        instance = self._module.Strategy(objects.to_object(given["integration"]))
        if hasattr(self._module, "connect"):
            instance.connection = host.connect_strategy(self._question.strategy)
        elif given["integration"] is not None:
            instance.connection = host.connect(given["integration"])
        if getattr(instance, "needs_log_entry", False):
            instance.log_entry = self._log_entry()
        instance.settings = dict(self._question.strategy.get("settings") or {})
        return instance

    def active(self, settings: Document, most: int) -> list[str]:
        """Who has what a target with these settings grants: ``most`` of them at most. Raises as :meth:`ask` does."""
        given = {"integration": self._question.strategy["integration"]}
        try:
            with bind(self._host):
                found = self._instance(given, self._host).list_active(settings)
                return [str(identity) for identity in itertools.islice(found, most)]
        except Exception as error:  # noqa: BLE001 - told as what authors' code raises is
            failure = self._failure("list_active", error)
        raise failure

    def _failure(self, method: str, error: Exception) -> CallFailed:
        call = Call(source=f"strategy {self._kind}", text="", kind="strategy", function=method)
        document = failures.describe(error, self._module.__file__ or "")
        for part in ("message", "hint"):
            document[part] = mask(document[part], self._host.secrets)
        return failures.from_document(call, document, _NO_MEMORY)


def list_active(strategy: Document, settings: Document, services: FlowServices, *, most: int) -> list[str]:
    """Who has what a target with these ``settings`` grants, by their ids at the service: ``most`` of them at most.
    ``strategy`` is the view of an installed one. Raises AuthorCodeFailed for what it raises."""
    return InstalledStrategy(Question(strategy=strategy, target_id="", event={}), services).active(settings, most)


def _call(instance: Any, method: str, given: Document) -> Any:
    named = [objects.to_object(given[name]) for name in ("operation", "target_id", "event") if name in given]
    return getattr(instance, method)(*named)


class _RememberingHost:
    """The flow's host; it keeps the secrets that were asked for in mind, so that no error shows them."""

    def __init__(self, host: FlowServices) -> None:
        self._host = host
        self.secrets: set[str] = set()

    def secret(self, secret_id: str) -> str:
        """See ``Host.secret``."""
        value = self._host.secret(secret_id)
        self.secrets.add(value)
        return value

    def __getattr__(self, name: str) -> Any:
        return getattr(self._host, name)
