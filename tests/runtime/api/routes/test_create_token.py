"""Tokens are issued by admins, and shown once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from sym.store.audit import entries
from sym.store.tokens import get_token
from tests.runtime.api.conftest import World, assert_error


def test_a_token_works_and_is_shown_nowhere_else(api: World, caplog: pytest.LogCaptureFixture) -> None:
    issued = api.post("/tokens", {"username": "CI", "expiry": "100d", "label": "pipeline"}, name="root").json()
    token = issued.pop("token")
    assert api.call("GET", "/api/v1/runs", token=token).status_code == 200
    assert (issued["username"], issued["label"], issued["issued_by"], issued["state"]) == (
        "ci", "pipeline", "root@acme.example", "good",
    )  # fmt: skip
    assert api.get(f"/tokens/{issued['jti']}", name="root").json() == issued
    with api.store.reading() as conn:
        row, log = get_token(conn, issued["jti"]), entries(conn)
    assert row is not None
    assert (row.issuer_id, row.issued_by) == (api.users["root"].id, "root@acme.example")
    kept = [api.get("/tokens", name="root").text, repr(row), repr(log), caplog.text]
    assert not any(part in text for text in kept for part in token.split("."))
    issuing = [entry for entry in log if issued["jti"] in str(entry["fields"])]
    assert [(entry["name"], entry["actor"]["username"]) for entry in issuing] == [("token.issued", "root@acme.example")]


@pytest.mark.parametrize(
    ("expiry", "lifetime"),
    [("45s", timedelta(seconds=45)), ("30m", timedelta(minutes=30)), ("2h", timedelta(hours=2)),
     ("100d", timedelta(days=100)), ("1mo", timedelta(days=30)), (3600, timedelta(hours=1))],
)  # fmt: skip
def test_a_lifetime_is_a_number_and_a_unit_or_seconds(api: World, expiry: str | int, lifetime: timedelta) -> None:
    issued = api.post("/tokens", {"username": "ci", "expiry": expiry}, name="root").json()
    assert datetime.fromisoformat(issued["expires_at"]) == api.now + lifetime


@pytest.mark.parametrize("expiry", ["0d", "-1d", "100", "", "d", "1w", "soon", "3651d", "999999999mo", "\u0661d", 0, -5,
                                    10**12])  # fmt: skip
def test_any_other_lifetime_is_refused(api: World, expiry: str | int) -> None:
    answer = api.post("/tokens", {"username": "ci", "expiry": expiry}, name="root")
    assert_error(answer, 400, "API:INVALID_REQUEST", "expiry")
    assert api.get("/tokens?username=ci", name="root").json()["tokens"] == []


@pytest.mark.parametrize("expiry", [True, 1.5, None, ["1d"]])
def test_what_is_neither_text_nor_a_whole_number_is_refused(api: World, expiry: Any) -> None:
    answer = api.post("/tokens", {"username": "ci", "expiry": expiry}, name="root")
    assert answer.status_code == 400
    assert all(item["field"].startswith("expiry") for item in answer.json()["errors"])


@pytest.mark.parametrize("name", ["ann", "eve", "ci"])
def test_who_is_no_admin_issues_none_not_even_for_themselves(api: World, name: str) -> None:
    for username in ("ci", "terraform", api.users[name].username, "nobody"):
        answer = api.post("/tokens", {"username": username, "expiry": "1d"}, name=name)
        assert_error(answer, 403, "Auth:FORBIDDEN")


def test_an_admin_speaks_for_no_other_person(api: World) -> None:
    api.user("boss", role="admin")
    for username in ("ann@acme.example", "BOSS@acme.example"):
        for issuer in ("root", "terraform"):
            answer = api.post("/tokens", {"username": username, "expiry": "1d"}, name=issuer)
            assert "oneself" in assert_error(answer, 403, "Auth:FORBIDDEN")
    own = api.post("/tokens", {"username": "root@acme.example", "expiry": "1d"}, name="root")
    assert api.call("GET", "/api/v1/bots", token=own.json()["token"]).status_code == 200


def test_who_is_not_there_gets_none(api: World) -> None:
    unknown = api.post("/tokens", {"username": "nobody", "expiry": "1d"}, name="root")
    assert_error(unknown, 404, "TokenAPI:UNKNOWN_USER", "username")
    api.call("DELETE", "/api/v1/bots/ci", token=api.token("root"))
    gone = api.post("/tokens", {"username": "ci", "expiry": "1d"}, name="root")
    assert_error(gone, 409, "TokenAPI:USER_DEACTIVATED", "username")


def test_no_row_is_left_when_it_cannot_be_signed(api: World) -> None:
    root = api.token("root")
    for path in api.keys.path.glob("token-*"):
        path.chmod(0o644)
    refused = api.call("POST", "/api/v1/tokens", token=root, json={"username": "ci", "expiry": "1d"})
    assert refused.status_code == 503
    for path in api.keys.path.glob("token-*"):
        path.chmod(0o600)
    listed = api.call("GET", "/api/v1/tokens?username=ci", token=root).json()["tokens"]
    assert listed == []
