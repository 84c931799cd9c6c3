"""The approval template, called on the class."""

from __future__ import annotations

from typing import Any

import pytest

from sym.sdk import templates
from sym.sdk.resource import SRN
from sym.sdk.templates import ApprovalTemplate, ApprovalTemplateStep, Template, TemplateStep
from sym.sdk.templates.step import EventRequest

TARGET = SRN.parse("sym:access_target:okta:x:latest")


def test_the_exported_names() -> None:
    assert set(templates.__all__) == {
        "ApprovalTemplate",
        "ApprovalTemplateStep",
        "Template",
        "TemplateStep",
        "get_step_output",
    }


@pytest.mark.parametrize("name", ["request", "approve", "deny", "escalate"])
def test_a_step_is_asked_for_with_target_duration_and_more(name: str) -> None:
    ask = getattr(ApprovalTemplate, name)
    step = ApprovalTemplateStep(name)
    assert ask() == EventRequest(step)
    assert ask(target_srn=TARGET, duration=60, reason="r") == EventRequest(step, TARGET, 60, extra={"reason": "r"})
    with pytest.raises(TypeError):
        ask(TARGET)


def test_access_ends_without_a_duration() -> None:
    request = ApprovalTemplate.deescalate(target_srn=TARGET, reason="r")
    assert request == EventRequest(ApprovalTemplateStep.DEESCALATE, TARGET, extra={"reason": "r"})


def test_the_form_is_opened_with_anything() -> None:
    assert ApprovalTemplate.prompt(a=1) == EventRequest(ApprovalTemplateStep.PROMPT, extra={"a": 1})


@pytest.mark.parametrize("template", [Template, ApprovalTemplate])
def test_an_event_is_ignored_with_a_message(template: Any) -> None:
    assert template.ignore(message="no", a=1) == EventRequest(TemplateStep.IGNORE, message="no", extra={"a": 1})
    assert template.ignore().message is None
    with pytest.raises(TypeError):
        template.ignore("no")
    with pytest.raises(TypeError, match="abstract"):
        template("sym:template:approval:1.0.0")


@pytest.mark.parametrize("name", ["request_forward", "request_expire", "revoke", "get_revoked"])
def test_what_cannot_be_asked_for(name: str) -> None:
    assert not hasattr(ApprovalTemplate, name)
