"""A run."""

from __future__ import annotations

import uuid

from tests.runtime.api.conftest import World, assert_error


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
