"""One person."""

from __future__ import annotations

import uuid

from tests.runtime.api.conftest import World, assert_error


def test_an_admin_sees_a_person(api: World) -> None:
    ann = api.users["ann"]
    assert api.get(f"/users/{ann.id}", name="root").json()["email"] == "ann@acme.example"
    assert api.get(f"/users/{ann.id.upper()}", name="root").json()["id"] == ann.id


def test_bots_and_strangers_are_no_people(api: World) -> None:
    for user_id in (api.users["ci"].id, str(uuid.uuid4()), "x", "ann@acme.example"):
        assert_error(api.get(f"/users/{user_id}", name="root"), 404, "UserAPI:NOT_FOUND")


def test_whoever_is_no_admin_cannot_tell_who_is_there(api: World) -> None:
    ids = (api.users["ann"].id, api.users["root"].id, str(uuid.uuid4()), "x")
    answers = {api.get(f"/users/{user_id}{more}", name=name).text
               for user_id in ids for name in ("ann", "ci") for more in ("", "/identities")}  # fmt: skip
    assert len(answers) == 1
    assert_error(api.get(f"/users/{ids[0]}", name="ann"), 403, "Auth:FORBIDDEN")
