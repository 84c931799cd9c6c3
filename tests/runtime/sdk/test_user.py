"""Users, roles, identities."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from sym.sdk._person import KnownUser
from sym.sdk.request_permission import PermissionLevel
from sym.sdk.user import User, UserIdentity, UserRole, user_ids

ABSTRACT = "email first_name get_event_count id identities identity last_name role type username"


def test_roles_and_the_levels_they_belong_to() -> None:
    everyone = PermissionLevel.ALL_USERS
    assert [role.value for role in UserRole] == ["admin", "member", "guest"]
    assert UserRole.ADMIN.permission_levels() == {PermissionLevel.ADMIN, PermissionLevel.MEMBER, everyone}
    assert UserRole.MEMBER.permission_levels() == {PermissionLevel.MEMBER, everyone}
    assert UserRole.GUEST.permission_levels() == {everyone}
    UserRole.GUEST.permission_levels().add(PermissionLevel.ADMIN)
    assert UserRole.GUEST.permission_levels() == {everyone}
    assert f"{UserRole.ADMIN}" == "admin"


def test_what_a_user_must_implement() -> None:
    assert frozenset(ABSTRACT.split()) == User.__abstractmethods__
    assert frozenset({"service", "service_id", "user_id"}) == UserIdentity.__abstractmethods__
    with pytest.raises(TypeError, match="Can't instantiate abstract class User"):
        User()  # type: ignore[abstract]


def test_users_are_equal_by_username(make_user: Callable[..., User]) -> None:
    class Other(KnownUser):
        pass

    one = make_user()
    twin = make_user(id=str(UUID(int=7)))
    other = Other({"id": str(one.id), "username": one.username})
    assert one == twin == other
    assert hash(one) == hash(twin)
    assert hash(one) != hash(other)
    assert one != make_user("bob@acme.example", id=str(one.id))
    assert one != one.username


def test_how_a_user_is_shown(make_user: Callable[..., User]) -> None:
    user = make_user(identities=[{"service": "slack", "service_id": "T1", "user_id": "U1"}])
    assert repr(user) == "User(ann@acme.example)"
    assert str(user) == ("User(email=ann@acme.example, username=ann@acme.example, identities=[Identity(slack: U1)])")
    assert str(user.identities["slack"][0]) == "Identity(slack: U1)"
    assert user.to_dict() == {"id": str(user.id), "username": "ann@acme.example"}


def test_ids_of_users_in_their_order(make_user: Callable[..., User]) -> None:
    ids = [UUID(int=2), UUID(int=1)]
    assert user_ids([make_user(id=str(one)) for one in ids]) == ids
    assert user_ids([]) == []
