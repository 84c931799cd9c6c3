"""What one person sees at a glance: their own, and what they may decide on; nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from sym.engine.overview import Overview, overview

SOME_MAY = """
@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny={who!r})
"""
REASON = {"name": "reason", "type": "string"}


def seen(engine: Any, who: str, **more: Any) -> Overview:
    with engine.store.reading() as conn:
        return overview(conn, engine.users[who], **more)


def ids(entries: tuple[dict[str, Any], ...]) -> list[str]:
    return [entry["run"]["id"] for entry in entries]


@pytest.fixture
def ready(engine: Any) -> Any:
    engine.flow(fields=[REASON])
    return engine


def test_a_request_waits_for_those_who_may_decide_and_is_its_requesters_own(ready: Any) -> None:
    run_id = ready.requested("ada", reason="An outage")
    mine, his = seen(ready, "ada"), seen(ready, "bob")
    assert (ids(mine.waiting), ids(mine.requests)) == ([], [run_id])
    assert mine.requests[0]["actions"] == ["deny"]  # that is, withdraw
    assert (ids(his.waiting), ids(his.requests)) == ([run_id], [])
    (entry,) = his.waiting
    assert (entry["state"], entry["actions"]) == ("requested", ["approve", "deny"])
    assert entry["run"]["requester"]["email"] == "ada@acme.example"
    assert entry["run"]["fields"][0]["value"] == "An outage"
    assert entry["created_at"] == ready.run(run_id).created_at.isoformat()


def test_whoever_may_not_decide_does_not_see_the_request(engine: Any) -> None:
    engine.flow(SOME_MAY.format(who=[engine.users["bob"].id]), fields=[REASON])
    run_id = engine.requested("ada", reason="An outage")
    assert {who: ids(seen(engine, who).waiting) for who in ("bob", "eve", "guest", "root")} == {
        "bob": [run_id], "eve": [], "guest": [], "root": [run_id],
    }  # fmt: skip


def test_access_can_be_ended_by_who_holds_it(ready: Any) -> None:
    run_id = ready.escalated("ada", reason="An outage")
    mine, his = seen(ready, "ada"), seen(ready, "bob")
    assert (ids(mine.access), ids(mine.requests), ids(mine.waiting)) == ([run_id], [], [])
    (entry,) = mine.access
    assert (entry["state"], entry["actions"]) == ("granted", ["revoke"])
    assert entry["ends_at"] is not None
    assert entry["decision"]["by"]["email"] == "bob@acme.example"
    assert his.access == his.requests == his.waiting == ()


def test_access_that_may_not_be_revoked_has_no_button_for_it_but_an_admins(engine: Any) -> None:
    engine.flow(fields=[REASON], allow_revoke=False)
    engine.escalated("ada", reason="An outage")
    assert seen(engine, "ada").access[0]["actions"] == []


def test_what_is_over_stays_in_the_list_with_its_outcome(ready: Any) -> None:
    run_id = ready.requested("ada", reason="An outage")
    ready.act("bob", "deny", run_id, message="Not today")
    ready.work()
    (entry,) = seen(ready, "ada").requests
    assert (entry["state"], entry["actions"]) == ("denied", [])
    assert entry["decision"]["message"] == "Not today"


def test_a_grant_that_failed_can_be_tried_again_by_an_admin(ready: Any) -> None:
    ready.door.behave("escalate", "raise ValueError('closed')")
    for who in ("ada", "root"):
        run_id = ready.requested(who, reason="An outage")
        ready.act("bob", "approve", run_id)
        ready.work()
        while ready.run(run_id).status != "errored":
            ready.later(minutes=30)
    ready.later(hours=1)
    assert (seen(ready, "ada").requests[0]["state"], seen(ready, "ada").requests[0]["actions"]) == ("errored", [])
    assert seen(ready, "root").requests[0]["actions"] == ["retry"]


def test_the_newest_come_first_and_what_is_left_out_is_said(ready: Any) -> None:
    run_ids = []
    for _ in range(4):
        ready.clock.forward(seconds=1)
        run_ids.append(ready.requested("ada", reason="An outage"))
    found = seen(ready, "bob", limit=3)
    assert (ids(found.waiting), found.cut) == (run_ids[:0:-1], {"waiting"})
    assert (ids(seen(ready, "ada", limit=4).requests), seen(ready, "ada", limit=4).cut) == (run_ids[::-1], set())


def test_what_changes_by_itself_is_known_to(ready: Any) -> None:
    run_id = ready.requested("ada", reason="An outage")
    assert not seen(ready, "ada").is_moving
    ready.door.behave("escalate", "raise TimeoutError()")
    ready.act("bob", "approve", run_id)
    ready.work()
    assert ready.run(run_id).status == "approved"
    assert seen(ready, "ada").requests[0]["state"] == "granting"
    assert seen(ready, "ada").is_moving


def test_guests_are_told_that_they_cannot_ask(ready: Any) -> None:
    assert seen(ready, "bob").may_request
    found = seen(ready, "guest")
    assert not found.may_request
    assert found.user == {"user_id": ready.users["guest"].id, "username": "guest@acme.example",
                          "email": "guest@acme.example", "name": "guest@acme.example"}  # fmt: skip
