"""Everything that can be done has its listener, over HTTP and over Socket Mode alike."""

from __future__ import annotations

from pathlib import Path

from sym.slack.blocks import ids
from tests.runtime.slack.interactions.town import Town, town


def test_a_request_goes_its_way_over_socket_mode(tmp_path: Path, sqlite_url: str) -> None:
    with town(sqlite_url, tmp_path, socket_mode=True) as slack:
        slack.simulator.wait_for(lambda: slack.simulator.delivery.by == "socket", 10)
        slack.simulator.connect(None)
        slack.flow()
        slack.ask(slack.ben)
        assert slack.cleo.click(slack.card(), ids.APPROVE)
        slack.status("approved")
        assert slack.ben.open_home().blocks


def test_what_is_pressed_and_known_to_nobody_is_acknowledged(slack: Town) -> None:
    slack.flow()
    slack.ask(slack.ben)
    card = slack.card()
    card.blocks.append({"type": "actions", "block_id": "new", "elements": [
        {"type": "button", "text": {"type": "plain_text", "text": "New"}, "action_id": "of_a_newer_version"},
    ]})  # fmt: skip
    assert slack.cleo.click(card, "of_a_newer_version")
    assert slack.cleo.ephemerals() == []
