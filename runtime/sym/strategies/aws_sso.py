"""``type = "aws_sso"``: access through AWS IAM Identity Center (AWS SSO).

A target is a permission set in an AWS account, which is assigned to the user for as long as the access lasts, or a
group of the identity store, which the user is put into. One strategy may have targets of both types. People are found
in the identity store by their e-mail address.

The role needs ``sso:ListInstances``, ``sso:CreateAccountAssignment``, ``sso:DeleteAccountAssignment``,
``sso:DescribeAccountAssignmentCreationStatus``, ``sso:DescribeAccountAssignmentDeletionStatus``,
``sso:ListAccountAssignments``, ``identitystore:ListUsers``, ``identitystore:CreateGroupMembership``,
``identitystore:GetGroupMembershipId``, ``identitystore:DeleteGroupMembership`` and
``identitystore:ListGroupMemberships``. A session that has begun goes on until it expires, whatever is taken away.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sym.sdk.connection import Aws
from sym.sdk.event import Event
from sym.sdk.exceptions.access_strategy import AlreadyGone
from sym.sdk.exceptions.aws import AWSSSOError
from sym.sdk.schema import attribute, schema
from sym.sdk.strategies import AccessStrategy, Operation
from sym.sdk.target import AccessTarget
from sym.sdk.user import User

integration = "permission_context"


@schema
class Settings:
    """Settings of an AWS SSO strategy."""

    instance_arn: str = attribute("The ARN of the IAM Identity Center instance.")


@schema
class PermissionSet:
    """A permission set in one AWS account."""

    permission_set_arn: str = attribute("The ARN of the permission set.")
    account_id: str = attribute("The id of the AWS account.")


@schema
class Group:
    """A group of the identity store."""

    group_id: str = attribute("The id of the group, a UUID.")


targets = {"aws_sso_permission_set": PermissionSet, "aws_sso_group": Group}
multiple = frozenset({"account_id", "group_id"})


class Strategy(AccessStrategy):
    """An assigned permission set, or membership of a group, for as long as the access lasts."""

    connection: Any
    """What ``sym.integrations.permission_context`` connects."""
    settings: dict[str, Any]

    def fetch_remote_identity(self, user: User) -> str | None:
        """The id of the user of the identity store whose name or e-mail address is the user's e-mail address."""
        return find_user(self._store(), self._store_id(), user.email) if user.email else None

    def escalate(self, target_id: str, event: Event) -> Operation | dict[str, Any]:  # noqa: ARG002
        """Assign the permission set in every account, or put the user into every group."""
        user_id, target = self.get_requester_identity(event), event.payload.fields["target"]
        if target.type == "aws_sso_group":
            for group_id in _listed(target.settings["group_id"]):
                self._join(group_id, user_id)
            return {"user_id": user_id}
        begun = [self._begin("creation", account, target, user_id) for account in _accounts(target)]
        return _operation("creation", begun, user_id)

    def deescalate(self, target_id: str, event: Event) -> Operation | None:  # noqa: ARG002
        """Take back what the user still has of it."""
        user_id, target = self.get_requester_identity(event), event.payload.fields["target"]
        if target.type == "aws_sso_group":
            left = [self._leave(group_id, user_id) for group_id in _listed(target.settings["group_id"])]
            if not any(left):
                raise AlreadyGone("The user is in none of the groups.")
            return None
        held = [account for account in _accounts(target) if self._is_assigned(account, target, user_id)]
        if not held:
            raise AlreadyGone("The permission set is assigned to the user in none of the accounts.")
        return _operation("deletion", [self._begin("deletion", account, target, user_id) for account in held], user_id)

    def poll(self, operation: Operation, target_id: str, event: Event) -> Operation:  # noqa: ARG002
        """How the assignments are getting on."""
        data = dict(operation.data or {})
        found = [self._status(data["kind"], request_id) for request_id in data["requests"]]
        return _operation(data["kind"], found, data["user_id"])

    def is_escalated(self, target_id: str, event: Event) -> bool:  # noqa: ARG002
        """Whether the user has all of it; when access ends, whether they have any of it still."""
        user_id, target = self.get_requester_identity(event), event.payload.fields["target"]
        enough = any if event.name == "deescalate" else all
        if target.type == "aws_sso_group":
            groups = _listed(target.settings["group_id"])
            return enough(self._membership(group_id, user_id) is not None for group_id in groups)
        return enough(self._is_assigned(account, target, user_id) for account in _accounts(target))

    def manual_instructions(self, target_id: str, event: Event) -> str:  # noqa: ARG002
        """How a person takes the access away."""
        user_id, target = self.get_requester_identity(event), event.payload.fields["target"]
        if target.type == "aws_sso_group":
            groups = ", ".join(_listed(target.settings["group_id"]))
            return f"In IAM Identity Center, open Groups, choose {groups}, and remove the user {user_id}."
        where = ", ".join(_accounts(target))
        return (f"In IAM Identity Center, open AWS accounts, choose {where}, and remove the permission set "
                f"{target.settings['permission_set_arn']} from the user {user_id}.")  # fmt: skip

    def list_active(self, settings: dict[str, Any]) -> Iterator[str]:
        """The ids of the users who have what a target with these settings grants, assigned to them directly."""
        for group_id in _listed(settings.get("group_id") or []):
            for item in self._store().pages("list_group_memberships", "GroupMemberships", GroupId=group_id,
                                            IdentityStoreId=self._store_id()):  # fmt: skip
                yield str(item["MemberId"]["UserId"])
        for account in _listed(settings.get("account_id") or []):
            yield from self._assigned(account, settings["permission_set_arn"])

    def _begin(self, kind: str, account: str, target: AccessTarget, user_id: str) -> dict[str, Any]:
        verb = "create" if kind == "creation" else "delete"
        answer = self._admin().call(
            f"{verb}_account_assignment", InstanceArn=self._instance(), TargetId=account, TargetType="AWS_ACCOUNT",
            PermissionSetArn=target.settings["permission_set_arn"], PrincipalType="USER", PrincipalId=user_id,
        )  # fmt: skip
        status: dict[str, Any] = answer[f"AccountAssignment{kind.capitalize()}Status"]
        return status

    def _status(self, kind: str, request_id: str) -> dict[str, Any]:
        given: dict[str, Any] = {f"AccountAssignment{kind.capitalize()}RequestId": request_id}
        answer = self._admin().call(f"describe_account_assignment_{kind}_status", InstanceArn=self._instance(), **given)
        status: dict[str, Any] = answer[f"AccountAssignment{kind.capitalize()}Status"]
        return status

    def _is_assigned(self, account: str, target: AccessTarget, user_id: str) -> bool:
        return user_id in self._assigned(account, target.settings["permission_set_arn"])

    def _assigned(self, account: str, permission_set_arn: str) -> Iterator[str]:
        found = self._admin().pages("list_account_assignments", "AccountAssignments", InstanceArn=self._instance(),
                                    AccountId=account, PermissionSetArn=permission_set_arn)  # fmt: skip
        return (str(item["PrincipalId"]) for item in found if item["PrincipalType"] == "USER")

    def _join(self, group_id: str, user_id: str) -> None:
        if self._membership(group_id, user_id) is None:
            self._store().call("create_group_membership", accept=("ConflictException",), GroupId=group_id,
                               IdentityStoreId=self._store_id(), MemberId={"UserId": user_id})  # fmt: skip

    def _leave(self, group_id: str, user_id: str) -> bool:
        membership = self._membership(group_id, user_id)
        if membership is not None:
            self._store().call("delete_group_membership", accept=("ResourceNotFoundException",),
                               IdentityStoreId=self._store_id(), MembershipId=membership)  # fmt: skip
        return membership is not None

    def _membership(self, group_id: str, user_id: str) -> str | None:
        answer = self._store().call(
            "get_group_membership_id", accept=("ResourceNotFoundException",), GroupId=group_id,
            IdentityStoreId=self._store_id(), MemberId={"UserId": user_id},
        )  # fmt: skip
        return answer.get("MembershipId")

    def _instance(self) -> str:
        return str(self.settings["instance_arn"])

    def _admin(self) -> Aws:
        client: Aws = self.connection.aws("sso-admin", AWSSSOError)
        return client

    def _store(self) -> Aws:
        client: Aws = self.connection.aws("identitystore", AWSSSOError)
        return client

    def _store_id(self) -> str:
        return store_id(self._admin(), self._instance())


def store_id(admin: Aws, instance_arn: str) -> str:
    """The identity store of an instance. Raises AWSSSOError if the role sees no such instance."""
    for instance in admin.pages("list_instances", "Instances"):
        if instance["InstanceArn"] == instance_arn:
            return str(instance["IdentityStoreId"])
    raise AWSSSOError("INSTANCE_NOT_FOUND", f"The role sees no IAM Identity Center instance {instance_arn}; check the "
                      "strategy's instance_arn, and the region of its permission_context.")  # fmt: skip


def find_user(store: Aws, identity_store_id: str, email: str) -> str | None:
    """The id of the user with this name; else, of the one user with this e-mail address; None if there is none."""
    for path in ("UserName", "Emails.Value"):
        found = store.call("list_users", accept=("ValidationException",), IdentityStoreId=identity_store_id,
                           Filters=[{"AttributePath": path, "AttributeValue": email}])  # fmt: skip
        users = found.get("Users", [])
        if len(users) == 1:
            return str(users[0]["UserId"])
    return None


def _operation(kind: str, statuses: list[dict[str, Any]], user_id: str) -> Operation:
    requests = [str(status["RequestId"]) for status in statuses]
    failed = [str(status.get("FailureReason") or status["RequestId"]) for status in statuses
              if status["Status"] == "FAILED"]  # fmt: skip
    is_working = any(status["Status"] == "IN_PROGRESS" for status in statuses)
    data = {"kind": kind, "requests": requests, "user_id": user_id}
    if is_working:
        return Operation(requests[0], data=data)
    return Operation(requests[0], "FAILED" if failed else "SUCCEEDED", data, "; ".join(failed))


def _accounts(target: AccessTarget) -> list[str]:
    return _listed(target.settings["account_id"])


def _listed(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
