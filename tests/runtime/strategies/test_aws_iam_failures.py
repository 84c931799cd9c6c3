"""IAM groups through the real life cycle: what is retried, and what is said where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from sym.strategies import aws_iam
from sym.testing import FlowTest
from tests.fakes.services.aws import ACCOUNT
from tests.fakes.services.aws_flow import REQUESTER, active, aws_flow, ended, granted, known
from tests.fakes.services.iam import GROUP, IamGroups

ARN = f"arn:aws:iam::{ACCOUNT}:user/people/{REQUESTER}"


@pytest.fixture
def vendor() -> IamGroups:
    return IamGroups()


@pytest.fixture
def flow(vendor: IamGroups) -> Iterator[FlowTest]:
    with aws_flow("aws_iam", vendor) as made:
        yield made


def test_a_user_is_in_the_group_for_as_long_as_the_access_lasts(flow: FlowTest, vendor: IamGroups) -> None:
    request = granted(flow)
    assert request.is_granted, request
    assert vendor.has_access(ARN, GROUP)
    assert ended(flow, request).status == "deescalated"
    assert not vendor.has_access(ARN, GROUP)
    assert vendor.policies_of(REQUESTER) == {}


def test_several_groups_are_joined_and_left(vendor: IamGroups) -> None:
    vendor.iam.create_group(GroupName="writers")
    vendor.target_settings = {"iam_group": "x"}
    fields = {"iam_group": {"type": "str_list", "allowed_values": [GROUP, "writers"]}}
    targets = {"target": {"settings": {}, "field_bindings": ["iam_group"]}}
    with aws_flow("aws_iam", vendor, targets=targets, fields=fields) as flow:
        request = flow.request(by=REQUESTER, target="target", duration="1h", iam_group=[GROUP, "writers"])
        request.approve(by="approver@example.com")
        assert request.is_granted, request
        assert len(vendor.iam.get_group(GroupName="writers")["Users"]) == 1
        ended(flow, request)
        assert vendor.iam.get_group(GroupName="writers")["Users"] == []
        assert not vendor.has_access(ARN, GROUP)


@pytest.mark.parametrize("identity", [f"arn:aws:iam::{ACCOUNT}:user/staff/ada", "ada"])
def test_a_user_of_another_name_is_mapped_by_arn_or_name(flow: FlowTest, vendor: IamGroups, identity: str) -> None:
    vendor.iam.create_user(UserName="ada", Path="/staff/")
    known(flow, "lovelace@example.com", ACCOUNT, identity)
    request = granted(flow, by="lovelace@example.com")
    assert vendor.has_access(f"arn:aws:iam::{ACCOUNT}:user/staff/ada", GROUP)
    assert ended(flow, request).status == "deescalated"
    assert not vendor.has_access(f"arn:aws:iam::{ACCOUNT}:user/staff/ada", GROUP)


def test_a_throttled_grant_is_made_again(flow: FlowTest, vendor: IamGroups) -> None:
    vendor.faults += ["throttle"] * 3  # as often as one call is tried
    request = granted(flow)
    assert request.is_granted, request


def test_a_grant_without_the_permission_says_what_to_give(flow: FlowTest, vendor: IamGroups) -> None:
    flow.person(REQUESTER)
    known(flow, REQUESTER, ACCOUNT, ARN)
    vendor.forbid_next(times=30)
    request = granted(flow, wait=0)
    assert request.status == "errored"
    assert "AWS answered AccessDenied" in request.errors[0]
    assert "Give the role the permissions" in request.errors[0]


def test_somebody_without_an_iam_user_is_told_so(flow: FlowTest) -> None:
    request = granted(flow, by="stranger@example.com")
    assert request.status == "errored"
    assert "stranger@example.com" in request.errors[0]
    assert ACCOUNT in request.errors[0]


def test_a_user_that_is_gone_is_an_error_that_says_what_to_look_at(flow: FlowTest, vendor: IamGroups) -> None:
    known(flow, REQUESTER, ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/gone")
    request = granted(flow)
    assert request.status == "errored"
    assert f"See that the account has the group {GROUP} and the user gone" in request.errors[0]
    assert request.steps[-1].is_done, "nothing is left to clean up"


def test_a_group_that_is_gone_cannot_be_granted(flow: FlowTest, vendor: IamGroups) -> None:
    vendor.remove_target(GROUP)
    request = granted(flow)
    assert request.status == "errored"
    assert f"the group {GROUP}" in request.errors[0]


def test_a_grant_whose_answer_was_lost_is_made_again_and_counts(flow: FlowTest, vendor: IamGroups) -> None:
    vendor.crash_next()
    request = granted(flow)
    assert request.is_granted, request
    assert ended(flow, request).status == "deescalated"
    assert not vendor.has_access(ARN, GROUP)


def test_what_shows_late_is_waited_for(flow: FlowTest, vendor: IamGroups) -> None:
    vendor.lag_next()
    request = granted(flow)
    assert request.is_granted, request
    vendor.lag_next()
    assert ended(flow, request).status == "deescalated"


def test_sessions_end_with_the_access_where_that_is_asked_for(vendor: IamGroups) -> None:
    with aws_flow("aws_iam", vendor, settings={"end_sessions": "true"}) as flow:
        request = granted(flow)
        assert vendor.policies_of(REQUESTER) == {}
        before = datetime.now(UTC).replace(microsecond=0)
        assert ended(flow, request).status == "deescalated"
        (statement,) = vendor.policies_of(REQUESTER)[aws_iam.POLICY]["Statement"]
    assert (statement["Effect"], statement["Action"], statement["Resource"]) == ("Deny", "*", "*")
    until = datetime.fromisoformat(statement["Condition"].pop("DateLessThan")["aws:TokenIssueTime"])
    assert before < until <= datetime.now(UTC) + timedelta(seconds=2)
    assert statement["Condition"] == {}


def test_sessions_end_also_where_the_first_try_came_no_further_than_the_group(vendor: IamGroups) -> None:
    with aws_flow("aws_iam", vendor, settings={"end_sessions": "true"}) as flow:
        request = granted(flow)
        vendor.iam.remove_user_from_group(GroupName=GROUP, UserName=REQUESTER)
        assert ended(flow, request).status == "deescalated"
        assert aws_iam.POLICY in vendor.policies_of(REQUESTER)


def test_who_is_in_the_group_is_listed_by_arn(vendor: IamGroups) -> None:
    with aws_flow("aws_iam", vendor) as flow:
        granted(flow)
        assert active("aws_iam", vendor) == [ARN]
