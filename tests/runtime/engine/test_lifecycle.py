"""The life cycle, read like the product's manual."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sym.engine.effects import Deescalate, Escalate
from sym.engine.lifecycle import (
    FROM_STATUS,
    Decision,
    HookAnswer,
    Incoming,
    Person,
    RunState,
    authorize,
    decide,
    route,
)
from sym.engine.settlement import settle
from sym.errors import Conflict, Refused

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
MEMBERS = {"approve_deny": "member", "allow_self_approval": False}
REQUESTED = RunState(
    id="r", status="requested", requester_id="ada", permissions=MEMBERS, is_access_flow=True, duration=60
)
ESCALATED = replace(REQUESTED, status="escalated", approver_id="bob", lease="active")
BOB = Person(id="bob", role="member")
ADA = Person(id="ada", role="member")
ROOT = Person(id="root", role="admin")
GUEST = Person(id="guest", role="guest")


def by(person: Person, name: str, **hook: object) -> Incoming:
    return Incoming(name=name, channel="sym", actor=person, hook=HookAnswer(**hook))  # type: ignore[arg-type]


def timer(name: str, **hook: object) -> Incoming:
    return Incoming(name=name, channel="internal", hook=HookAnswer(**hook))  # type: ignore[arg-type]


def test_a_request_that_no_hook_minds_is_requested() -> None:
    decision = decide(replace(REQUESTED, status="prompted"), by(ADA, "request"))
    assert (decision.status, decision.audit, decision.error) == ("requested", ("run.requested",), None)


def test_an_approval_of_an_access_flow_leads_to_the_grant() -> None:
    decision = decide(REQUESTED, by(BOB, "approve"))
    assert decision.status == "approved"
    assert decision.audit == ("run.approved",)
    assert decision.following is not None
    assert decision.following.name == "escalate"


def test_an_approval_of_an_approval_only_flow_is_the_end() -> None:
    decision = decide(replace(REQUESTED, is_access_flow=False), by(BOB, "approve"))
    assert (decision.status, decision.following) == ("approved", None)


def test_a_denial_ends_the_run() -> None:
    assert decide(REQUESTED, by(BOB, "deny")).status == "denied"


def test_escalate_has_an_effect_and_finishes_only_when_it_is_settled() -> None:
    decision = decide(replace(REQUESTED, status="approved"), timer("escalate"))
    assert isinstance(decision.effect, Escalate)
    assert (decision.status, decision.lease, decision.audit) == (None, "pending", ())


def test_a_grant_that_worked_sets_the_timer_that_ends_it() -> None:
    approved = replace(REQUESTED, status="approved", lease="pending")
    decision = settle(approved, Escalate(run_id="r"), tries=1, failure=None, retryable=False, now=NOW)
    assert (decision.status, decision.lease, decision.audit) == ("escalated", "active", ("run.escalated",))
    assert decision.ends_at == NOW + timedelta(seconds=60)
    assert decision.following is not None
    assert (decision.following.name, decision.following.at) == ("deescalate", decision.ends_at)


def test_without_scheduled_deescalation_access_stays_until_it_is_revoked() -> None:
    approved = replace(REQUESTED, status="approved", schedule_deescalation=False)
    decision = settle(approved, Escalate(run_id="r"), tries=1, failure=None, retryable=False, now=NOW)
    assert (decision.ends_at, decision.following) == (None, None)


def test_a_grant_is_tried_three_times_when_trying_again_may_help() -> None:
    approved = replace(REQUESTED, status="approved", lease="pending")
    for tries in (1, 2):
        decision = settle(approved, Escalate(run_id="r"), tries=tries, failure="busy", retryable=True, now=NOW)
        assert decision.retry_at is not None
        assert decision.status is None
    assert settle(approved, Escalate(run_id="r"), tries=3, failure="busy", retryable=True, now=NOW).status == "errored"


def test_what_a_failed_grant_may_have_left_behind_is_taken_back() -> None:
    approved = replace(REQUESTED, status="approved", lease="pending")
    decision = settle(approved, Escalate(run_id="r"), tries=1, failure="no such group", retryable=False, now=NOW)
    assert (decision.status, decision.error, decision.audit) == ("errored", "no such group", ("event.failed",))
    assert decision.following is not None
    assert decision.following.fields == {"deescalate_type": "cleanup"}
    cleanup = decide(replace(approved, status="errored"), timer("deescalate"))
    assert isinstance(cleanup.effect, Deescalate)


def test_an_ended_access_is_deescalated() -> None:
    decision = settle(ESCALATED, Deescalate(run_id="r"), tries=1, failure=None, retryable=False, now=NOW)
    assert (decision.status, decision.lease, decision.audit) == ("deescalated", "ended", ("run.deescalated",))


def test_ending_is_tried_six_times_and_then_daily_for_ever() -> None:
    ending = replace(ESCALATED, lease="ending")
    for tries in range(1, 6):
        decision = settle(ending, Deescalate(run_id="r"), tries=tries, failure="down", retryable=False, now=NOW)
        assert decision.lease is None
        assert decision.retry_at is not None
        assert decision.retry_at <= NOW + timedelta(seconds=900)
    stuck = settle(ending, Deescalate(run_id="r"), tries=6, failure="down", retryable=False, now=NOW)
    assert (stuck.lease, stuck.audit, stuck.retry_at) == ("stuck", ("lease.stuck",), NOW + timedelta(days=1))
    again = settle(replace(ending, lease="stuck"), Deescalate(run_id="r"), tries=7, failure="down", retryable=False,
                   now=NOW)  # fmt: skip
    assert (again.audit, again.retry_at) == (("event.failed",), NOW + timedelta(days=1))


@pytest.mark.parametrize("step", ["approve", "deny"])
def test_on_request_may_jump_ahead(step: str) -> None:
    decision = decide(replace(REQUESTED, status="prompted"), by(ADA, "request", step=step, fields={"reason": "x"}))
    assert decision.status == "requested"
    assert decision.following is not None
    assert (decision.following.name, decision.following.channel) == (step, "sdk")
    assert decision.following.fields == {"reason": "x"}


def test_an_event_of_the_flows_own_code_needs_nobodys_permission() -> None:
    sdk = Incoming(name="approve", channel="sdk", actor=ADA)
    assert decide(REQUESTED, sdk).status == "approved"


def test_on_approve_may_deny() -> None:
    decision = decide(REQUESTED, by(BOB, "approve", step="deny"))
    assert decision.status is None
    assert decision.following is not None
    assert decision.following.name == "deny"


def test_a_hook_goes_forward_only() -> None:
    decision = decide(replace(REQUESTED, status="approved"), timer("escalate", step="deny"))
    assert decision.status == "errored"
    assert decision.error is not None
    assert "deescalate" in decision.error


def test_a_hook_may_return_its_own_event_once() -> None:
    once = decide(REQUESTED, by(BOB, "approve", step="approve"))
    assert once.following is not None
    assert once.following.name == "approve"
    again = Incoming(name="approve", channel="sdk", recursed=True, hook=HookAnswer(step="approve"))
    assert decide(REQUESTED, again).error is not None


def test_an_ignored_request_sends_nothing_and_an_ignored_approval_leaves_it_open() -> None:
    request = decide(replace(REQUESTED, status="prompted"), by(ADA, "request", step="ignore", message="not now"))
    assert (request.status, request.error, request.audit) == ("ignored", "not now", ("run.ignored",))
    approval = decide(REQUESTED, by(BOB, "approve", step="ignore"))
    assert (approval.status, approval.audit) == (None, ("event.ignored",))


def test_a_failing_hook_aborts_its_event_only() -> None:
    decision = decide(REQUESTED, by(BOB, "approve", failure="impl.py line 3"))
    assert (decision.status, decision.error, decision.audit) == (None, "impl.py line 3", ("event.failed",))


@pytest.mark.parametrize("answer", [{"failure": "broken"}, {"step": "ignore"}, {"step": "deescalate"}])
def test_access_that_is_due_ends_whatever_the_hook_says(answer: dict[str, str]) -> None:
    decision = decide(ESCALATED, timer("deescalate", **answer))
    assert isinstance(decision.effect, Deescalate)


def test_a_hook_may_ignore_an_early_end() -> None:
    assert decide(ESCALATED, by(BOB, "deescalate", step="ignore")).effect is None


def test_the_timer_of_access_that_was_revoked_early_finds_nothing_to_do() -> None:
    for state in (replace(ESCALATED, status="deescalated", lease="ended"), replace(ESCALATED, lease="ending")):
        decision = decide(state, timer("deescalate"))
        assert (decision.effect, decision.audit, decision.error) == (None, (), None)


def test_the_first_decision_wins() -> None:
    for status in ("approved", "denied", "escalated", "deescalated", "ignored", "errored"):
        decision = decide(replace(REQUESTED, status=status), by(BOB, "approve"))
        assert decision.status is None
        assert decision.audit == ("action.refused",)
        with pytest.raises(Conflict):
            authorize(replace(REQUESTED, status=status), "approve", BOB)


def test_nobody_approves_their_own_request_unless_the_flow_allows_it() -> None:
    for person in (ADA, Person(id="ada", role="admin")):
        with pytest.raises(Refused) as refused:
            authorize(REQUESTED, "approve", person)
        assert refused.value.code == "ApproveAPI:SELF_APPROVAL"
    allowed = replace(REQUESTED, permissions={**MEMBERS, "allow_self_approval": True})
    authorize(allowed, "approve", ADA)


def test_anybody_may_withdraw_their_own_request() -> None:
    authorize(replace(REQUESTED, requester_id="guest", permissions=None), "deny", GUEST)


@pytest.mark.parametrize(
    ("permitted", "allowed"),
    [
        ("admin", {"admin"}),
        ("member", {"admin", "member"}),
        ("all_users", {"admin", "member", "guest"}),
        (["someone"], {"admin"}),
        ([], {"admin"}),
        (None, {"admin"}),
    ],
)
def test_who_may_approve_is_what_get_permissions_says(permitted: object, allowed: set[str]) -> None:
    run = replace(REQUESTED, permissions={"approve_deny": permitted})
    for role in ("admin", "member", "guest", "requester"):
        if role in allowed:
            authorize(run, "approve", Person(id="x", role=role))
        else:
            with pytest.raises(Refused):
                authorize(run, "approve", Person(id="x", role=role))


def test_a_list_of_ids_names_exactly_who_may() -> None:
    run = replace(REQUESTED, permissions={"approve_deny": ["guest"]})
    authorize(run, "approve", GUEST)
    with pytest.raises(Refused):
        authorize(run, "approve", BOB)


def test_requester_approver_and_admins_may_end_access_early() -> None:
    for person in (ADA, BOB, ROOT):
        authorize(ESCALATED, "deescalate", person)
    with pytest.raises(Refused):
        authorize(ESCALATED, "deescalate", Person(id="eve", role="member"))


def test_only_admins_end_access_early_where_revoking_is_not_allowed() -> None:
    run = replace(ESCALATED, allow_revoke=False)
    authorize(run, "deescalate", ROOT)
    with pytest.raises(Refused):
        authorize(run, "deescalate", ADA)


def test_ending_what_is_not_escalated_is_a_conflict_with_the_documented_code() -> None:
    for status in ("prompted", "requested", "approved", "denied", "deescalated", "errored"):
        with pytest.raises(Conflict) as conflict:
            authorize(replace(ESCALATED, status=status), "deescalate", ROOT)
        assert conflict.value.code == "DeescalateAPI:INVALID_RUN"
        assert status in str(conflict.value) or status == "prompted"


def test_no_event_changes_a_run_whose_status_does_not_allow_it() -> None:
    statuses = {
        "prompted",
        "requested",
        "approved",
        "escalated",
        "deescalated",
        "denied",
        "expired",
        "ignored",
        "errored",
    }
    for event, possible in FROM_STATUS.items():
        for status in statuses - possible:
            decision = decide(replace(REQUESTED, status=status), by(ROOT, event))
            assert (decision.status, decision.effect, decision.following) == (None, None, None), (event, status)


def routed(*timeouts: int | None, position: int = 0) -> dict[str, object]:
    steps = [{"destinations": [], "timeout": timeout, "continue_on_timeout": True, "continue_on_failure": True,
              "allow_self": None} for timeout in timeouts]  # fmt: skip
    return {"notifications": steps, "position": position}


def test_a_request_goes_out_with_the_timer_of_its_first_notification() -> None:
    decision = decide(replace(REQUESTED, status="prompted"), by(ADA, "request"))
    for timeouts, timer_name in (((60, None), "forward"), ((60,), "expire")):
        going = route(decision, routed(*timeouts))
        assert going.routing == routed(*timeouts)
        assert going.timer is not None
        assert (going.timer.name, going.timer.delay, going.timer.fields["position"]) == (timer_name, 60, 0)
    assert route(decision, routed(None, 60)).timer is None
    assert route(decision, None) == decision


def test_a_request_nobody_answers_in_time_is_sent_on() -> None:
    run = replace(REQUESTED, routing=routed(60, 30))
    decision = decide(run, replace(timer("forward"), position=0))
    assert (decision.status, decision.audit, decision.routing) == (None, ("run.forwarded",), routed(60, 30, position=1))
    assert decision.timer is not None
    assert (decision.timer.name, decision.timer.delay) == ("expire", 30)


def test_the_timer_of_a_notification_that_is_no_longer_out_finds_nothing_to_do() -> None:
    run = replace(REQUESTED, routing=routed(60, 30, 30, position=1))
    for name in ("forward", "expire"):
        assert decide(run, replace(timer(name), position=0)) == Decision()
        assert decide(run, replace(timer(name), position=1)).audit


def test_the_last_notification_is_followed_by_none() -> None:
    assert decide(replace(REQUESTED, routing=routed(60)), replace(timer("forward"), position=0)) == Decision()
    assert decide(REQUESTED, timer("forward")) == Decision()


def test_extended_access_ends_later_and_its_old_timer_does_nothing() -> None:
    run = replace(ESCALATED, allow_extension=True, starts_at=NOW, ends_at=NOW + timedelta(seconds=60))
    decision = decide(run, replace(by(BOB, "extend"), extension=30))
    until = NOW + timedelta(seconds=90)
    assert (decision.audit, decision.ends_at, decision.status, decision.lease) == (("run.extended",), until, None, None)
    assert decision.timer is not None
    assert (decision.timer.name, decision.timer.at) == ("deescalate", until)
    extended = replace(run, ends_at=until)
    assert decide(extended, replace(timer("deescalate"), ends_at=run.ends_at)) == Decision()
    assert isinstance(decide(extended, replace(timer("deescalate"), ends_at=until)).effect, Deescalate)


def test_access_is_extended_to_thirty_days_in_all() -> None:
    run = replace(ESCALATED, allow_extension=True, starts_at=NOW, ends_at=NOW + timedelta(days=29))
    assert decide(run, replace(by(BOB, "extend"), extension=86_400)).error is None
    for seconds in (86_401, 10**12, 0, -5, None):
        decision = decide(run, replace(by(BOB, "extend"), extension=seconds))
        assert (decision.error is not None, decision.audit) == (True, ("action.refused",))


def test_access_is_extended_only_where_the_flow_allows_it_and_only_while_it_runs() -> None:
    run = replace(ESCALATED, allow_extension=True, starts_at=NOW, ends_at=NOW + timedelta(seconds=60))
    for refused, code in (
        (replace(run, allow_extension=False), "ExtendAPI:NOT_ALLOWED"),
        (replace(run, requester_id="root"), "ExtendAPI:SELF_APPROVAL"),
        (replace(run, lease="ending"), "ExtendAPI:INVALID_RUN"),
        (replace(run, ends_at=None), "ExtendAPI:INVALID_RUN"),
    ):
        with pytest.raises((Refused, Conflict)) as raised:
            authorize(refused, "extend", ROOT, extension=60)
        assert raised.value.code == code


def test_a_request_that_failed_before_anybody_approved_it_cannot_be_retried() -> None:
    failed = replace(REQUESTED, status="errored", approver_id=None)
    with pytest.raises(Conflict, match="never approved"):
        authorize(failed, "retry", ROOT)


def test_nothing_is_granted_twice_at_once() -> None:
    for lease in ("pending", "active", "ending", "stuck"):
        decision = decide(replace(REQUESTED, status="approved", lease=lease), timer("escalate"))
        assert (decision.effect, decision.audit) == (None, ("action.refused",))


# people who have left

STATUSES = [("prompted", None), ("requested", None), ("approved", None), ("approved", "ended"), ("approved", "pending"),
            ("escalated", "active"), ("deescalated", "ended"), ("denied", None), ("expired", None), ("errored", None),
            ("ignored", None)]  # fmt: skip


@pytest.mark.parametrize("channel", ["sym", "slack", "sdk", "internal"])
@pytest.mark.parametrize(("event", "status"), [
    ("request", "prompted"), ("approve", "requested"), ("escalate", "approved"), ("extend", "escalated"),
    ("retry", "errored"),
])  # fmt: skip
def test_nothing_leads_to_access_for_somebody_who_has_left(event: str, status: str, channel: str) -> None:
    run = replace(REQUESTED, status=status, requester_left=True, approver_id="bob", allow_extension=True)
    decision = decide(run, Incoming(name=event, channel=channel, actor=ROOT))
    assert (decision.status, decision.effect, decision.following) == (None, None, None)
    assert decision.audit == ("action.refused",)
    assert decision.error is not None


@pytest.mark.parametrize(("status", "lease"), STATUSES)
@pytest.mark.parametrize("answer", [{}, {"step": "ignore"}, {"step": "approve"}, {"failure": "broken"}])
def test_a_request_is_taken_back_while_nothing_is_granted(
    status: str, lease: str | None, answer: dict[str, str]
) -> None:
    run = replace(REQUESTED, status=status, lease=lease, requester_left=True)
    withdrawal = replace(timer("deny", **answer), somebody_left=True)
    is_open = status in ("prompted", "requested") or (status == "approved" and lease != "pending")
    expected = Decision(status="denied", audit=("run.denied",)) if is_open else Decision()
    assert decide(run, withdrawal) == expected


def test_an_approval_alone_is_not_taken_back() -> None:
    run = replace(REQUESTED, status="approved", is_access_flow=False, requester_left=True)
    assert decide(run, replace(timer("deny"), somebody_left=True)) == Decision()


@pytest.mark.parametrize("event", ["approve", "extend", "retry"])
def test_somebody_who_has_left_lets_nobody_in(event: str) -> None:
    run = {"approve": REQUESTED, "extend": replace(ESCALATED, allow_extension=True),
           "retry": replace(REQUESTED, status="errored", approver_id="bob")}[event]  # fmt: skip
    assert decide(run, replace(by(ROOT, event), actor_left=True)).error == "Your account is closed."


def test_what_they_ended_before_they_left_ends() -> None:
    assert decide(REQUESTED, replace(by(BOB, "deny"), actor_left=True)).status == "denied"
    assert decide(ESCALATED, replace(by(BOB, "deescalate"), actor_left=True)).effect == Deescalate(run_id="r")


def test_a_grant_to_somebody_who_left_meanwhile_ends_as_it_has_begun() -> None:
    run = replace(REQUESTED, status="approved", lease="pending", requester_left=True, schedule_deescalation=False)
    decision = settle(run, Escalate(run_id="r"), tries=1, failure=None, retryable=False, now=NOW)
    assert (decision.status, decision.lease, decision.ends_at) == ("escalated", "active", NOW)
    assert decision.following is not None
    assert (decision.following.name, decision.following.at) == ("deescalate", None)
    failed = settle(run, Escalate(run_id="r"), tries=1, failure="busy", retryable=True, now=NOW)
    assert (failed.status, failed.retry_at) == ("errored", None)
