"""The whole audit log."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest

from sym.api.paging import cursor_of
from tests.runtime.api.conftest import World, assert_error
from tests.runtime.api.routes.test_list_run_audit import record
from tests.runtime.api.routes.test_list_runs import pages


def names(api: World, query: str = "") -> list[str]:
    return [entry["name"] for entry in api.get(f"/audit?{query}", name="root").json()["entries"]]


def test_admins_read_everything_and_nobody_else_does(api: World) -> None:
    assert "organization.created" in names(api)
    for name in ("ann", "bob", "ci"):
        assert_error(api.get("/audit", name=name), 403, "Auth:FORBIDDEN")
    assert names(api, "name=action.refused") == ["action.refused"] * 3


def test_it_is_filtered(api: World) -> None:
    run = api.run()
    record(api, run.id, "one")
    assert names(api, f"run={run.id.upper()}") == ["action.refused"]
    assert names(api, f"flow={run.flow_slug}") == ["action.refused"]
    assert names(api, "flow=other") == []
    assert set(names(api, "name=user.created")) == {"user.created"}
    assert "action.refused" in names(api, f"user={api.users['bob'].id}")
    later = quote((api.now + timedelta(days=1)).isoformat())
    assert names(api, f"since={later}") == []
    assert names(api, f"name=action.refused&until={later}") == ["action.refused"]


def test_it_comes_in_pages(api: World) -> None:
    run = api.run()
    for number in range(5):
        record(api, run.id, str(number))
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        body = api.get(f"/audit?run={run.id}&limit=2&after={after}", name="root").json()
        seen += [entry["sequence"] for entry in body["entries"]]
        after = body["next_after"]
    assert len(seen) == 5
    assert seen == sorted(set(seen))


@pytest.mark.parametrize(
    ("query", "field"),
    [("after=-1", "after"), ("limit=0", "limit"), ("since=yesterday", "since"), ("since=2026-01-01T00:00:00", "since"),
     ("user=bob", "user")],
)  # fmt: skip
def test_a_wrong_query_is_a_400(api: World, query: str, field: str) -> None:
    assert_error(api.get(f"/audit?{query}", name="root"), 400, "API:INVALID_REQUEST", field)


def test_cursors_page_as_well(api: World) -> None:
    run = api.run()
    for number in range(4):
        record(api, run.id, str(number))
    for path in (f"/audit?run={run.id}&limit=2", f"/runs/{run.id}/audit?limit=2"):
        found = pages(api, path, "entries")
        assert [len(page) for page in found] == [2, 2]
        numbers = [entry["sequence"] for page in found for entry in page]
        assert numbers == sorted(set(numbers))
    assert_error(api.get(f"/audit?cursor={cursor_of('x')}", name="root"), 400, "API:INVALID_REQUEST", "cursor")
