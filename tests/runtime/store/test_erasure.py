"""A person is erased: nothing names them any more, and everything else is as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from sym.audit.events import ActionRefused, Actor, EventView, RunDenied, RunRequested, RunView
from sym.errors import Conflict
from sym.store import audit, resources, tables
from sym.store.database import Connection, Store
from sym.store.erasure import erase_person
from sym.store.events import Event, get_event, insert_event, move_event
from sym.store.grants import Effect, Lease, get_lease, insert_effect, insert_lease, move_lease
from sym.store.identities import Identity, save_identity
from sym.store.messages import Message, get_message, insert_message
from sym.store.runs import Run, get_run, insert_run, move_run
from sym.store.tokens import Token, get_token, insert_token
from sym.store.traces import Trace, insert_trace, traces_of_run
from sym.store.users import User, find_user, get_user

EMAIL = "grace.hopper@acme.example"
NAMES = (EMAIL, "Grace Hopper", "U0GRACE")
SRN = "acme:user:normal:{}:latest"


class Case:
    """Grace asked for access that ended, decided about Ada's request, and is named here and there."""

    def __init__(self, conn: Connection, add_user: Callable[..., User], now: datetime) -> None:
        self.now = now
        self.grace = add_user(conn, EMAIL, email=EMAIL, first_name="Grace", last_name="Hopper")
        self.ada = add_user(
            conn, "ada.l@acme.example", email="ada.l@acme.example", first_name="Ada", last_name="Lovelace"
        )
        slack = Identity(user_id=self.grace.id, service="slack", service_id="T1", external_user_id="U0GRACE")
        save_identity(conn, slack, now)
        token = Token(jti="j1", user_id=self.grace.id, label="Grace's laptop", issued_by="system", issued_at=now,
                      expires_at=now + timedelta(days=9))  # fmt: skip
        insert_token(conn, token, actor=Actor.SYSTEM)
        self.run = self.request(conn, "r1", self.grace, reason="my knee, ask Grace Hopper")
        self.other = self.request(conn, "r2", self.ada, reason=f"{EMAIL} asked me to", ticket="T-1")
        self.deny(conn)
        self.event = self._event("e1", "r1", self.grace, {"decision_message": "thanks"})
        insert_event(conn, self.event)
        insert_event(conn, self._event("e2", "r2", self.grace, {"decision_message": "no way"}))
        insert_event(conn, self._event("e3", "r2", self.ada, {"decision_message": "but Grace Hopper said so"}))
        self.lease = Lease(
            id="l1", run_id="r1", key="k" * 64,
            key_document={"identity": EMAIL, "target": {"settings": {"who": EMAIL}}},
            status="ended", requester_id=self.grace.id, identity=EMAIL, output={"member": EMAIL}, last_error=EMAIL,
            snapshot={"target": {"id": "t", "settings": {"note": "knee"}}, "flow": {"name": "deploy"}},
        )  # fmt: skip
        insert_lease(conn, self.lease)
        insert_effect(conn, Effect(run_id="r1", name="escalate", attempt=1, event_id="e1", status="failed",
                                   error="knee", started_at=now))  # fmt: skip
        for number, run in (("m1", "r1"), ("m2", "r2")):
            insert_message(conn, Message(id=number, run_id=run, kind="request", destination={"user": EMAIL},
                                         content={"text": "hi Grace Hopper, you"}, created_at=now, status="delivered",
                                         reference={"channel": "U0GRACE"}))  # fmt: skip
        for event_id, run_id in (("e1", "r1"), ("e3", "r2")):
            insert_trace(conn, Trace(
                run_id=run_id, event_id=event_id, event_name="deny", phase="decide", attempt=1, started_at=now,
                finished_at=now, outcome="denied", reason="on_deny was told so by Grace Hopper.",
                steps=[{"handler": "on_deny", "returned": EMAIL, "printed": "knee" if run_id == "r1" else "fine"}],
            ))  # fmt: skip

    def _view(self, user: User) -> Actor:
        return Actor(user.id, user.username, f"{user.first_name} {user.last_name}", organization="acme",
                     identity={"service": "sym", "email": user.email})  # fmt: skip

    def request(self, conn: Connection, run_id: str, user: User, **fields: str) -> Run:
        run = Run(id=run_id, flow_id="f", flow_slug="deploy", flow_version=1, requester_id=user.id, status="denied",
                  source="api", fields=dict(fields), actors={"request": user.id}, created_at=self.now,
                  updated_at=self.now)  # fmt: skip
        insert_run(conn, run)
        self.record(conn, RunRequested, run_id, user, {"request": user}, fields)
        return run

    def deny(self, conn: Connection) -> None:
        self.record(conn, RunDenied, "r2", self.grace, {"request": self.ada, "deny": self.grace}, {"message": "no way"})
        event = ActionRefused(
            actor=self._view(self.ada), action="approve", code="X", message=f"{EMAIL} decided", run_id="r2"
        )
        audit.append(conn, event, now=self.now)

    def record(self, conn, cls, run_id, user, actors, fields) -> None:  # type: ignore[no-untyped-def]
        view = RunView(srn=f"acme:run:deploy:1.0.0:{run_id}", flow="acme:flow:deploy:1.0.0",
                       actors={name: self._view(person) for name, person in actors.items()})  # fmt: skip
        event = EventView(
            id="e", srn="sym:event-spec:x", type="x", template="sym:template:x", timestamp=self.now, channel="sym"
        )
        audit.append(
            conn, cls(actor=self._view(user), run=view, event=event, run_id=run_id, fields=fields), now=self.now
        )

    def _event(self, event_id: str, run_id: str, user: User, fields: dict[str, str]) -> Event:
        return Event(id=event_id, run_id=run_id, name="deny", status="error", phase="done", actor_id=user.id,
                     channel_type="sym", fields=dict(fields), context={"note": fields["decision_message"]},
                     error="knee" if run_id == "r1" else None, created_at=self.now,
                     scheduled_at=self.now)  # fmt: skip


@pytest.fixture
def case(store: Store, add_user: Callable[..., User], now: datetime) -> Case:
    with store.transaction() as conn:
        return Case(conn, add_user, now)


def everything(conn: Connection) -> str:
    """Every value of every table."""
    return "\n".join(str(tuple(row)) for table in tables.metadata.sorted_tables for row in conn.execute(table.select()))


def test_nothing_names_an_erased_person_any_more(store: Store, case: Case, now: datetime) -> None:
    with store.transaction() as conn:
        before = everything(conn)
        done = erase_person(conn, case.grace, actor=Actor.SYSTEM, now=now)
        after = everything(conn).lower()
    for secret in (*NAMES, "knee", "no way", "thanks", "laptop", "'Grace'", "'Hopper'"):
        assert secret.lower() in before.lower(), secret
        assert secret.lower() not in after, secret
    assert done.declared == ()
    assert done.entries >= 6


def test_how_their_requests_were_decided_goes_and_how_others_were_stays(
    store: Store, case: Case, now: datetime
) -> None:
    with store.transaction() as conn:
        erase_person(conn, case.grace, actor=Actor.SYSTEM, now=now)
        assert traces_of_run(conn, "r1") == []
        (kept,) = traces_of_run(conn, "r2")
    assert kept.reason == "on_deny was told so by [erased]."
    assert kept.steps == [{"handler": "on_deny", "returned": "[erased]", "printed": "fine"}]


def test_what_is_about_others_stays(store: Store, case: Case, now: datetime) -> None:
    with store.transaction() as conn:
        erase_person(conn, case.grace, actor=Actor.SYSTEM, now=now)
        run, event = get_run(conn, "r2"), get_event(conn, "e3")
        entries = {entry["name"]: entry for entry in audit.entries(conn, run_id="r2")}
    assert run is not None
    assert run.fields == {"reason": "[erased] asked me to", "ticket": "T-1"}
    assert event is not None
    assert event.fields == {"decision_message": "but [erased] said so"}
    denied = entries["run.denied"]
    assert denied["run"]["actors"]["request"]["username"] == "ada.l@acme.example"
    assert denied["run"]["actors"]["deny"]["username"] == {"erased": True}
    assert denied["run"]["actors"]["deny"]["user"] == SRN.format(case.grace.id)
    assert denied["fields"] == {"message": {"erased": True}}
    assert entries["run.requested"]["fields"] == {"reason": {"erased": True}, "ticket": "T-1"}
    assert entries["run.requested"]["actor"]["name"] == "Ada Lovelace"


def test_the_account_is_closed_and_anonymous_and_the_pseudonym_stays(store: Store, case: Case, now: datetime) -> None:
    with store.transaction() as conn:
        erase_person(conn, case.grace, actor=Actor.SYSTEM, now=now)
        user, token = get_user(conn, case.grace.id), get_token(conn, "j1")
        assert find_user(conn, email=EMAIL) is None
        run, lease, message = get_run(conn, "r1"), get_lease(conn, "l1"), get_message(conn, "m2")
        (entry,) = audit.entries(conn, name="user.erased")
    assert user == replace(case.grace, username=f"erased-{case.grace.id}", email=None, first_name=None, last_name=None,
                           deactivated_at=now)  # fmt: skip
    assert token is not None
    assert (token.revoked_at, token.label) == (now, "")
    assert run is not None
    assert (run.requester_id, run.fields) == (case.grace.id, {"reason": "[erased]"})
    assert lease is not None
    assert (lease.identity, lease.output, lease.last_error) == (None, None, None)
    assert lease.key != case.lease.key
    assert lease.snapshot == {"target": {"id": "t", "settings": {}}, "flow": {"name": "deploy"}}
    assert message is not None
    assert message.content == {"text": "hi [erased], you"}
    assert entry["fields"]["user"]["id"] == case.grace.id


def test_every_entry_is_still_valid(store: Store, case: Case, now: datetime) -> None:
    with store.transaction() as conn:
        erase_person(conn, case.grace, actor=Actor.SYSTEM, now=now)
        ids = conn.execute(sa.select(tables.audit_entry.c.id)).scalars().all()
        assert {entry_id: problems for entry_id in ids if (problems := audit.verify(conn, entry_id))} == {}


@pytest.mark.parametrize("what", ["lease", "run", "event"])
def test_nobody_is_erased_who_holds_access_or_waits_for_it(store: Store, case: Case, now: datetime, what: str) -> None:
    with store.transaction() as conn:
        if what == "lease":
            assert move_lease(conn, case.lease, status="stuck")
        elif what == "run":
            assert move_run(conn, case.run, status="requested", updated_at=now)
        else:
            assert move_event(conn, case.event, phase="perform")
        before = everything(conn)
        with pytest.raises(Conflict, match="r1") as refused:
            erase_person(conn, case.grace, actor=Actor.SYSTEM, now=now)
        assert "symflow runs" in refused.value.hint
        assert everything(conn) == before


def test_what_terraform_declares_is_named_and_stays(store: Store, case: Case, now: datetime) -> None:
    with store.transaction() as conn:
        resources.save(conn, "environment", {"name": "prod", "label": f"ask {EMAIL}"}, actor=Actor.SYSTEM, now=now)
        assert erase_person(conn, case.grace, actor=Actor.SYSTEM, now=now).declared == ("sym_environment prod",)
        found = resources.find(conn, "environment", slug="prod")
    assert found is not None
    assert found.document["label"] == f"ask {EMAIL}"


def test_a_name_with_other_letters_is_found_in_every_form(
    store: Store, add_user: Callable[..., User], now: datetime
) -> None:
    with store.transaction() as conn:
        user = add_user(conn, "jürgen@acme.example", email="jürgen@acme.example", first_name="Jürgen", last_name="Groß")
        event = ActionRefused(actor=Actor.SYSTEM, action="approve", code="X", message="Jürgen Groß said so")
        entry_id = audit.append(conn, event, now=now)
        erase_person(conn, user, actor=Actor.SYSTEM, now=now)
        (entry,) = (entry for entry in audit.entries(conn) if entry["id"] == entry_id)
    assert entry["state"]["errors"] == {"erased": True}
