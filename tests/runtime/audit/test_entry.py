from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from sym.audit.entry import Actor, EventView, RunView, timestamp


def test_times_are_written_in_utc_with_their_offset(now: datetime) -> None:
    elsewhere = now.astimezone(timezone(timedelta(hours=-8)))
    assert timestamp(elsewhere) == "2026-03-14T15:09:26.535897+00:00"
    with pytest.raises(ValueError, match="time zone"):
        timestamp(now.replace(tzinfo=None))


def test_an_actor_is_named_by_an_srn_if_it_has_an_account() -> None:
    identity = {"service": "slack", "external_id": "T1", "user_id": "U1"}
    actor = Actor("1", "ci", "CI", identity=identity, organization="acme", type="bot")
    assert actor.document() == {
        "user": "acme:user:bot:1:latest",
        "name": "CI",
        "username": "ci",
        "identity": identity,
    }
    assert Actor.SYSTEM.document()["user"] is None


def test_a_run_shows_who_did_what(now: datetime) -> None:
    ada = Actor("1", "ada")
    view = RunView(srn="r", flow="f", actors={"request": ada})
    assert view.document() == {"srn": "r", "parent": None, "flow": "f", "actors": {"request": ada.document()}}
    event = EventView(id="e", srn="s", type="approve", template="t", timestamp=now, channel="slack")
    assert event.document()["timestamp"].endswith("+00:00")
