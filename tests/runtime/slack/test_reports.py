"""Error loggers hear what went wrong: in their channel, at most so often, or admins do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sym.audit.events import Actor
from sym.engine.outbound import Unreachable
from sym.simulator.faults import Fault
from sym.simulator.messages import Message
from sym.slack.reports import MOST, Gate
from sym.store.users import set_role
from tests.runtime.slack.office import Office, routed, text_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
KEY = ("T1", "C1")
BROKEN = (
    routed("slack.channel('#ops')")
    + "\n@hook\ndef on_approve(event):\n    raise ValueError(f'broken {event.payload.srn}')\n"
)


@pytest.fixture
def broken(office: Office) -> Office:
    """A flow that fails when somebody approves, and whose environment has an error logger."""
    office.channel("#ops")
    office.told.flow(BROKEN)
    slack = office.told.save(
        "integration", "slack", {"type": "slack", "name": "slack", "external_id": office.slack.team_id}
    )
    logger = office.told.save("error_logger", "logger", {"integration_id": slack, "destination": "#errors"})
    office.told.save("environment", "environment", {
        "name": "local", "integrations": {"door_id": office.told.ids["integration"]}, "error_logger_id": logger,
    })  # fmt: skip
    return office


def fail(office: Office, times: int) -> list[str]:
    """Let so many things go wrong at once; gives the ids of the runs."""
    runs = []
    for _ in range(times):
        run_id = office.told.requested()
        office.told.act("bob", "approve", run_id)
        runs.append(run_id)
        office.told.work()
    return runs


def reports(office: Office) -> list[Message]:
    return office.posted("#errors")


def test_what_goes_wrong_is_told_in_the_error_loggers_channel(broken: Office) -> None:
    broken.channel("#errors")
    (run_id,) = fail(broken, 1)
    (report,) = reports(broken)
    assert "ValueError: broken" in text_of(report)
    assert run_id in text_of(report)
    assert broken.direct("root") == []


def test_of_many_errors_at_once_ten_are_told_and_one_speaks_for_the_rest(broken: Office) -> None:
    broken.channel("#errors")
    runs = fail(broken, MOST + 5)
    assert len(reports(broken)) == MOST
    broken.later(62, step=31)
    assert len(reports(broken)) == MOST + 1
    assert "And 4 more since then" in text_of(reports(broken)[-1])
    rows = [row for run_id in runs for row in broken.rows(run_id, "error")]
    assert {row.status for row in rows} == {"delivered"}
    # None is lost where it counts.
    assert all("event.failed" in broken.told.trail(run_id) for run_id in runs)
    fail(broken, 1)
    assert "more since then" not in text_of(reports(broken)[-1])


def test_the_same_error_is_told_once_in_five_minutes_and_then_how_often_it_was(broken: Office) -> None:
    broken.channel("#errors")
    code = BROKEN.replace(" {event.payload.srn}", "")
    broken.told.flow(code)
    broken.told.save("environment", "environment", {
        "name": "local", "integrations": {"door_id": broken.told.ids["integration"]},
        "error_logger_id": broken.told.ids["logger"],
    })  # fmt: skip
    runs = fail(broken, 4)
    assert len(reports(broken)) == 1
    broken.later(240, step=60)
    assert len(reports(broken)) == 1
    broken.later(120, step=30)
    assert len(reports(broken)) == 2
    assert "The same 2 more times since then" in text_of(reports(broken)[-1])
    assert all("event.failed" in broken.told.trail(run_id) for run_id in runs)


def test_a_report_that_was_taken_although_no_answer_came_is_there_once(broken: Office) -> None:
    broken.channel("#errors")
    run_id = broken.told.requested()
    broken.faults.next_calls("chat.postMessage", [Fault.answer_lost()])
    broken.told.act("bob", "approve", run_id)
    broken.told.work()
    broken.told.later(seconds=2)
    assert len(reports(broken)) == 1


@pytest.mark.parametrize("state", ["missing", "archived", "private"])
def test_a_channel_that_cannot_be_reached_is_made_up_for_by_telling_admins(broken: Office, state: str) -> None:
    if state != "missing":
        broken.channel("#errors", has_app=False, is_private=state == "private")
    if state == "archived":
        broken.workspace.channel_named("#errors").is_archived = True
    fail(broken, 1)
    (report,) = broken.direct("root")
    assert "ValueError: broken" in text_of(report)
    assert "the error logger's channel cannot be reached" in text_of(report)
    assert broken.direct("bob") == []


def test_admins_are_not_told_twice_when_one_of_them_cannot_be_reached_at_once(broken: Office) -> None:
    second = broken.told._user("zoe", "normal", "admin")
    broken.told.users["zoe"] = second
    broken.ids["zoe"] = broken.slack.add_person("Zoe", email="zoe@acme.example").id
    run_id = broken.told.requested()
    broken.told.act("bob", "approve", run_id)
    # One admin is told, Slack fails for the other, who is told when it is tried again.
    broken.faults.next_calls("chat.postMessage", [None, Fault.failed(500)])
    broken.told.work()
    assert len(broken.direct("root")) + len(broken.direct("zoe")) == 1
    broken.told.later(seconds=2)
    assert (len(broken.direct("root")), len(broken.direct("zoe"))) == (1, 1)


def test_admins_are_spared_a_flood_as_well(broken: Office) -> None:
    fail(broken, MOST + 3)
    assert len(broken.direct("root")) == MOST
    broken.later(62, step=31)
    assert "And 2 more since then" in text_of(broken.direct("root")[-1])


def test_where_nobody_can_be_told_the_report_fails_and_the_audit_log_has_it(broken: Office) -> None:
    broken.slack.change_person(broken.persons["root"], is_deleted=True)
    (run_id,) = fail(broken, 1)
    (row,) = broken.rows(run_id, "error")
    assert (row.status, "#errors" in (row.error or "")) == ("failed", True)
    assert broken.told.trail(run_id) == ["run.requested", "event.failed", "message.failed"]


def test_a_slack_that_is_down_is_waited_for_and_admins_are_not_told_instead(broken: Office) -> None:
    broken.channel("#errors")
    run_id = broken.told.requested()
    broken.faults.is_down = True
    broken.told.act("bob", "approve", run_id)
    broken.told.work()
    broken.later(300)
    broken.faults.is_down = False
    broken.later(61)
    assert broken.direct("root") == []
    assert len([report for report in reports(broken) if "ValueError: broken" in text_of(report)]) == 1


def test_without_an_admin_the_failure_says_so(broken: Office) -> None:
    with broken.told.store.transaction() as conn:
        set_role(conn, broken.told.users["root"].id, "member", actor=Actor.SYSTEM, now=broken.clock.now)
    (run_id,) = fail(broken, 1)
    (row,) = broken.rows(run_id, "error")
    assert (row.status, "there is no admin to tell" in (row.error or "")) == ("failed", True)


# The gate alone


def test_the_gate_lets_ten_a_minute_pass() -> None:
    gate = Gate()
    assert [gate.enter(KEY, f"r{n}", NOW + timedelta(seconds=n)) for n in range(MOST)] == [0] * MOST
    with pytest.raises(Unreachable) as waiting:
        gate.enter(KEY, "first beyond", NOW + timedelta(seconds=20))
    assert waiting.value.retry_after == 40
    assert gate.enter(KEY, "second beyond", NOW + timedelta(seconds=21)) is None
    assert gate.enter(("T1", "C2"), "elsewhere", NOW + timedelta(seconds=21)) == 0
    assert gate.enter(KEY, "first beyond", NOW + timedelta(seconds=60)) == 1
    with pytest.raises(Unreachable):
        gate.enter(KEY, "another", NOW + timedelta(seconds=60))


def test_one_that_waits_and_never_comes_back_is_replaced() -> None:
    gate = Gate()
    for number in range(MOST):
        gate.enter(KEY, f"r{number}", NOW)
    with pytest.raises(Unreachable):
        gate.enter(KEY, "lost", NOW)
    assert gate.enter(KEY, "folded", NOW) is None
    later = NOW + timedelta(minutes=6)
    for number in range(MOST - 1):
        assert gate.enter(KEY, f"s{number}", later) == (1 if number == 0 else 0)


def test_a_report_that_was_not_posted_after_all_takes_no_place() -> None:
    gate = Gate()
    for number in range(MOST):
        gate.enter(KEY, f"r{number}", NOW)
        gate.give_back(KEY, f"r{number}", 0, NOW)
    assert gate.enter(KEY, "next", NOW) == 0


def test_what_one_speaks_for_is_kept_when_it_could_not_be_posted() -> None:
    gate = Gate()
    for number in range(MOST):
        gate.enter(KEY, f"r{number}", NOW)
    with pytest.raises(Unreachable):
        gate.enter(KEY, "speaker", NOW)
    gate.enter(KEY, "folded", NOW)
    later = NOW + timedelta(seconds=61)
    assert gate.enter(KEY, "speaker", later) == 1
    gate.give_back(KEY, "speaker", 1, later)
    assert gate.enter(KEY, "speaker", later) == 1
