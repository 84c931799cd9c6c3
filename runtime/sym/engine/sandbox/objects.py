"""From the JSON documents that show an author the world, to the objects the SDK promises."""

from __future__ import annotations

import collections
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sym.engine.sandbox import resources
from sym.sdk._person import KnownUser
from sym.sdk.event import Channel, Event, EventMeta, Payload
from sym.sdk.flow import Run
from sym.sdk.forms import SlackUserSelection, SymPromptForm
from sym.sdk.request_destination import RequestDestination, RequestForwardContext
from sym.sdk.resource import SRN
from sym.sdk.strategies import Operation
from sym.sdk.templates import ApprovalTemplate
from sym.sdk.user import User

Document = dict[str, Any]


class SDKTemplate(ApprovalTemplate):
    """The approval template: its methods are those of the class authors import."""


# Its steps are classmethods that are called on the class; abstract only so that nobody else makes an instance.
SDKTemplate.__abstractmethods__ = frozenset()


class SDKEventMeta(EventMeta):
    """Nothing authors need."""


class SDKChannel(Channel):
    """Where an event came from. Channels have no SRN of their own: theirs is the event's or the run's."""

    def __init__(self, srn: str, document: Document) -> None:
        super().__init__(srn)
        self._type = document["type"]
        self._identifier = document.get("identifier")

    type = property(lambda self: self._type)
    identifier = property(lambda self: self._identifier)


class SDKPayload(Payload):
    """The data of an event."""

    def __init__(self, document: Document) -> None:
        super().__init__(document["srn"])
        self._timestamp = datetime.fromisoformat(document["timestamp"])
        self._fields = to_object(document["fields"])
        self._user = KnownUser(document["user"])

    timestamp = property(lambda self: self._timestamp)
    fields = property(lambda self: self._fields)
    user = property(lambda self: self._user)

    @property
    def srn(self) -> SRN:
        """The name of this one event."""
        return self._srn


class SDKRun(Run):
    """A run with what happened in it so far."""

    def __init__(self, document: Document) -> None:
        super().__init__(document["srn"])
        self._actors: dict[str, User] = {name: KnownUser(user) for name, user in document["actors"].items()}
        self._contexts = {name: context or {} for name, context in document["contexts"].items()}
        self._source_channel = SDKChannel(document["srn"], document["source_channel"])

    actors = property(lambda self: self._actors)
    contexts = property(lambda self: self._contexts)
    source_channel = property(lambda self: self._source_channel)


class SDKEvent(Event):
    """What a handler is called with."""

    def __init__(self, document: Document) -> None:
        super().__init__(document["srn"])
        self._name = document["name"]
        self._template = SDKTemplate(document["template"])  # type: ignore[abstract]
        self._payload = SDKPayload(document["payload"])
        self._meta = SDKEventMeta(document["srn"])
        self._flow = resources.SDKFlow(document["flow"])
        self._run = SDKRun(document["run"])
        self._channel = SDKChannel(document["srn"], document["channel"])

    name = property(lambda self: self._name)
    template = property(lambda self: self._template)
    payload = property(lambda self: self._payload)
    meta = property(lambda self: self._meta)
    flow = property(lambda self: self._flow)
    run = property(lambda self: self._run)
    channel = property(lambda self: self._channel)

    def get_actor(self, event_name: str) -> User | None:
        """See ``Event.get_actor``. Whatever set off the escalation, its actor is the approver, if there is one."""
        actors = self._run.actors
        name = str(getattr(event_name, "value", event_name))
        if name in ("escalate", "deescalate") and name in actors:
            name = "approve" if "approve" in actors else name
        found: User | None = actors.get(name)
        return found

    def get_context(self, event_name: str) -> dict[str, Any] | None:
        """See ``Event.get_context``: empty for an event that came without one."""
        name = str(getattr(event_name, "value", event_name))
        found: dict[str, Any] | None = self._run.contexts.get(name)
        return {} if found is None and name in self._run.actors else found


def form(document: Document) -> SymPromptForm:
    """The request form; its fields keep the order of the document."""
    fields = collections.OrderedDict(
        (name, {**field, "value": to_object(field.get("value"))}) for name, field in document["fields"].items()
    )
    return SymPromptForm(
        fields=fields,
        flow_vars=document.get("flow_vars") or {},
        additional_header_text=document.get("additional_header_text"),
    )


def to_object(value: Any) -> Any:
    """The object a document stands for. Documents without a ``$type``, lists and plain values stay what they are, with
    what is inside of them turned into objects. Raises KeyError for a ``$type`` nobody knows."""
    if isinstance(value, list):
        return [to_object(item) for item in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("$type")
    if kind is None:
        return {name: to_object(item) for name, item in value.items()}
    return _KINDS[kind](value)


def _slack_user(document: Document) -> SlackUserSelection:
    return SlackUserSelection(user_id=document["user_id"], username=document.get("username"))


def _forward_context(document: Document) -> RequestForwardContext:
    return RequestForwardContext(
        all_request_destinations=[_destination(item) for item in document["all_request_destinations"]],
        current_destination_index=document["current_destination_index"],
        next_destination_index=document.get("next_destination_index"),
    )


def _destination(document: Document) -> RequestDestination:
    content = {name: item for name, item in document.items() if name != "$type"}
    if content.keys() <= {"allow_self", "timeout"}:
        return RequestDestination(**content)
    return RequestDestination.parse_obj(content)


def _operation(document: Document) -> Operation:
    return Operation(**{name: item for name, item in document.items() if name != "$type"})


_KINDS: dict[str, Callable[[Document], Any]] = {
    "operation": _operation,
    "event": SDKEvent,
    "user": KnownUser,
    "flow": resources.SDKFlow,
    "integration": resources.SDKIntegration,
    "secret": resources.SDKSecret,
    "target": resources.SDKTarget,
    "slack_user": _slack_user,
    "form": form,
    "request_destination": _destination,
    "request_forward_context": _forward_context,
}
