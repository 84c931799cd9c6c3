"""``POST /trust``: for admins alone."""

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


def test_trust_is_added_once(api: World) -> None:
    made = api.post("/trust", WANTED, name="root").json()
    assert {key: made[key] for key in WANTED} == WANTED
    assert api.post("/trust", WANTED, name="root").json() == made
    assert names(api) == ["trust.added"]
    with api.store.reading() as conn:
        (added,) = entries(conn, name="trust.added")
    assert added["fields"]["trust"]["claims"] == WANTED["claims"]


@pytest.mark.parametrize("name", ["ann", "eve", "ci"])
def test_nobody_else_trusts(api: World, name: str) -> None:
    assert_error(api.post("/trust", WANTED, name=name), 403, "Auth:FORBIDDEN")
    assert_error(api.post("/trust", {**WANTED, "claims": {}}, name=name), 403, "Auth:FORBIDDEN")
    assert names(api) == ["action.refused"] * 2


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
