"""IAM Identity Center through the real life cycle: what is waited for, what is retried, and what is said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sym.testing import FlowTest
from tests.fakes.services.aws import ACCOUNT
from tests.fakes.services.aws_flow import REQUESTER, active, aws_flow, ended, granted, known
from tests.fakes.services.identity_center import AccountAssignments, IdentityCenter, Memberships

FAKES = [AccountAssignments, Memberships]


def user_id(vendor: IdentityCenter, name: str = REQUESTER) -> str:
    found = vendor.client("identitystore").list_users(IdentityStoreId=vendor.store)["Users"]
    return str(next(user["UserId"] for user in found if user["UserName"] == name))


def test_an_assignment_is_waited_for_before_anybody_is_told() -> None:
    vendor = AccountAssignments()
    with aws_flow("aws_sso", vendor) as flow:
        request = granted(flow, wait=0)
        assert request.status == "approved"
        flow.travel(seconds=10)
        assert request.is_granted, request
        assert vendor.has_access(user_id(vendor), "")
        assert ended(flow, request).status == "deescalated"
        assert not vendor.has_access(user_id(vendor), "")
    described = [call for call in vendor.calls if call.startswith("DescribeAccountAssignment")]
    assert len(described) == 4, "twice each: the first time it is in progress"


def test_an_assignment_that_fails_in_the_end_is_tried_again_and_then_errored() -> None:
    vendor = AccountAssignments()
    vendor.outcome = "FAILED"
    with aws_flow("aws_sso", vendor) as flow:
        request = granted(flow, wait=0)
        flow.travel(seconds=30)
        vendor.outcome = "SUCCEEDED"
        flow.travel(minutes=5)
        assert request.status == "errored"
        assert "Received a 404 status error: Account was not found." in request.errors[-1]
        assert "See that the account, the permission set and the user still exist." in request.errors[-1]
        assert vendor.calls.count("CreateAccountAssignment") == 3
        assert not vendor.has_access(user_id(vendor), "")


def test_a_failure_that_passes_does_not_keep_anybody_out() -> None:
    vendor = AccountAssignments()
    vendor.outcome = "FAILED"
    with aws_flow("aws_sso", vendor) as flow:
        request = granted(flow, wait=2)
        vendor.outcome = "SUCCEEDED"
        flow.travel(minutes=2)
        assert request.is_granted, request


def test_an_end_that_fails_is_tried_until_it_is_done() -> None:
    vendor = AccountAssignments()
    with aws_flow("aws_sso", vendor) as flow:
        request = granted(flow)
        vendor.outcome = "FAILED"
        flow.travel(hours=1)
        assert request.status == "escalated"
        assert vendor.has_access(user_id(vendor), "")
        vendor.outcome = "SUCCEEDED"
        assert ended(flow, request).status == "deescalated"
        assert not vendor.has_access(user_id(vendor), "")


def test_an_assignment_somebody_had_before_is_left_to_them() -> None:
    vendor = AccountAssignments()
    vendor.client("sso-admin").create_account_assignment(
        InstanceArn=vendor.instance, TargetId=ACCOUNT, TargetType="AWS_ACCOUNT", PrincipalType="USER",
        PermissionSetArn=vendor.permission_set, PrincipalId=user_id(vendor),
    )  # fmt: skip
    with aws_flow("aws_sso", vendor) as flow:
        request = granted(flow)
        assert request.is_granted, request
        ended(flow, request)
        assert vendor.has_access(user_id(vendor), "")
        assert "DeleteAccountAssignment" not in vendor.calls


@pytest.mark.parametrize("fake", FAKES)
def test_a_second_grant_of_the_same_is_not_ended_by_the_first(fake: type[AccountAssignments | Memberships]) -> None:
    vendor = fake()
    with aws_flow("aws_sso", vendor) as flow:
        first = granted(flow)
        flow.travel(minutes=30)
        second = granted(flow)
        assert second.is_granted, second
        flow.travel(minutes=40)
        assert first.status == "deescalated"
        assert vendor.has_access(user_id(vendor), "")
        assert ended(flow, second).status == "deescalated"
        assert not vendor.has_access(user_id(vendor), "")


@pytest.mark.parametrize("fake", FAKES)
def test_a_grant_whose_answer_was_lost_is_made_good(fake: type[AccountAssignments | Memberships]) -> None:
    vendor = fake()
    with aws_flow("aws_sso", vendor) as flow:
        vendor.crash_next()
        request = granted(flow)
        assert request.is_granted, request
        assert ended(flow, request).status == "deescalated"
        assert not vendor.has_access(user_id(vendor), "")


@pytest.mark.parametrize("fake", FAKES)
def test_what_shows_late_is_waited_for(fake: type[AccountAssignments | Memberships]) -> None:
    vendor = fake()
    with aws_flow("aws_sso", vendor) as flow:
        vendor.lag_next()
        request = granted(flow)
        assert request.is_granted, request
        vendor.lag_next()
        assert ended(flow, request).status == "deescalated"
        assert not vendor.has_access(user_id(vendor), "")


@pytest.mark.parametrize("fake", FAKES)
def test_throttling_passes(fake: type[AccountAssignments | Memberships]) -> None:
    vendor = fake()
    with aws_flow("aws_sso", vendor) as flow:
        vendor.faults += ["throttle"] * 3
        request = granted(flow)
        assert request.is_granted, request


@pytest.mark.parametrize("fake", FAKES)
def test_without_the_permission_it_is_said_what_to_give(fake: type[AccountAssignments | Memberships]) -> None:
    vendor = fake()
    with aws_flow("aws_sso", vendor) as flow:
        known(flow, REQUESTER, ACCOUNT, user_id(vendor))
        vendor.forbid_next(times=30)
        request = granted(flow, wait=0)
        assert request.status == "errored"
        assert "AWS answered AccessDeniedException to" in request.errors[0]
        assert "Give the role the permissions" in request.errors[0]


def test_somebody_who_is_not_in_the_identity_store_is_told_so() -> None:
    vendor = Memberships()
    with aws_flow("aws_sso", vendor) as flow:
        request = granted(flow, by="stranger@example.com")
        assert request.status == "errored"
        assert "stranger@example.com" in request.errors[0]
    assert "CreateGroupMembership" not in vendor.calls


def test_an_identity_that_is_no_user_id_is_refused_before_aws_is_asked() -> None:
    vendor = AccountAssignments()
    with aws_flow("aws_sso", vendor) as flow:
        known(flow, REQUESTER, ACCOUNT, "arn:aws:iam::123456789012:user/ada")
        request = granted(flow)
        assert request.status == "errored"
        assert "is not the id of a user of an identity store" in request.errors[0]
    assert "CreateAccountAssignment" not in vendor.calls


def test_a_group_that_is_gone_cannot_be_granted() -> None:
    vendor = Memberships()
    with aws_flow("aws_sso", vendor) as flow:
        vendor.remove_target("")
        request = granted(flow)
        assert request.status == "errored"
        assert "ResourceNotFoundException" in request.errors[0]


@pytest.mark.parametrize("fake", FAKES)
def test_who_has_it_now_is_listed_by_user_id(fake: type[AccountAssignments | Memberships]) -> None:
    vendor = fake()
    with aws_flow("aws_sso", vendor) as flow:
        granted(flow)
        assert active("aws_sso", vendor) == [user_id(vendor)]


def test_a_context_of_an_instance_knows_people_by_address(flow_of_an_instance: tuple[FlowTest, Memberships]) -> None:
    flow, vendor = flow_of_an_instance
    request = granted(flow)
    assert request.is_granted, request
    assert vendor.has_access(user_id(vendor), "")


@pytest.fixture
def flow_of_an_instance() -> Iterator[tuple[FlowTest, Memberships]]:
    vendor = Memberships()
    vendor.external_id = vendor.instance
    with aws_flow("aws_sso", vendor) as flow:
        yield flow, vendor
