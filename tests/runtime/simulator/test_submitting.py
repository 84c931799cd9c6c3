"""Submitting and closing modals."""

from __future__ import annotations

import time
from typing import Any

import pytest
from slack_sdk import WebClient

from sym.simulator.errors import Unhappy
from sym.simulator.server import Person, Simulator
from tests.runtime.simulator.conftest import AppUnderTest, modal, plain, text_input
from tests.runtime.simulator.test_interacting import opened


def number(**more: Any) -> dict[str, Any]:
    element = {"type": "number_input", "action_id": "n", "is_decimal_allowed": False, **more}
    return {"type": "input", "block_id": "number", "label": plain("How many?"), "element": element}


def field(kind: str) -> dict[str, Any]:
    return {"type": "input", "block_id": "x", "label": plain("x"), "element": {"type": kind, "action_id": "x"}}


def test_a_submission_carries_what_was_filled_in(
    simulator: Simulator, app: AppUnderTest, client: WebClient, ada: Person
) -> None:
    view = opened(simulator, client, ada, callback_id="form", private_metadata="m")
    ada.fill(view, "why", "because")
    assert ada.submit(view) is None
    payload = app.taken[-1].payload
    assert (payload["type"], payload["view"]["callback_id"], payload["view"]["private_metadata"]) == (
        "view_submission", "form", "m",
    )  # fmt: skip
    assert payload["view"]["state"]["values"] == {"why": {"typed": {"type": "plain_text_input", "value": "because"}}}
    assert payload["response_urls"] == []
    assert ada.views() == []


@pytest.mark.parametrize(
    ("block", "given", "problem"),
    [
        (text_input("x"), "", "Please complete this required field."),
        (text_input("x", element={"min_length": 5}), "abc", "Must be at least 5 characters."),
        ({**number(), "block_id": "x"}, "1.5", "Please enter a whole number."),
        ({**number(min_value="3"), "block_id": "x"}, "2", "Must be at least 3."),
        ({**number(max_value="3"), "block_id": "x"}, "4", "Must be at most 3."),
        (field("email_text_input"), "nobody", "Please enter a valid email address."),
        (field("url_text_input"), "nowhere", "Please enter a valid URL."),
    ],
)
def test_slack_s_own_checks_come_before_the_app(
    simulator: Simulator, app: AppUnderTest, client: WebClient, ada: Person, block: Any, given: str, problem: str
) -> None:
    view = opened(simulator, client, ada, block)
    app.taken.clear()
    ada.fill(view, "x", given)
    assert ada.submit(view) == {"x": problem}
    assert app.taken == []
    assert view.errors == {"x": problem}
    ada.fill(view, "x", given + "1")
    assert view.errors == {}, "an error goes when the field is touched"


def test_an_optional_field_may_be_empty(
    simulator: Simulator, app: AppUnderTest, client: WebClient, ada: Person
) -> None:
    assert ada.submit(opened(simulator, client, ada, text_input(optional=True))) is None


def test_errors_of_the_app_are_shown_at_their_fields(
    simulator: Simulator, app: AppUnderTest, client: WebClient, ada: Person
) -> None:
    view = opened(simulator, client, ada, text_input(element={"initial_value": "x"}))
    app.answer = lambda taken: {"response_action": "errors", "errors": {"why": "Say more."}}
    assert ada.submit(view) == {"why": "Say more."}
    assert ada.views() == [view]
    assert view.is_busy is False


def test_the_app_may_show_another_modal(
    simulator: Simulator, app: AppUnderTest, client: WebClient, ada: Person
) -> None:
    done = {**modal({"type": "divider"}), "title": plain("Done")}
    view = opened(simulator, client, ada, text_input(optional=True))
    app.answer = lambda taken: {"response_action": "update", "view": done}
    assert ada.submit(view) is None
    assert [each.id for each in ada.views()] == [view.id]
    assert "Done" in view.said()
    app.answer = lambda taken: {"response_action": "push", "view": done}
    ada.submit()
    assert len(ada.views()) == 2
    app.answer = lambda taken: {"response_action": "clear"}
    ada.submit()
    assert ada.views() == []


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors"},
        {"response_action": "errors", "errors": {}},
        {"response_action": "errors", "errors": {"unknown": "x"}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "explode"},
        {"text": "hello"},
        500,
    ],
)
def test_an_answer_that_slack_does_not_understand(
    simulator: Simulator, app: AppUnderTest, client: WebClient, ada: Person, answer: Any
) -> None:
    view = opened(simulator, client, ada, text_input(optional=True))
    app.answer = lambda taken: answer
    with pytest.raises(Unhappy, match="trouble connecting"):
        ada.submit(view)
    assert ada.views() == [view]


def test_an_answer_that_comes_too_late(simulator: Simulator, app: AppUnderTest, client: WebClient, ada: Person) -> None:
    view = opened(simulator, client, ada, text_input(optional=True))
    simulator.delivery.ack_seconds = 0.05
    app.answer = lambda taken: time.sleep(0.3)
    with pytest.raises(Unhappy) as trouble:
        ada.submit(view)
    assert trouble.value.code == "operation_timeout"


@pytest.mark.parametrize("notified", [True, False])
def test_closing_is_told_if_asked_for(
    simulator: Simulator, app: AppUnderTest, client: WebClient, ada: Person, notified: bool
) -> None:
    opened(simulator, client, ada, notify_on_close=notified, callback_id="c")
    app.taken.clear()
    ada.close()
    simulator.settle()
    closings = [taken.payload["type"] for taken in app.taken]
    assert closings == (["view_closed"] if notified else [])
