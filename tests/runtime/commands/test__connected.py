"""Slack in the process of a server: real ones, before a Slack of the tests."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
import requests

from sym import config
from sym.commands._connected import connected
from sym.engine.outbound import Unbound
from sym.errors import Unavailable
from sym.slack.door import UNLINKED
from sym.slack.outbound import SlackOutbound
from sym.store.database import Store
from tests.runtime.commands.conftest import Symflow
from tests.runtime.commands.test_serve import serving
from tests.runtime.slack.fake_slack import APP_TOKEN, BOT_TOKEN, SECRET, FakeSlack, signed


@pytest.fixture
def fake_slack() -> Iterator[FakeSlack]:
    """A Slack with one workspace."""
    with FakeSlack() as fake:
        yield fake


@pytest.fixture
def linked(symflow: Symflow, fake_slack: FakeSlack) -> Symflow:
    """``symflow`` with the workspace's token."""
    symflow.environment |= {
        "SYM_SLACK_BOT_TOKEN": BOT_TOKEN, "SYM_SLACK_SIGNING_SECRET": SECRET, "SYM_SLACK_API_URL": fake_slack.api_url,
    }  # fmt: skip
    return symflow


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def post(url: str, body: str, headers: dict[str, str]) -> requests.Response:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return requests.post(f"{url}/slack/events", data=body, headers={**form, **headers}, timeout=30)


def test_a_server_answers_slack_beside_its_api_and_stops_cleanly(linked: Symflow) -> None:
    body = urlencode({"command": "/sym-test", "team_id": "T0EVIL", "user_id": "U1", "trigger_id": "1"})
    with serving(linked) as (process, url, lines):
        assert post(url, body, {}).status_code == 401
        assert post(url, body, signed(body, time.time())).json()["text"] == UNLINKED
        assert requests.get(f"{url}/healthz", timeout=10).status_code == 200
        assert requests.get(f"{url}/api/v1/version", timeout=10).status_code in (200, 401)
        assert requests.get(f"{url}/slackers", timeout=10).status_code == 404
        assert requests.get(f"{url}/slack", timeout=10).status_code == 404
        assert requests.get(f"{url}/readyz", timeout=10).json() == {"status": "ready"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, "\n".join(lines)
    log = "\n".join(lines)
    assert "Traceback" not in log
    assert not any(secret in log for secret in (BOT_TOKEN, SECRET))


def test_a_server_without_slack_has_no_such_address(symflow: Symflow) -> None:
    with serving(symflow) as (_, url, _lines):
        assert post(url, "x=1", {}).status_code == 404


def test_socket_mode_is_opened_and_closed_with_the_server(linked: Symflow, fake_slack: FakeSlack) -> None:
    linked.environment["SYM_SLACK_APP_TOKEN"] = APP_TOKEN
    with serving(linked) as (process, _, lines):
        until(lambda: bool(fake_slack.connections))
        fake_slack.send({"type": "slash_commands", "envelope_id": "e1", "accepts_response_payload": True,
                         "payload": {"command": "/x", "team_id": "T0EVIL", "trigger_id": "1"}})  # fmt: skip
        answer = fake_slack.answers.get(timeout=30)
        assert json.loads(json.dumps(answer["payload"]))["text"] == UNLINKED
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, "\n".join(lines)
    assert not any("Traceback" in line for line in lines)


def test_half_a_set_up_keeps_a_server_from_starting(symflow: Symflow) -> None:
    result = symflow("serve", "--port", "0", code=2, SYM_SLACK_BOT_TOKEN="xoxb-1")
    assert "SYM_SLACK_SIGNING_SECRET" in result.stderr


def settings_of(symflow: Symflow) -> config.Config:
    return config.load({key: value for key, value in symflow.environment.items() if value})


def test_whoever_only_works_tells_people_too(linked: Symflow, store: Store) -> None:
    found = connected(settings_of(linked), store)
    assert isinstance(found.outbound, SlackOutbound)
    assert found.problems() == []
    found.stop()


def test_without_slack_nobody_is_reached(symflow: Symflow, store: Store) -> None:
    found = connected(settings_of(symflow), store)
    assert isinstance(found.outbound, Unbound)
    api = object()
    assert found.with_app(api) is api  # type: ignore[comparison-overlap, arg-type]


def test_without_its_libraries_the_extra_is_named(
    linked: Symflow, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(linked)
    for name in [name for name in sys.modules if name.startswith("sym.slack.app")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "slack_bolt", None)
    with pytest.raises(Unavailable) as refused:
        connected(settings, store)
    assert "symflow[slack]" in refused.value.hint


def test_a_server_without_slack_does_not_load_its_libraries() -> None:
    code = "import sys, sym.commands._server; print([n for n in sys.modules if n.startswith(('slack_', 'websockets'))])"
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert finished.stdout.strip() == "[]"
