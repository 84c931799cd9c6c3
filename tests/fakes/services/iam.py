"""IAM users and groups on moto, made as slow as AWS's: what was changed shows later."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from tests.fakes.services.aws import AwsVendor

GROUP = "readers"


class IamGroups(AwsVendor):
    """An account with a group and two users, whose names are their e-mail addresses."""

    changes = ("AddUserToGroup", "RemoveUserFromGroup", "PutUserPolicy")
    looks = ("GetGroup",)
    target_settings = {"iam_group": GROUP}

    def __init__(self) -> None:
        super().__init__()
        self.iam = self.client("iam")
        self.iam.create_group(GroupName=GROUP)
        for name in ("requester", "approver"):
            self.iam.create_user(UserName=f"{name}@example.com", Path="/people/")

    def has_access(self, identity: str, target: str) -> bool:
        try:
            found = self.iam.get_group(GroupName=GROUP)["Users"]
        except self.iam.exceptions.NoSuchEntityException:
            return False
        return identity in [user["Arn"] for user in found]

    def remove_target(self, target: str) -> None:
        for user in self.iam.get_group(GroupName=GROUP)["Users"]:
            self.iam.remove_user_from_group(GroupName=GROUP, UserName=user["UserName"])
        self.iam.delete_group(GroupName=GROUP)

    def policies_of(self, name: str) -> dict[str, Any]:
        """The inline policies of a user, by name."""
        named = self.iam.list_user_policies(UserName=name)["PolicyNames"]
        found = {item: self.iam.get_user_policy(UserName=name, PolicyName=item)["PolicyDocument"] for item in named}
        return {item: json.loads(unquote(text)) if isinstance(text, str) else text for item, text in found.items()}
