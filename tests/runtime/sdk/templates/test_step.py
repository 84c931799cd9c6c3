"""Steps, their output, and requests for events."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from sym.sdk._host import NoHost
from sym.sdk.resource import SRN, InvalidSRNError
from sym.sdk.templates import ApprovalTemplateStep, TemplateStep, get_step_output
from sym.sdk.templates.step import EventRequest


def test_the_steps() -> None:
    assert [step.value for step in TemplateStep] == ["ignore"]
    assert [step.value for step in ApprovalTemplateStep] == [
        "prompt",
        "request",
        "request_forward",
        "request_expire",
        "approve",
        "deny",
        "escalate",
        "deescalate",
    ]
    assert f"after {ApprovalTemplateStep.DENY}" == "after deny"


@pytest.mark.parametrize(
    ("step", "asked"), [(None, None), ("escalate", "escalate"), (ApprovalTemplateStep.ESCALATE, "escalate")]
)
def test_the_host_has_the_output_of_a_step(host: Any, step: Any, asked: str | None) -> None:
    host.answers["step_output"] = {"body": {}, "errors": []}
    assert get_step_output(step) == {"body": {}, "errors": []}
    assert host.asked == [("step_output", asked)]


def test_a_step_without_output_has_an_empty_one(host: Any) -> None:
    host.answers["step_output"] = None
    assert get_step_output() == {}


def test_an_unknown_step_is_refused(host: Any) -> None:
    with pytest.raises(ValueError, match=r"no step 'revoke'; the steps are prompt, .*deescalate"):
        get_step_output("revoke")
    assert host.asked == []


def test_there_is_no_output_without_a_host() -> None:
    with pytest.raises(NoHost, match="get_step_output"):
        get_step_output()


def test_a_request_is_truthy_and_cannot_be_changed() -> None:
    extra = {"reason": "x"}
    request = EventRequest(ApprovalTemplateStep.APPROVE, extra=extra)
    extra["reason"] = "y"
    assert request
    assert request.extra == {"reason": "x"}
    with pytest.raises(dataclasses.FrozenInstanceError):
        request.duration = 5  # type: ignore[misc]
    with pytest.raises(TypeError):
        request.extra["reason"] = "z"  # type: ignore[index]
    assert "ApprovalTemplateStep.APPROVE" in repr(request)


def test_a_request_can_be_hashed_copied_and_pickled() -> None:
    request = EventRequest(TemplateStep.IGNORE, message="no", extra={"a": [1]})
    assert copy.deepcopy(request) == pickle.loads(pickle.dumps(request)) == request
    assert hash(request) == hash(EventRequest(TemplateStep.IGNORE, message="no"))


def test_what_a_request_names_is_checked() -> None:
    request = EventRequest(ApprovalTemplateStep.REQUEST, "SYM:access_target:okta:x:latest", 60.0)  # type: ignore[arg-type]
    assert request.target_srn == SRN.parse("sym:access_target:okta:x:latest")
    assert request.duration == 60
    assert type(request.duration) is int
    with pytest.raises(InvalidSRNError):
        EventRequest(ApprovalTemplateStep.REQUEST, "x")  # type: ignore[arg-type]
    for junk in (0, -1, 1.5, True, "60", float("nan"), float("inf")):
        with pytest.raises(ValueError, match="whole number of seconds"):
            EventRequest(ApprovalTemplateStep.REQUEST, duration=junk)  # type: ignore[arg-type]


def test_a_request_as_a_dictionary() -> None:
    srn = SRN.parse("sym:access_target:okta:x:latest")
    assert EventRequest(ApprovalTemplateStep.APPROVE, srn, 60, extra={"reason": "r"}).to_dict() == {
        "step": "approve",
        "target_srn": "sym:access_target:okta:x:latest",
        "duration": 60,
        "message": None,
        "extra": {"reason": "r"},
    }
