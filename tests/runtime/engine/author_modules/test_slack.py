"""``sym.sdk.integrations.slack``: what author code asks reaches the surface, and its answers and errors the code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from sym.engine.executor import Executor
from sym.engine.outbound import Unreachable
from sym.engine.reach import Reach
from sym.sdk._secrets import SecretPlace
from sym.sdk.exceptions.slack import SlackError
from sym.store.traces import traces_of_run
from tests.fakes.people import RecordingOutbound

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
CODE = """
from sym.sdk.integrations import slack
from sym.sdk.exceptions import SymException

@hook
def on_request(event):
    {body}
"""


class Workspace(RecordingOutbound):
    """A surface that answers what it is asked from a table; what is not in it fails."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        super().__init__()
        self.answers = answers
        self.asked: list[tuple[str, Mapping[str, Any], str, str | None]] = []

    def ask(self, function: str, arguments: Mapping[str, Any], *, external_id: str, run_id: str | None) -> Any:
        self.asked.append((function, arguments, external_id, run_id))
        answer = self.answers[function]
        if isinstance(answer, Exception):
            raise answer
        return answer


def run(engine: Any, surface: Any, body: str, *, linked: bool = True) -> tuple[str, dict[str, Any]]:
    """The id of a run whose on_request had ``body``, and the fields of what it denied."""
    if surface is not None:
        engine.executor = Executor(engine.store, engine.queue, engine.sandbox, SecretPlace(), engine.clock,
                                   reach=Reach(outbound=surface))  # fmt: skip
    engine.flow(CODE.format(body=body), access=False)
    if linked:
        slack = engine.save("integration", "slack", {"type": "slack", "name": "w", "external_id": "T1"})
        engine.save("environment", "environment", {"name": "local", "integrations": {"slack_id": slack}})
    run_id = engine.requested()
    return run_id, engine.named(run_id, "deny").fields


def test_it_is_asked_in_the_workspace_of_the_flows_environment(engine: Any) -> None:
    surface = Workspace({"find_user_id": "U7", "users_in_channel": [], "send_message": None, "is_user_in_group": True})
    run_id, fields = run(engine, surface, """
    slack.send_message(slack.channel("#ops"), "Hello")
    return ApprovalTemplate.deny(bob=slack.mention("bob@acme.example"), there=len(slack.users_in_channel("#ops")),
                                 member=slack.is_user_in_group(event.user, group_id="S1"))
""")  # fmt: skip
    assert (fields["bob"], fields["there"], fields["member"]) == ("<@U7>", 0, True)
    assert [(name, place, of) for name, _, place, of in surface.asked] == [
        (name, "T1", run_id) for name in ("send_message", "find_user_id", "users_in_channel", "is_user_in_group")
    ]
    assert surface.asked[1][1] == {"identifier": "bob@acme.example"}
    with engine.store.reading() as conn:
        steps = traces_of_run(conn, run_id)[0].steps
    assert [question["what"] for question in steps[0]["asked"]][:2] == ["slack.send_message", "slack.find_user_id"]
    assert steps[0]["asked"][1]["answer"] == "U7"


def test_an_environment_without_a_workspace_leaves_the_choice_to_the_surface(engine: Any) -> None:
    surface = Workspace({"find_user_id": "U7"})
    run(engine, surface, "    return ApprovalTemplate.deny(x=slack.mention('bob'))\n".strip(), linked=False)
    assert surface.asked[0][2] == ""


FAILS = """
    try:
        slack.list_users()
    except SymException as error:
        return ApprovalTemplate.deny(code=error.error_code, why=str(error))
"""


@pytest.mark.parametrize(("answer", "code", "why"), [
    (SlackError("MISSING_SCOPE", "It may not."), "Slack:MISSING_SCOPE", "It may not."),
    (Unreachable("It is busy."), "Slack:UNREACHABLE", "slack.list_users failed: It is busy."),
    (ValueError("xoxb-secret"), "Slack:UNREACHABLE",
     "slack.list_users failed: Slack could not be asked; try again later."),
])  # fmt: skip
def test_its_errors_are_slacks_and_show_no_token(engine: Any, answer: Exception, code: str, why: str,
                                                 caplog: pytest.LogCaptureFixture) -> None:  # fmt: skip
    _, fields = run(engine, Workspace({"list_users": answer}), FAILS)
    assert (fields["code"], fields["why"]) == (code, why)
    assert "xoxb" not in caplog.text


def test_without_slack_the_error_says_that_none_is_connected(engine: Any) -> None:
    _, fields = run(engine, None, FAILS)
    assert fields["code"] == "Slack:NOT_CONNECTED"
