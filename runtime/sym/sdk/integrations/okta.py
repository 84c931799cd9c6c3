"""Okta: groups and people."""
# ruff: noqa: PLC0414 - the aliases mark what this module re-exports

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sym.sdk._stubs import stubbed
from sym.sdk.exceptions.okta import OktaError as OktaError
from sym.sdk.integrations import _call
from sym.sdk.user import User


@stubbed
def is_user_in_group(user: User, *, group_id: str) -> bool:
    """Say whether the user is in the group with this id. Raises ``OktaError`` if there is no such group."""
    return bool(_call.ask("okta", "is_user_in_group", user=user, group_id=group_id))


@stubbed
def users_in_group(*, group_id: str) -> list[User]:
    """Return who is in the group with this id. Raises ``OktaError`` if there is no such group."""
    return _call.users(_call.ask("okta", "users_in_group", group_id=group_id))


@stubbed
def get_user_info(user: User) -> dict[str, Any]:
    """Return the user as Okta describes them. Raises ``OktaError``."""
    return cast("dict[str, Any]", _call.ask("okta", "get_user_info", user=user))


@stubbed
def list_groups(
    *,
    name_filter: str | None = None,
    filter: str | None = None,  # noqa: A002 - the public name
    expand: Sequence[str] | None = None,
    only_native_groups: bool = True,
) -> list[dict[str, Any]]:
    """Return groups as Okta describes them.

    Args:
        name_filter: how the name begins, in any case.
        filter: an expression of Okta's filter language, with double quotes.
        expand: ``stats``, ``app`` or both.
        only_native_groups: without groups that come from elsewhere.

    Raises:
        OktaError: Okta failed, or does not understand the filter.
    """
    answer = _call.ask(
        "okta",
        "list_groups",
        name_filter=name_filter,
        filter=filter,
        expand=expand,
        only_native_groups=only_native_groups,
    )
    return cast("list[dict[str, Any]]", answer)
