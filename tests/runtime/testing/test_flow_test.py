"""A flow through the real life cycle, in this process and in the sandbox: both give the same answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sym.engine.inputs import InvalidInputs
from sym.engine.sandbox.sandbox import CallFailed
from sym.sdk import PermissionLevel
from sym.testing import FlowTest, UnexpectedCall
from tests.fakes.services.okta import Okta

CODE = """
from sym.sdk import *
from sym.sdk.notifications import Notification
from sym.sdk.templates import ApprovalTemplate, get_step_output

@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)

@reducer
def get_request_notifications(event):
    return [Notification(destinations=[slack.channel("#ops"), event.user], timeout=60)]

@hook
def on_approve(event):
    if not okta.is_user_in_group(event.user, group_id="g1"):
        return ApprovalTemplate.ignore(message="not you")

@hook
def after_escalate(event):
    print("granted", get_step_output()["target"], event.payload.fields["duration"])

@hook
def on_deny(event):
    raise ValueError("no denying")

@hook
def on_deescalate(event):
    return ApprovalTemplate.ignore(message="keep it") if event.channel.type == "slack" else None
"""
Make = Callable[..., FlowTest]


@pytest.fixture(params=[False, True], ids=["in this process", "sandboxed"])
def flow(request: pytest.FixtureRequest, flow_test: Make) -> FlowTest:
    return flow_test(CODE, targets=["prod", "dev"], fields={"reason": "string"}, sandboxed=request.param)


def ask(flow: FlowTest, **more: object) -> object:
    return flow.request(by="ada@example.com", **{"target": "prod", "duration": "1h", "reason": "x", **more})  # type: ignore[arg-type]


def test_a_request_goes_through_its_whole_life(flow: FlowTest, capsys: pytest.CaptureFixture[str]) -> None:
    ada, bob = flow.user("ada@example.com"), flow.user("bob@example.com", role="admin")
    flow.host.okta.is_user_in_group.returns(False)
    flow.host.okta.is_user_in_group.when(user=bob).returns(True)
    request = flow.request(by=ada, target="prod", duration="1h", reason="INC-1")
    assert request.status == "requested"
    assert [card.destination for card in request.notifications] == ["#ops", "ada@example.com"]
    assert request.notifications[0].actions == ("approve", "deny")
    assert request.approve(by="eve@example.com").error == "not you"
    assert request.approve(by=bob, message="go").is_done
    assert request.is_granted
    assert flow.access.has(ada, "prod")
    assert "granted prod 3600" in capsys.readouterr().out
    early = request.revoke(by=ada)
    assert (early.is_done, early.error) == (False, "keep it")
    flow.travel(minutes=59)
    assert request.is_granted
    flow.travel(minutes=1)
    assert request.status == "deescalated"
    assert not request.is_granted
    assert flow.access.members("prod") == []
    assert [call.method for call in flow.access.calls] == ["escalate", "deescalate"]
    assert request.audit == [
        "run.requested", "event.ignored", "run.approved", "run.escalated", "event.ignored", "run.deescalated",
    ]  # fmt: skip
    assert [message.what for message in request.messages if message.to == ada.name] == [
        "approved", "granted", "ignored", "ended",
    ]  # fmt: skip


def test_a_request_nobody_decides_expires(flow: FlowTest) -> None:
    request = ask(flow)
    flow.travel(seconds=59)
    assert request.status == "requested"  # type: ignore[attr-defined]
    flow.travel(seconds=1)
    assert request.status == "expired"  # type: ignore[attr-defined]


def test_what_a_hook_raises_is_told_with_its_line(flow: FlowTest) -> None:
    request = flow.request(by="ada@example.com", target="prod", duration="1h", reason="x")
    step = request.deny(by="bob@example.com")
    assert step.error == "impl.py line 25, in on_deny: ValueError: no denying"
    assert request.status == "requested"
    assert [report.text for report in request.reports] == [step.error]
    assert request.errors == [step.error]


def test_a_call_nobody_foresaw_fails_with_its_line(flow: FlowTest) -> None:
    request = flow.request(by="ada@example.com", target="prod", duration="1h", reason="x")
    with pytest.raises(UnexpectedCall, match=r"impl.py:16.* calls okta.is_user_in_group\(user=bob@example.com, group"):
        request.approve(by="bob@example.com")
    flow.host.check()  # told once


def test_one_handler_without_a_life_cycle(flow: FlowTest) -> None:
    event = flow.event("deny", by="bob@example.com", requester="ada@example.com", target="dev", duration="10m",
                       reason="x")  # fmt: skip
    assert flow.call("get_permissions", event).approve_deny == PermissionLevel.MEMBER
    with pytest.raises(CallFailed, match="no denying") as caught:
        flow.call("on_deny", event)
    assert caught.value.line == 25


def test_a_refusal_is_asserted_by_its_code(flow: FlowTest) -> None:
    request = flow.request(by="ada@example.com", target="prod", duration="1h", reason="x")
    with flow.refused("SELF_APPROVAL"):
        request.approve(by="ada@example.com")
    with pytest.raises(AssertionError, match="refused, but as"), flow.refused("NOT_ALLOWED"):
        request.approve(by="ada@example.com")
    with pytest.raises(AssertionError, match="was not refused as X"), flow.refused("X"):
        pass
    assert request.audit.count("action.refused") == 2


def test_the_form_is_held_to(flow: FlowTest) -> None:
    with pytest.raises(InvalidInputs, match="reason: a value is required"):
        flow.request(by="ada@example.com", target="prod", duration="1h")
    with pytest.raises(LookupError, match="no target 'moon'; it has: prod, dev"):
        flow.request(by="ada@example.com", target="moon", duration="1h", reason="x")


def test_a_grant_that_fails_is_taken_back_and_can_be_tried_again(flow: FlowTest) -> None:
    flow.host.okta.is_user_in_group.returns(True)
    flow.access.fail("escalate", "The door is stuck.")
    request = flow.request(by="ada@example.com", target="prod", duration="1h", reason="x")
    request.approve(by="bob@example.com")
    assert request.status == "errored"
    assert "The door is stuck." in request.errors[0]
    flow.access.work_again()
    flow.travel(minutes=1)
    assert request.retry(by=flow.user("root", role="admin")).is_done
    assert request.is_granted


def test_time_begins_when_the_test_says_and_only_goes_on_when_it_says(flow_test: Make) -> None:
    flow = flow_test(CODE, now=datetime(2030, 5, 1, tzinfo=UTC))
    flow.travel(days=1, hours=2)
    assert flow.now.strftime("%F %H:%M") == "2030-05-02 02:00"
    assert flow.event("prompt").world.event.created_at.year == 2030


def test_a_folder_is_an_implementation_and_its_strategy(flow_test: Make, tmp_path: Path) -> None:
    (tmp_path / "impl.py").write_text(CODE)
    flow = flow_test(tmp_path)
    assert flow.request(by="ada@example.com").status == "requested"  # approval only
    with pytest.raises(FileNotFoundError, match=r"There is no file .*other\.py"):
        flow_test("other.py", folder=tmp_path)


def test_two_flows_of_one_test_share_nothing(flow_test: Make) -> None:
    first, second = flow_test(CODE), flow_test(CODE)
    first.user("ada@example.com", role="admin")
    assert second.person("ada@example.com").role == "member"


def test_a_flow_leaves_no_files_behind() -> None:
    with FlowTest(CODE) as flow:
        folder = flow.stage._folder
        assert folder.is_dir()
    assert not folder.exists()


def test_the_trace_keeps_what_handlers_printed_and_asked(flow: FlowTest) -> None:
    flow.host.okta.is_user_in_group.returns(True)
    request = ask(flow)
    request.approve(by="bob@example.com")  # type: ignore[attr-defined]
    assert request.printed == "granted prod 3600\n"  # type: ignore[attr-defined]
    step = next(step for phase in request.trace for step in phase.steps if step["handler"] == "on_approve")  # type: ignore[attr-defined]
    assert [asked["what"] for asked in step["asked"]] == ["okta.is_user_in_group"]


ASKING = """
from sym.sdk import hook
from sym.sdk.integrations import okta

@hook
def on_request(event):
    return {"groups": len(okta.list_groups(only_native_groups=False))}
"""


def test_services_with_an_address_are_asked_unless_they_are_faked(flow_test: Make) -> None:
    vendor = Okta()
    account = {"external_id": vendor.external_id, "settings": vendor.settings}
    flow = flow_test(ASKING, integrations={"okta": account}, secrets=["token"], addresses=vendor.addresses)
    flow.secrets["SYM_SECRET_TOKEN"] = vendor.secrets["token"]
    assert flow.call("on_request") == {"groups": 2}
    flow.host.okta.list_groups.returns([])
    assert flow.call("on_request") == {"groups": 0}
    assert vendor.requests == 1
    vendor.close()
