"""``/trust``: for admins alone."""

from __future__ import annotations

from typing import Any

import pytest

from sym.store.audit import entries
from tests.runtime.api.conftest import World, assert_error

WANTED: dict[str, Any] = {
    "bot": "ci", "issuer": "https://token.actions.githubusercontent.com", "audience": "https://sym.acme.example",
    "claims": {"repository": "acme/app", "ref": "refs/heads/main"},
}  # fmt: skip


def names(api: World) -> list[str]:
    with api.store.reading() as conn:
        return [entry["name"] for entry in entries(conn) if entry["name"].split(".")[0] in ("trust", "action")]


def test_trust_is_added_listed_and_removed(api: World) -> None:
    made = api.post("/trust", WANTED, name="root").json()
    assert {key: made[key] for key in WANTED} == WANTED
    assert api.post("/trust", WANTED, name="root").json() == made
    assert api.get("/trust", name="root").json() == {"trust": [made], "next_cursor": None}
    removed = api.call("DELETE", f"/api/v1/trust/{made['id'].upper()}", token=api.token("root"))
    assert removed.json() == made
    assert api.get("/trust", name="root").json()["trust"] == []
    assert names(api) == ["trust.added", "trust.removed"]
    with api.store.reading() as conn:
        (added,) = entries(conn, name="trust.added")
    assert added["fields"]["trust"]["claims"] == WANTED["claims"]
    assert_error(api.call("DELETE", f"/api/v1/trust/{made['id']}", token=api.token("root")), 404, "TrustAPI:NOT_FOUND")


def test_a_long_list_comes_in_pages(api: World) -> None:
    for number in range(5):
        api.post("/trust", {**WANTED, "audience": str(number)}, name="root")
    first = api.get("/trust?limit=3", name="root").json()
    second = api.get(f"/trust?limit=3&cursor={first['next_cursor']}", name="root").json()
    assert len(first["trust"]) == 3
    assert len({one["id"] for one in first["trust"] + second["trust"]}) == 5
    assert second["next_cursor"] is None


@pytest.mark.parametrize("name", ["ann", "eve", "ci"])
def test_nobody_else_has_a_word_in_it(api: World, name: str) -> None:
    made = api.post("/trust", WANTED, name="root").json()
    assert_error(api.post("/trust", WANTED, name=name), 403, "Auth:FORBIDDEN")
    assert_error(api.get("/trust", name=name), 403, "Auth:FORBIDDEN")
    assert_error(api.call("DELETE", f"/api/v1/trust/{made['id']}", token=api.token(name)), 403, "Auth:FORBIDDEN")
    assert names(api) == ["trust.added", *["action.refused"] * 3]


@pytest.mark.parametrize(
    ("changes", "status", "code", "fields"),
    [
        ({"bot": "nobody"}, 404, "TrustAPI:UNKNOWN_BOT", ["bot"]),
        ({"bot": "ann@acme.example"}, 404, "TrustAPI:UNKNOWN_BOT", ["bot"]),
        ({"claims": {"ref": "refs/heads/main"}}, 400, "TrustAPI:INVALID", ["claims"]),
        ({"claims": {}}, 400, "TrustAPI:INVALID", ["claims"]),
        ({"claims": {"repository": True}}, 400, "API:INVALID_REQUEST", ["claims.repository"]),
        ({"issuer": "http://ci.example.com"}, 400, "TrustAPI:INVALID", ["issuer"]),
        ({"audience": ""}, 400, "API:INVALID_REQUEST", ["audience"]),
        ({"role": "admin"}, 400, "API:INVALID_REQUEST", ["role"]),
    ],
)
def test_trust_in_strangers_is_refused(
    api: World, changes: dict[str, Any], status: int, code: str, fields: list[str]
) -> None:
    assert_error(api.post("/trust", {**WANTED, **changes}, name="root"), status, code, *fields)
    assert names(api) == []
