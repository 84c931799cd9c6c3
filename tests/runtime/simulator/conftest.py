"""A simulator that listens, a client of it, and an app that answers what it is told to."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from sym.simulator.conversations import Conversation
from sym.simulator.server import Person, Simulator

Answer = Callable[["Taken"], Any]


@dataclass
class Taken:
    """What the app was sent."""

    headers: dict[str, str]
    body: bytes

    @property
    def fields(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode(), keep_blank_values=True).items()}

    @property
    def payload(self) -> dict[str, Any]:
        if self.headers["content-type"] == "application/json":
            return json.loads(self.body)
        fields = self.fields
        return json.loads(fields["payload"]) if "payload" in fields else fields


@dataclass
class AppUnderTest:
    """An app that checks signatures and answers with what ``answer`` gives: None, a status, or a JSON document.
    Events come in the background, so they are kept apart."""

    verifier: SignatureVerifier
    answer: Answer = lambda taken: None
    taken: list[Taken] = field(default_factory=list)
    events: list[Taken] = field(default_factory=list)
    url: str = ""

    def take(self, taken: Taken) -> tuple[int, bytes]:
        if not self.verifier.is_valid_request(taken.body, taken.headers):
            return 401, b""
        (self.events if taken.headers["content-type"] == "application/json" else self.taken).append(taken)
        answer = self.answer(taken)
        if isinstance(answer, int):
            return answer, b""
        return 200, b"" if answer is None else json.dumps(answer).encode()


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def client(simulator: Simulator) -> WebClient:
    return WebClient(simulator.bot_token, base_url=simulator.api_url)


@pytest.fixture
def ada(simulator: Simulator) -> Person:
    return simulator.add_person("Ada Park", email="ada@acme.test", is_admin=True)


@pytest.fixture
def ben(simulator: Simulator) -> Person:
    return simulator.add_person("Ben Ruiz", email="ben@acme.test")


@pytest.fixture
def ops(simulator: Simulator, ada: Person) -> Conversation:
    return simulator.add_channel("#ops", members=[ada], has_app=True)


@pytest.fixture
def app(simulator: Simulator) -> Iterator[AppUnderTest]:
    taking = AppUnderTest(SignatureVerifier(simulator.signing_secret))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = taking.take(Taken({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # whoever asked may no longer wait
                self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    taking.url = f"http://127.0.0.1:{server.server_address[1]}/slack/events"
    simulator.connect(taking.url)
    yield taking
    server.shutdown()
    server.server_close()
    thread.join()


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def button(action_id: str, value: str = "v") -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "value": value, "text": plain(action_id.title())}


def actions(*elements: dict[str, Any], block_id: str = "row") -> dict[str, Any]:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def text_input(block_id: str = "why", **more: Any) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "typed", **more.pop("element", {})}
    return {"type": "input", "block_id": block_id, "label": plain("Why?"), "element": element, **more}


def option(value: str, label: str | None = None) -> dict[str, Any]:
    return {"text": plain(label or value.title()), "value": value}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "modal", "title": plain("A form"), "submit": plain("Send"), "close": plain("Cancel"),
        "blocks": list(blocks or [text_input()]), **more,
    }  # fmt: skip
