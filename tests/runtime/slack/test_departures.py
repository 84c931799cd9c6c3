"""Workspaces that take the app off, and people who leave."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any
from unittest import mock

import pytest
from slack_sdk.oauth.installation_store import Installation

from sym.audit.events import Actor
from sym.errors import Unavailable
from sym.slack import departures
from sym.store.database import Store
from sym.store.directory import list_notes, user_of_left
from sym.store.identities import Identity, save_identity
from sym.store.users import User, create_user, deactivate, get_user
from tests.runtime.slack.fake_slack import TEAM, FakeSlack
from tests.runtime.slack.place import Place

OTHER = "T0OTHER"


def install(place: Place, fake: FakeSlack) -> None:
    fake.tokens[OTHER] = "xoxb-other"
    place.services.workspaces.installations.save(
        Installation(
            user_id="U1", team_id=OTHER, team_name="Other", bot_token="xoxb-other", bot_id="B", bot_user_id="U"
        )
    )


def account(store: Store, now: datetime, *teams: str, elsewhere: str | None = None) -> User:
    """Ada, who is U5 in ``teams``, and ``elsewhere`` in OTHER."""
    email, known = "ada@acme.example", dict.fromkeys(teams, "U5") | ({OTHER: elsewhere} if elsewhere else {})
    with store.transaction() as conn:
        user = create_user(conn, username=email, email=email, type="normal", role="member", actor=Actor.SYSTEM, now=now)
        for team, external_id in known.items():
            found = Identity(user_id=user.id, service="slack", service_id=team, external_user_id=external_id)
            save_identity(conn, found, now)
    return user


def is_closed(place: Place, user: User) -> bool:
    with place.store.reading() as conn:
        found = get_user(conn, user.id)
    assert found is not None
    return found.deactivated_at is not None


def left(place: Place, **details: Any) -> None:
    """Slack tells that somebody was deactivated; waits for what comes of it."""
    user = {"id": "U5", "team_id": TEAM, "deleted": True, "profile": {"email": "ADA@acme.example"}, **details}
    assert place.event({"type": "user_change", "user": user}).status_code == 200
    place.slack.stop()


@pytest.mark.parametrize("event", [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["UB"]}}])
def test_a_workspace_that_takes_the_app_off_is_forgotten(
    place: Place, fake_slack: FakeSlack, event: dict[str, Any]
) -> None:
    install(place, fake_slack)
    assert place.event(event, team=OTHER).status_code == 200
    place.slack.stop()
    assert place.services.workspaces.find(OTHER) is None
    assert place.audit()[-1] == "slack.workspace_unlinked"
    # Slack says it with two events.
    assert place.event({"type": "app_uninstalled"}, team=OTHER, event_id="Ev2").status_code == 200
    assert place.event({"type": "user_change", "user": {}}, team=OTHER, event_id="Ev3").status_code == 403


def test_revoked_tokens_of_people_change_nothing(place: Place, fake_slack: FakeSlack) -> None:
    install(place, fake_slack)
    place.event({"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}, team=OTHER)
    place.slack.stop()
    assert place.services.workspaces.find(OTHER) is not None


@pytest.mark.parametrize("teams", [(TEAM,), ()])
def test_whoever_is_deactivated_in_slack_is_here_too(place: Place, now: datetime, teams: tuple[str, ...]) -> None:
    user = account(place.store, now, *teams)
    left(place)
    assert is_closed(place, user)
    assert place.audit()[-1] == "user.deactivated"  # there was nothing else to settle


def test_a_change_that_is_no_departure_closes_nothing(place: Place, now: datetime) -> None:
    user = account(place.store, now, TEAM)
    left(place, deleted=False)
    assert not is_closed(place, user)


def test_whoever_has_an_account_of_their_own_in_another_workspace_stays(
    place: Place, fake_slack: FakeSlack, now: datetime
) -> None:
    install(place, fake_slack)
    fake_slack.person("U7", "ada@other.example", team=OTHER)
    user = account(place.store, now, TEAM, elsewhere="U7")
    left(place)
    assert not is_closed(place, user)


@pytest.mark.parametrize("details", [{"deleted": True}, None])
def test_until_that_one_is_closed_too(
    place: Place, fake_slack: FakeSlack, now: datetime, details: dict[str, Any] | None
) -> None:
    install(place, fake_slack)
    if details is not None:
        fake_slack.person("U7", "ada@other.example", team=OTHER, **details)
    user = account(place.store, now, TEAM, elsewhere="U7")
    left(place)
    assert is_closed(place, user)


def test_the_home_says_who_leaves_wherever_else_they_are_seen(
    place: Place, fake_slack: FakeSlack, now: datetime
) -> None:
    """The same id in another workspace is the same account, as that one sees it."""
    install(place, fake_slack)
    user = account(place.store, now, TEAM, OTHER)
    event = {"type": "user_change", "user": {"id": "U5", "team_id": TEAM, "deleted": True, "profile": {}}}
    assert place.event(event, team=OTHER, event_id="Ev9").status_code == 200
    assert not is_closed(place, user)
    left(place)
    assert is_closed(place, user)


def test_an_old_account_of_somebody_who_is_known_by_another_closes_nothing(place: Place, now: datetime) -> None:
    user = account(place.store, now, TEAM)
    left(place, id="U4")
    assert not is_closed(place, user)


def test_a_guest_in_slack_stays_what_they_are(place: Place, now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    user = account(place.store, now, TEAM)
    left(place, deleted=False, is_restricted=True)
    with place.store.reading() as conn:
        found = get_user(conn, user.id)
    assert found == user
    assert "is a guest in workspace" in caplog.text


def test_whoever_is_back_in_slack_is_not_let_in_and_that_is_noted_once(
    place: Place, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    user = account(place.store, now, TEAM)
    event = {"type": "user_change", "user": {"id": "U5", "team_id": TEAM, "deleted": True, "profile": {}}}
    place.event(event, event_id="Ev1")
    back = {"type": "user_change", "user": {"id": "U5", "team_id": TEAM, "deleted": False, "profile": {}}}
    for number in (2, 3):
        assert place.event(back, event_id=f"Ev{number}").status_code == 200
    assert is_closed(place, user)
    with place.store.reading() as conn:
        (row,) = list_notes(conn, "left:")
    assert (user_of_left(row.directory), row.finished_at) == ((f"slack:{TEAM}", user.id), now)
    assert caplog.text.count("is active again") == 1


def test_an_account_that_an_admin_closed_is_no_news_when_its_profile_changes(place: Place, now: datetime) -> None:
    user = account(place.store, now, TEAM)
    with place.store.transaction() as conn:
        deactivate(conn, user.id, actor=Actor.SYSTEM, now=now)
    left(place, deleted=False)
    with place.store.reading() as conn:
        assert list_notes(conn, "left:") == []


def test_an_identity_in_a_workspace_that_is_not_linked_keeps_nobody(place: Place, now: datetime) -> None:
    user = account(place.store, now, TEAM, "T0GONE")
    left(place)
    assert is_closed(place, user)


@pytest.mark.parametrize("details", [{"team_id": "T0EVIL"}, {"is_stranger": True}, {"profile": {}}])
def test_a_stranger_with_the_same_address_takes_nobody_along(
    place: Place, now: datetime, details: dict[str, Any]
) -> None:
    user = account(place.store, now)
    left(place, **details)
    assert not is_closed(place, user)


def test_a_stranger_who_is_known_by_their_id_is_closed(place: Place, now: datetime) -> None:
    user = account(place.store, now, TEAM)
    left(place, team_id="T0ELSE")
    assert is_closed(place, user)


def test_a_departure_that_could_not_be_written_is_told_again(
    place: Place, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = account(place.store, now, TEAM)
    event = {"type": "user_change", "user": {"id": "U5", "team_id": TEAM, "deleted": True, "profile": {}}}
    with monkeypatch.context() as broken:
        broken.setattr(departures, "leave", mock.Mock(side_effect=Unavailable("The store is away.")))
        assert place.event(event).status_code == 503
    assert not is_closed(place, user)
    again = place.event(event, headers={"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_error"})
    assert again.status_code == 200
    assert is_closed(place, user)


def test_a_departure_is_done_once(place: Place, fake_slack: FakeSlack) -> None:
    install(place, fake_slack)
    assert place.event({"type": "app_uninstalled"}, team=OTHER).status_code == 200
    install(place, fake_slack)
    # Slack repeats the first one, because it has not heard the answer.
    headers = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    assert place.event({"type": "app_uninstalled"}, team=OTHER, headers=headers).status_code == 200
    assert place.services.workspaces.find(OTHER) is not None
