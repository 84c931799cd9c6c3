"""One token."""

from __future__ import annotations

import pytest

from tests.runtime.api.conftest import World, assert_error


def test_admins_see_any_and_others_their_own(api: World) -> None:
    row = api.row("ann")
    for name in ("root", "ann"):
        found = api.get(f"/tokens/{row.jti.upper()}", name=name).json()
        assert (found["jti"], found["username"], found["state"]) == (row.jti, "ann@acme.example", "good")
    for jti in ("nothing", "a%00b", "9a1f2f0e-4f3c-4c53-9b2c-4b8a3c6f3d10"):
        assert_error(api.get(f"/tokens/{jti}", name="root"), 404, "TokenAPI:NOT_FOUND")


@pytest.mark.parametrize("name", ["bob", "eve", "ci"])
def test_others_do_not_learn_whether_there_is_one(api: World, name: str) -> None:
    row = api.row("ann")
    said = {assert_error(api.get(f"/tokens/{jti}", name=name), 403, "Auth:FORBIDDEN") for jti in (row.jti, "nothing")}
    assert len(said) == 1
