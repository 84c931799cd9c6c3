"""The newest runs."""

from __future__ import annotations

from datetime import timedelta

import pytest

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
    ],
)
def test_a_wrong_query_is_a_400_that_names_it(api: World, query: str, field: str) -> None:
    assert_error(api.get(f"/runs?{query}"), 400, "API:INVALID_REQUEST", field)
