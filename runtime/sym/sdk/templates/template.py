"""What every template can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from sym.sdk.resource import SymResource
from sym.sdk.templates.step import EventRequest, TemplateStep

__all__ = ["Template", "TemplateStep"]


class Template(SymResource, ABC):
    """The life cycle a flow follows. Its methods are called on the class; what they return is for a hook to return."""

    @classmethod
    @abstractmethod
    def ignore(cls, *, message: str | None = None, **kwargs: Any) -> EventRequest:
        """Ask that the incoming event be as if it had not happened.

        Args:
            message: what the acting user is told.
            kwargs: put into the payload of the ``ignore`` event.
        """
        return EventRequest(TemplateStep.IGNORE, message=message, extra=kwargs)
