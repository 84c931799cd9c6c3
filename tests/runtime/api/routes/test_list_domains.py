"""The domains, for admins."""

from __future__ import annotations

import pytest

from tests.runtime.api.conftest import World, assert_error


def test_domains_are_listed_by_name_a_page_at_a_time(api: World) -> None:
    for name in ("c.example", "a.example", "b.example"):
        api.post("/domains", {"domain": name}, name="root")
    first = api.get("/domains?limit=2", name="root").json()
    assert first["domains"] == [
        {"domain": name, "primary": False, "created_at": "2026-03-14 15:09:26.535897+00:00"}
        for name in ("a.example", "b.example")
    ]
    rest = api.get(f"/domains?cursor={first['next_cursor']}", name="terraform").json()
    assert ([one["domain"] for one in rest["domains"]], rest["next_cursor"]) == (["c.example"], None)


@pytest.mark.parametrize("name", ["ann", "eve", "ci"])
def test_they_are_for_admins(api: World, name: str) -> None:
    token = api.token(name)
    for method, path, body in (("GET", "/domains", None), ("POST", "/domains", {"domain": "evil.example"}),
                               ("DELETE", "/domains/a.example", None)):  # fmt: skip
        answer = api.call(method, f"/api/v1{path}", token=token, json=body)
        assert_error(answer, 403, "Auth:FORBIDDEN")
    assert api.get("/domains", name="root").json()["domains"] == []
