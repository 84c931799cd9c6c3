"""A run."""

from __future__ import annotations

import json
import os
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sym.audit.events import Actor
from sym.engine.receipts import check, context_hash, inputs_hash
from sym.errors import Invalid
from sym.store.resources import save
from tests.runtime.api.approving import approved, seal
from tests.runtime.api.conftest import World, assert_error

GOLDEN = Path(__file__).parents[1] / "golden"
# What clients have always read.
OLD = {
    "run_id", "srn", "flow_srn", "status", "created_at", "updated_at", "requester", "actors", "fields", "target_srn",
    "duration", "expires_at", "events",
}  # fmt: skip


def test_a_ci_job_sees_whether_its_run_was_approved(api: World) -> None:
    run = api.run(status="approved")
    body = api.get(f"/runs/{run.id}").json()
    assert (body["run_id"], body["status"], body["flow_srn"]) == (run.id, "approved", "acme:flow:prod_db:4.0.0")
    assert body["expires_at"] is None


def test_somebody_elses_run_is_indistinguishable_from_none(api: World) -> None:
    run = api.run()
    refused = api.get(f"/runs/{run.id}", name="bob")
    assert_error(refused, 404, "RunAPI:NOT_FOUND")
    assert refused.json() == api.get(f"/runs/{uuid.uuid4()}", name="bob").json()


def claims_of(api: World, body: dict[str, Any]) -> dict[str, Any]:
    return check(body["receipt"], api.keys.public_keys("receipt"), now=api.now)


def test_an_approved_run_has_a_receipt_for_exactly_what_was_asked_for(api: World) -> None:
    run = approved(api)
    body = api.get(f"/runs/{run.id}").json()
    claims, bob = claims_of(api, body), api.users["bob"]
    assert body["no_receipt"] is None
    assert body["inputs"] == {"reason": "INC-42"}
    assert body["context_hash"] == context_hash({"build": 7})
    assert body["inputs_hash"] == claims["inputs_hash"] == inputs_hash(body["inputs"], body["context_hash"])
    assert (claims["sub"], claims["flow"], claims["status"]) == (run.id, body["flow"]["srn"], "approved")
    assert claims["decided_by"] == [{"user_id": bob.id, "username": bob.username, "via": "person"}]
    assert claims["requester"]["username"] == api.users["ann"].username
    assert (claims["exp"] - claims["iat"], claims["iat"]) == (900, int(api.now.timestamp()))


def test_a_receipt_ends_with_the_access(api: World) -> None:
    run = approved(api, status="escalated", duration=60, expires_at=api.now + timedelta(seconds=60))
    body = api.get(f"/runs/{run.id}").json()
    claims = claims_of(api, body)
    assert (claims["exp"] - claims["iat"], claims["duration"], claims["status"]) == (60, 60, "escalated")
    assert body["inputs"] == {"reason": "INC-42", "duration": 60}
    api.now += timedelta(seconds=60)
    body = api.get(f"/runs/{run.id}").json()
    assert body["receipt"] is None
    assert "has ended" in body["no_receipt"]


@pytest.mark.parametrize("status", ["prompted", "requested", "denied", "expired", "ignored", "errored", "deescalated"])
def test_a_run_that_is_not_approved_now_has_none(api: World, status: str) -> None:
    body = api.get(f"/runs/{approved(api, status=status).id}").json()
    assert (body["receipt"], body["no_receipt"]) == (None, None)


def test_it_comes_once_the_log_is_sealed(api: World) -> None:
    run = approved(api, seals=False)
    body = api.get(f"/runs/{run.id}").json()
    assert body["receipt"] is None
    assert body["no_receipt"].startswith("pending: ")
    seal(api)
    assert api.get(f"/runs/{run.id}").json()["receipt"]


def test_a_status_that_was_written_by_hand_gives_none(api: World) -> None:
    body = api.get(f"/runs/{api.run(status='approved').id}").json()
    assert (body["receipt"], body["deciders"]) == (None, [])
    assert "no approval" in body["no_receipt"]


@pytest.mark.parametrize("purpose", ["receipt", "audit"])
def test_without_a_key_there_is_none_and_the_rest_is_told(api: World, purpose: str) -> None:
    run = approved(api)
    next(api.keys.path.glob(f"{purpose}-*")).unlink()
    body = api.get(f"/runs/{run.id}").json()
    assert (body["status"], body["receipt"]) == ("approved", None)
    assert str(api.keys.path) not in body["no_receipt"]


def test_a_receipt_is_no_token_and_a_token_is_no_receipt(api: World) -> None:
    receipt = api.get(f"/runs/{approved(api).id}").json()["receipt"]
    assert_error(api.call("GET", "/api/v1/runs", token=receipt), 401, "Auth:INVALID_TOKEN")
    token = api.token("root")
    every_key = {**api.keys.public_keys("receipt"), **api.keys.public_keys("token")}
    for keys in (api.keys.public_keys("receipt"), every_key):
        with pytest.raises(Invalid, match="no receipt"):
            check(token, keys, now=api.now)


def test_a_receipt_is_no_token_even_if_its_key_were_one_of_tokens(api: World) -> None:
    receipt = api.get(f"/runs/{approved(api).id}").json()["receipt"]
    path = next(api.keys.path.glob("receipt-*"))
    path.rename(path.with_name("token-20990101T000000000000Z.pem"))
    assert_error(api.call("GET", "/api/v1/runs", token=receipt), 401, "Auth:INVALID_TOKEN")


@pytest.mark.parametrize("status", ["requested", "denied", "approved", "escalated", "deescalated"])
def test_the_body_is_the_one_that_is_kept(api: World, status: str) -> None:
    """Written with GOLDEN=write, and looked at."""
    with api.store.transaction() as conn:
        target = save(conn, "target", {"type": "okta_group", "name": "dba", "settings": {"group_id": "g"}},
                      actor=Actor.SYSTEM, now=api.now)  # fmt: skip
    ann, bob = api.users["ann"].id, api.users["bob"].id
    ended = {"denied": {"request": ann, "deny": bob}, "requested": {"request": ann}}
    has_end = status in ("escalated", "deescalated")
    run = approved(
        api, status=status, target_id=target.id, target_version=1, duration=1800,
        actors=ended.get(status, {"request": ann, "approve": bob}),
        expires_at=api.now + timedelta(minutes=30) if has_end else None, decides=status not in ended,
    )  # fmt: skip
    if status == "denied":
        later = api.now + timedelta(seconds=1)
        api.event(run, name="deny", actor_id=bob, created_at=later, scheduled_at=later)
    body = api.get(f"/runs/{run.id}").json()
    assert set(body) >= OLD
    if body["receipt"] is not None:
        body["receipt"] = "the receipt"
    names = {run.id: "the run", target.id: "the target", ann: "ann", bob: "bob"}
    names |= {event["event_id"]: f"the {event['name']} event" for event in body["events"]}
    text = json.dumps(body, indent=2, ensure_ascii=False) + "\n"
    for known, name in names.items():
        text = text.replace(known, name)
    text = text.replace(body["inputs_hash"], "hash of the inputs").replace(body["context_hash"], "hash of the context")
    path = GOLDEN / f"run-{status}.json"
    if os.environ.get("GOLDEN") == "write":
        path.write_text(text)
    assert text == path.read_text()
