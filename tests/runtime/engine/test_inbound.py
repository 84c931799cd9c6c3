"""The engine's door: what it takes, what it refuses, and that a refusal leaves an entry and nothing else."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from sym.engine.commit import GRACE
from sym.engine.inbound import Accepted, Inbound, Submission
from sym.engine.inputs import InvalidInputs
from sym.engine.queue import Queue
from sym.errors import Conflict, Invalid, NotFound, Refused

REASON = {"name": "reason", "type": "string"}


def rows(engine: Any, table: str) -> int:
    with engine.store.reading() as conn:
        return int(conn.execute(sa.text(f"select count(*) from {table}")).scalar_one())


def counts(engine: Any) -> dict[str, int]:
    return {table: rows(engine, table) for table in ("sym_run", "sym_event", "sym_lease", "sym_job")}


def refused(engine: Any, before: dict[str, int]) -> dict[str, Any]:
    """The one entry a refusal leaves; nothing else may have changed."""
    assert counts(engine) == before
    (entry,) = engine.entries()
    found: dict[str, Any] = entry
    assert found["state"]["status"] == "refused"
    return found


def test_a_request_is_an_event_and_a_job_in_one_commit(engine: Any) -> None:
    engine.flow(fields=[REASON])
    accepted = engine.request(reason="INC-1")
    assert isinstance(accepted, Accepted)
    run, event = engine.run(accepted.run_id), engine.event(accepted.event_id)
    assert (run.status, run.fields, run.duration, run.source) == ("prompted", {"reason": "INC-1"}, 600, "api")
    assert (run.target_id, run.target_version) == (engine.ids["readers"], 1)
    assert (event.name, event.phase, event.status, event.channel_type) == ("request", "decide", "processing", "sym")
    assert event.due_at == engine.clock.now + GRACE
    assert counts(engine) == {"sym_run": 1, "sym_event": 1, "sym_lease": 0, "sym_job": 1}
    assert engine.trail(run.id) == []


def test_without_a_worker_in_this_process_the_job_is_free_for_those_of_others(engine: Any) -> None:
    engine.flow()
    lonely = Inbound(engine.store, Queue(engine.store, engine.clock))
    submission = Submission(
        flow_srn="flow", requester=engine.users["ada"], source="cli",
        inputs={"duration": 600, "target_srn": "acme:access_target:custom:readers:latest"},
    )  # fmt: skip
    accepted = lonely.request(submission, now=engine.clock.now)
    assert engine.work() == 1
    assert engine.run(accepted.run_id).status == "requested"


def test_when_the_job_cannot_be_written_nothing_is(engine: Any, monkeypatch: Any) -> None:
    engine.flow()
    before = counts(engine)

    def broken(*_: Any, **__: Any) -> None:
        raise OSError("no more jobs")

    monkeypatch.setattr("sym.engine.queue.insert_job", broken)
    with pytest.raises(OSError, match="no more jobs"):
        engine.request()
    assert counts(engine) == before


@pytest.mark.parametrize(
    "name", ["flow", "FLOW", "acme:flow:flow:latest", "acme:flow:flow:1.0.0"],
)  # fmt: skip
def test_a_flow_goes_by_its_name_or_srn(engine: Any, name: str) -> None:
    engine.flow()
    accepted = engine.request(flow=name)
    assert engine.run(accepted.run_id).flow_id == engine.ids["flow"]


def test_a_run_is_pinned_to_the_version_that_holds_when_it_is_asked_for(engine: Any) -> None:
    engine.flow()
    engine.flow(allow_revoke=False)
    for name in ("acme:flow:flow:latest", "acme:flow:flow:2.0.0", "flow"):
        assert engine.run(engine.request(flow=name).run_id).flow_version == 2


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("nothing", NotFound), ("acme:flow:nothing:latest", NotFound), ("other:flow:flow:latest", NotFound),
        ("acme:run:flow:latest", NotFound), ("acme:flow:flow:9.0.0", Invalid), ("not:an srn", Invalid),
    ],
)  # fmt: skip
def test_an_unknown_flow_is_refused(engine: Any, name: str, error: type[Exception]) -> None:
    engine.flow()
    before = counts(engine)
    with pytest.raises(error) as raised:
        engine.request(flow=name)
    assert raised.value.code == "RequestAPI:INVALID_FLOW"  # type: ignore[attr-defined]
    entry = refused(engine, before)
    assert entry["fields"]["details"]["flow"] == name
    assert entry["actor"]["username"] == "ada@acme.example"


def test_wrong_inputs_are_refused_with_every_field_and_no_value(engine: Any) -> None:
    engine.flow(fields=[REASON])
    before = counts(engine)
    with pytest.raises(InvalidInputs) as raised:
        engine.request(reason=7, duration=601, surprise="hunter2")
    paths = [path for path, _ in raised.value.problems]
    assert sorted(paths) == ["flow_inputs.duration", "flow_inputs.reason", "flow_inputs.surprise"]
    entry = refused(engine, before)
    assert sorted(entry["fields"]["details"]["fields"]) == sorted(paths)
    assert "hunter2" not in str(entry)


def test_a_source_the_flow_does_not_take_is_refused(engine: Any) -> None:
    engine.flow(allowed_sources=["slack"])
    before = counts(engine)
    with pytest.raises(Refused) as raised:
        engine.request(source="api")
    assert raised.value.code == "RequestAPI:SOURCE_NOT_ALLOWED"
    assert refused(engine, before)["fields"]["code"] == "RequestAPI:SOURCE_NOT_ALLOWED"
    assert engine.event(engine.request(source="slack").event_id).channel_type == "slack"


def test_guests_are_refused(engine: Any) -> None:
    engine.flow()
    before = counts(engine)
    with pytest.raises(Refused, match="Guests"):
        engine.request("guest")
    assert refused(engine, before)["actor"]["username"] == "guest@acme.example"


def test_a_refusal_that_cannot_be_recorded_is_no_acceptance(engine: Any, no_append: Any) -> None:
    engine.flow()
    before = counts(engine)
    no_append()
    with pytest.raises(RuntimeError, match="audit log"):
        engine.request("guest")
    assert counts(engine) == before


def test_who_may_not_approve_is_refused_at_the_door(engine: Any) -> None:
    engine.flow()
    run_id = engine.requested()
    before = counts(engine)
    for who, code in (("ada", "ApproveAPI:SELF_APPROVAL"), ("guest", "ApproveAPI:NOT_ALLOWED"),
                      ("ci", "ApproveAPI:NOT_ALLOWED")):  # fmt: skip
        with pytest.raises(Refused) as raised:
            engine.act(who, "approve", run_id)
        assert raised.value.code == code
    assert counts(engine) == before
    assert engine.trail(run_id) == ["run.requested"] + ["action.refused"] * 3
    assert [entry["fields"]["run"] for entry in engine.entries(run_id)[1:]] == [run_id] * 3


@pytest.mark.parametrize(
    ("name", "code"), [("approve", "ApproveAPI:INVALID_RUN"), ("deescalate", "DeescalateAPI:INVALID_RUN")]
)
def test_what_the_runs_status_forbids_is_a_conflict(engine: Any, name: str, code: str) -> None:
    engine.flow()
    run_id = engine.request().run_id
    with pytest.raises(Conflict) as raised:
        engine.act("root", name, run_id)
    assert raised.value.code == code
    engine.work()
    engine.act("ada", "deny", run_id)
    engine.work()
    with pytest.raises(Conflict):
        engine.act("root", name, run_id)
    assert engine.trail(run_id) == ["action.refused", "run.requested", "run.denied", "action.refused"]


@pytest.mark.parametrize("run_id", [str(uuid.UUID(int=5)), "x" * 400, ""])
def test_an_unknown_run_is_refused(engine: Any, run_id: str) -> None:
    engine.flow()
    before = counts(engine)
    with pytest.raises(NotFound) as raised:
        engine.act("root", "approve", run_id)
    assert raised.value.code == "RunAPI:NOT_FOUND"
    assert refused(engine, before)["fields"]["details"]["run"] == run_id


def test_ending_access_that_is_being_ended_is_a_conflict(engine: Any) -> None:
    engine.flow()
    run_id = engine.escalated()
    engine.act("ada", "deescalate", run_id)
    engine.executor.decide(*engine.jobs.take()[1:])
    with pytest.raises(Conflict, match="being ended"):
        engine.act("bob", "deescalate", run_id)
    engine.work()
    assert engine.run(run_id).status == "deescalated"


def test_where_revoking_is_not_allowed_only_admins_end_access(engine: Any) -> None:
    engine.flow(allow_revoke=False)
    run_id = engine.escalated()
    with pytest.raises(Refused):
        engine.act("ada", "deescalate", run_id)
    engine.act("root", "deescalate", run_id)
    engine.work()
    assert engine.door.members == []


def test_params_that_are_null_mean_their_defaults(engine: Any) -> None:
    engine.flow(allow_revoke=None, schedule_deescalation=None, allowed_sources=None)
    run_id = engine.escalated()
    assert engine.lease(run_id).ends_at is not None
    engine.act("ada", "deescalate", run_id)
    engine.work()
    assert engine.door.members == []


def test_the_one_who_submitted_for_somebody_else_is_named_in_the_refusal(engine: Any) -> None:
    engine.flow()
    submission = Submission(
        flow_srn="nothing", inputs={}, requester=engine.users["ada"], source="api", actor=engine.users["ci"]
    )
    with pytest.raises(NotFound):
        engine.inbound.request(submission, now=engine.clock.now)
    assert engine.entries()[0]["actor"]["username"] == "ci"


def test_context_reaches_the_flows_code(engine: Any) -> None:
    engine.flow("""
@hook
def on_request(event):
    context = event.get_context("request")
    assert context == {"build": 7}, context
    return ApprovalTemplate.deny(build=context["build"])
""")
    submission = Submission(
        flow_srn="flow", requester=engine.users["ada"], source="api", context={"build": 7},
        inputs={"duration": 600, "target_srn": "acme:access_target:custom:readers:latest"},
    )  # fmt: skip
    accepted = engine.inbound.request(submission, now=engine.clock.now)
    engine.work()
    assert engine.named(accepted.run_id, "deny").fields == {"build": 7}
