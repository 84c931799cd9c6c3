"""``symflow slack``."""

from __future__ import annotations

import json

from tests.runtime.commands.conftest import Symflow


def test_the_manifest_is_json_on_stdout(bare: Symflow) -> None:
    document = json.loads(bare("slack", "manifest", "--request-url", "https://sym.acme.example").stdout)
    assert document["settings"]["interactivity"]["request_url"] == "https://sym.acme.example/slack/events"
    document = json.loads(bare("slack", "manifest", "--socket-mode", "--name", "Access", "--command", "/access").stdout)
    assert document["settings"]["socket_mode_enabled"] is True
    assert document["features"]["slash_commands"][0]["command"] == "/access"
    assert document["display_information"]["name"] == "Access"


def test_the_manifest_needs_one_way_to_the_server(bare: Symflow) -> None:
    assert "--socket-mode" in bare("slack", "manifest", code=2).stderr
    bare("slack", "manifest", "--socket-mode", "--request-url", "https://sym.acme.example", code=2)


def test_what_slack_would_refuse_is_an_error(bare: Symflow) -> None:
    result = bare("slack", "manifest", "--request-url", "http://sym.acme.example", code=1)
    assert result.stdout == ""
    assert "https://" in result.stderr
