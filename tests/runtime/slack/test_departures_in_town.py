"""Somebody is deactivated in Slack who has access, waits for more, decides alone, and has given a bot its token: while
the product listens, and while it does not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from sym.audit.events import Actor
from sym.engine.inbound import Action, Submission
from sym.simulator.messages import Message
from sym.simulator.server import Person, Simulator
from sym.slack.blocks import ids
from sym.store.audit import entries
from sym.store.runs import Run, get_run
from sym.store.tokens import Token, get_token, insert_token
from sym.store.users import User, create_user, find_user, get_user
from tests.runtime.slack.interactions.town import LONG, Server, Town, listening, real_time

DURATION = {"name": "duration", "type": "duration", "allowed_values": ["30m", "1h"]}
BEN_ALONE = """
@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=["{ben}"])

@reducer
def get_request_notifications(event):
    return [Notification(destinations=[slack.user("ben@acme.example")])]
"""
SOON = 40.0


@dataclass
class Left:
    """The town in which Ben has in hand all that somebody can have."""

    town: Town
    granted: str
    waiting: str
    others: str
    card: Message

    def run(self, run_id: str) -> Run:
        with self.town.store.reading() as conn:
            found = get_run(conn, run_id)
        assert found is not None
        return found

    def becomes(self, run_id: str, status: str) -> None:
        self.town.wait_for(lambda: self.run(run_id).status == status, SOON)

    def user(self, person: Person) -> User:
        with self.town.store.reading() as conn:
            found = get_user(conn, self.town.user_id(person))
        assert found is not None
        return found

    def token(self, jti: str) -> Token:
        with self.town.store.reading() as conn:
            found = get_token(conn, jti)
        assert found is not None
        return found


def ask(town: Town, server: Server, person: Person, flow: str) -> str:
    with town.store.reading() as conn:
        user = find_user(conn, email=str(person.email))
    assert user is not None
    inputs = {"target_srn": "acme:access_target:custom:readers:latest", "duration": 1800}
    asked = server.runtime.inbound.request(
        Submission(flow_srn=flow, inputs=inputs, requester=user, source="api"), now=server.runtime.clock()
    )
    return asked.run_id


def prepared(town: Town, server: Server) -> Left:
    with town.store.transaction() as conn:
        for name in ("ben", "cleo"):
            email = f"{name}@acme.example"
            create_user(conn, username=email, email=email, type="normal", role="member", first_name=name.title(),
                        actor=Actor.SYSTEM, now=real_time())  # fmt: skip
        ben = find_user(conn, email="ben@acme.example")
        ada = find_user(conn, email="ada@acme.example")
        bot = create_user(conn, username="ci", email=None, type="bot", role="requester", actor=Actor.SYSTEM,
                          now=real_time())  # fmt: skip
        assert ben is not None
        assert ada is not None
        for jti, user in (("own", ben), ("bots", bot)):
            token = Token(jti=jti, user_id=user.id, label="", issued_by=ben.username, issuer_id=ben.id,
                          issued_at=real_time(), expires_at=real_time() + timedelta(days=1))  # fmt: skip
            insert_token(conn, token, actor=Actor.SYSTEM)
    town.flow("ssh", access=True, fields=[DURATION])
    town.flow("vault", BEN_ALONE.format(ben=ben.id), access=True, fields=[DURATION])
    granted = ask(town, server, town.ben, "ssh")
    first = town.card()
    approve = Action(name="approve", run_id=granted, actor=ada, source="api")
    server.runtime.inbound.act(approve, now=server.runtime.clock())
    found = Left(town, granted, "", "", first)
    found.becomes(granted, "escalated")
    town.ada.wait_for(lambda: ids.REVOKE in str(first.blocks), LONG)
    found.waiting = ask(town, server, town.ben, "ssh")
    found.card = town.card()
    found.others = ask(town, server, town.cleo, "vault")
    town.ben.wait_for_message("dm", lambda message: ids.APPROVE in str(message.blocks), LONG)
    return found


def nothing_is_left(case: Left) -> None:
    """Wait for all of it."""
    town = case.town
    case.becomes(case.granted, "deescalated")
    case.becomes(case.waiting, "denied")
    assert case.user(town.ben).deactivated_at is not None
    assert case.token("own").revoked_at is not None
    assert case.token("bots").revoked_at is None
    assert case.token("bots").flagged_at is not None
    town.ada.wait_for(lambda: ids.APPROVE not in str(case.card.blocks), LONG)
    assert "The requester has left." in str(case.card.blocks)
    asked = town.ada.wait_for_message("dm", lambda message: ids.APPROVE in str(message.blocks), LONG)
    assert town.ada.click(asked, ids.APPROVE)
    case.becomes(case.others, "escalated")
    with town.store.reading() as conn:
        (entry,) = [each for each in entries(conn) if each["name"] == "user.offboarded"]
    said = entry["fields"]["user"]
    assert set(said["runs"]) == {case.granted, case.waiting}
    assert (said["rerouted"], said["revoked"], said["flagged"]) == ([case.others], ["own"], ["bots"])


@pytest.fixture
def sqlite_url(tmp_path: Path, _sqlite_template: Path) -> str:
    """The URL of a migrated, empty store on SQLite."""
    path = tmp_path / "store.db"
    shutil.copy(_sqlite_template, path)
    path.chmod(0o600)
    return f"sqlite:///{path}"


@pytest.fixture
def acme(sqlite_url: str, tmp_path: Path) -> Iterator[Town]:
    """No server is started yet."""
    with Simulator() as simulator:
        made = Town(sqlite_url, tmp_path, simulator)
        yield made
        simulator.connect(None)
        made.store.close()


def test_it_happens_at_once_while_a_server_listens(acme: Town) -> None:
    server = acme.add_server()
    try:
        with listening([server]) as address:
            acme.simulator.connect(f"{address}/slack/events")
            case = prepared(acme, server)
            acme.simulator.change_person(acme.ben, is_deleted=True)
            nothing_is_left(case)
    finally:
        server.stop()


def test_it_happens_over_a_socket_too(acme: Town) -> None:
    server = acme.add_server(socket_mode=True)
    try:
        acme.wait_for(lambda: acme.simulator.delivery.sockets.is_connected)
        case = prepared(acme, server)
        acme.simulator.change_person(acme.ben, is_deleted=True)
        case.becomes(case.granted, "deescalated")
        case.becomes(case.waiting, "denied")
        assert case.user(acme.ben).deactivated_at is not None
    finally:
        server.stop()


def test_it_happens_at_the_next_start_if_nobody_listened(acme: Town) -> None:
    first = acme.add_server()
    try:
        with listening([first]) as address:
            acme.simulator.connect(f"{address}/slack/events")
            case = prepared(acme, first)
    finally:
        acme.simulator.connect(None)
        first.stop()
    acme.simulator.change_person(acme.ben, is_deleted=True)
    assert case.user(acme.ben).deactivated_at is None
    second = acme.add_server(directory_every=timedelta(hours=1))
    try:
        with listening([second]) as address:
            acme.simulator.connect(f"{address}/slack/events")
            nothing_is_left(case)
            # There is no error logger, so admins hear of the bot's token.
            told = acme.ada.wait_for_message("dm", lambda message: "issued by ben@acme.example" in str(message.blocks),
                                             LONG)  # fmt: skip
            assert "ci: the token bots" in str(told.blocks)
    finally:
        second.stop()
