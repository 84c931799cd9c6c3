"""Google Workspace: groups."""
# ruff: noqa: PLC0414 - the aliases mark what this module re-exports

from __future__ import annotations

from typing import Any, cast

from sym.sdk._stubs import stubbed
from sym.sdk.exceptions.google import GoogleError as GoogleError
from sym.sdk.integrations import _call
from sym.sdk.user import User


@stubbed
def is_user_in_group(user: User, *, group_email: str) -> bool:
    """Say whether the user is in the group, directly or through another group. Raises ``GoogleError``."""
    return bool(_call.ask("google", "is_user_in_group", user=user, group_email=group_email))


@stubbed
def list_groups(domain: str | None = None) -> list[dict[str, Any]]:
    """Return groups as Google describes them, those of ``domain`` only if given. Raises ``GoogleError``."""
    return cast("list[dict[str, Any]]", _call.ask("google", "list_groups", domain=domain))


@stubbed
def users_in_group(group_email: str, *, include_indirect_members: bool = True) -> list[User]:
    """Return the people in a group; groups in it are not listed themselves.

    Args:
        group_email: the address of the group.
        include_indirect_members: people in the groups within it too.

    Raises:
        GoogleError: there is no such group, or Google failed.
    """
    answer = _call.ask(
        "google", "users_in_group", group_email=group_email, include_indirect_members=include_indirect_members
    )
    return _call.users(answer)
