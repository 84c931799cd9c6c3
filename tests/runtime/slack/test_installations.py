"""Tokens of workspaces, sealed in the store."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from slack_sdk.oauth.installation_store import Installation

from sym.audit.events import Actor
from sym.errors import NotServed, Unavailable
from sym.sealing import SealingKeys
from sym.slack.installations import Installations
from sym.store.audit import entries
from sym.store.database import Store
from sym.store.organizations import create_organization
from sym.store.surface_tables import slack_installation as table

TEAM = "T1"


@pytest.fixture
def installations(store: Store, tmp_path: Path, now: datetime) -> Installations:
    """None yet; on both databases."""
    with store.transaction() as conn:
        create_organization(conn, "acme", actor=Actor.SYSTEM, now=now)
    return Installations(store, SealingKeys(tmp_path / "keys"), lambda: now)


def installation(**changes: Any) -> Installation:
    given = {"user_id": "U1", "team_id": TEAM, "team_name": "Acme", "bot_token": "xoxb-hunter2", "bot_id": "B1",
             "bot_user_id": "UB", "bot_scopes": ["commands", "chat:write"], "app_id": "A1"}  # fmt: skip
    return Installation(**{**given, **changes})


def test_what_is_saved_is_found_and_its_token_is_nowhere_in_the_store(
    installations: Installations, store: Store
) -> None:
    installations.save(installation())
    assert installations.bot_token(TEAM) == "xoxb-hunter2"
    bot = installations.find_bot(enterprise_id=None, team_id=TEAM)
    assert bot is not None
    assert (bot.bot_token, bot.bot_user_id, list(bot.bot_scopes)) == ("xoxb-hunter2", "UB", ["chat:write", "commands"])
    found = installations.find_installation(enterprise_id=None, team_id=TEAM)
    assert found is not None
    assert (found.team_id, found.user_id, found.bot_token) == (TEAM, "U1", "xoxb-hunter2")
    with store.reading() as conn:
        row = conn.execute(table.select()).one()
        log = entries(conn)
    assert "hunter2" not in str(row._mapping)
    assert b"hunter2" not in row.ciphertext
    assert (log[-1]["name"], log[-1]["fields"]["workspace"]["team_id"]) == ("slack.workspace_linked", TEAM)
    assert "hunter2" not in str(log)


def test_installing_again_replaces_the_token(installations: Installations, store: Store) -> None:
    installations.save(installation())
    installations.save(installation(bot_token="xoxb-new"))
    assert installations.bot_token(TEAM) == "xoxb-new"
    assert list(installations.documents()) == [TEAM]
    with store.reading() as conn:
        assert [entry["name"] for entry in entries(conn)].count("slack.workspace_linked") == 2


def test_a_token_of_one_workspace_cannot_be_passed_off_as_anothers(installations: Installations, store: Store) -> None:
    installations.save(installation())
    installations.save(installation(team_id="T2", bot_token="xoxb-other"))
    with store.transaction() as conn:
        stolen = conn.execute(sa.select(table.c.ciphertext).where(table.c.team_id == "T2")).scalar_one()
        conn.execute(table.update().where(table.c.team_id == TEAM).values(ciphertext=stolen))
    with pytest.raises(Unavailable):
        installations.bot_token(TEAM)


def test_whoever_takes_the_app_off_is_forgotten_once(installations: Installations, store: Store) -> None:
    installations.save(installation())
    installations.delete_installation(enterprise_id=None, team_id=TEAM, user_id="U1")
    assert installations.bot_token(TEAM) is not None
    for _ in range(2):
        installations.delete_all(enterprise_id=None, team_id=TEAM)
    assert installations.bot_token(TEAM) is None
    assert installations.document(TEAM) is None
    assert installations.find_bot(enterprise_id=None, team_id=TEAM) is None
    assert installations.find_installation(enterprise_id=None, team_id=TEAM) is None
    with store.reading() as conn:
        assert [entry["name"] for entry in entries(conn)].count("slack.workspace_unlinked") == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"is_enterprise_install": True, "team_id": None, "enterprise_id": "E1"}, "Enterprise"),
        ({"is_enterprise_install": True}, "Enterprise"),
        ({"team_id": None}, "Enterprise"),
        ({"bot_token": None}, "no bot token"),
        ({"bot_token_expires_in": 43200, "bot_refresh_token": "xoxe-1"}, "rotat"),
    ],
)
def test_what_cannot_be_served_is_refused(installations: Installations, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(NotServed, match=said):
        installations.save(installation(**changes))
    assert installations.documents() == {}


def test_an_organization_wide_installation_is_never_found(installations: Installations) -> None:
    installations.save(installation())
    assert installations.find_bot(enterprise_id="E1", team_id=TEAM, is_enterprise_install=True) is None
    assert installations.find_bot(enterprise_id="E1", team_id=None) is None


def test_the_first_installation_keeps_its_date(store: Store, tmp_path: Path, now: datetime) -> None:
    with store.transaction() as conn:
        create_organization(conn, "acme", actor=Actor.SYSTEM, now=now)
    for later in (0, 5):
        moment = now + timedelta(days=later)
        Installations(store, SealingKeys(tmp_path / "keys"), lambda moment=moment: moment).save(installation())
    with store.reading() as conn:
        row = conn.execute(table.select()).one()
    assert (row.installed_at, row.updated_at) == (now, now + timedelta(days=5))
