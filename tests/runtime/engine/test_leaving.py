"""Somebody leaves: what they had in hand comes to its end, whatever else happens at that moment."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from sym.audit.events import Actor
from sym.engine.leaving import REASON, Left, leave, leave_again
from sym.errors import Refused
from sym.store.audit import entries
from sym.store.identities import Identity, save_identity
from sym.store.leavers import open_runs_of
from sym.store.messages import messages_of_run
from sym.store.runs import move_run
from sym.store.tokens import Token, get_token, insert_token
from sym.store.users import create_user, deactivate, get_user
from tests.runtime.engine.conftest import OPEN, Engine

STUBBORN = (
    OPEN
    + """
from sym.sdk.templates import ApprovalTemplate

@hook
def on_deescalate(event):
    return ApprovalTemplate.ignore(message="never")

@hook
def on_deny(event):
    return ApprovalTemplate.ignore(message="never")
"""
)


def goes(engine: Engine, name: str, actor: Actor = Actor.SYSTEM) -> Left:
    with engine.store.transaction() as conn:
        left = leave(conn, engine.queue, engine.users[name], actor=actor, now=engine.clock.now)
    engine.work()
    return left


def token(engine: Engine, name: str, jti: str, issuer: str | None = None, **more: Any) -> None:
    now = engine.clock.now
    with engine.store.transaction() as conn:
        issuer_id = engine.users[issuer].id if issuer else None
        made = Token(jti=jti, user_id=engine.users[name].id, label="", issued_by=issuer or "system", issued_at=now,
                     issuer_id=issuer_id, **{"expires_at": now + timedelta(days=1), **more})  # fmt: skip
        insert_token(conn, made, actor=Actor.SYSTEM)


def kept(engine: Engine, jti: str) -> Token:
    with engine.store.reading() as conn:
        found = get_token(conn, jti)
    assert found is not None
    return found


def administered(engine: Engine, name: str) -> list[dict[str, Any]]:
    with engine.store.reading() as conn:
        return [entry for entry in entries(conn) if entry["name"] == name]


def decided_by(*names: str, engine: Engine) -> str:
    """A flow that only these may decide on."""
    listed = ", ".join(f'"{engine.users[name].id}"' for name in names)
    return f"""
@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=[{listed}])
"""


def test_a_request_that_waits_is_taken_back(engine: Engine) -> None:
    engine.flow()
    run_id = engine.requested("ada")
    left = goes(engine, "ada")
    assert left.cancelled == (run_id,)
    assert engine.run(run_id).status == "denied"
    deny = engine.named(run_id, "deny")
    assert deny.fields["decision_message"] == REASON
    assert deny.actor_id == engine.users["ada"].id
    assert engine.trail(run_id)[-1] == "run.denied"


def test_a_request_that_is_not_yet_processed_is_taken_back(engine: Engine) -> None:
    engine.flow()
    run_id = engine.request("ada").run_id
    goes(engine, "ada")
    assert engine.run(run_id).status == "denied"
    assert engine.jobs.take() is None


def test_a_request_that_is_approved_and_not_granted_is_taken_back(engine: Engine) -> None:
    engine.flow()
    run_id = engine.requested("ada")
    approve = engine.act("bob", "approve", run_id)
    engine.executor.decide(approve.event_id, 1)
    assert engine.run(run_id).status == "approved"
    goes(engine, "ada")
    assert engine.run(run_id).status == "denied"
    assert engine.door.calls == []


def test_an_approval_that_leads_to_no_access_stands(engine: Engine) -> None:
    engine.flow(access=False)
    run_id = engine.requested("ada")
    engine.act("bob", "approve", run_id)
    engine.work()
    assert goes(engine, "ada").cancelled == ()
    assert engine.run(run_id).status == "approved"


@pytest.mark.parametrize("code", [OPEN, STUBBORN], ids=["", "hooks that ignore"])
def test_access_ends(engine: Engine, code: str) -> None:
    engine.flow(code, allow_revoke=False)
    granted, waiting = engine.escalated("ada"), engine.requested("ada")
    others = engine.escalated("eve")
    left = goes(engine, "ada")
    assert (left.ended, left.cancelled) == ((granted,), (waiting,))
    assert engine.run(granted).status == "deescalated"
    assert engine.run(waiting).status == "denied"
    assert engine.door.members == [("eve", "readers")]
    assert engine.run(others).status == "escalated"


def test_access_that_overlaps_ends_once_and_wholly(engine: Engine) -> None:
    engine.flow()
    first, second = engine.escalated("ada"), engine.escalated("ada", duration=3600)
    assert set(goes(engine, "ada").ended) == {first, second}
    assert engine.door.members == []
    assert engine.door.calls.count("deescalate") == 1
    assert {engine.run(first).status, engine.run(second).status} == {"deescalated"}


def test_twice_is_as_good_as_once(engine: Engine) -> None:
    engine.flow()
    engine.escalated("ada")
    engine.requested("ada")
    token(engine, "ada", "own")
    token(engine, "ci", "issued", issuer="ada")
    with engine.store.transaction() as conn:
        leave(conn, engine.queue, engine.users["ada"], actor=Actor.SYSTEM, now=engine.clock.now)
    with engine.store.transaction() as conn:
        again = leave(conn, engine.queue, engine.users["ada"], actor=Actor.SYSTEM, now=engine.clock.now)
    assert not again.did_something
    engine.work()
    assert not goes(engine, "ada").did_something
    assert len(administered(engine, "user.offboarded")) == len(administered(engine, "user.deactivated")) == 1
    assert engine.door.calls == ["escalate", "deescalate"]


def test_own_tokens_are_dead_and_those_of_bots_are_marked(engine: Engine) -> None:
    engine.flow()
    token(engine, "ada", "own")
    token(engine, "ada", "from-root", issuer="root")
    token(engine, "ci", "issued", issuer="ada")
    token(engine, "ci", "by-root", issuer="root")
    token(engine, "ci", "old", issuer="ada", expires_at=engine.clock.now)
    left = goes(engine, "ada")
    assert set(left.revoked) == {"own", "from-root"}
    assert left.flagged == ("issued",)
    assert kept(engine, "own").revoked_at is not None
    assert kept(engine, "issued").flagged_at == engine.clock.now
    assert kept(engine, "issued").revoked_at is None
    assert kept(engine, "by-root").flagged_at is kept(engine, "old").flagged_at is None
    (flagged,) = administered(engine, "token.flagged")
    assert flagged["fields"]["token"]["jti"] == "issued"


def test_one_entry_says_all_of_it_and_who_did_it(engine: Engine) -> None:
    engine.flow()
    granted, waiting = engine.escalated("ada"), engine.requested("ada")
    token(engine, "ada", "own")
    root = engine.users["root"]
    by = Actor(user_id=root.id, username="root", name="", identity={}, organization="acme", type="normal")
    goes(engine, "ada", by)
    (entry,) = administered(engine, "user.offboarded")
    assert set(entry["fields"]["user"]["runs"]) == {granted, waiting}
    assert entry["fields"]["user"]["revoked"] == ["own"]
    assert root.id in str(entry["actor"])


def test_a_bot_leaves_as_people_do(engine: Engine) -> None:
    engine.flow()
    run_id = engine.escalated("ci")
    token(engine, "ci", "bots")
    left = goes(engine, "ci")
    assert (left.ended, left.revoked) == ((run_id,), ("bots",))
    assert engine.door.members == []


def test_what_somebody_approved_before_they_left_stands(engine: Engine) -> None:
    engine.flow()
    run_id = engine.escalated("ada")  # approved by bob
    goes(engine, "bob")
    assert engine.run(run_id).status == "escalated"


# at the same moment


def test_a_click_after_the_account_was_closed_is_refused(engine: Engine) -> None:
    engine.flow()
    run_id = engine.requested("ada")
    goes(engine, "bob")
    with pytest.raises(Refused, match="account is closed"):
        engine.act("bob", "approve", run_id)
    with pytest.raises(Refused, match="account is closed"):
        engine.request("bob")
    assert [entry["fields"]["action"] for entry in engine.entries()[-2:]] == ["approve", "request"]


def test_a_click_before_that_is_not_decided_after_it(engine: Engine) -> None:
    engine.flow()
    run_id = engine.requested("ada")
    event_id = engine.act("bob", "approve", run_id).event_id
    goes(engine, "bob")
    assert engine.run(run_id).status == "requested"
    assert engine.event(event_id).error == "Your account is closed."


def test_an_approval_that_meets_the_departure_grants_nothing(engine: Engine) -> None:
    engine.flow()
    run_id = engine.requested("ada")
    approve = engine.act("bob", "approve", run_id)
    with engine.store.transaction() as conn:
        leave(conn, engine.queue, engine.users["ada"], actor=Actor.SYSTEM, now=engine.clock.now)
    engine.executor.decide(approve.event_id, 1)  # before the request is taken back
    assert engine.run(run_id).status == "requested"
    engine.work()
    assert engine.run(run_id).status == "denied"
    assert engine.door.calls == []


def test_a_decision_made_on_what_was_before_is_made_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.flow()
    run_id = engine.requested("ada")
    approve = engine.act("bob", "approve", run_id)
    decide, gone = engine.executor._decide, []

    def slowly(scene: Any) -> Any:
        made = decide(scene)
        if not gone:
            gone.append(goes_now(engine))
        return made

    monkeypatch.setattr(engine.executor, "_decide", slowly)
    engine.executor.decide(approve.event_id, 1)
    assert engine.run(run_id).status == "requested"
    engine.work()
    assert engine.run(run_id).status == "denied"
    assert engine.door.calls == []


def goes_now(engine: Engine, name: str = "ada") -> Left:
    with engine.store.transaction() as conn:
        return leave(conn, engine.queue, engine.users[name], actor=Actor.SYSTEM, now=engine.clock.now)


def approved(engine: Engine) -> tuple[str, str]:
    """A run that is approved, with its ``escalate`` decided and not performed."""
    run_id = engine.requested("ada")
    approve = engine.act("bob", "approve", run_id)
    engine.executor.decide(approve.event_id, 1)
    event_id = engine.named(run_id, "escalate").id
    engine.executor.decide(event_id, 1)
    lease = engine.lease(run_id)
    assert lease is not None
    assert lease.status == "pending"
    return run_id, event_id


def test_a_grant_that_is_about_to_be_called_is_not_called(engine: Engine) -> None:
    engine.flow()
    run_id, _ = approved(engine)
    assert goes(engine, "ada").ended == (run_id,)
    assert engine.door.calls == []
    assert engine.run(run_id).status == "errored"
    lease = engine.lease(run_id)
    assert lease is not None
    assert lease.status == "ended"


def test_a_grant_that_is_being_called_ends_as_it_has_begun(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.flow()
    run_id, event_id = approved(engine)
    settle = engine.executor._performer.settle

    def slowly(*given: Any) -> Any:
        decision = settle(*given)
        if not gone:
            gone.append(goes_now(engine))
        return decision

    gone: list[Left] = []
    monkeypatch.setattr(engine.executor._performer, "settle", slowly)
    engine.executor.perform(event_id, 1)
    engine.work()
    assert gone[0].ended == (run_id,)
    assert engine.door.calls == ["escalate", "deescalate"]
    assert engine.door.members == []
    assert engine.run(run_id).status == "deescalated"


def test_a_failed_grant_of_somebody_who_left_cannot_be_tried_again(engine: Engine) -> None:
    engine.flow()
    engine.door.behave("escalate", "raise RuntimeError('no')")
    run_id = engine.requested("ada")
    engine.act("bob", "approve", run_id)
    engine.work()
    engine.later(minutes=5)
    assert engine.run(run_id).status == "errored"
    goes(engine, "ada")
    engine.door.behave("escalate", None)
    calls = len(engine.door.calls)
    engine.act("root", "retry", run_id)
    engine.work()
    assert engine.run(run_id).status == "errored"
    assert len(engine.door.calls) == calls


def test_requests_and_departures_at_once_leave_nothing_open(engine: Engine) -> None:
    """Threads ask while another closes the account: whatever came first, nothing is left open."""
    engine.flow()
    begin = threading.Barrier(4)
    failures: list[BaseException] = []

    def ask() -> None:
        begin.wait()
        for _ in range(5):
            try:
                engine.request("ada")
            except Refused:
                pass
            except BaseException as error:
                failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    begin.wait()
    goes_now(engine)
    for thread in threads:
        thread.join()
    engine.work(200)
    assert failures == []
    with engine.store.reading() as conn:
        assert open_runs_of(conn, engine.users["ada"].id) == []


def test_accounts_that_were_closed_otherwise_are_looked_after(engine: Engine) -> None:
    engine.flow()
    granted, waiting = engine.escalated("ada"), engine.requested("ada")
    with engine.store.transaction() as conn:
        deactivate(conn, engine.users["ada"].id, actor=Actor.SYSTEM, now=engine.clock.now)
    (left,) = leave_again(engine.store, engine.queue, engine.clock.now)
    engine.work()
    assert (left.ended, left.cancelled) == ((granted,), (waiting,))
    assert engine.door.members == []
    assert leave_again(engine.store, engine.queue, engine.clock.now) == []


# requests that waited for them alone


def routed_to(run: Any) -> list[str]:
    steps = run.routing["notifications"]
    return [item["user_id"] for item in steps[run.routing["position"]]["destinations"]]


def test_a_request_only_they_could_decide_on_goes_to_admins(engine: Engine) -> None:
    engine.flow(decided_by("bob", engine=engine))
    run_id, elsewhere = engine.requested("ada"), engine.requested("eve")
    assert set(goes(engine, "bob").rerouted) == {run_id, elsewhere}
    assert routed_to(engine.run(run_id)) == [engine.users["root"].id]
    assert engine.trail(run_id)[-1] == "run.forwarded"
    with engine.store.reading() as conn:
        (card,) = messages_of_run(conn, run_id)
    assert card.destination == {"kind": "person", "user_id": engine.users["root"].id}
    assert card.content["actions"] == ["approve", "deny"]
    engine.act("root", "approve", run_id)
    engine.work()
    assert engine.run(run_id).status == "escalated"
    assert not goes(engine, "bob").did_something


def test_a_request_that_somebody_else_may_decide_on_stays(engine: Engine) -> None:
    engine.flow(decided_by("bob", "eve", engine=engine))
    run_id = engine.requested("ada")
    assert goes(engine, "bob").rerouted == ()
    assert goes(engine, "eve").rerouted == (run_id,)


def test_the_requester_alone_is_nobody(engine: Engine) -> None:
    engine.flow(decided_by("bob", "ada", engine=engine))
    run_id = engine.requested("ada")
    assert goes(engine, "bob").rerouted == (run_id,)


def test_admins_do_not_get_their_own_requests(engine: Engine) -> None:
    engine.flow(decided_by("bob", engine=engine))
    run_id = engine.requested("root")
    assert goes(engine, "bob").rerouted == ()  # nobody is left
    assert engine.run(run_id).status == "requested"
    with engine.store.transaction() as conn:
        chief = create_user(conn, username="chief", email=None, type="normal", role="admin", actor=Actor.SYSTEM,
                            now=engine.clock.now)  # fmt: skip
    assert goes(engine, "bob").rerouted == (run_id,)
    assert routed_to(engine.run(run_id)) == [chief.id]


def sent_to(engine: Engine, *destinations: dict[str, Any]) -> str:
    """A request of ada's that any member may decide on, and that went to these."""
    engine.flow()
    run_id = engine.requested("ada")
    step = {"destinations": list(destinations), "timeout": 600, "continue_on_timeout": True,
            "continue_on_failure": True, "allow_self": None}  # fmt: skip
    with engine.store.transaction() as conn:
        assert move_run(conn, engine.run(run_id), routing={"notifications": [step], "position": 0})
    return run_id


def to(engine: Engine, name: str) -> dict[str, Any]:
    return {"kind": "person", "user_id": engine.users[name].id}


def test_a_request_that_went_to_them_alone_goes_to_admins(engine: Engine) -> None:
    run_id = sent_to(engine, to(engine, "bob"))
    assert goes(engine, "bob").rerouted == (run_id,)
    assert routed_to(engine.run(run_id)) == [engine.users["root"].id]
    # It is waited for as long as for the first one.
    assert engine.named(run_id, "expire").status == "scheduled"
    engine.later(seconds=601)
    assert engine.run(run_id).status == "expired"


def test_a_request_that_went_to_others_too_stays(engine: Engine) -> None:
    sent_to(engine, to(engine, "bob"), to(engine, "eve"))
    assert goes(engine, "bob").rerouted == ()


def test_a_request_that_went_to_a_channel_stays(engine: Engine) -> None:
    sent_to(engine, to(engine, "bob"), {"kind": "slack_channel", "name": "#ops"})
    assert goes(engine, "bob").rerouted == ()


@pytest.mark.parametrize("known_as", ["U1", "U9"])
def test_people_of_slack_are_known_by_their_identity(engine: Engine, known_as: str) -> None:
    with engine.store.transaction() as conn:
        bobs = Identity(user_id=engine.users["bob"].id, service="slack", service_id="T1", external_user_id=known_as)
        save_identity(conn, bobs, engine.clock.now)
    run_id = sent_to(engine, {"kind": "slack_user", "id": "U1"})
    assert goes(engine, "bob").rerouted == ((run_id,) if known_as == "U1" else ())


def test_a_group_is_gone_when_all_of_it_is(engine: Engine) -> None:
    with engine.store.transaction() as conn:
        for number, name in enumerate(("bob", "eve"), 1):
            known = Identity(user_id=engine.users[name].id, service="slack", service_id="T1",
                             external_user_id=f"U{number}")  # fmt: skip
            save_identity(conn, known, engine.clock.now)
    run_id = sent_to(engine, {"kind": "slack_group", "ids": ["U1", "U2"]})
    assert goes(engine, "bob").rerouted == ()
    assert goes(engine, "eve").rerouted == (run_id,)


def test_two_who_leave_at_once_leave_nobody_waiting(engine: Engine) -> None:
    engine.flow(decided_by("bob", "eve", engine=engine))
    run_id = engine.requested("ada")
    threads = [threading.Thread(target=goes_now, args=(engine, name)) for name in ("bob", "eve")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.work()
    assert routed_to(engine.run(run_id)) == [engine.users["root"].id]


def test_everybody_is_still_there_who_has_not_left(engine: Engine) -> None:
    engine.flow()
    goes(engine, "ada")
    with engine.store.reading() as conn:
        closed = {name for name, user in engine.users.items()
                  if (found := get_user(conn, user.id)) is None or found.deactivated_at}  # fmt: skip
    assert closed == {"ada"}
