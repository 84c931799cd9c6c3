"""Events: what a handler is called with."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any

from sym.sdk._channel import Channel
from sym.sdk.flow import Flow, Run
from sym.sdk.resource import SRN, SymResource
from sym.sdk.templates.template import Template
from sym.sdk.user import User

__all__ = ["Channel", "Event", "EventMeta", "Payload"]


class Payload(SymResource):
    """The data of an event."""

    @property
    @abstractmethod
    def timestamp(self) -> datetime:
        """When the event was made."""

    @property
    @abstractmethod
    def fields(self) -> dict[str, Any]:
        """What was submitted with it: prompt fields by name, ``target``, ``target_id``, ``duration`` in seconds."""

    @property
    @abstractmethod
    def srn(self) -> SRN:
        """The name of this one event."""

    @property
    @abstractmethod
    def user(self) -> User:
        """Who caused the event."""


class EventMeta(SymResource, ABC):
    """What Sym keeps about an event; of no use to authors."""


class Event(SymResource, ABC):
    """Something that happened to a run."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What happened, such as ``request`` or ``approve``."""

    @property
    @abstractmethod
    def payload(self) -> Payload:
        """The data."""

    @property
    @abstractmethod
    def meta(self) -> EventMeta:
        """What Sym keeps about the event."""

    @property
    @abstractmethod
    def template(self) -> Template:
        """The template the flow is made from."""

    @property
    @abstractmethod
    def flow(self) -> Flow:
        """The flow."""

    @property
    @abstractmethod
    def run(self) -> Run:
        """The run this event belongs to."""

    @property
    @abstractmethod
    def channel(self) -> Channel:
        """Where this event came from."""

    @property
    def user(self) -> User:
        """Who caused the event: short for ``payload.user``."""
        return self.payload.user

    def __getattr__(self, name: str) -> Any:
        # Early flows read these from the event. Properties would show up in dict().
        if name == "fields":
            return _moved("event.fields", "event.payload.fields", self.payload.fields)
        if name == "actors":
            return _moved("event.actors", "event.run.actors", self.run.actors)
        return super().__getattr__(name)

    @abstractmethod
    def get_actor(self, event_name: str) -> User | None:
        """Return who caused the named event in this run; ``None`` if it has not happened.

        ``escalate`` and ``deescalate`` are set off by the approval, so their actor is the approver.

        Args:
            event_name: an ``ApprovalTemplateStep`` or its text.
        """

    @abstractmethod
    def get_context(self, event_name: str) -> dict[str, Any] | None:
        """Return the context attached to the named event in this run; ``None`` if it has not happened.

        Args:
            event_name: an ``ApprovalTemplateStep`` or its text.
        """


def _moved(old: str, new: str, value: Any) -> Any:
    warnings.warn(f"{old} is {new} now", DeprecationWarning, stacklevel=3)
    return value
