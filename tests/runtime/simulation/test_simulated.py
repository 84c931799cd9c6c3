"""Requests through flows, without anything being done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sym.errors import Invalid
from sym.simulation import Act, Scenario, Simulated, read_flow, simulate

INPUTS = {"reason": "INC-1", "duration": 600}


def run(folder: Path, **details: Any) -> Simulated:
    return simulate(read_flow(folder), Scenario(requester="ada@example.com", inputs=INPUTS, **details))


def answers(folder: Path, document: Any) -> Path:
    path = folder / "answers.json"
    path.write_text(json.dumps(document))
    return path


def test_a_call_without_an_answer_is_listed_and_fails_as_a_service_does(flow_folder: Path) -> None:
    seen = run(flow_folder)
    assert seen.status == "requested"
    assert [call["call"] for call in seen.would_call] == ["okta.is_user_in_group"]
    assert seen.asked == ["#ops"]
    (first,) = seen.trace
    assert first["steps"][0]["printed"].startswith("asked for INC-1\nno answer: okta.is_user_in_group has no answer")
    assert first["reason"].startswith("on_request returned nothing, so people are asked to decide.")


def test_an_answer_decides_and_the_strategy_is_only_told(flow_folder: Path) -> None:
    seen = run(flow_folder, answers=answers(flow_folder, {"okta.is_user_in_group": True}), seconds_later=600)
    assert (seen.status, seen.would_call) == ("deescalated", [])
    assert seen.access == [
        {"what": "escalate", "who": "ada@example.com", "target": "readers"},
        {"what": "deescalate", "who": "ada@example.com", "target": "readers"},
    ]  # fmt: skip
    question = seen.trace[0]["steps"][0]["asked"][0]
    assert (question["what"], question["answer"]) == ("okta.is_user_in_group", True)
    assert seen.trace[0]["reason"].startswith("on_request answered approve, which happens next.")


def test_a_particular_answer_counts_before_a_general_one(flow_folder: Path) -> None:
    file = answers(flow_folder, [
        {"call": "okta.is_user_in_group", "arguments": {"group_id": "00g1"}, "returns": True},
        {"call": "okta.is_user_in_group", "raises": "Okta is away"},
    ])  # fmt: skip
    assert run(flow_folder, answers=file).status == "escalated"


def test_people_in_answers_are_named_by_their_addresses(flow_folder: Path) -> None:
    code = (flow_folder / "impl.py").read_text()
    assert "get_permissions" in code
    (flow_folder / "impl.py").write_text(
        "from sym.sdk import RequestPermission, okta, reducer\nfrom sym.sdk.user import user_ids\n\n@reducer\n"
        "def get_permissions(event):\n    who = user_ids(okta.users_in_group(group_id='00g1'))\n"
        "    return RequestPermission(webapp_view=who, approve_deny=who)\n"
    )
    file = answers(flow_folder, {"okta.users_in_group": [{"email": "bob@example.com"}, {"email": "cat@example.com"}]})
    acts = (Act("approve", "eve@example.com"), Act("approve", "bob@example.com"))
    seen = run(flow_folder, answers=file, acts=acts)
    assert seen.status == "escalated"
    assert [text.partition(":")[0] for text in seen.refused] == ["approve by eve@example.com"]


@pytest.mark.parametrize(
    ("document", "says"),
    [("x", "neither an object nor a list"), ([1], "does not say for which call"), ({"okta.nothing": 1}, "'nothing'"),
     ({"nowhere.x": 1}, "'nowhere'"), ([{"call": "okta.is_user_in_group", "return": 1}], "the key 'return'")],
)  # fmt: skip
def test_answers_that_cannot_be_used_are_refused(flow_folder: Path, document: Any, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        run(flow_folder, answers=answers(flow_folder, document))


def test_what_somebody_may_not_do_is_told(flow_folder: Path) -> None:
    acts = (
        Act("approve", "ada@example.com"),
        Act("approve", "gus@example.com", "guest"),
        Act("deny", "bob@example.com"),
    )
    seen = run(flow_folder, acts=acts)
    assert seen.status == "denied"
    assert [text.partition(":")[0] for text in seen.refused] == [
        "approve by ada@example.com", "approve by gus@example.com",
    ]  # fmt: skip


def test_code_that_goes_to_the_network_by_itself_gets_nowhere(flow_folder: Path) -> None:
    (flow_folder / "impl.py").write_text(
        "import urllib.request\nfrom sym.sdk.annotations import hook\n\n@hook\ndef on_request(event):\n"
        "    urllib.request.urlopen('http://example.com', timeout=5)\n"
    )
    seen = run(flow_folder)
    assert seen.status == "errored"
    assert "Connection refused" in seen.trace[0]["reason"]
