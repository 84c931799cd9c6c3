"""``aws_iam``, ``aws_sso`` and ``aws_lambda`` as author code asks them, through the flow's permission contexts."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

import pytest

from sym.engine.connections.opening import Connections
from sym.engine.executor import Executor
from sym.engine.reach import Reach
from sym.sdk._secrets import SecretPlace
from sym.store.identities import identities_of
from tests.fakes.services.aws import AwsVendor
from tests.fakes.services.iam import GROUP, IamGroups
from tests.fakes.services.identity_center import Memberships
from tests.fakes.services.lambda_function import LambdaFunction, Raised

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
CODE = """
from sym.sdk.exceptions import SymException
from sym.sdk.integrations import aws_iam, aws_lambda, aws_sso

@hook
def on_request(event):
    try:
{body}
    except SymException as error:
        return ApprovalTemplate.deny(code=error.error_code, why=str(error))
"""


def run(engine: Any, vendor: AwsVendor, module: str, body: str) -> dict[str, Any]:
    """What a flow denied with, whose ``on_request`` had ``body``."""
    # Connections of its own: kept clients would go on asking the double of another test.
    engine.executor = Executor(engine.store, engine.queue, engine.sandbox, SecretPlace(), engine.clock,
                               reach=Reach(connections=Connections()))  # fmt: skip
    engine.flow(CODE.format(body=textwrap.indent(textwrap.dedent(body), " " * 8)), access=False)
    context = {"type": "permission_context", "name": "aws", "external_id": vendor.external_id,
               "settings": dict(vendor.settings)}  # fmt: skip
    known = engine.save("integration", "aws", context)
    engine.save("environment", "environment", {"name": "local", "integrations": {f"{module}_id": known}})
    fields: dict[str, Any] = engine.named(engine.requested(), "deny").fields
    return fields


@pytest.fixture
def groups() -> Iterator[IamGroups]:
    vendor = IamGroups()
    vendor.iam.create_user(UserName="ada@acme.example")
    yield vendor
    vendor.close()


@pytest.fixture
def center() -> Iterator[Memberships]:
    vendor = Memberships()
    vendor.external_id = vendor.instance
    vendor.add_user("ada@acme.example")
    yield vendor
    vendor.close()


@pytest.fixture
def function() -> Iterator[LambdaFunction]:
    vendor = LambdaFunction()
    yield vendor
    vendor.close()


IN_IAM = f"""
    return ApprovalTemplate.deny(found=aws_iam.is_user_in_group(event.user, group_name="{GROUP}"))
"""


def test_who_is_in_an_iam_group_is_told(engine: Any, groups: IamGroups) -> None:
    assert run(engine, groups, "aws_iam", IN_IAM) == {"found": False}
    groups.iam.add_user_to_group(GroupName=GROUP, UserName="ada@acme.example")
    assert run(engine, groups, "aws_iam", IN_IAM) == {"found": True}


def test_an_iam_group_that_there_is_not_is_an_error(engine: Any, groups: IamGroups) -> None:
    groups.iam.delete_group(GroupName=GROUP)
    fields = run(engine, groups, "aws_iam", IN_IAM)
    assert fields["code"] == "AWSIAM:NOT_FOUND"
    assert "iam:GetGroup" in fields["why"]


def test_somebody_without_an_iam_user_is_not_found(engine: Any, groups: IamGroups) -> None:
    groups.iam.delete_user(UserName="ada@acme.example")
    assert "ada@acme.example" in run(engine, groups, "aws_iam", IN_IAM)["why"]


IN_CENTER = """
    return ApprovalTemplate.deny(found=aws_sso.is_user_in_group(event.user, group_name="readers"))
"""


@pytest.mark.parametrize("names_its_instance", [True, False])
def test_who_is_in_a_group_of_the_identity_store_is_told(
    engine: Any, center: Memberships, names_its_instance: bool
) -> None:
    if not names_its_instance:
        center.external_id = Memberships.external_id
    assert run(engine, center, "aws_sso", IN_CENTER) == {"found": False}
    center.add_member("ada@acme.example")
    assert run(engine, center, "aws_sso", IN_CENTER) == {"found": True}
    with engine.store.reading() as conn:
        known = [item.service_id for item in identities_of(conn, engine.users["ada"].id)]
    assert known == ([center.instance] if names_its_instance else [])


def test_a_group_of_the_identity_store_that_there_is_not_is_an_error(engine: Any, center: Memberships) -> None:
    center.remove_target("")
    assert run(engine, center, "aws_sso", IN_CENTER)["code"] == "AWSSSO:GROUP_NOT_FOUND"


def test_groups_are_listed_as_the_identity_store_has_them(engine: Any, center: Memberships) -> None:
    fields = run(engine, center, "aws_sso", """
        return ApprovalTemplate.deny(names=[group["DisplayName"] for group in aws_sso.list_groups()])
    """)  # fmt: skip
    assert fields == {"names": ["readers"]}


MEMBERS = """
    found = aws_sso.users_in_group("readers")
    return ApprovalTemplate.deny(found=sorted(user.email for user in found), own=event.user in found)
"""


def test_the_members_of_a_group_are_users(engine: Any, center: Memberships) -> None:
    center.add_member("ada@acme.example")
    center.add_member("approver@example.com")
    assert run(engine, center, "aws_sso", MEMBERS) == {
        "found": ["ada@acme.example", "approver@example.com"], "own": True,
    }  # fmt: skip


def test_a_group_of_more_than_twenty_is_not_listed(engine: Any, center: Memberships) -> None:
    for number in range(21):
        center.add_user(f"u{number}@acme.example")
        center.add_member(f"u{number}@acme.example")
    fields = run(engine, center, "aws_sso", MEMBERS)
    assert (fields["code"], "21 members" in fields["why"]) == ("AWSSSO:TOO_MANY_USERS", True)


def test_accounts_are_those_of_the_organization_of_a_unit_or_of_the_root(engine: Any, center: Memberships) -> None:
    organizations = center.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    (root,) = organizations.list_roots()["Roots"]
    unit = organizations.create_organizational_unit(ParentId=root["Id"], Name="prod")["OrganizationalUnit"]["Id"]
    made = organizations.create_account(AccountName="data", Email="data@acme.example")["CreateAccountStatus"]
    organizations.move_account(AccountId=made["AccountId"], SourceParentId=root["Id"], DestinationParentId=unit)
    fields = run(engine, center, "aws_sso", f"""
        every, own, rest = (aws_sso.list_accounts(given) for given in (None, "{unit}", "{root["Id"]}"))
        return ApprovalTemplate.deny(
            every=sorted(item["Name"] for item in every), own=[item["Name"] for item in own],
            rest=[item["Name"] for item in rest], joined=type(every[0]["JoinedTimestamp"]).__name__,
        )
    """)  # fmt: skip
    assert fields == {"every": ["data", "master"], "own": ["data"], "rest": ["master"], "joined": "str"}


def test_a_unit_that_there_is_not_is_an_error(engine: Any, center: Memberships) -> None:
    center.client("organizations").create_organization(FeatureSet="ALL")
    fields = run(engine, center, "aws_sso", """
        return ApprovalTemplate.deny(found=aws_sso.list_accounts("ou-abcd-12345678"))
    """)  # fmt: skip
    assert fields["code"].startswith("AWSSSO:")
    assert "ParentNotFoundException" in fields["why"]


def test_a_function_is_called_with_what_is_passed_and_its_answer_is_read(engine: Any, function: LambdaFunction) -> None:
    function.code = lambda payload: {"twice": payload["n"] * 2}
    fields = run(engine, function, "aws_lambda", f"""
        return ApprovalTemplate.deny(**aws_lambda.invoke("{function.arn}", {{"n": 21}}))
    """)  # fmt: skip
    assert fields == {"twice": 42}


def test_an_event_is_passed_in_the_shape_of_the_audit_log(engine: Any, function: LambdaFunction) -> None:
    function.code = lambda payload: {"of": payload["event"]["type"]}
    fields = run(engine, function, "aws_lambda", f"""
        return ApprovalTemplate.deny(**aws_lambda.invoke("{function.arn}", event))
    """)  # fmt: skip
    assert fields == {"of": "request"}
    (payload,) = function.payloads
    assert payload["run"]["actors"]["request"]["username"] == "ada@acme.example"


def test_what_only_looks_like_an_event_is_passed_as_it_is(engine: Any, function: LambdaFunction) -> None:
    function.code = lambda payload: payload
    fields = run(engine, function, "aws_lambda", f"""
        return ApprovalTemplate.deny(**aws_lambda.invoke("{function.arn}", {{"event": "deploy"}}))
    """)  # fmt: skip
    assert fields == {"event": "deploy"}


def test_a_function_can_be_called_without_waiting(engine: Any, function: LambdaFunction) -> None:
    fields = run(engine, function, "aws_lambda", f"""
        return ApprovalTemplate.deny(taken=aws_lambda.invoke_async("{function.arn}", {{"n": 1}}))
    """)  # fmt: skip
    assert (fields, function.payloads) == ({"taken": True}, [{"n": 1}])


def test_a_function_that_raises_is_an_error_of_the_module(engine: Any, function: LambdaFunction) -> None:
    def raises(_payload: Any) -> Any:
        raise Raised("boom")

    function.code = raises
    fields = run(engine, function, "aws_lambda", f"""
        return ApprovalTemplate.deny(found=aws_lambda.invoke("{function.arn}"))
    """)  # fmt: skip
    assert fields["code"] == "AWSLambda:FUNCTION_ERROR"
    assert "Raised: boom" in fields["why"]
