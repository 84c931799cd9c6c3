"""Who may see and decide a request."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sym.sdk._model import Model, field
from sym.sdk._permission_level import PermissionLevel
from sym.sdk.user import User

__all__ = ["PermissionLevel", "RequestPermission"]


def _level_or_ids(value: Any) -> PermissionLevel | list[UUID]:
    """Read who is meant, strictly: nothing but a level and a list of users is taken for one."""
    if not value:
        raise ValueError("must be non-empty; PermissionLevel.ADMIN leaves it to administrators alone")
    if isinstance(value, str):
        try:
            return PermissionLevel(value)
        except ValueError:
            known = ", ".join(level.value for level in PermissionLevel)
            raise ValueError(f"is not a permission level; the levels are {known}") from None
    if not isinstance(value, list):
        raise ValueError("must be a PermissionLevel or a list of user ids")
    return [_user_id(item) for item in value]


def _user_id(item: Any) -> UUID:
    if isinstance(item, User):
        return item.id
    if isinstance(item, UUID):
        return item
    try:
        return UUID(item)
    except (ValueError, TypeError, AttributeError):
        raise ValueError("must list users by their ids; user_ids(users) of sym.sdk.user returns them") from None


class RequestPermission(Model):
    """What ``get_permissions`` returns. Administrators may always see and decide.

    Attributes:
        webapp_view: who may see the request: a level, or a list of users or their ids.
        approve_deny: who may approve and deny it, likewise.
        allow_self_approval: whether requesters may decide their own requests, if they are among those who may.

    Raises:
        ValidationError: an empty list, or anything else that names nobody.
    """

    webapp_view: PermissionLevel | list[UUID] = field(before=_level_or_ids)
    approve_deny: PermissionLevel | list[UUID] = field(before=_level_or_ids)
    allow_self_approval: bool = False
