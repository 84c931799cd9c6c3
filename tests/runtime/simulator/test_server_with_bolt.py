"""A real app on slack_bolt, over HTTP and over Socket Mode: to it, the simulator is Slack."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from sym.simulator.conversations import Conversation
from sym.simulator.server import Person, Simulator
from tests.runtime.simulator.conftest import actions, button, modal, option, plain, text_input

SELECT = {"type": "external_select", "action_id": "target", "min_query_length": 0}
FORM = modal(
    {"type": "input", "block_id": "target", "label": plain("Target"), "element": SELECT}, text_input(),
    callback_id="form",
)  # fmt: skip


def bolt(simulator: Simulator) -> App:
    """A small app for requests."""
    client = WebClient(simulator.bot_token, base_url=simulator.api_url)
    app = App(client=client, signing_secret=simulator.signing_secret)

    @app.command("/sym")
    def command(ack: Any, body: Any, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.shortcut("sym_request")
    def shortcut(ack: Any, body: Any, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.options("target")
    def options(ack: Any, payload: Any) -> None:
        ack(options=[option("prod"), option(payload["value"] or "none")])

    @app.view("form")
    def submitted(ack: Any, body: Any, view: Any, client: WebClient) -> None:
        why = view["state"]["values"]["why"]["typed"]["value"]
        if why == "no":
            ack(response_action="errors", errors={"why": "Say more."})
            return
        ack()
        client.chat_postMessage(channel="#ops", text=why, blocks=[actions(button("approve", body["user"]["id"]))])

    @app.action("approve")
    def approved(ack: Any, body: Any, respond: Any, client: WebClient) -> None:
        ack()
        message = body["message"]
        client.chat_update(channel=body["channel"]["id"], ts=message["ts"], text="approved", blocks=[])
        respond("thank you")

    @app.event("app_home_opened")
    def opened(event: Any, client: WebClient) -> None:
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [actions(button("new"))]})

    @app.event("team_join")
    @app.event("member_joined_channel")
    def joined() -> None:
        """Nothing to do; it is acknowledged."""

    return app


@pytest.fixture(params=["http", "socket"])
def running(simulator: Simulator, request: pytest.FixtureRequest) -> Iterator[App]:
    app = bolt(simulator)
    if request.param == "socket":
        handler = SocketModeHandler(app, simulator.app_token)
        handler.connect()
        simulator.wait_for(lambda: simulator.delivery.sockets.is_connected)
        yield app
        handler.close()
        return
    from slack_bolt.app.app import SlackAppDevelopmentServer

    made = SlackAppDevelopmentServer(port=0, path="/slack/events", app=app)
    server = ThreadingHTTPServer(("127.0.0.1", 0), made._server.RequestHandlerClass)
    made._server.server_close()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    simulator.connect(f"http://127.0.0.1:{server.server_address[1]}/slack/events")
    yield app
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.usefixtures("running")
def test_a_whole_request(simulator: Simulator, ada: Person, ben: Person, ops: Conversation) -> None:
    simulator.invite(ops, ben)
    assert ben.command("/sym req")
    view = ben.view()
    assert [each["value"] for each in ben.type_ahead(view, "target/target", "stage")] == ["prod", "stage"]
    ben.pick(view, "target/target", "Stage")
    ben.fill(view, "why", "no")
    assert ben.submit(view) == {"why": "Say more."}
    ben.fill(view, "why", "because")
    assert ben.submit(view) is None
    card = ada.wait_for_message(ops)
    assert (card.text, "Approve" in card.said()) == ("because", True)
    assert ada.click(card, "approve")
    ada.wait_for(lambda: card.text == "approved")
    assert ada.wait_for(lambda: ada.ephemerals("#ops"))[0].text == "thank you"


@pytest.mark.usefixtures("running")
def test_a_shortcut_and_the_home_tab(ada: Person) -> None:
    assert ada.shortcut()
    assert "Target" in ada.view().said()
    assert "New" in ada.open_home().said()


def test_connections_take_turns_and_come_again_after_a_disconnect(simulator: Simulator, ada: Person) -> None:
    handler = SocketModeHandler(bolt(simulator), simulator.app_token)
    handler.connect()
    simulator.wait_for(lambda: simulator.delivery.sockets.is_connected)
    assert ada.command("/sym")
    before = len(simulator.calls("apps.connections.open"))
    simulator.delivery.sockets.disconnect()  # as Slack does every few hours
    simulator.wait_for(lambda: len(simulator.calls("apps.connections.open")) > before, seconds=30)
    simulator.wait_for(lambda: simulator.delivery.sockets.is_connected, seconds=30)
    ada.view()
    ada.close()
    assert ada.command("/sym")
    handler.close()


def test_a_ticket_lets_one_connection_in(simulator: Simulator) -> None:
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect

    client = WebClient(base_url=simulator.api_url)
    url = client.apps_connections_open(app_token=simulator.app_token)["url"]
    with connect(url) as first:
        assert '"hello"' in first.recv(timeout=5)
        with pytest.raises(InvalidStatus):
            connect(url)
