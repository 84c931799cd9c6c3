"""A listener that breaks."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from slack_sdk.models.views import View

from sym.errors import Refused
from sym.slack.failures import failed_view
from tests.runtime.slack.fake_slack import TEAM, FakeSlack
from tests.runtime.slack.place import Place
from tests.runtime.slack.test_door import CLICK


@pytest.fixture
def response_url() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """An address that takes what is said beside a message."""
    said: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/respond", said
    server.shutdown()
    thread.join(10)
    server.server_close()


def number_in(text: str) -> str:
    found = re.search(r"this number: ([0-9a-f]{8})\.", text)
    assert found, text
    return found[1]


def test_whoever_typed_a_command_hears_a_number_that_is_in_the_log_and_nothing_else(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    answer = place.command("break")
    assert answer.status_code == 200
    assert number_in(answer.json()["text"]) in caplog.text
    assert "RuntimeError" in caplog.text
    assert "hunter2" not in caplog.text + answer.text


def test_a_form_that_breaks_says_so_in_its_place(place: Place) -> None:
    view = {"id": "V1", "callback_id": "break", "type": "modal", "state": {"values": {}}}
    answer = place.interact({"type": "view_submission", "team": {"id": TEAM}, "user": {"id": "U1"}, "view": view,
                             "callback_id": "break", "trigger_id": "1"})  # fmt: skip
    assert answer.status_code == 200
    assert answer.json()["response_action"] == "update"
    number_in(answer.json()["view"]["blocks"][0]["text"]["text"])


def test_a_view_that_says_it_failed_is_one_that_slack_takes() -> None:
    view = failed_view("x" * 4000)
    View(**view).validate_json()
    assert len(view["blocks"][0]["text"]["text"]) == 3000


def test_a_click_that_breaks_is_told_beside_the_message(
    place: Place, response_url: tuple[str, list[dict[str, Any]]]
) -> None:
    url, said = response_url

    def breaks(ack: Any) -> None:
        ack()
        raise RuntimeError("hunter2")

    place.slack.app.action("breaks")(breaks)
    click = {**CLICK, "response_url": url, "actions": [{**CLICK["actions"][0], "action_id": "breaks"}]}
    assert place.interact(click).status_code == 200
    place.slack.stop()
    (message,) = said
    assert (message["response_type"], message["replace_original"]) == ("ephemeral", False)
    number_in(message["text"])


def test_without_such_an_address_it_is_told_in_the_direct_messages(place: Place, fake_slack: FakeSlack) -> None:
    place.interact({"type": "shortcut", "callback_id": "break", "team": {"id": TEAM}, "user": {"id": "U7"},
                    "trigger_id": "1"})  # fmt: skip
    ((_, message),) = [call for call in fake_slack.calls if call[0] == "chat.postMessage"]
    assert message["channel"] == "U7"
    number_in(message["text"])


def test_a_refusal_that_nobody_caught_is_told_in_its_words(place: Place) -> None:
    def refuses(ack: Any) -> None:
        raise Refused("You may not do this.", hint="Ask an admin.")

    place.slack.app.command("/refuses")(refuses)
    answer = place.command(command="/refuses")
    assert answer.json() == {"response_type": "ephemeral", "text": "You may not do this. Ask an admin."}


def test_a_typeahead_that_breaks_offers_nothing(place: Place) -> None:
    def breaks(ack: Any) -> None:
        raise RuntimeError

    place.slack.app.options("field")(breaks)
    answer = place.interact({"type": "block_suggestion", "team": {"id": TEAM}, "user": {"id": "U1"},
                             "action_id": "field", "block_id": "b", "value": "x"})  # fmt: skip
    assert answer.json() == {"options": []}
