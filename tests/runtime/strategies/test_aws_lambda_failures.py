"""Lambda functions through the real life cycle: what they are told, and what their answers lead to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sym.testing import FlowTest
from tests.fakes.services.aws import REGION
from tests.fakes.services.aws_flow import REQUESTER, aws_flow, ended, granted
from tests.fakes.services.lambda_function import LambdaFunction, Raised

REASON = {"fields": {"reason": "string"}}


@pytest.fixture
def vendor() -> LambdaFunction:
    return LambdaFunction()


@pytest.fixture
def flow(vendor: LambdaFunction) -> Iterator[FlowTest]:
    with aws_flow("aws_lambda", vendor) as made:
        yield made


def test_it_is_told_the_event_twice_under_one_run(vendor: LambdaFunction) -> None:
    with aws_flow("aws_lambda", vendor, **REASON) as flow:
        request = flow.request(by=REQUESTER, target="target", duration="1h", reason="Incident 7")
        request.approve(by="approver@example.com")
        assert ended(flow, request).status == "deescalated"
    first, second = vendor.payloads
    assert first.keys() == {"id", "meta", "state", "run", "event", "actor", "fields", "type"}
    assert (first["type"], first["meta"], first["state"]) == (
        "event", {"schema_version": 7}, {"status": "processing", "errors": []},
    )  # fmt: skip
    assert first["run"]["srn"] == second["run"]["srn"]
    assert first["run"]["srn"].rpartition(":")[2] == request.id
    assert first["run"]["actors"]["request"]["username"] == REQUESTER
    assert set(second["run"]["actors"]) >= {"request", "approve"}
    assert [payload["event"]["type"] for payload in vendor.payloads] == ["escalate", "deescalate"]
    assert second["event"]["channel"] == "internal"
    assert first["id"] != second["id"]


def test_it_is_told_the_fields_of_each_event(vendor: LambdaFunction) -> None:
    with aws_flow("aws_lambda", vendor, **REASON) as flow:
        request = flow.request(by=REQUESTER, target="target", duration="1h", reason="Incident 7")
        request.approve(by="approver@example.com")
        ended(flow, request)
    first, second = (payload["fields"] for payload in vendor.payloads)
    assert (first["reason"], first["duration"]) == ("Incident 7", 3600)
    assert first["target"].keys() == {"name", "srn", "type", "label", "settings"}
    assert first["target"]["settings"]["arn"] == vendor.arn
    assert first["target_id"] in first["target"]["srn"]
    assert second.keys() == {"deescalate_type", "target", "target_id"}
    assert second["target"] == first["target"]


def test_a_call_that_is_made_again_has_the_same_ids(flow: FlowTest, vendor: LambdaFunction) -> None:
    vendor.crash_next()
    request = granted(flow)
    assert request.is_granted, request
    first, again = vendor.payloads
    assert first == again


def test_a_call_is_made_once_by_each_try(flow: FlowTest, vendor: LambdaFunction) -> None:
    vendor.fail_next(500, times=1)
    request = granted(flow)
    assert request.is_granted
    assert len(vendor.payloads) == 1
    assert sum(call.startswith("POST /2015-03-31") for call in vendor.calls) == 2


def test_its_body_is_the_output_of_the_step(flow: FlowTest, vendor: LambdaFunction) -> None:
    vendor.code = lambda _payload: {"body": {"database_user": "u7"}, "errors": []}
    request = granted(flow)
    (step,) = (step for step in request.steps if step.name == "escalate")
    assert step.output == {"database_user": "u7"}


def test_errors_it_answers_fail_the_request_a_bullet_each(flow: FlowTest, vendor: LambdaFunction) -> None:
    vendor.code = lambda _payload: {"body": {}, "errors": ["no such schema", "ask the DBAs"]}
    request = granted(flow, wait=1)
    assert request.status == "errored"
    assert request.errors[0].endswith("The Lambda function answered errors:\n• no such schema\n• ask the DBAs")
    assert any("• no such schema\n• ask the DBAs" in report.text for report in request.reports)
    assert [payload["event"]["type"] for payload in vendor.payloads][:2] == ["escalate", "deescalate"]


@pytest.mark.parametrize(
    "answer", ["done", None, {"ok": True}, {"body": {}}, {"errors": []}, {"body": 1, "errors": "x"}]
)
def test_an_answer_of_another_shape_succeeds_with_a_warning(
    flow: FlowTest, vendor: LambdaFunction, answer: Any
) -> None:
    vendor.code = lambda _payload: answer
    request = granted(flow)
    assert request.is_granted, request
    (step,) = (step for step in request.steps if step.name == "escalate")
    assert step.output is not None
    assert step.output["answer"] == answer
    assert '{"body": {…}, "errors": []}' in step.output["warning"]


def test_a_function_that_raises_fails_the_request_and_is_not_tried_again(
    flow: FlowTest, vendor: LambdaFunction
) -> None:
    def raises(payload: dict[str, Any]) -> Any:
        if payload["event"]["type"] == "escalate":
            raise Raised("division by zero")
        return vendor.grants(payload)

    vendor.code = raises
    request = granted(flow)
    assert request.status == "errored"
    assert "failed: Raised: division by zero. Its log in CloudWatch says more." in request.errors[0]
    assert "/var/task" not in request.errors[0]
    assert [payload["event"]["type"] for payload in vendor.payloads] == ["escalate", "deescalate"]


def test_an_end_that_fails_is_tried_again(flow: FlowTest, vendor: LambdaFunction) -> None:
    request = granted(flow)
    answers = iter([{"body": {}, "errors": ["busy"]}])
    vendor.code = lambda payload: next(answers, None) or vendor.grants(payload)
    assert ended(flow, request).status == "deescalated"
    assert not vendor.members
    assert [payload["id"] for payload in vendor.payloads[1:]] == [vendor.payloads[1]["id"]] * 2


def test_a_throttled_call_is_made_again(flow: FlowTest, vendor: LambdaFunction) -> None:
    vendor.throttle_next()
    assert granted(flow).is_granted


def test_a_call_without_the_permission_says_what_to_give(flow: FlowTest, vendor: LambdaFunction) -> None:
    vendor.forbid_next(times=20)
    request = granted(flow, wait=0)
    assert request.status == "errored"
    assert "AccessDenied" in request.errors[0]
    assert "Give the role the permissions" in request.errors[0]


def test_a_function_that_is_gone_cannot_grant_and_is_not_taken_to_have_ended_anything(
    flow: FlowTest, vendor: LambdaFunction
) -> None:
    request = granted(flow)
    vendor.remove_target("")
    ended(flow, request)
    assert request.status != "deescalated"
    assert any("Function not found" in error for error in request.errors)
    other = granted(flow, by="other@example.com", wait=0)
    assert other.status == "errored"


def test_a_function_in_another_region_is_called_there() -> None:
    vendor = LambdaFunction(region="eu-west-1")
    regions: list[str] = []
    answer = vendor.answer

    def noted(request: Any) -> Any:
        regions.append(request.headers["authorization"].split("/")[2])
        return answer(request)

    vendor.answer = noted  # type: ignore[method-assign]
    with aws_flow("aws_lambda", vendor) as flow:
        assert granted(flow).is_granted
    assert set(regions[-1:]) == {"eu-west-1"}
    assert REGION != "eu-west-1"
