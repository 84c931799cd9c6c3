"""From the JSON a handler's answer crosses the border as, back to the SDK's objects its author knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sym.engine.sandbox import objects
from sym.sdk._person import KnownIdentity
from sym.sdk.forms import FieldOption, PromptField
from sym.sdk.notifications import Notification
from sym.sdk.request_destination import RequestDestinationFallback
from sym.sdk.request_permission import RequestPermission
from sym.sdk.templates.step import ApprovalTemplateStep, EventRequest, TemplateStep

Document = dict[str, Any]


def read_answer(value: Any) -> Any:
    """The object an answer stands for; what has no ``$type`` stays as it is, with what is inside of it read."""
    if isinstance(value, list):
        return [read_answer(item) for item in value]
    if not isinstance(value, dict):
        return value
    content = {name: read_answer(item) for name, item in value.items() if name != "$type"}
    kind = value.get("$type")
    if kind is None:
        return content
    return _READ[kind](content) if kind in _READ else objects.to_object(value)


def _event_request(content: Document) -> EventRequest:
    step = content.pop("step")
    return EventRequest(step=TemplateStep.IGNORE if step == "ignore" else ApprovalTemplateStep(step), **content)


_READ: dict[str, Callable[[Document], Any]] = {
    "event_request": _event_request,
    "request_permission": lambda content: RequestPermission(**content),
    "notification": lambda content: Notification(**content),
    "request_destination_fallback": lambda content: RequestDestinationFallback(**content),
    "field_option": lambda content: FieldOption(**content),
    "identity": lambda content: KnownIdentity(**content),
    "prompt_field": lambda content: PromptField(**content),
    "form": objects.form,
}
