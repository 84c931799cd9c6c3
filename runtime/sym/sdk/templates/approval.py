"""The approval template: request, approve or deny, escalate, deescalate."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from sym.sdk.resource import SRN
from sym.sdk.templates.step import ApprovalTemplateStep, EventRequest
from sym.sdk.templates.template import Template

__all__ = ["ApprovalTemplate", "ApprovalTemplateStep"]


class ApprovalTemplate(Template, ABC):
    """Access for a time, after somebody approved it.

    Each method asks for the event of its name; return the result from a hook. ``target_srn`` and ``duration`` (seconds)
    default to what the run was requested with and are needed only while it has no request. Further keywords go into the
    payload of the new event; ``reason="…"`` is shown as the reason.
    """

    @classmethod
    @abstractmethod
    def prompt(cls, **kwargs: Any) -> EventRequest:
        """Open the request form."""
        return EventRequest(ApprovalTemplateStep.PROMPT, extra=kwargs)

    @classmethod
    @abstractmethod
    def request(cls, *, target_srn: SRN | None = None, duration: int | None = None, **kwargs: Any) -> EventRequest:
        """Request access."""
        return EventRequest(ApprovalTemplateStep.REQUEST, target_srn, duration, extra=kwargs)

    @classmethod
    @abstractmethod
    def approve(cls, *, target_srn: SRN | None = None, duration: int | None = None, **kwargs: Any) -> EventRequest:
        """Approve the request."""
        return EventRequest(ApprovalTemplateStep.APPROVE, target_srn, duration, extra=kwargs)

    @classmethod
    @abstractmethod
    def deny(cls, *, target_srn: SRN | None = None, duration: int | None = None, **kwargs: Any) -> EventRequest:
        """Deny the request."""
        return EventRequest(ApprovalTemplateStep.DENY, target_srn, duration, extra=kwargs)

    @classmethod
    @abstractmethod
    def escalate(cls, *, target_srn: SRN | None = None, duration: int | None = None, **kwargs: Any) -> EventRequest:
        """Grant access."""
        return EventRequest(ApprovalTemplateStep.ESCALATE, target_srn, duration, extra=kwargs)

    @classmethod
    @abstractmethod
    def deescalate(cls, *, target_srn: SRN | None = None, **kwargs: Any) -> EventRequest:
        """Remove access."""
        return EventRequest(ApprovalTemplateStep.DEESCALATE, target_srn, extra=kwargs)
