"""The bots, for admins."""

from __future__ import annotations

import pytest

from sym.api.paging import cursor_of
from tests.runtime.api.conftest import World, assert_error


def test_bots_are_listed_with_their_good_tokens(api: World) -> None:
    gone = api.row("ci")
    api.row("ci")
    root = api.token("root")
    assert api.call("DELETE", f"/api/v1/tokens/{gone.jti}", token=root).status_code == 200
    body = api.call("GET", "/api/v1/bots", token=root).json()
    assert body == {
        "bots": [
            {"id": api.users["ci"].id, "username": "ci", "role": "requester", "state": "active", "tokens": 1,
             "created_at": "2026-03-14 15:09:26.535897+00:00", "deactivated_at": None},
            {"id": api.users["terraform"].id, "username": "terraform", "role": "admin", "state": "active", "tokens": 0,
             "created_at": "2026-03-14 15:09:26.535897+00:00", "deactivated_at": None},
        ],
        "next_cursor": None,
    }  # fmt: skip


def test_they_are_filtered_and_paged(api: World) -> None:
    for name in ("a1", "b2", "c3"):
        api.post("/bots", {"name": name, "role": "member"}, name="root")
    api.call("DELETE", "/api/v1/bots/b2", token=api.token("root"))

    def names(query: str) -> list[str]:
        return [bot["username"] for bot in api.get(f"/bots?{query}", name="root").json()["bots"]]

    assert names("") == ["a1", "b2", "c3", "ci", "terraform"]
    assert names("role=member") == ["a1", "b2", "c3"]
    assert names("state=deactivated") == ["b2"]
    assert names("state=active&role=member") == ["a1", "c3"]
    seen: list[str] = []
    cursor = ""
    while True:
        page = api.get(f"/bots?limit=2{cursor}", name="terraform").json()
        assert len(page["bots"]) <= 2
        seen += [bot["username"] for bot in page["bots"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == names("")


@pytest.mark.parametrize(("query", "field"), [("role=guest", "role"), ("state=x", "state"), ("limit=0", "limit"),
                                              ("cursor=x", "cursor"),
                                              (f"cursor={cursor_of(chr(0))}", "cursor")])  # fmt: skip
def test_a_wrong_query_is_a_400_that_names_it(api: World, query: str, field: str) -> None:
    assert_error(api.get(f"/bots?{query}", name="root"), 400, "API:INVALID_REQUEST", field)


@pytest.mark.parametrize("name", ["ann", "eve", "ci"])
def test_nobody_else_learns_anything(api: World, name: str) -> None:
    token = api.token(name)
    for method, path, body in (
        ("GET", "/bots", None), ("POST", "/bots", {"name": "x"}), ("GET", "/bots/ci", None),
        ("GET", "/bots/nothing", None), ("PATCH", "/bots/ci", {"role": "admin"}), ("DELETE", "/bots/ci", None),
        ("DELETE", "/bots/nothing", None), ("GET", "/bots/ci/identities", None),
        ("PUT", "/bots/ci/identities", {"service_type": "okta", "external_id": "a", "user_id": "b"}),
        ("DELETE", "/bots/ci/identities?service_type=okta&external_id=a", None),
    ):  # fmt: skip
        answer = api.call(method, f"/api/v1{path}", token=token, json=body)
        assert assert_error(answer, 403, "Auth:FORBIDDEN") == "Only admins may do that."
    assert [bot["username"] for bot in api.get("/bots", name="root").json()["bots"]] == ["ci", "terraform"]
