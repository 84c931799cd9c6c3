"""Who holds what."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from sym.store.grants import Lease, insert_lease
from tests.runtime.api.conftest import World, assert_error
from tests.runtime.api.routes.test_list_runs import pages


def lease(api: World, whose: str = "ann", **details: Any) -> Lease:
    """A stored lease, by default active."""
    requester = api.users[whose]
    run = api.run(requester_id=requester.id, status="escalated")
    plain: dict[str, Any] = {
        "id": str(uuid.uuid4()), "run_id": run.id, "key": "k", "status": "active", "requester_id": requester.id,
        "key_document": {"integration": {"type": "okta", "external_id": "acme.okta.com"}},
        "snapshot": {
            "target": {"name": "readers", "label": "Readers", "settings": {"group_id": "00g1"}},
            "flow": {"strategy": {"type": "okta", "integration": {"type": "okta", "external_id": "acme.okta.com"}}},
        },
        "identity": "00u7", "starts_at": api.now, "ends_at": api.now + timedelta(hours=1),
    }  # fmt: skip
    made = Lease(**{**plain, **details})
    with api.store.transaction() as conn:
        insert_lease(conn, made)
    return made


def listed(api: World, query: str = "", *, name: str = "root") -> list[str]:
    return [item["lease_id"] for item in api.get(f"/leases{query}", name=name).json()["leases"]]


def test_admins_see_everything_that_has_not_ended_and_others_their_own(api: World) -> None:
    stuck = lease(api, starts_at=api.now - timedelta(hours=2), status="stuck")
    active = lease(api, "bob")
    lease(api, status="ended")
    assert {name: listed(api, name=name) for name in api.users} == {
        "root": [stuck.id, active.id], "terraform": [stuck.id, active.id], "ann": [stuck.id], "bob": [active.id],
        "ci": [], "eve": [],
    }  # fmt: skip


def test_a_lease_says_who_what_until_when_and_how_to_remove_it(api: World) -> None:
    made = lease(api, status="stuck", last_error="503", attempts=6, next_attempt_at=api.now + timedelta(days=1))
    (found,) = api.get("/leases", name="ann").json()["leases"]
    assert found == {
        "lease_id": made.id, "run_id": made.run_id, "status": "stuck", "identity": "00u7", "target": "Readers",
        "requester": {"user_id": api.users["ann"].id, "username": "ann@acme.example", "email": "ann@acme.example",
                      "name": ""},
        "target_settings": {"group_id": "00g1"}, "integration": {"type": "okta", "external_id": "acme.okta.com"},
        "starts_at": "2026-03-14 15:09:26.535897+00:00", "ends_at": "2026-03-14 16:09:26.535897+00:00",
        "ended_at": None, "verified_at": None, "attempts": 6, "next_attempt_at": "2026-03-15 15:09:26.535897+00:00",
        "last_error": "503", "is_preexisting": False, "closed_reason": None,
        "instructions": "Open the administration of okta acme.okta.com, find Readers (group_id=00g1), and remove 00u7 "
                        "(ann@acme.example) from it.",
    }  # fmt: skip


def test_leases_are_filtered_and_counted_off(api: World) -> None:
    leases = [
        lease(api, whose, starts_at=api.now + timedelta(hours=n)) for n, whose in enumerate(("ann", "bob", "ann"))
    ]
    ended = lease(api, status="ended")
    assert listed(api, "?status=ended") == [ended.id]
    assert listed(api, "?status=stuck") == []
    assert listed(api, "?user=ann@acme.example") == [leases[0].id, leases[2].id]
    assert listed(api, "?user=nobody") == []
    page = api.get("/leases?limit=2", name="root").json()
    assert [item["lease_id"] for item in page["leases"]] == [leases[0].id, leases[1].id]
    assert page["next_offset"] == 2
    rest = api.get("/leases?limit=2&offset=2", name="root").json()
    assert ([item["lease_id"] for item in rest["leases"]], rest["next_offset"]) == ([leases[2].id], None)


def test_other_peoples_access_is_for_admins(api: World) -> None:
    assert listed(api, "?user=ann@acme.example", name="ann") == []
    for name in ("ann", "ci", "eve"):
        assert_error(api.get("/leases?user=bob@acme.example", name=name), 403, "Auth:FORBIDDEN")
        assert_error(api.get("/leases?user=nobody", name=name), 403, "Auth:FORBIDDEN")


@pytest.mark.parametrize(
    ("query", "field"),
    [("limit=0", "limit"), ("limit=501", "limit"), ("offset=-1", "offset"), ("status=gone", "status")],
)
def test_a_wrong_query_is_a_400_that_names_it(api: World, query: str, field: str) -> None:
    assert_error(api.get(f"/leases?{query}"), 400, "API:INVALID_REQUEST", field)


def test_leases_come_in_pages(api: World) -> None:
    made = [lease(api, starts_at=start, key=str(number)) for number, start in
            enumerate([None, None, api.now, api.now, api.now + timedelta(hours=1)])]  # fmt: skip
    found = pages(api, "/leases?limit=2", "leases")
    assert [len(page) for page in found] == [2, 2, 1]
    assert {item["lease_id"] for page in found for item in page} == {one.id for one in made}
