"""The functions of the author module ``aws_sso``."""

from __future__ import annotations

from typing import Any

from sym.sdk.connection import Asking
from sym.sdk.exceptions.aws import AWSSSOError
from sym.sdk.exceptions.identity import IdentityNotFound
from sym.strategies._identity_center import IdentityCenter

MOST_MEMBERS = 20


def _is_user_in_group(asking: Asking) -> bool:
    center, user = _center_of(asking), asking.arguments["user"]
    group_id = center.group_named(str(asking.arguments["group_name"]))
    try:
        return center.membership(group_id, asking.identity(user)) is not None
    except IdentityNotFound:
        # A context that does not name its instance cannot tell who somebody is.
        email, connection = user.get("email"), asking.connection
        found = connection.find_store_user(_instance(connection), email) if email else None
        if found is None:
            raise
        return center.membership(group_id, found) is not None


def _users_in_group(asking: Asking) -> list[dict[str, Any]]:
    center, name = _center_of(asking), str(asking.arguments["group_name"])
    members = list(center.members(center.group_named(name)))
    if len(members) > MOST_MEMBERS:
        raise AWSSSOError("TOO_MANY_USERS", f"The group {name!r} has {len(members)} members; users_in_group looks up "
                          f"{MOST_MEMBERS} at most. Ask is_user_in_group instead.")  # fmt: skip
    return asking.users(center.user(user_id) for user_id in members)


functions = {
    "is_user_in_group": _is_user_in_group,
    "list_groups": lambda asking: list(_center_of(asking).groups()),
    "users_in_group": _users_in_group,
    "list_accounts": lambda asking: _center_of(asking).accounts(asking.arguments.get("organizational_unit_id")),
}


def _center_of(asking: Asking) -> IdentityCenter:
    return IdentityCenter(asking.connection, _instance(asking.connection))


def _instance(connection: Any) -> str:
    """The ARN of the instance a permission context is for: the one it names, else the only one its role sees."""
    if connection.instance_arn:
        return str(connection.instance_arn)
    found = list(connection.aws("sso-admin", AWSSSOError).pages("list_instances", "Instances"))
    if len(found) != 1:
        raise AWSSSOError("INSTANCE_NOT_FOUND", f"The role sees {len(found)} IAM Identity Center instances; say which "
                          "with instance_arn in the permission_context's settings.")  # fmt: skip
    return str(found[0]["InstanceArn"])
