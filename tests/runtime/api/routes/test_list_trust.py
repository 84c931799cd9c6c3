"""``GET /trust``."""

from __future__ import annotations

import pytest

from tests.runtime.api.conftest import World, assert_error
from tests.runtime.api.routes.test_add_trust import WANTED


def test_a_long_list_comes_in_pages(api: World) -> None:
    for number in range(5):
        api.post("/trust", {**WANTED, "audience": str(number)}, name="root")
    first = api.get("/trust?limit=3", name="root").json()
    second = api.get(f"/trust?limit=3&cursor={first['next_cursor']}", name="root").json()
    assert len(first["trust"]) == 3
    assert set(first["trust"][0]) == {
        "id", "bot", "issuer", "audience", "claims", "created_at", "added_by", "flagged",
    }  # fmt: skip
    assert len({one["id"] for one in first["trust"] + second["trust"]}) == 5
    assert second["next_cursor"] is None


@pytest.mark.parametrize("name", ["ann", "eve", "ci"])
def test_nobody_else_looks(api: World, name: str) -> None:
    assert_error(api.get("/trust", name=name), 403, "Auth:FORBIDDEN")
