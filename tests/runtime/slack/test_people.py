"""Who somebody in Slack is."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sym.audit.events import Actor
from sym.errors import Refused, Unavailable
from sym.sealing import SealingKeys
from sym.slack.app import link_slack
from sym.slack.people import People
from sym.store.audit import entries
from sym.store.database import Store
from sym.store.domains import add_domain
from sym.store.identities import Identity, identities_of, save_identity
from sym.store.organizations import create_organization
from sym.store.slack import StoredInstallation, save_installation
from sym.store.users import User, create_user, deactivate, get_user, list_users
from tests.runtime.slack.fake_slack import TEAM, FakeSlack
from tests.runtime.slack.place import settings_for

OTHER = "T0OTHER"


@pytest.fixture
def people(fake_slack: FakeSlack, store: Store, tmp_path: Path, now: datetime) -> People:
    """The people of a workspace; those of acme.example may join. On both databases."""
    with store.transaction() as conn:
        create_organization(conn, "acme", actor=Actor.SYSTEM, now=now)
        add_domain(conn, "acme.example", actor=Actor.SYSTEM, now=now)
    return link_slack(settings_for(fake_slack), store=store, keys=SealingKeys(tmp_path / "keys"),
                      clock=lambda: now).people  # fmt: skip


def account(store: Store, now: datetime, email: str, role: str = "member") -> User:
    with store.transaction() as conn:
        return create_user(conn, username=email, email=email, type="normal", role=role, actor=Actor.SYSTEM, now=now)


def everybody(store: Store) -> list[tuple[str, str]]:
    with store.reading() as conn:
        return [(user.username, user.role) for user in list_users(conn)]


@pytest.mark.parametrize(
    ("email", "details", "role"),
    [
        ("ada@acme.example", {}, "member"),
        ("Ada@ACME.example", {}, "member"),
        ("ada@sub.acme.example", {}, "guest"),
        ("ada@other.example", {}, "guest"),
        ("ada@acme.example", {"is_restricted": True}, "guest"),
        ("ada@acme.example", {"is_ultra_restricted": True}, "guest"),
        ("ada@acme.example", {"team_id": OTHER}, "guest"),
        ("ada@acme.example", {"is_stranger": True}, "guest"),
        ("ada@acme.example", {"team_id": OTHER, "enterprise_user": {"teams": [OTHER, TEAM]}}, "member"),
        ("ada@acme.example", {"team_id": OTHER, "enterprise_user": {"teams": [OTHER]}}, "guest"),
    ],
)
def test_whoever_comes_for_the_first_time_gets_an_account(
    people: People, fake_slack: FakeSlack, store: Store, now: datetime, email: str, details: dict[str, Any], role: str
) -> None:
    user = fake_slack.person("U1", email)
    user.update(details)
    made = people.user_of(TEAM, "U1", now)
    assert (made.email, made.username, made.role) == (email.lower(), email.lower(), role)
    assert (made.first_name, made.last_name) == ("Ada", "Park")
    with store.reading() as conn:
        (identity,) = identities_of(conn, made.id)
        names = [entry["name"] for entry in entries(conn)]
    assert (identity.service, identity.service_id, identity.external_user_id) == ("slack", TEAM, "U1")
    assert names[-2:] == ["user.created", "identity.saved"]


def test_whoever_is_known_is_not_looked_up_again(people: People, fake_slack: FakeSlack, now: datetime) -> None:
    fake_slack.person("U1", "ada@acme.example")
    first = people.user_of(TEAM, "U1", now)
    assert people.user_of(TEAM, "U1", now) == first
    assert fake_slack.count("users.info") == 1
    assert people.known(TEAM, "U1") == first
    assert people.known(TEAM, "U2") is None


@pytest.mark.parametrize("details", [{}, {"is_restricted": True}])
def test_an_account_with_the_address_is_theirs_whatever_its_case_and_keeps_its_role(
    people: People, fake_slack: FakeSlack, store: Store, now: datetime, details: dict[str, Any]
) -> None:
    admin = account(store, now, "root@acme.example", "admin")
    fake_slack.person("U1", "Root@Acme.Example").update(details)
    assert people.user_of(TEAM, "U1", now) == admin
    assert everybody(store) == [("root@acme.example", "admin")]


@pytest.mark.parametrize("details", [{"team_id": OTHER}, {"is_stranger": True, "team_id": OTHER}, {"team_id": ""}])
def test_a_workspace_that_is_not_linked_cannot_vouch_for_somebodys_address(
    people: People, fake_slack: FakeSlack, store: Store, now: datetime, details: dict[str, Any]
) -> None:
    account(store, now, "root@acme.example", "admin")
    fake_slack.person("U9", "ROOT@acme.example").update(details)
    with pytest.raises(Refused, match="your workspace is not linked"):
        people.user_of(TEAM, "U9", now)
    assert everybody(store) == [("root@acme.example", "admin")]
    assert people.known(TEAM, "U9") is None


def test_somebody_of_another_company_who_shows_no_address_is_a_guest(
    people: People, fake_slack: FakeSlack, now: datetime
) -> None:
    fake_slack.person("U9", None).update({"team_id": OTHER, "is_stranger": True})
    made = people.user_of(TEAM, "U9", now)
    assert (made.username, made.email, made.role) == (f"slack-{TEAM}-U9".lower(), None, "guest")
    assert people.user_of(TEAM, "U9", now) == made


@pytest.mark.parametrize("details", [{"profile": {}}, {"is_email_confirmed": False}])
def test_without_a_confirmed_address_nobody_of_the_workspace_gets_in(
    people: People, fake_slack: FakeSlack, store: Store, now: datetime, details: dict[str, Any]
) -> None:
    account(store, now, "ada@acme.example")
    fake_slack.person("U1", "ada@acme.example").update(details)
    with pytest.raises(Refused, match="confirmed e-mail address"):
        people.user_of(TEAM, "U1", now)
    assert len(everybody(store)) == 1


@pytest.mark.parametrize(
    ("details", "said"),
    [({"is_bot": True}, "Bots cannot"), ({"deleted": True}, "deactivated"), ({"id": ""}, "not know")],
)
def test_bots_and_whoever_has_left_are_refused(
    people: People, fake_slack: FakeSlack, store: Store, now: datetime, details: dict[str, Any], said: str
) -> None:
    fake_slack.person("U1", "ada@acme.example").update(details)
    with pytest.raises(Refused, match=said):
        people.user_of(TEAM, "U1", now)
    assert everybody(store) == []


def test_somebody_slack_does_not_know_and_slackbot_are_refused(people: People, now: datetime) -> None:
    for user_id in ("U404", "USLACKBOT"):
        with pytest.raises(Refused):
            people.user_of(TEAM, user_id, now)


@pytest.mark.parametrize("is_known", [True, False])
def test_a_closed_account_stays_closed(
    people: People, fake_slack: FakeSlack, store: Store, now: datetime, is_known: bool
) -> None:
    user = account(store, now, "ada@acme.example")
    fake_slack.person("U1", "ada@acme.example")
    if is_known:
        people.user_of(TEAM, "U1", now)
    with store.transaction() as conn:
        deactivate(conn, user.id, actor=Actor.SYSTEM, now=now)
    with pytest.raises(Refused, match="closed"):
        people.user_of(TEAM, "U1", now)
    with store.reading() as conn:
        found = get_user(conn, user.id)
    assert found is not None
    assert found.deactivated_at is not None


def test_a_slack_identity_of_two_accounts_is_nobodys(people: People, store: Store, now: datetime) -> None:
    for name in ("a@acme.example", "b@acme.example"):
        user = account(store, now, name)
        with store.transaction() as conn:
            save_identity(conn, Identity(user_id=user.id, service="slack", service_id=TEAM, external_user_id="U1"), now)
    with pytest.raises(Refused, match="Several accounts"):
        people.user_of(TEAM, "U1", now)


def test_two_first_clicks_at_once_make_one_account(
    people: People, fake_slack: FakeSlack, store: Store, now: datetime
) -> None:
    fake_slack.person("U1", "ada@acme.example")
    fake_slack.person("U9", None).update({"team_id": OTHER})
    found: list[User] = []
    errors: list[BaseException] = []
    together = threading.Barrier(8)

    def click(user_id: str) -> None:
        together.wait(10)
        try:
            found.append(people.user_of(TEAM, user_id, now))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=click, args=(user_id,)) for user_id in ("U1", "U9") * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert len({user.id for user in found}) == 2
    assert len(everybody(store)) == 2


def link(store: Store, team_id: str, tmp_path: Path, now: datetime, fake: FakeSlack) -> None:
    """The workspace has installed the app too."""
    fake.tokens[team_id] = f"xoxb-{team_id}"
    sealed = SealingKeys(tmp_path / "keys").seal(f"slack\0{team_id}", f'{{"bot_token": "xoxb-{team_id}"}}', now)
    stored = StoredInstallation(team_id=team_id, document={"name": team_id, "bot_user_id": "UB"}, key_id=sealed.key_id,
                                ciphertext=sealed.ciphertext, installed_at=now, updated_at=now)  # fmt: skip
    with store.transaction() as conn:
        save_installation(conn, stored, actor=Actor.SYSTEM, now=now)


def test_the_same_person_in_two_workspaces_is_one_account_with_two_identities(
    people: People, fake_slack: FakeSlack, store: Store, tmp_path: Path, now: datetime
) -> None:
    link(store, OTHER, tmp_path, now, fake_slack)
    fake_slack.person("U1", "ada@acme.example")
    fake_slack.person("U2", "ADA@acme.example", team=OTHER)
    user = people.user_of(TEAM, "U1", now)
    assert people.user_of(OTHER, "U2", now) == user
    with store.reading() as conn:
        found = {(one.service_id, one.external_user_id) for one in identities_of(conn, user.id)}
    assert found == {(TEAM, "U1"), (OTHER, "U2")}


def test_somebody_of_another_linked_workspace_in_a_shared_channel_is_no_stranger(
    people: People, fake_slack: FakeSlack, store: Store, tmp_path: Path, now: datetime
) -> None:
    link(store, OTHER, tmp_path, now, fake_slack)
    fake_slack.person("U2", "bob@acme.example", team=OTHER)
    bob = people.user_of(OTHER, "U2", now)
    # Here their address is hidden, but the id is the same.
    fake_slack.people[(TEAM, "U2")] = fake_slack.people[(OTHER, "U2")] | {"is_stranger": True, "profile": {}}
    assert people.user_of(TEAM, "U2", now) == bob
    assert bob.role == "member"


def test_a_slack_that_does_not_answer_is_no_refusal(
    people: People, fake_slack: FakeSlack, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slack_sdk.http_retry.handler.time.sleep", lambda _: None)
    fake_slack.person("U1", "ada@acme.example")
    people.slack_id_of("nobody", TEAM)
    assert people._workspaces.find(TEAM) is not None
    fake_slack.is_down = True
    with pytest.raises(Unavailable):
        people.user_of(TEAM, "U1", now)


def test_an_account_is_found_in_slack_by_its_address_and_kept(
    people: People, fake_slack: FakeSlack, store: Store, now: datetime
) -> None:
    user = account(store, now, "ada@acme.example")
    assert people.slack_id_of(user.id, TEAM) is None
    fake_slack.person("U1", "ada@acme.example")
    assert people.slack_id_of(user.id, TEAM) == "U1"
    assert people.mention(TEAM)({"user_id": user.id, "name": "Ada <b>"}) == "Ada &lt;b&gt;"
    assert people.slack_id_of(user.id, TEAM, now) == "U1"
    assert people.mention(TEAM)({"user_id": user.id, "name": "Ada"}) == "<@U1>"
    asked = fake_slack.count("users.lookupByEmail")
    assert people.slack_id_of(user.id, TEAM, now) == "U1"
    assert fake_slack.count("users.lookupByEmail") == asked


@pytest.mark.parametrize("details", [{"deleted": True}, {"is_bot": True}, {"team_id": OTHER}])
def test_whoever_is_not_really_there_is_not_found(
    people: People, fake_slack: FakeSlack, store: Store, now: datetime, details: dict[str, Any]
) -> None:
    user = account(store, now, "ada@acme.example")
    fake_slack.person("U1", "ada@acme.example").update(details)
    assert people.slack_id_of(user.id, TEAM, now) is None


def test_a_closed_account_is_not_looked_up(people: People, fake_slack: FakeSlack, store: Store, now: datetime) -> None:
    user = account(store, now, "ada@acme.example")
    fake_slack.person("U1", "ada@acme.example")
    with store.transaction() as conn:
        deactivate(conn, user.id, actor=Actor.SYSTEM, now=now)
    assert people.slack_id_of(user.id, TEAM, now) is None
    assert fake_slack.count("users.lookupByEmail") == 0


def test_mentions_fall_back_to_what_is_known_of_the_person(people: People) -> None:
    mention = people.mention(TEAM)
    assert mention({"user_id": None, "username": "ci", "email": None, "name": ""}) == "ci"
    assert mention({"email": "a&b@acme.example"}) == "a&amp;b@acme.example"
    assert mention({}) == "somebody"


@pytest.mark.parametrize("email", ["ban\u212a@acme.example", "bank@ac\u212a.example"])
def test_an_address_that_becomes_somebody_elses_in_small_letters_is_none(
    people: People, fake_slack: FakeSlack, store: Store, now: datetime, email: str
) -> None:
    """The Kelvin sign is a k then."""
    for taken in ("bank@acme.example", "bank@ack.example"):
        account(store, now, taken, role="admin")
    before = everybody(store)
    fake_slack.person("U1", email)
    with pytest.raises(Refused, match="does not show a confirmed"):
        people.user_of(TEAM, "U1", now)
    assert everybody(store) == before


def test_a_bot_that_was_given_somebodys_slack_account_does_nothing_with_it(
    people: People, fake_slack: FakeSlack, store: Store, now: datetime
) -> None:
    fake_slack.person("U1", "ada@acme.example")
    with store.transaction() as conn:
        bot = create_user(conn, username="butler", email=None, type="bot", role="admin", actor=Actor.SYSTEM, now=now)
        identity = Identity(user_id=bot.id, service="slack", service_id=TEAM, external_user_id="U1")
        save_identity(conn, identity, now)
    with pytest.raises(Refused, match="that of a bot"):
        people.user_of(TEAM, "U1", now)
