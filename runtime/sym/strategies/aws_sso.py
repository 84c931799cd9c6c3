"""``type = "aws_sso"``: access through AWS IAM Identity Center (AWS SSO).

A target is a permission set in an AWS account, which is assigned to the user for as long as the access lasts, or a
group of the identity store, which the user is put into. One strategy may have targets of both types. People are found
in the identity store by their e-mail address, as user name or as e-mail address.

The role needs ``sso:ListInstances``, ``sso:CreateAccountAssignment``, ``sso:DeleteAccountAssignment``,
``sso:DescribeAccountAssignmentCreationStatus``, ``sso:DescribeAccountAssignmentDeletionStatus``,
``sso:ListAccountAssignments``, ``identitystore:ListUsers``, ``identitystore:CreateGroupMembership``,
``identitystore:GetGroupMembershipId``, ``identitystore:DeleteGroupMembership`` and
``identitystore:ListGroupMemberships``; the author module besides ``identitystore:ListGroups``,
``identitystore:DescribeUser``, ``organizations:ListAccounts`` and ``organizations:ListAccountsForParent``.

A session that has begun goes on until it expires, whatever is taken away: keep the session duration of permission sets
short. The guide *AWS roles* says why Sym does not end such sessions, and how you can.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sym.sdk.event import Event
from sym.sdk.exceptions.access_strategy import AlreadyGone
from sym.sdk.exceptions.aws import AWSSSOError
from sym.sdk.schema import attribute, schema
from sym.sdk.strategies import AccessStrategy, Operation
from sym.sdk.target import AccessTarget
from sym.sdk.user import User
from sym.strategies._identity_center import IdentityCenter
from sym.strategies._identity_center_functions import functions as functions  # noqa: PLC0414 - aws_sso is whose they are
from sym.strategies._settings import listed

integration = "permission_context"
_USER_ID = re.compile(r"([0-9a-f]{10}-)?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


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
        instance = self.settings["instance_arn"]
        found: str | None = self.connection.find_store_user(instance, user.email) if user.email else None
        return found

    def escalate(self, target_id: str, event: Event) -> Operation | dict[str, Any]:  # noqa: ARG002
        """Assign the permission set in every account, or put the user into every group."""
        user_id, target, center = self._user_id(event), _target(event), self._center()
        if target.type == "aws_sso_group":
            for group_id in listed(target.settings["group_id"]):
                center.join(group_id, user_id)
            return {"user_id": user_id}
        begun = [center.begin("creation", account, _permission_set(target), user_id) for account in _accounts(target)]
        return _operation("creation", begun, user_id)

    def deescalate(self, target_id: str, event: Event) -> Operation | None:  # noqa: ARG002
        """Take back what the user still has of it."""
        user_id, target, center = self._user_id(event), _target(event), self._center()
        if target.type == "aws_sso_group":
            left = [center.leave(group_id, user_id) for group_id in listed(target.settings["group_id"])]
            if not any(left):
                raise AlreadyGone("The user is in none of the groups.")
            return None
        held = [
            account for account in _accounts(target) if user_id in center.assigned(account, _permission_set(target))
        ]
        if not held:
            raise AlreadyGone("The permission set is assigned to the user in none of the accounts.")
        begun = [center.begin("deletion", account, _permission_set(target), user_id) for account in held]
        return _operation("deletion", begun, user_id)

    def poll(self, operation: Operation, target_id: str, event: Event) -> Operation:  # noqa: ARG002
        """How the assignments are getting on."""
        data = dict(operation.data or {})
        found = [self._center().status(data["kind"], request_id) for request_id in data["requests"]]
        return _operation(data["kind"], found, data["user_id"])

    def is_escalated(self, target_id: str, event: Event) -> bool:  # noqa: ARG002
        """Whether the user has all of it; when access ends, whether they have any of it still."""
        user_id, target, center = self._user_id(event), _target(event), self._center()
        enough = any if event.name == "deescalate" else all
        if target.type == "aws_sso_group":
            groups = listed(target.settings["group_id"])
            return enough(center.membership(group_id, user_id) is not None for group_id in groups)
        return enough(user_id in center.assigned(account, _permission_set(target)) for account in _accounts(target))

    def manual_instructions(self, target_id: str, event: Event) -> str:  # noqa: ARG002
        """How a person takes the access away."""
        user_id, target = self.get_requester_identity(event), _target(event)
        if target.type == "aws_sso_group":
            groups = ", ".join(listed(target.settings["group_id"]))
            return f"In IAM Identity Center, open Groups, choose {groups}, and remove the user {user_id}."
        where = ", ".join(_accounts(target))
        return (f"In IAM Identity Center, open AWS accounts, choose {where}, and remove the permission set "
                f"{_permission_set(target)} from the user {user_id}.")  # fmt: skip

    def list_active(self, settings: dict[str, Any]) -> Iterator[str]:
        """The ids of the users who have what a target with these settings grants, assigned to them directly."""
        for group_id in listed(settings.get("group_id") or []):
            yield from self._center().members(group_id)
        for account in listed(settings.get("account_id") or []):
            yield from self._center().assigned(account, settings["permission_set_arn"])

    def _center(self) -> IdentityCenter:
        return IdentityCenter(self.connection, str(self.settings["instance_arn"]))

    def _user_id(self, event: Event) -> str:
        found = self.get_requester_identity(event)
        if not _USER_ID.fullmatch(found):
            raise AWSSSOError("NOT_A_USER_ID", f"The requester's identity {found!r} is not the id of a user of an "
                              "identity store: give IAM Identity Center a permission_context of its own, whose "
                              "external_id is the ARN of the instance, or correct the identity.")  # fmt: skip
        return found


def _operation(kind: str, statuses: list[dict[str, Any]], user_id: str) -> Operation:
    requests = [str(status["RequestId"]) for status in statuses]
    failed = [str(status.get("FailureReason") or status["RequestId"]) for status in statuses
              if status["Status"] == "FAILED"]  # fmt: skip
    data = {"kind": kind, "requests": requests, "user_id": user_id}
    if any(status["Status"] == "IN_PROGRESS" for status in statuses):
        return Operation(requests[0], data=data)
    advice = " See that the account, the permission set and the user still exist." if failed else ""
    return Operation(requests[0], "FAILED" if failed else "SUCCEEDED", data, "; ".join(failed) + advice)


def _target(event: Event) -> AccessTarget:
    target: AccessTarget = event.payload.fields["target"]
    return target


def _permission_set(target: AccessTarget) -> str:
    return str(target.settings["permission_set_arn"])


def _accounts(target: AccessTarget) -> list[str]:
    return listed(target.settings["account_id"])
