"""One instance of AWS IAM Identity Center, as the strategy ``aws_sso`` and the author module of that name ask it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sym.sdk.connection import Aws
from sym.sdk.exceptions.aws import AWSSSOError

ABSENT = "ResourceNotFoundException"


class IdentityCenter:
    """The instance with an ARN, through a ``permission_context``. Every method raises AWSSSOError."""

    def __init__(self, connection: Any, instance_arn: str) -> None:
        self._connection = connection
        self._arn = instance_arn
        self._store_id: str | None = None

    # Permission sets in accounts

    def begin(self, kind: str, account: str, permission_set: str, user_id: str) -> dict[str, Any]:
        """Have AWS work on an assignment's ``creation`` or ``deletion``; gives its status."""
        verb = "create" if kind == "creation" else "delete"
        answer = self._admin().call(
            f"{verb}_account_assignment", InstanceArn=self._arn, TargetId=account, TargetType="AWS_ACCOUNT",
            PermissionSetArn=permission_set, PrincipalType="USER", PrincipalId=user_id,
        )  # fmt: skip
        status: dict[str, Any] = answer[f"AccountAssignment{kind.capitalize()}Status"]
        return status

    def status(self, kind: str, request_id: str) -> dict[str, Any]:
        """How AWS is getting on with a creation or deletion."""
        given: dict[str, Any] = {f"AccountAssignment{kind.capitalize()}RequestId": request_id}
        answer = self._admin().call(f"describe_account_assignment_{kind}_status", InstanceArn=self._arn, **given)
        status: dict[str, Any] = answer[f"AccountAssignment{kind.capitalize()}Status"]
        return status

    def assigned(self, account: str, permission_set: str) -> Iterator[str]:
        """The ids of the users who have a permission set in an account, assigned to them directly."""
        found = self._admin().pages("list_account_assignments", "AccountAssignments", InstanceArn=self._arn,
                                    AccountId=account, PermissionSetArn=permission_set)  # fmt: skip
        return (str(item["PrincipalId"]) for item in found if item["PrincipalType"] == "USER")

    # Groups

    def join(self, group_id: str, user_id: str) -> None:
        """Put a user into a group; once is as good as twice."""
        if self.membership(group_id, user_id) is None:
            self._store().call("create_group_membership", accept=("ConflictException",), GroupId=group_id,
                               IdentityStoreId=self.store_id, MemberId={"UserId": user_id})  # fmt: skip

    def leave(self, group_id: str, user_id: str) -> bool:
        """Take a user out of a group; False if they were not in it, or there is no such group."""
        membership = self.membership(group_id, user_id)
        if membership is not None:
            self._store().call("delete_group_membership", accept=(ABSENT,), IdentityStoreId=self.store_id,
                               MembershipId=membership)  # fmt: skip
        return membership is not None

    def membership(self, group_id: str, user_id: str) -> str | None:
        """The id of a user's membership of a group, None if there is none."""
        answer = self._store().call(
            "get_group_membership_id", accept=(ABSENT,), GroupId=group_id, IdentityStoreId=self.store_id,
            MemberId={"UserId": user_id},
        )  # fmt: skip
        return answer.get("MembershipId")

    def members(self, group_id: str) -> Iterator[str]:
        """The ids of the users in a group."""
        found = self._store().pages("list_group_memberships", "GroupMemberships", GroupId=group_id,
                                    IdentityStoreId=self.store_id)  # fmt: skip
        return (str(item["MemberId"]["UserId"]) for item in found)

    def groups(self, **query: Any) -> Iterator[dict[str, Any]]:
        """Groups, as the identity store describes them; ``query`` as its operation ListGroups has it."""
        found = self._store().pages("list_groups", "Groups", IdentityStoreId=self.store_id, **query)
        return (plain(item) for item in found)

    def group_named(self, name: str) -> str:
        """The id of the group with a name."""
        named = self.groups(Filters=[{"AttributePath": "DisplayName", "AttributeValue": name}])
        for group in named:
            if group.get("DisplayName") == name:
                return str(group["GroupId"])
        raise AWSSSOError("GROUP_NOT_FOUND", f"The identity store has no group named {name!r}.")

    def user(self, user_id: str) -> dict[str, Any]:
        """A user: ``user_id``, and ``email``, None if there is none."""
        found = self._store().call("describe_user", IdentityStoreId=self.store_id, UserId=user_id)
        listed = sorted(found.get("Emails") or [], key=lambda item: not item.get("Primary"))
        name = str(found.get("UserName") or "")
        email = listed[0].get("Value") if listed else name if "@" in name else None
        return {"user_id": user_id, "email": email}

    def accounts(self, parent_id: str | None) -> list[dict[str, Any]]:
        """The accounts of the organization, or those directly in a unit or root, as AWS Organizations has them."""
        client: Aws = self._connection.aws("organizations", AWSSSOError)
        if parent_id is None:
            return [plain(item) for item in client.pages("list_accounts", "Accounts")]
        return [plain(item) for item in client.pages("list_accounts_for_parent", "Accounts", ParentId=parent_id)]

    @property
    def store_id(self) -> str:
        """The id of the identity store."""
        self._store_id = self._store_id or str(self._connection.identity_store(self._arn))
        return self._store_id

    def _admin(self) -> Aws:
        client: Aws = self._connection.aws("sso-admin", AWSSSOError)
        return client

    def _store(self) -> Aws:
        client: Aws = self._connection.aws("identitystore", AWSSSOError)
        return client


def plain(item: dict[str, Any]) -> dict[str, Any]:
    """An answer of AWS as JSON: times as ISO 8601."""
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in item.items()}
