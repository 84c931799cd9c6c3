"""Nobody approves what they have asked for, whichever door they take: through the real engine."""

from __future__ import annotations

from typing import Any

import pytest

from sym.audit.events import Actor
from sym.engine.inbound import Accepted, Action, Submission
from sym.engine.overview import overview
from sym.errors import Conflict, Refused
from sym.store.users import create_user, find_user

SELF = """
@reducer
def get_permissions(event):
    return RequestPermission(
        webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER, allow_self_approval=True
    )
"""


@pytest.fixture
def office(engine: Any) -> Any:
    """Two bots more, who may decide; the flow lets any member do so."""
    for name, role in (("deployer", "member"), ("butler", "admin")):
        engine.users[name] = engine._user(name, "bot", role)
    engine.flow(access=False)
    return engine


def ask(engine: Any, requester: str, *, by: str | None = None, token_of: str | None = None) -> str:
    """A request that waits; ``by`` submitted it with a token that ``token_of`` had issued."""
    submission = Submission(
        flow_srn="flow", inputs={}, requester=engine.users[requester], source="api",
        actor=engine.users[by or requester], issuer_id=engine.users[token_of].id if token_of else None,
    )  # fmt: skip
    run_id: str = engine.inbound.request(submission, now=engine.clock.now).run_id
    engine.work()
    assert engine.run(run_id).status == "requested"
    return run_id


def approve(engine: Any, who: str, run_id: str, *, token_of: str | None = None, **more: Any) -> Accepted:
    action = Action(
        name="approve", run_id=run_id, actor=engine.users[who], source="api",
        issuer_id=engine.users[token_of].id if token_of else None, **more,
    )  # fmt: skip
    accepted: Accepted = engine.inbound.act(action, now=engine.clock.now)
    engine.work()
    return accepted


def refuse(engine: Any, who: str, run_id: str, **more: Any) -> None:
    """It is refused, recorded, and nothing has come of it."""
    with pytest.raises(Refused) as raised:
        approve(engine, who, run_id, **more)
    assert raised.value.code == "ApproveAPI:SELF_APPROVAL"
    engine.work()
    assert engine.run(run_id).status == "requested"
    entry = engine.entries(run_id)[-1]
    assert (entry["name"], entry["state"]["status"]) == ("action.refused", "refused")


def test_not_as_an_admin(office: Any) -> None:
    run_id = ask(office, "root")
    refuse(office, "root", run_id)
    refuse(office, "root", run_id, overrides=True)
    approve(office, "bob", run_id)
    assert office.run(run_id).status == "approved"


def test_not_as_the_one_a_bot_has_asked_for(office: Any) -> None:
    run_id = ask(office, "root", by="ci")
    refuse(office, "root", run_id)
    approve(office, "bob", run_id)


def test_not_as_the_one_who_asked_for_somebody_else(office: Any) -> None:
    run_id = ask(office, "ada", by="root")
    refuse(office, "root", run_id)
    refuse(office, "ada", run_id)
    run_id = ask(office, "ada", by="deployer")
    refuse(office, "deployer", run_id)


def test_not_with_a_bots_token_that_one_has_issued(office: Any) -> None:
    run_id = ask(office, "root")
    for bot in ("deployer", "butler"):
        refuse(office, bot, run_id, token_of="root")
    approve(office, "deployer", run_id, token_of="bob")
    assert office.run(run_id).status == "approved"


def test_not_what_was_asked_for_with_a_bots_token_that_one_has_issued(office: Any) -> None:
    run_id = ask(office, "ci", token_of="root")
    refuse(office, "root", run_id)
    refuse(office, "butler", run_id, token_of="root")
    assert office.run(run_id).actors["token"] == office.users["root"].id
    approve(office, "bob", run_id)
    assert office.run(run_id).status == "approved"
    approved = next(entry for entry in office.entries(run_id) if entry["name"] == "run.approved")
    assert approved["run"]["actors"]["token"]["username"] == "root@acme.example"


def test_not_with_somebody_elses_token_that_one_has_issued(office: Any) -> None:
    """Whoever issues a token sees it: it might be they who use it."""
    run_id = ask(office, "root")
    refuse(office, "bob", run_id, token_of="root")
    approve(office, "bob", run_id)


def test_not_between_two_bots_of_one_issuer(office: Any) -> None:
    run_id = ask(office, "ada", by="ci", token_of="root")
    refuse(office, "deployer", run_id, token_of="root")
    refuse(office, "deployer", run_id, token_of="ada")
    approve(office, "deployer", run_id)


def test_whoever_issued_a_persons_token_may_decide_on_what_that_person_asks_for(office: Any) -> None:
    """People are themselves. Their first token may well have been issued by the only one who approves anything."""
    run_id = ask(office, "ada", token_of="root")
    assert "token" not in office.run(run_id).actors
    approve(office, "root", run_id)
    assert office.run(run_id).status == "approved"


def test_not_as_a_guest_with_the_same_address_in_other_letters(office: Any) -> None:
    with pytest.raises(Conflict), office.store.transaction() as conn:
        create_user(conn, username="ADA@acme.example", email="ADA@Acme.Example", type="normal", role="guest",
                    actor=Actor.SYSTEM, now=office.clock.now)  # fmt: skip
    with pytest.raises(Conflict), office.store.transaction() as conn:
        create_user(conn, username="ada2", email="Ada@ACME.example", type="normal", role="guest",
                    actor=Actor.SYSTEM, now=office.clock.now)  # fmt: skip
    with office.store.reading() as conn:
        assert find_user(conn, email="ADA@Acme.EXAMPLE".lower()) == office.users["ada"]
    run_id = ask(office, "ada")
    with pytest.raises(Refused):
        approve(office, "guest", run_id)


def test_a_flow_may_allow_all_of_it(office: Any) -> None:
    office.flow(SELF, access=False)
    for run_id, who, token_of in (
        (ask(office, "root"), "root", None),
        (ask(office, "root"), "deployer", "root"),
        (ask(office, "ci", token_of="root"), "root", None),
    ):
        approve(office, who, run_id, token_of=token_of)
        assert office.run(run_id).status == "approved"


def test_withdrawing_is_for_everybody_who_asked(office: Any) -> None:
    run_id = ask(office, "ci", token_of="root")
    office.act("root", "deny", run_id)
    office.work()
    assert office.run(run_id).status == "denied"


def test_surfaces_do_not_offer_what_would_be_refused(office: Any) -> None:
    run_id = ask(office, "ci", token_of="root")
    with office.store.reading() as conn:
        seen = overview(conn, office.users["root"])
        others = overview(conn, office.users["bob"])
    assert [entry["actions"] for entry in seen.waiting] == [["deny"]]
    assert [entry["actions"] for entry in others.waiting] == [["approve", "deny"]]
    assert office.run(run_id).status == "requested"


def test_code_of_the_flow_sees_the_actors_it_always_saw(office: Any) -> None:
    office.flow(
        """
        @reducer
        def get_permissions(event):
            assert set(event.run.actors) <= {"prompt", "request"}, event.run.actors
            return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)
        """,
        access=False,
    )
    ask(office, "ci", token_of="root")
