"""Who asks."""

from __future__ import annotations

from tests.runtime.api.conftest import World, assert_error


def test_everybody_learns_who_they_are_and_until_when(api: World) -> None:
    for name, user in api.users.items():
        row = api.row(name)
        answer = api.get("/users/me", name=name).json()
        assert (answer["user"]["id"], answer["user"]["role"], answer["user"]["type"]) == (user.id, user.role, user.type)
        assert answer["organization"]["slug"] == "acme"
        assert answer["token"]["jti"] != row.jti
        assert answer["token"]["expires_at"] == "2026-03-15 15:09:26.535897+00:00"


def test_without_a_token_nobody_is_anybody(api: World) -> None:
    assert_error(api.call("GET", "/api/v1/users/me"), 401, "Auth:INVALID_TOKEN")


def test_me_is_nobody_to_be_changed(api: World) -> None:
    assert_error(api.call("DELETE", "/api/v1/users/me", token=api.token("root")), 404, "UserAPI:NOT_FOUND")
