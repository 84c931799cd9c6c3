"""Many people at once, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from sym.store.audit import entries
from tests.runtime.api.conftest import World, assert_error

ROWS: list[dict[str, Any]] = [
    {"line": 2, "email": "root@acme.example", "first_name": "Rita"},
    {"line": 3, "email": "zoe@acme.example", "role": "guest",
     "identities": [{"service_type": "okta", "external_id": "acme.okta.com", "user_id": "00u1"}]},
]  # fmt: skip


def emails(api: World) -> list[str]:
    users = api.get("/users?state=active", name="root").json()["users"]
    return [one["email"].partition("@")[0] for one in users]


def test_a_dry_run_says_what_would_change_and_changes_nothing(api: World) -> None:
    with api.store.reading() as conn:
        before = len(entries(conn, name="user.created"))
    answer = api.post("/users/import", {"rows": ROWS, "missing": "delete", "dry_run": True}, name="root").json()
    assert answer["applied"] is False
    assert answer["missing"] == ["ann@acme.example", "bob@acme.example", "eve@acme.example"]
    assert [(one["action"], one["email"].partition("@")[0]) for one in answer["changes"]] == [
        ("update", "root"), ("create", "zoe"), ("delete", "ann"), ("delete", "bob"), ("delete", "eve"),
    ]  # fmt: skip
    assert answer["changes"][1]["changes"] == [
        {"name": "role", "before": "", "after": "guest"},
        {"name": "okta:acme.okta.com", "before": "", "after": "00u1"},
    ]
    with api.store.reading() as conn:
        assert len(entries(conn, name="user.created")) == before
    assert emails(api) == ["ann", "bob", "eve", "root"]


def test_people_nobody_names_are_kept_unless_it_is_said(api: World) -> None:
    assert api.post("/users/import", {"rows": ROWS}, name="root").json()["applied"] is True
    assert emails(api) == ["ann", "bob", "eve", "root", "zoe"]
    api.post("/users/import", {"rows": ROWS, "missing": "delete"}, name="root")
    assert emails(api) == ["root", "zoe"]


def test_another_plan_than_was_seen_is_not_carried_out(api: World) -> None:
    plan = api.post("/users/import", {"rows": ROWS, "dry_run": True}, name="root").json()["plan"]
    api.post("/users", {"email": "zoe@acme.example"}, name="root")
    response = api.post("/users/import", {"rows": ROWS, "plan": plan}, name="root")
    assert_error(response, 409, "UserAPI:PLAN_CHANGED")
    plan = api.post("/users/import", {"rows": ROWS, "dry_run": True}, name="root").json()["plan"]
    assert api.post("/users/import", {"rows": ROWS, "plan": plan}, name="root").json()["applied"] is True


def test_every_mistake_is_named_and_nothing_is_done(api: World) -> None:
    rows = [*ROWS, {"line": 4, "email": "x", "role": "king"}, {"email": "ZOE@acme.example"}]
    message = assert_error(
        api.post("/users/import", {"rows": rows}, name="root"), 400, "UserAPI:INVALID_TABLE",
        "line 3, column sym:cloud", "line 4, column sym:cloud", "line 4, column sym:cloud", "line 4, column role",
    )  # fmt: skip
    assert "line 4, column role: 'king' is no role of people." in message
    assert emails(api) == ["ann", "bob", "eve", "root"]


def test_an_account_is_in_a_row_once(api: World) -> None:
    rows = [{**ROWS[1], "identities": ROWS[1]["identities"] * 2}]
    assert_error(api.post("/users/import", {"rows": rows}, name="root"), 400, "API:INVALID_REQUEST",
                 "rows.0.identities")  # fmt: skip


@pytest.mark.parametrize("name", ["ann", "eve", "ci"])
def test_nobody_else_imports_not_even_dry(api: World, name: str) -> None:
    assert_error(api.post("/users/import", {"rows": ROWS, "dry_run": True}, name=name), 403, "Auth:FORBIDDEN")
