"""What the doctor finds of Slack."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from slack_sdk.oauth.installation_store import Installation

from sym.audit.events import Actor
from sym.sealing import SealingKeys
from sym.slack.installations import Installations
from sym.slack.scopes import bot_scopes
from sym.store.database import Store
from sym.store.resources import save
from tests.runtime.commands.conftest import Symflow
from tests.runtime.slack.fake_slack import APP_TOKEN, BOT_TOKEN, SECRET, TEAM, FakeSlack


@pytest.fixture
def fake_slack() -> Iterator[FakeSlack]:
    """A Slack that grants what is asked for."""
    with FakeSlack(scopes=",".join(bot_scopes())) as fake:
        yield fake


def found(symflow: Symflow, fake: FakeSlack, *, code: int = 0, **more: str) -> dict[str, tuple[str, str]]:
    """What is found of Slack: results and details with what to do."""
    environment: dict[str, Any] = {"SYM_SLACK_BOT_TOKEN": BOT_TOKEN, "SYM_SLACK_SIGNING_SECRET": SECRET,
                                   "SYM_SLACK_API_URL": fake.api_url, **more}  # fmt: skip
    answer = symflow("doctor", "--json", code=code, **environment)
    assert not any(secret in answer.stdout + answer.stderr for secret in (BOT_TOKEN, SECRET, APP_TOKEN))
    rows = [row for row in json.loads(answer.stdout) if row["check"].startswith("slack")]
    for row in rows:
        assert bool(row["action"]) == (row["result"] != "ok")
    return {row["check"]: (row["result"], f"{row['detail']} {row['action']}".strip()) for row in rows}


def declare(store: Store, team_id: str) -> None:
    with store.transaction() as conn:
        save(conn, "integration", {"type": "slack", "name": f"slack-{team_id}", "external_id": team_id},
             actor=Actor.SYSTEM, now=datetime.now(UTC))  # fmt: skip


def test_without_slack_it_says_what_to_set(symflow: Symflow) -> None:
    (row,) = [row for row in json.loads(symflow("doctor", "--json").stdout) if row["check"].startswith("slack")]
    assert (row["check"], row["result"]) == ("slack", "skipped")
    assert "SYM_SLACK_BOT_TOKEN" in row["action"]


def test_everything_is_in_order(symflow: Symflow, fake_slack: FakeSlack, store: Store) -> None:
    declare(store, TEAM)
    rows = found(symflow, fake_slack, SYM_SLACK_APP_TOKEN=APP_TOKEN)
    assert {check: result for check, (result, _) in rows.items()} == dict.fromkeys(
        ("slack token", "slack token scopes", "slack requests", "slack socket", "slack workspaces"), "ok"
    )
    assert TEAM in rows["slack token"][1]


def test_a_scope_that_is_not_granted_is_named(symflow: Symflow, fake_slack: FakeSlack) -> None:
    fake_slack.scopes = ",".join(scope for scope in bot_scopes() if scope != "chat:write")
    result, text = found(symflow, fake_slack, code=1)["slack token scopes"]
    assert (result, "chat:write." in text, "symflow slack manifest" in text) == ("failed", True, True)


def test_a_slack_that_does_not_tell_its_scopes_is_a_warning(symflow: Symflow, fake_slack: FakeSlack) -> None:
    fake_slack.scopes = None
    assert found(symflow, fake_slack)["slack token scopes"][0] == "warning"


def test_tokens_that_slack_refuses_are_failed(symflow: Symflow, fake_slack: FakeSlack) -> None:
    rows = found(symflow, fake_slack, code=1, SYM_SLACK_BOT_TOKEN="xoxb-revoked", SYM_SLACK_APP_TOKEN="xapp-revoked")
    assert rows["slack token"][0] == rows["slack socket"][0] == "failed"
    assert "invalid_auth" in rows["slack token"][1]
    assert "connections:write" in rows["slack socket"][1]


def test_a_slack_that_is_down_is_failed(symflow: Symflow, fake_slack: FakeSlack) -> None:
    fake_slack.is_down = True
    rows = found(symflow, fake_slack, code=1, SYM_SLACK_APP_TOKEN=APP_TOKEN)
    assert rows["slack token"][0] == rows["slack socket"][0] == "failed"


def test_a_workspace_that_is_declared_and_not_linked_is_failed(
    symflow: Symflow, fake_slack: FakeSlack, store: Store
) -> None:
    declare(store, "T0OTHER")
    result, text = found(symflow, fake_slack, code=1)["slack workspaces"]
    assert (result, "T0OTHER" in text) == ("failed", True)
    keys = SealingKeys(symflow.folder / "keys")
    installations = Installations(store, keys, lambda: datetime.now(UTC))
    installations.save(Installation(user_id="U", team_id="T0OTHER", bot_token="xoxb-o", bot_id="B", bot_user_id="U"))
    fake_slack.tokens["T0OTHER"] = "xoxb-o"
    rows = found(symflow, fake_slack)
    assert rows["slack workspace T0OTHER"][0] == rows["slack workspaces"][0] == "ok"
    (key,) = (symflow.folder / "keys").glob("secret-*.key")
    key.unlink()
    assert found(symflow, fake_slack, code=1)["slack workspace T0OTHER"][0] == "failed"


def test_socket_mode_alone_needs_no_signing_secret(symflow: Symflow, fake_slack: FakeSlack) -> None:
    rows = found(symflow, fake_slack, SYM_SLACK_SIGNING_SECRET="", SYM_SLACK_APP_TOKEN=APP_TOKEN)
    assert rows["slack requests"] == ("ok", "They come over Socket Mode alone: there is no signing secret.")


def test_half_a_set_up_is_wrong_usage(symflow: Symflow) -> None:
    assert "SYM_SLACK_SIGNING_SECRET" in symflow("doctor", code=2, SYM_SLACK_BOT_TOKEN="xoxb-1").stderr
