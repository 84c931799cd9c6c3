"""``type = "aws_iam"``: access by membership of an AWS IAM group.

People need an IAM user in the account. Its name is their e-mail address; where it is another, their identity for the
permission context says which: the user's ARN, or its name. A target whose ``iam_group`` comes from a field with several
values grants all of those groups.

The role needs ``iam:AddUserToGroup``, ``iam:RemoveUserFromGroup`` and ``iam:GetGroup`` on the groups, and
``iam:GetUser`` on the users. It can be limited to paths; see the guide *AWS roles*.

Taking somebody out of a group counts at once for their access keys, and for sessions they began with them. With
``end_sessions = "true"`` the latter are denied everything from then on, by an inline policy of the user named
``SymEndedSessions``, which needs ``iam:PutUserPolicy`` on the users. A session of a role that the group let somebody
take on is the role's, and goes on until it expires: keep the longest session of such roles short.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from sym.sdk.connection import Asking, Aws
from sym.sdk.event import Event
from sym.sdk.exceptions.access_strategy import AlreadyGone
from sym.sdk.exceptions.aws import AWSIAMError
from sym.sdk.exceptions.identity import IdentityNotFound
from sym.sdk.schema import attribute, schema
from sym.sdk.strategies import AccessStrategy
from sym.sdk.user import User
from sym.strategies._settings import listed

integration = "permission_context"
ABSENT = "NoSuchEntity"
POLICY = "SymEndedSessions"


@schema
class Settings:
    """Settings of an AWS IAM strategy."""

    end_sessions: str | None = attribute(
        "Whether sessions that the user began with their access keys end with the access; `false` if left out.",
        default=None,
        choices=("true", "false"),
    )


@schema
class Group:
    """An IAM group."""

    iam_group: str = attribute("The name of the group.")


targets = {"aws_iam_group": Group}
multiple = frozenset({"iam_group"})


class Strategy(AccessStrategy):
    """Membership of one or more IAM groups, for as long as the access lasts."""

    connection: Any
    """What ``sym.integrations.permission_context`` connects."""
    settings: dict[str, Any]

    def fetch_remote_identity(self, user: User) -> str | None:
        """The ARN of the IAM user whose name is the user's e-mail address."""
        return find_user(_iam(self.connection), user.email) if user.email else None

    def escalate(self, target_id: str, event: Event) -> dict[str, Any]:  # noqa: ARG002
        """Put the user into the groups."""
        user = self.get_requester_identity(event)
        for group in _groups(event):
            answer = _iam(self.connection).call("add_user_to_group", accept=(ABSENT,), GroupName=group,
                                                UserName=name_of(user))  # fmt: skip
            if "Error" in answer:
                advice = (f"See that the account has the group {group} and the user {name_of(user)}, and that the "
                          "requester's identity names the right user.")  # fmt: skip
                raise AWSIAMError("NOT_FOUND", f"{_said(answer)} {advice}")
        return {"user": user, "iam_groups": _groups(event)}

    def deescalate(self, target_id: str, event: Event) -> None:  # noqa: ARG002
        """Take the user out of the groups, and end their sessions if the strategy's settings say so."""
        name = name_of(self.get_requester_identity(event))
        answers = [_iam(self.connection).call("remove_user_from_group", accept=(ABSENT,), GroupName=group,
                                              UserName=name) for group in _groups(event)]  # fmt: skip
        if self.settings.get("end_sessions") == "true":
            # Also when nothing was left to remove: an earlier try may have come no further than that.
            self._end_sessions(name, answers[-1])
        if all("Error" in answer for answer in answers):
            raise AlreadyGone("The user is in none of the groups, or one of them does not exist any more.")

    def _end_sessions(self, name: str, answer: Mapping[str, Any]) -> None:
        """Deny everything to sessions that began before AWS gave ``answer``, by AWS's own clock."""
        until = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"]) + timedelta(seconds=1)
        before = {"DateLessThan": {"aws:TokenIssueTime": until.strftime("%Y-%m-%dT%H:%M:%SZ")}}
        statement = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": before}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        _iam(self.connection).call("put_user_policy", accept=(ABSENT,), UserName=name, PolicyName=POLICY,
                                   PolicyDocument=policy)  # fmt: skip

    def is_escalated(self, target_id: str, event: Event) -> bool:  # noqa: ARG002
        """Whether the user is in all of the groups; when access ends, whether they are in any of them still."""
        name = name_of(self.get_requester_identity(event))
        enough = any if event.name == "deescalate" else all
        return enough(is_member(_iam(self.connection), group, name) for group in _groups(event))

    def list_active(self, settings: dict[str, Any]) -> Iterator[str]:
        """The ARNs of the users in the groups of a target with these settings."""
        for group in listed(settings["iam_group"]):
            yield from (str(user["Arn"]) for user in _members(_iam(self.connection), group))

    def manual_instructions(self, target_id: str, event: Event) -> str:  # noqa: ARG002
        """How a person takes the access away."""
        name = name_of(self.get_requester_identity(event))
        return (f"In the AWS console of account {self.integration.external_id}, open IAM > User groups, choose "
                f"{', '.join(_groups(event))}, and remove the user {name}.")  # fmt: skip


def find_user(iam: Aws, name: str) -> str | None:
    """The ARN of the IAM user with this name, None if there is none. Raises AWSIAMError."""
    answer = iam.call("get_user", accept=(ABSENT, "ValidationError"), UserName=name)
    return str(answer["User"]["Arn"]) if "User" in answer else None


def name_of(identity: str) -> str:
    """The name of the user an identity stands for: the last part of an ARN, else the identity itself."""
    return identity.rpartition("/")[2] if identity.startswith("arn:") else identity


def is_member(iam: Aws, group: str, name: str) -> bool:
    """Whether the user with this name is in a group; nobody is in one that does not exist. Raises AWSIAMError."""
    try:
        return any(user["UserName"] == name for user in _members(iam, group))
    except AWSIAMError as error:
        if getattr(error, "code", None) == ABSENT:
            return False
        raise


def _is_user_in_group(asking: Asking) -> bool:
    """``aws_iam.is_user_in_group``; AWSIAMError if there is no such group."""
    user, group, iam = asking.arguments["user"], str(asking.arguments["group_name"]), _iam(asking.connection)
    try:
        found: str | None = asking.identity(user)
    except IdentityNotFound:
        found = find_user(iam, str(user["email"])) if user.get("email") else None
        if found is None:
            raise
    return any(member["UserName"] == name_of(str(found)) for member in _members(iam, group))


functions = {"is_user_in_group": _is_user_in_group}


def _iam(connection: Any) -> Aws:
    client: Aws = connection.aws("iam", AWSIAMError)
    return client


def _members(iam: Aws, group: str) -> Iterator[dict[str, Any]]:
    return iam.pages("get_group", "Users", GroupName=group)


def _said(answer: Mapping[str, Any]) -> str:
    return str(answer["Error"].get("Message", "")).rstrip(".") + "."


def _groups(event: Event) -> list[str]:
    return listed(event.payload.fields["target"].settings["iam_group"])
