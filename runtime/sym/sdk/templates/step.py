"""The steps of a flow, what they returned, and the request of a hook to take another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sym.sdk._host import current_host
from sym.sdk._stubs import stubbed
from sym.sdk._text_enum import TextEnum
from sym.sdk.resource import SRN


class TemplateStep(TextEnum):
    """The steps every template has."""

    IGNORE = "ignore"


class ApprovalTemplateStep(TextEnum):
    """The steps of the approval template."""

    PROMPT = "prompt"
    REQUEST = "request"
    REQUEST_FORWARD = "request_forward"
    REQUEST_EXPIRE = "request_expire"
    APPROVE = "approve"
    DENY = "deny"
    ESCALATE = "escalate"
    DEESCALATE = "deescalate"


@dataclass(frozen=True)
class EventRequest:
    """What a hook returns to have another event fired in place of the one it was called for. Immutable and truthy.

    Attributes:
        step: the event to fire.
        target_srn: the target to ask access to; ``None``: the run's.
        duration: for how many seconds; ``None``: the run's.
        message: what the acting user is told, for ``ignore``.
        extra: what goes into the payload of the new event.

    Raises:
        InvalidSRNError: ``target_srn`` is not an SRN.
        ValueError: ``duration`` is not a whole number of seconds above zero.
    """

    step: ApprovalTemplateStep | TemplateStep
    target_srn: SRN | None = None
    duration: int | None = None
    message: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.target_srn is not None:
            object.__setattr__(self, "target_srn", SRN.parse(self.target_srn))
        if self.duration is not None:
            object.__setattr__(self, "duration", _seconds(self.duration))
        object.__setattr__(self, "extra", MappingProxyType(dict(self.extra)))

    def to_dict(self) -> dict[str, Any]:
        """Return the request for JSON, as far as what is in ``extra`` allows."""
        return {
            "step": self.step.value,
            "target_srn": None if self.target_srn is None else str(self.target_srn),
            "duration": self.duration,
            "message": self.message,
            "extra": dict(self.extra),
        }

    def __reduce__(self) -> tuple[Any, ...]:
        # The read-only view of `extra` can be neither copied nor pickled.
        return type(self), (self.step, self.target_srn, self.duration, self.message, dict(self.extra))


@stubbed
def get_step_output(step: ApprovalTemplateStep | str | None = None) -> dict[str, Any]:
    """Return what a step of this run returned, as a strategy or an AWS Lambda function left it.

    Args:
        step: the step or its text; by default the current one.

    Returns:
        The output; empty if the step has none.

    Raises:
        ValueError: there is no such step.
        NoHost: no flow is running this code.
    """
    name = None if step is None else _step(step).value
    return current_host("get_step_output").step_output(name) or {}


def _step(step: str) -> ApprovalTemplateStep:
    try:
        return ApprovalTemplateStep(step)
    except ValueError:
        known = ", ".join(member.value for member in ApprovalTemplateStep)
        raise ValueError(f"get_step_output: there is no step {step!r}; the steps are {known}") from None


def _seconds(duration: Any) -> int:
    if (
        isinstance(duration, bool)
        or not isinstance(duration, (int, float))
        or duration != duration // 1
        or duration <= 0
    ):
        raise ValueError(f"duration is {duration!r}; it must be a whole number of seconds above zero")
    return int(duration)
