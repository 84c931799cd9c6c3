"""Events that never happened look like those that do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sym.testing import FlowTest

CODE = """
from sym.sdk import *

@hook
def on_escalate(event):
    who = {name: getattr(event.get_actor(name), "email", None) for name in ("request", "approve", "escalate", "deny")}
    print(sorted(who.items()), event.get_context("request"), event.channel.type, event.payload.fields["team"],
          event.run.source_channel.identifier, event.flow.vars["x"], event.payload.timestamp.isoformat()[:10])

@hook
def on_prompt(event):
    print(event.name, event.user.email, event.payload.fields, event.get_actor("request"))
"""


@pytest.fixture
def flow(flow_test: Callable[..., FlowTest]) -> FlowTest:
    return flow_test(CODE, targets=["prod"], fields={"team": "string"}, flow_vars={"x": "y"})


def test_an_event_has_its_actors_its_context_and_its_fields(flow: FlowTest, capsys: pytest.CaptureFixture[str]) -> None:
    event = flow.event("escalate", by="bob@example.com", requester="ada@example.com", target="prod", duration="1h",
                       team="web", context={"a": 1}, channel="#ops")  # fmt: skip
    assert event.name == "escalate"
    flow.call("on_escalate", event)
    ada, bob = "ada@example.com", "bob@example.com"
    actors = [("approve", bob), ("deny", None), ("escalate", bob), ("request", ada)]
    assert capsys.readouterr().out == f"{actors} {{'a': 1}} slack web #ops y 2026-01-05\n"


def test_before_a_form_is_shown_nobody_has_asked(flow: FlowTest, capsys: pytest.CaptureFixture[str]) -> None:
    flow.call("on_prompt", flow.event("prompt", by="ada@example.com"))
    assert capsys.readouterr().out == "prompt ada@example.com {} None\n"


def test_an_event_there_is_not_is_refused(flow: FlowTest) -> None:
    with pytest.raises(ValueError, match="'approved' is no event; there are: prompt, request"):
        flow.event("approved")
