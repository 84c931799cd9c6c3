"""The host as the author's code has it: every question goes over the line to the worker."""

from __future__ import annotations

from typing import Any

from sym.engine.sandbox import host_errors
from sym.engine.sandbox.wire import Line


class RemoteHost:
    """A host whose answers come from the other end of ``line``. Errors arrive as the class the worker raised."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def _ask(self, method: str, **arguments: Any) -> Any:
        answer = self._line.ask({"host": method, "arguments": arguments})
        if "error" in answer:
            raise host_errors.from_document(answer["error"])
        return answer["value"]

    def secret(self, secret_id: str) -> str:
        """See ``Host.secret``."""
        return str(self._ask("secret", secret_id=secret_id))

    def persist_identity(self, *, email: str, service: str, service_id: str, user_id: str) -> None:
        """See ``Host.persist_identity``."""
        self._ask("persist_identity", email=email, service=service, service_id=service_id, user_id=user_id)

    def step_output(self, step: str | None) -> dict[str, Any]:
        """See ``Host.step_output``."""
        return dict(self._ask("step_output", step=step))

    def event_count(self, query: dict[str, Any]) -> int:
        """See ``Host.event_count``."""
        return int(self._ask("event_count", query=query))

    def call(self, module: str, function: str, arguments: dict[str, Any]) -> Any:
        """See ``Host.call``."""
        return self._ask("call", module=module, function=function, arguments=arguments)
