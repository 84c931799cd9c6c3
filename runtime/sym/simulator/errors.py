"""How the simulator says no: to the app in the words of Slack's Web API, to people in those of Slack's client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class ApiError(Exception):
    """An answer ``{"ok": false, "error": code}`` of the Web API. ``messages`` go to ``response_metadata.messages``,
    ``more`` beside ``error`` (``needed`` and ``provided`` of a missing scope)."""

    def __init__(self, code: str, messages: Sequence[str] = (), *, status: int = 200, **more: Any) -> None:
        super().__init__(code if not messages else f"{code}: {'; '.join(messages)}")
        self.code, self.messages, self.status, self.more = code, list(messages), status, more

    def as_json(self) -> dict[str, Any]:
        """The body of the answer."""
        body = {"ok": False, "error": self.code, **self.more}
        if self.messages:
            body["response_metadata"] = {"messages": self.messages}
        return body


class Unhappy(Exception):
    """Something that happens to people in Slack: ``code`` says what (``operation_timeout``, ``unknown_command``,
    ``validation_errors`` …), ``message`` is the text they are shown, ``errors`` the text of each block it is about."""

    def __init__(self, code: str, message: str, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.errors = code, message, dict(errors or {})


class Impossible(Exception):
    """Something that nobody can do with Slack's client: a button that is not there, an option that is not offered.
    ``status`` is that of the page's API: 400, 403 (not for this person to see) or 404 (no such thing)."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
