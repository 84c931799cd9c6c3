"""The newest runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from sym.api.paging import cursor_of
from tests.runtime.api.conftest import World, assert_error


def test_runs_come_newest_first_and_only_those_one_may_see(api: World) -> None:
    older = api.run()
    newer = api.run(created_at=api.now + timedelta(seconds=1), requester_id=api.users["bob"].id, status="denied")
    listed = {name: [run["run_id"] for run in api.get("/runs", name=name).json()["runs"]] for name in api.users}
    everything = [newer.id, older.id]
    assert listed == {
        "root": everything, "ci": everything, "terraform": everything, "ann": [older.id], "bob": [newer.id], "eve": [],
    }  # fmt: skip


def test_runs_are_filtered_by_status_and_counted_off(api: World) -> None:
    api.run()
    denied = api.run(status="denied")
    assert [run["run_id"] for run in api.get("/runs?status=denied").json()["runs"]] == [denied.id]
    assert api.get("/runs?status=expired").json() == {"runs": [], "next_cursor": None}
    assert len(api.get("/runs?limit=1").json()["runs"]) == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=x", "limit"),
        ("status=%00", "status"),
        ("status=A", "status"),
        ("status=pending", "status"),
    ],
)
def test_a_wrong_query_is_a_400_that_names_it(api: World, query: str, field: str) -> None:
    assert_error(api.get(f"/runs?{query}"), 400, "API:INVALID_REQUEST", field)


def pages(api: World, path: str, key: str, *, name: str = "root") -> list[list[Any]]:
    """Every page of a list."""
    found, cursor = [], ""
    while True:
        body = api.get(f"{path}{cursor}", name=name).json()
        found.append(body[key])
        if body["next_cursor"] is None:
            return found
        cursor = f"&cursor={body['next_cursor']}"


def test_runs_come_in_pages(api: World) -> None:
    made = {api.run(created_at=api.now + timedelta(seconds=number // 2)).id for number in range(5)}
    found = pages(api, "/runs?limit=2", "runs")
    assert [len(page) for page in found] == [2, 2, 1]
    assert {run["run_id"] for page in found for run in page} == made
    assert [len(page) for page in pages(api, "/runs?limit=5", "runs")] == [5]


def test_runs_are_filtered_by_flow_requester_and_time(api: World) -> None:
    anns = api.run()
    bobs = api.run(requester_id=api.users["bob"].id, flow_slug="other", created_at=api.now + timedelta(hours=1))
    later = quote((api.now + timedelta(hours=1)).isoformat())

    def listed(query: str) -> list[str]:
        return [run["run_id"] for run in api.get(f"/runs?{query}", name="root").json()["runs"]]

    assert listed("flow=OTHER") == listed("flow=acme:flow:other:latest") == [bobs.id]
    for who in ("bob@acme.example", "BOB@acme.example", api.users["bob"].id):
        assert listed(f"requester={who}") == [bobs.id]
    assert listed("requester=nobody") == []
    assert listed(f"since={later}") == [bobs.id]
    assert listed(f"until={later}") == [anns.id]


def test_other_peoples_requests_are_for_admins_and_bots(api: World) -> None:
    run = api.run()
    own = api.get("/runs?requester=Ann@acme.example", name="ann").json()["runs"]
    assert [found["run_id"] for found in own] == [run.id]
    for who in ("ann@acme.example", "nobody@acme.example"):
        assert_error(api.get(f"/runs?requester={who}", name="bob"), 403, "Auth:FORBIDDEN")


@pytest.mark.parametrize(
    "cursor",
    ["x", "bnVsbA", cursor_of("a"), cursor_of("now", "id"), cursor_of("2026-01-01T00:00:00", "id"),
     cursor_of("2026-01-01T00:00:00Z", "\0")],
)  # fmt: skip
def test_what_is_no_cursor_is_refused(api: World, cursor: str) -> None:
    assert_error(api.get(f"/runs?cursor={cursor}"), 400, "API:INVALID_REQUEST", "cursor")
    assert_error(api.get(f"/leases?cursor={cursor}"), 400, "API:INVALID_REQUEST", "cursor")


@pytest.mark.parametrize("path", ["/runs", "/audit"])
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_beyond_the_calendar_is_refused(api: World, path: str, moment: str) -> None:
    for key in ("since", "until"):
        answer = api.call("GET", f"/api/v1{path}", token=api.token("root"), params={key: moment})
        assert_error(answer, 400, "API:INVALID_REQUEST", key)


def test_a_cursor_beyond_the_calendar_is_none(api: World) -> None:
    cursor = cursor_of("9999-12-31T23:59:59-14:00", "x")
    assert_error(api.get(f"/runs?cursor={cursor}", name="root"), 400, "API:INVALID_REQUEST", "cursor")
