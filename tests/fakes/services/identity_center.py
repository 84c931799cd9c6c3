"""IAM Identity Center on moto, made as slow and as strict as AWS's."""

from __future__ import annotations

import json
import uuid
from typing import Any

from tests.fakes.services.aws import ACCOUNT, AwsVendor, operation_of
from tests.fakes.services.server import Request


class IdentityCenter(AwsVendor):
    """An IAM Identity Center instance, and people in its identity store."""

    def __init__(self) -> None:
        super().__init__()
        instance = self.client("sso-admin").list_instances()["Instances"][0]
        self.instance, self.store = instance["InstanceArn"], instance["IdentityStoreId"]
        self.strategy_settings = {"instance_arn": self.instance}
        self.user_ids: dict[str, str] = {}
        for name in ("requester", "approver"):
            self.add_user(f"{name}@example.com")

    def add_user(self, email: str) -> str:
        """Somebody whose user name is their e-mail address; gives their id."""
        made = self.client("identitystore").create_user(
            IdentityStoreId=self.store, UserName=email, DisplayName=email,
            Name={"GivenName": email, "FamilyName": email},
        )  # fmt: skip
        self.user_ids[email] = made["UserId"]
        return str(made["UserId"])


class AccountAssignments(IdentityCenter):
    """The instance with a permission set."""

    changes = ("CreateAccountAssignment", "DeleteAccountAssignment")
    looks = ("ListAccountAssignments",)

    outcome = "SUCCEEDED"

    def __init__(self) -> None:
        super().__init__()
        self._asked: dict[str, int] = {}
        self._failed: set[str] = set()
        made = self.client("sso-admin").create_permission_set(Name="readers", InstanceArn=self.instance)
        self.permission_set = made["PermissionSet"]["PermissionSetArn"]
        self.target_settings = {"permission_set_arn": self.permission_set, "account_id": ACCOUNT}

    def _forward(self, request: Request) -> tuple[int, bytes, dict[str, str]]:
        """As AWS does and moto does not: nothing happens at once, and one assignment is never made twice."""
        operation = operation_of(request)
        asked = request.json if "AccountAssignment" in operation else {}
        if operation == "CreateAccountAssignment" and self.has_access(asked["PrincipalId"], ""):
            return self._told("Creation", str(uuid.uuid4()))
        if operation in self.changes and self.outcome == "FAILED":  # what fails has no effect
            failed = str(uuid.uuid4())
            self._failed.add(failed)  # whatever succeeds later, this one does not
            return self._told("Creation" if operation.startswith("Create") else "Deletion", failed)
        status, body, headers = super()._forward(request)
        if operation in self.changes and status == 200:
            kind = "Creation" if operation.startswith("Create") else "Deletion"
            self._asked[json.loads(body)[f"AccountAssignment{kind}Status"]["RequestId"]] = 1
            return self._told(kind, json.loads(body)[f"AccountAssignment{kind}Status"]["RequestId"])
        if operation.startswith("DescribeAccountAssignment") and status != 403:
            kind = "Creation" if "Creation" in operation else "Deletion"
            request_id = asked[f"AccountAssignment{kind}RequestId"]
            left = self._asked[request_id] = self._asked.get(request_id, 1) - 1
            ends = "FAILED" if request_id in self._failed else self.outcome
            outcome = ends if left < 0 else "IN_PROGRESS"
            return self._told(kind, request_id, outcome)
        return status, body, headers

    def _told(self, kind: str, request_id: str, status: str = "IN_PROGRESS") -> tuple[int, bytes, dict[str, str]]:
        told = {"Status": status, "RequestId": request_id}
        if status == "FAILED":
            told["FailureReason"] = "Received a 404 status error: Account was not found."
        return 200, json.dumps({f"AccountAssignment{kind}Status": told}).encode(), {}

    def has_access(self, identity: str, target: str) -> bool:
        found = self.client("sso-admin").list_account_assignments(
            InstanceArn=self.instance, AccountId=ACCOUNT, PermissionSetArn=self.permission_set
        )["AccountAssignments"]
        return any(item["PrincipalId"] == identity for item in found)


class Memberships(IdentityCenter):
    """The instance with a group in its identity store."""

    target_type = "aws_sso_group"
    changes = ("CreateGroupMembership", "DeleteGroupMembership")
    looks = ("GetGroupMembershipId",)

    def __init__(self) -> None:
        super().__init__()
        group = self.client("identitystore").create_group(IdentityStoreId=self.store, DisplayName="readers")
        self.group = group["GroupId"]
        self.target_settings: dict[str, Any] = {"group_id": self.group}

    def add_member(self, email: str) -> None:
        """Put somebody into the group."""
        self.client("identitystore").create_group_membership(
            IdentityStoreId=self.store, GroupId=self.group, MemberId={"UserId": self.user_ids[email]}
        )

    def _forward(self, request: Request) -> tuple[int, bytes, dict[str, str]]:
        """moto would make a second membership; AWS refuses."""
        if operation_of(request) == "CreateGroupMembership" and self.has_access(request.json["MemberId"]["UserId"], ""):
            refusal = {"__type": "ConflictException", "Message": "Member and Group relationship already exists."}
            return 400, json.dumps(refusal).encode(), {}
        return super()._forward(request)

    def has_access(self, identity: str, target: str) -> bool:
        found = self.client("identitystore").list_group_memberships(IdentityStoreId=self.store, GroupId=self.group)
        return identity in [item["MemberId"]["UserId"] for item in found["GroupMemberships"]]

    def remove_target(self, target: str) -> None:
        self.client("identitystore").delete_group(IdentityStoreId=self.store, GroupId=self.group)
