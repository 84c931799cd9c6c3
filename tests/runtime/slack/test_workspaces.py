"""Which workspaces are linked, and what acts in them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.oauth.installation_store import Installation

from sym.errors import Unavailable
from sym.sealing import SealingKeys
from sym.slack.installations import Installations
from sym.slack.workspaces import Unlinked, Workspaces
from sym.store.database import Store
from tests.runtime.slack.fake_slack import BOT_TOKEN, TEAM, FakeSlack
from tests.runtime.slack.place import settings_for

OTHER = "T0OTHER"


def workspaces(fake: FakeSlack, store: Store, tmp_path: Path, now: datetime, **changes: Any) -> Workspaces:
    installations = Installations(store, SealingKeys(tmp_path / "keys"), lambda: now)
    return Workspaces(settings_for(fake, **changes), installations)


def install(found: Workspaces, fake: FakeSlack, team_id: str, token: str = "xoxb-other") -> None:
    fake.tokens[team_id] = token
    found.installations.save(Installation(user_id="U1", team_id=team_id, team_name="Other", bot_token=token,
                                          bot_id="B1", bot_user_id="UB", bot_scopes=["commands"]))  # fmt: skip


def test_the_tokens_workspace_is_asked_for_once(
    fake_slack: FakeSlack, one_store: Store, tmp_path: Path, now: datetime
) -> None:
    found = workspaces(fake_slack, one_store, tmp_path, now)
    assert fake_slack.calls == []
    assert [one.team_id for one in found.linked()] == [TEAM]
    assert found.workspace(TEAM).bot_user_id == f"UBOT{TEAM}"
    assert found.client(TEAM).token == BOT_TOKEN
    assert found.client(TEAM).auth_test()["team_id"] == TEAM
    assert fake_slack.count("auth.test") == 2
    assert found.problems() == []


def test_another_workspace_is_refused_and_one_that_installed_the_app_is_not(
    fake_slack: FakeSlack, one_store: Store, tmp_path: Path, now: datetime
) -> None:
    found = workspaces(fake_slack, one_store, tmp_path, now)
    assert found.find(OTHER) is None
    for call in (found.workspace, found.token, found.client):
        with pytest.raises(Unlinked, match=OTHER):
            call(OTHER)
    install(found, fake_slack, OTHER)
    assert [one.team_id for one in found.linked()] == [TEAM, OTHER]
    assert found.client(OTHER).auth_test()["team_id"] == OTHER
    found.installations.delete_all(enterprise_id=None, team_id=OTHER)
    with pytest.raises(Unlinked):
        found.client(OTHER)


def test_installed_workspaces_need_no_token_in_the_environment(
    fake_slack: FakeSlack, one_store: Store, tmp_path: Path, now: datetime
) -> None:
    found = workspaces(fake_slack, one_store, tmp_path, now, bot_token=None)
    assert found.linked() == []
    assert found.find(TEAM) is None
    install(found, fake_slack, OTHER)
    assert [one.name for one in found.linked()] == ["Other"]
    assert fake_slack.count("auth.test") == 0


def test_the_environments_token_goes_before_an_installation_in_the_same_workspace(
    fake_slack: FakeSlack, one_store: Store, tmp_path: Path, now: datetime
) -> None:
    found = workspaces(fake_slack, one_store, tmp_path, now)
    install(found, fake_slack, TEAM, "xoxb-older")
    fake_slack.tokens[TEAM] = BOT_TOKEN
    assert [one.team_id for one in found.linked()] == [TEAM]
    assert found.token(TEAM) == BOT_TOKEN


def test_a_slack_that_is_down_is_asked_again_later_and_others_do_without(
    fake_slack: FakeSlack, one_store: Store, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = workspaces(fake_slack, one_store, tmp_path, now)
    install(found, fake_slack, OTHER)
    fake_slack.is_down = True
    for _ in range(3):
        with pytest.raises(Unavailable):
            found.workspace(TEAM)
    assert fake_slack.count("auth.test") == 1
    assert found.workspace(OTHER).team_id == OTHER
    assert found.token(OTHER) == "xoxb-other"
    (problem,) = found.problems()
    assert "Slack" in problem
    assert BOT_TOKEN not in problem
    fake_slack.is_down = False
    monkeypatch.setattr(found, "_asked_at", -1000.0)
    assert found.workspace(TEAM).team_id == TEAM
    assert found.problems() == []


def test_a_token_that_slack_refuses_is_a_problem(
    fake_slack: FakeSlack, one_store: Store, tmp_path: Path, now: datetime
) -> None:
    found = workspaces(fake_slack, one_store, tmp_path, now, bot_token="xoxb-revoked")
    with pytest.raises(Unavailable, match="invalid_auth"):
        found.linked()
    assert found.problems() == ["Slack refuses SYM_SLACK_BOT_TOKEN: invalid_auth."]


def test_only_a_rate_limit_is_tried_again_where_something_could_be_said_twice(
    fake_slack: FakeSlack, one_store: Store, tmp_path: Path, now: datetime
) -> None:
    found = workspaces(fake_slack, one_store, tmp_path, now)
    names = [type(handler).__name__ for handler in found.client(TEAM, retries=False).retry_handlers]
    assert names == ["RateLimitErrorRetryHandler"]
    names = [type(handler).__name__ for handler in found.client(TEAM).retry_handlers]
    assert sorted(names) == ["ConnectionErrorRetryHandler", "RateLimitErrorRetryHandler", "ServerErrorRetryHandler"]
    found.client(TEAM)
    assert len(found.client(TEAM).retry_handlers) == 3
