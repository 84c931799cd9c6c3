"""The form, before the request: what its code does is seen in a simulation as well."""

from __future__ import annotations

from typing import Any

import pytest

from sym.simulation.declared import DeclaredFlow
from sym.simulation.simulated import Scenario, Simulated, simulate

CODE = """
from sym.sdk import ApprovalTemplate, FieldOption, PermissionLevel, RequestPermission, hook, prefetch, reducer

@hook
def on_prompt(event):
    {on_prompt}

@prefetch(field_name="ticket")
def tickets(event):
    print("looked for tickets of", event.user.email)
    return [FieldOption(value="T-1", label="The first")]

@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)
"""
ON_CHANGE = """
def on_change_ticket(username, form):
    form.fields["reason"].required = False
    return form
"""


def seen(on_prompt: str = "return None", source: str = "slack", **inputs: Any) -> Simulated:
    """A request for approval, with a form that has a list and changes."""
    fields = (
        {"name": "ticket", "type": "string", "prefetch": True, "on_change": ON_CHANGE},
        {"name": "reason", "type": "string"},
    )
    flow = DeclaredFlow(name="access", implementation=CODE.format(on_prompt=on_prompt), fields=fields)
    return simulate(flow, Scenario(requester="ada@acme.example", source=source,
                                   inputs={"ticket": "T-1", "reason": "need it", **inputs}))  # fmt: skip


def test_what_the_forms_code_does_comes_first() -> None:
    phase, *rest = seen().trace
    assert (phase["event"], phase["outcome"]) == ("prompt", "shown")
    assert [step["handler"] for step in phase["steps"]] == ["on_prompt", "tickets", "on_change_ticket"]
    assert "looked for tickets of ada@acme.example" in phase["steps"][1]["printed"]
    assert rest[0]["event"] == "request"


def test_a_form_that_is_not_shown_says_why() -> None:
    phase = seen('return ApprovalTemplate.ignore(message="Not on Sundays.")').trace[0]
    assert (phase["outcome"], phase["reason"]) == ("failed", "Not on Sundays.")


@pytest.mark.parametrize("what", ["raise RuntimeError('no directory')"])
def test_code_that_fails_is_named_with_its_line(what: str) -> None:
    step = seen(what).trace[0]["steps"][0]
    assert (step["handler"], step["line"]) == ("on_prompt", 6)
    assert "no directory" in step["failed"]


def test_through_the_api_there_is_no_form() -> None:
    assert seen(source="api").trace[0]["event"] == "request"
