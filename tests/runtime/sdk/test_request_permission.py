"""Who may see and decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sym.sdk.request_permission import PermissionLevel, RequestPermission
from sym.sdk.user import User


def test_levels_are_strings_and_interpolate_as_such() -> None:
    assert [level.value for level in PermissionLevel] == ["admin", "member", "all_users"]
    assert f"{PermissionLevel.ALL_USERS}" == "all_users"
    assert PermissionLevel.ADMIN == "admin"  # type: ignore[comparison-overlap]
    assert str(PermissionLevel.ADMIN) == "PermissionLevel.ADMIN"


def test_levels_and_lists_of_ids_are_taken(some_id: UUID) -> None:
    permission = RequestPermission(webapp_view="member", approve_deny=[str(some_id), some_id])  # type: ignore[arg-type, list-item]
    assert permission.webapp_view is PermissionLevel.MEMBER
    assert permission.approve_deny == [some_id, some_id]
    assert permission.allow_self_approval is False


def test_users_stand_for_their_ids(make_user: Callable[..., User], some_id: UUID) -> None:
    permission = RequestPermission(webapp_view=PermissionLevel.ADMIN, approve_deny=[make_user()])  # type: ignore[list-item]
    assert permission.approve_deny == [some_id]


@pytest.mark.parametrize("name", ["webapp_view", "approve_deny"])
@pytest.mark.parametrize("nobody", [[], "", None, {}])
def test_nobody_is_an_error(name: str, nobody: Any) -> None:
    values: dict[str, Any] = {"webapp_view": "admin", "approve_deny": "admin", name: nobody}
    with pytest.raises(ValueError, match=f"{name}\n  must be non-empty"):
        RequestPermission(**values)


def test_a_list_of_anything_else_points_to_user_ids() -> None:
    for junk in ("ann@acme.example", None, 5):
        with pytest.raises(ValueError, match=r"user_ids\(users\)"):
            RequestPermission(webapp_view="admin", approve_deny=[junk])  # type: ignore[arg-type, list-item]


@pytest.mark.parametrize("junk", ["everybody", (UUID(int=1),), {UUID(int=1)}, 5, True])
def test_what_is_neither_level_nor_list_is_an_error(junk: Any) -> None:
    with pytest.raises(ValueError, match="approve_deny"):
        RequestPermission(webapp_view="admin", approve_deny=junk)  # type: ignore[arg-type]


def test_both_are_required() -> None:
    with pytest.raises(ValueError, match="2 validation errors"):
        RequestPermission()  # type: ignore[call-arg]


def test_a_permission_cannot_be_widened_to_nonsense_later() -> None:
    permission = RequestPermission(webapp_view=PermissionLevel.ADMIN, approve_deny=PermissionLevel.ADMIN)
    with pytest.raises(ValueError, match="approve_deny"):
        permission.approve_deny = []


WHO = st.sampled_from(PermissionLevel) | st.lists(st.uuids(), min_size=1, max_size=4)


@given(WHO, WHO, st.booleans())
def test_a_permission_survives_json(view: Any, decide: Any, alone: bool) -> None:
    permission = RequestPermission(webapp_view=view, approve_deny=decide, allow_self_approval=alone)
    assert RequestPermission.parse_raw(permission.json()) == permission
    assert RequestPermission.parse_obj(permission.dict()) == permission
