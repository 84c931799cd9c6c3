"""``DELETE /trust/{trust_id}``."""

from __future__ import annotations

import pytest

from sym.store.audit import entries
from tests.runtime.api.conftest import World, assert_error
from tests.runtime.api.routes.test_add_trust import WANTED


def test_trust_is_removed_once(api: World) -> None:
    made = api.post("/trust", WANTED, name="root").json()
    path = f"/api/v1/trust/{made['id'].upper()}"
    assert api.call("DELETE", path, token=api.token("root")).json() == made
    assert api.get("/trust", name="root").json()["trust"] == []
    assert_error(api.call("DELETE", path, token=api.token("root")), 404, "TrustAPI:NOT_FOUND")
    with api.store.reading() as conn:
        assert len(entries(conn, name="trust.removed")) == 1


@pytest.mark.parametrize("name", ["ann", "eve", "ci"])
def test_nobody_else_removes_it(api: World, name: str) -> None:
    made = api.post("/trust", WANTED, name="root").json()
    for path in (made["id"], "nothing"):
        assert_error(api.call("DELETE", f"/api/v1/trust/{path}", token=api.token(name)), 403, "Auth:FORBIDDEN")
    assert api.get("/trust", name="root").json()["trust"] == [made]
