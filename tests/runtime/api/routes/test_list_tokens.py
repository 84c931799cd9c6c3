"""What is known of tokens."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sym.api.paging import cursor_of
from sym.store.audit import entries
from sym.store.tables import token as table
from tests.runtime.api.conftest import World, assert_error


def listed(api: World, query: str = "", *, name: str = "root") -> list[str]:
    return [token["jti"] for token in api.get(f"/tokens{query}", name=name).json()["tokens"]]


def test_admins_see_everybodys_and_others_their_own(api: World) -> None:
    anns, cis = api.row("ann"), api.row("ci")
    assert {anns.jti, cis.jti} < set(listed(api))
    for name, own in (("ann", anns), ("ci", cis)):
        seen = api.get("/tokens?mine=true", name=name).json()["tokens"]
        assert own.jti in [token["jti"] for token in seen]
        assert {token["username"] for token in seen} == {api.users[name].username}
    assert {token["username"] for token in api.get("/tokens?mine=true", name="root").json()["tokens"]} == {
        "root@acme.example"
    }


@pytest.mark.parametrize("name", ["ann", "eve", "ci"])
def test_nobody_else_sees_others(api: World, name: str) -> None:
    for query in ("", "?username=root@acme.example", "?username=nobody", "?mine=false"):
        assert_error(api.get(f"/tokens{query}", name=name), 403, "Auth:FORBIDDEN")
    with api.store.reading() as conn:
        assert len(entries(conn, name="action.refused")) == 4
    assert listed(api, "?mine=true&username=root@acme.example", name=name) == []


def test_tokens_are_filtered(api: World) -> None:
    good, expired, revoked = api.row("ci"), api.row("ci", lifetime=timedelta(seconds=-1)), api.row("ci")
    flagged = api.row("ci")
    with api.store.transaction() as conn:
        conn.execute(table.update().where(table.c.jti == flagged.jti).values(flagged_at=api.now))
    api.call("DELETE", f"/api/v1/tokens/{revoked.jti}", token=api.token("root"))
    assert set(listed(api, "?username=CI")) == {good.jti, expired.jti, revoked.jti, flagged.jti}
    assert set(listed(api, "?username=ci&state=good")) == {good.jti, flagged.jti}
    assert listed(api, "?username=ci&state=expired") == [expired.jti]
    assert listed(api, "?username=ci&state=revoked") == [revoked.jti]
    assert listed(api, "?state=flagged") == [flagged.jti]
    assert listed(api, "?username=nobody") == []


def test_they_are_paged_newest_first_though_issued_at_once(api: World) -> None:
    rows = [api.row("ci") for _ in range(5)]
    api.now += timedelta(seconds=1)
    newest = api.row("ci")
    token = api.token("root")
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"username": "ci", "limit": "2", **({"cursor": cursor} if cursor else {})}
        page = api.call("GET", "/api/v1/tokens", token=token, params=query).json()
        seen += [item["jti"] for item in page["tokens"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        api.row("ann")  # what is issued meanwhile moves nothing
    assert seen == [newest.jti, *sorted(row.jti for row in rows)]


@pytest.mark.parametrize(
    ("query", "field"),
    [("state=lost", "state"), ("limit=501", "limit"), ("cursor=WyJhIiwiYiJd", "cursor"), ("cursor=x", "cursor"),
     ("cursor=WyIyMDI2LTAxLTAxIiwiYiJd", "cursor"), ("mine=perhaps", "mine"), ("user=ci", "user"),
     ("username=a%00b", "username"),
     (f"cursor={cursor_of('0001-01-01T00:00:00+23:59', '9a1f2f0e-4f3c-4c53-9b2c-4b8a3c6f3d10')}", "cursor"),
     (f"cursor={cursor_of('2026-01-01T00:00:00+00:00', 'a' + chr(0))}", "cursor")],
)  # fmt: skip
def test_a_wrong_query_is_a_400_that_names_it(api: World, query: str, field: str) -> None:
    assert_error(api.get(f"/tokens?{query}", name="root"), 400, "API:INVALID_REQUEST", field)
