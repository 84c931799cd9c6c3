"""The audit log of a run."""

from __future__ import annotations

import uuid

import pytest

from sym.audit.events import ActionRefused, Actor
from sym.store.audit import append
from tests.runtime.api.conftest import World, assert_error


def record(api: World, run_id: str, message: str) -> None:
    entry = ActionRefused(actor=Actor(api.users["bob"].id, "bob@acme.example"), action="approve", code="X",
                          message=message, run_id=run_id)  # fmt: skip
    with api.store.transaction() as conn:
        append(conn, entry, now=api.now)


def test_admins_and_the_requester_read_the_entries_of_a_run(api: World) -> None:
    run, other = api.run(), api.run()
    record(api, run.id, "one")
    record(api, other.id, "of another run")
    record(api, run.id, "two")
    for name in ("root", "terraform", "ann"):
        body = api.get(f"/runs/{run.id}/audit", name=name).json()
        assert (body["run_id"], body["next_after"]) == (run.id, None)
        assert [entry["name"] for entry in body["entries"]] == ["action.refused"] * 2
        assert "bob@acme.example" in str(body["entries"])


def test_others_who_see_the_run_may_not(api: World) -> None:
    run = api.run(actors={"approve": api.users["bob"].id})
    for name in ("bob", "ci"):
        assert_error(api.get(f"/runs/{run.id}/audit", name=name), 403, "Auth:FORBIDDEN")


def test_others_who_do_not_are_told_there_is_none(api: World) -> None:
    assert_error(api.get(f"/runs/{api.run().id}/audit", name="bob"), 404, "RunAPI:NOT_FOUND")
    assert_error(api.get(f"/runs/{uuid.uuid4()}/audit", name="root"), 404, "RunAPI:NOT_FOUND")


def test_long_logs_come_in_pages(api: World) -> None:
    run = api.run()
    for number in range(5):
        record(api, run.id, str(number))
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        body = api.get(f"/runs/{run.id}/audit?limit=2&after={after}", name="root").json()
        seen += [entry["sequence"] for entry in body["entries"]]
        after = body["next_after"]
    assert len(seen) == 5
    assert seen == sorted(set(seen))


@pytest.mark.parametrize(
    ("query", "field"), [("after=-1", "after"), ("after=9999999999999999999", "after"), ("limit=0", "limit")]
)
def test_a_wrong_query_is_a_400(api: World, query: str, field: str) -> None:
    response = api.get(f"/runs/{api.run().id}/audit?{query}", name="root")
    assert_error(response, 400, "API:INVALID_REQUEST", field)
