"""OneLogin: roles and people."""

from __future__ import annotations

from typing import Any, cast

from sym.sdk._stubs import stubbed
from sym.sdk.exceptions.onelogin import OneLoginError as _OneLoginError
from sym.sdk.exceptions.sdk import MissingArgument as _MissingArgument
from sym.sdk.integrations import _call
from sym.sdk.user import User


@stubbed
def list_roles(name_filter: str | None = None) -> list[dict[str, Any]]:
    """Return roles, those whose name contains ``name_filter``. Raises ``OneLoginError``, also above 650 roles."""
    return cast("list[dict[str, Any]]", _call.ask("onelogin", "list_roles", name_filter=name_filter))


@stubbed
def get_user_info(user: User) -> dict[str, Any]:
    """Return the user as OneLogin describes them. Raises ``OneLoginError``."""
    return cast("dict[str, Any]", _call.ask("onelogin", "get_user_info", user=_given(user)))


@stubbed
def users_in_role(role_id: int) -> list[User]:
    """Return who has the role. Raises ``MissingArgument`` without a role, ``OneLoginError`` if it cannot be read."""
    if not role_id:
        raise _MissingArgument("role_id", "onelogin.users_in_role")
    return _call.users(_call.ask("onelogin", "users_in_role", role_id=role_id))


@stubbed
def is_user_in_role(user: User, *, role_id: int) -> bool:
    """Say whether the user has the role. Raises ``MissingArgument`` without a role, else ``OneLoginError``."""
    if not role_id:
        raise _MissingArgument("role_id", "onelogin.is_user_in_role")
    return bool(_call.ask("onelogin", "is_user_in_role", user=_given(user), role_id=role_id))


def _given(user: User | None) -> User:
    if user is None:
        raise _OneLoginError("USER_NOT_FOUND", "A user is needed, and none was given.")
    return user
