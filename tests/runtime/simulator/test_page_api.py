"""The page's API, over HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from slack_sdk import WebClient

from sym.simulator.conversations import Conversation
from sym.simulator.server import Person, Simulator
from tests.runtime.simulator.conftest import AppUnderTest, actions, button, modal, option, plain, text_input


class Page:
    """A browser, more or less."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, path: str, **headers: str) -> dict[str, Any]:
        return self._ask(urllib.request.Request(f"{self.url}/simulator/{path}", headers=headers))

    def act(self, person: Person, what: str, **body: Any) -> dict[str, Any]:
        url = f"{self.url}/simulator/people/{person.id}/{what}"
        return self._ask(urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"}))

    def of(self, person: Person, what: str) -> dict[str, Any]:
        return self.get(f"people/{person.id}/{what}")

    def _ask(self, request: urllib.request.Request) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(request) as answer:
                return {"status": answer.status, **json.load(answer)}
        except urllib.error.HTTPError as error:
            with error:
                return {"status": error.code, **json.load(error)}


@pytest.fixture
def page(simulator: Simulator) -> Page:
    return Page(simulator.url)


def test_the_workspaces_with_everybody_in_them(simulator: Simulator, page: Page, ada: Person) -> None:
    (workspace,) = page.get("workspaces")["workspaces"]
    assert (workspace["id"], workspace["name"], workspace["is_installed"]) == (simulator.team_id, "Acme", True)
    assert workspace["app"]["bot_user_id"] == simulator.installation.bot_user
    assert workspace["app"]["commands"][0]["command"] == "/sym"
    assert (workspace["app"]["is_connected"], workspace["app"]["by"]) == (False, None)
    shown = {person["id"]: person for person in workspace["people"]}[ada.id]
    assert (shown["name"], shown["handle"], shown["initials"]) == ("Ada Park", "ada", "AP")
    assert page.get("clock")["epoch"] > 0


def test_what_a_person_sees(simulator: Simulator, page: Page, client: WebClient, ada: Person, ben: Person) -> None:
    ops = simulator.add_channel("ops", members=[ada], has_app=True, is_private=True)
    client.chat_postMessage(channel=ops.id, text="hi", blocks=[text_input(optional=True)])
    client.chat_postEphemeral(channel=ops.id, text="psst", user=ada.id)
    client.chat_postMessage(channel=ada.id, text="direct")
    kinds = {each["name"]: (each["kind"], each["unread"]) for each in page.of(ada, "conversations")["conversations"]}
    assert kinds == {"general": ("channel", 0), "ops": ("private", 1), "Sym": ("app", 1)}
    first, second = page.of(ada, f"messages?channel={ops.id}")["messages"]
    assert (first["text"], first["name"], first["is_bot"], first["is_ephemeral"]) == ("hi", "Sym", True, False)
    assert first["state"] == {"why": {"typed": {"type": "plain_text_input", "value": None}}}
    assert (second["text"], second["is_ephemeral"]) == ("psst", True)
    page.act(ada, "mark", channel=ops.id, ts=first["ts"])
    unread = {each["name"]: each["unread"] for each in page.of(ada, "conversations")["conversations"]}
    assert unread["ops"] == 0
    assert page.of(ben, f"messages?channel={ops.id}")["status"] == 403
    assert page.of(ben, "messages?channel=C0")["status"] == 404
    assert page.get("people/U0/conversations")["status"] == 404
    assert page.of(ada, "nonsense")["status"] == 404


def test_a_command_a_form_and_its_errors(
    simulator: Simulator, page: Page, app: AppUnderTest, client: WebClient, ada: Person, ops: Conversation
) -> None:
    select = {"type": "external_select", "action_id": "s", "min_query_length": 0}
    target = {"type": "input", "block_id": "target", "label": plain("Target"), "element": select}

    def answer(taken: Any) -> Any:
        payload = taken.payload
        if "command" in payload:
            client.views_open(trigger_id=payload["trigger_id"], view=modal(target, text_input()))
        if payload.get("type") == "block_suggestion":
            return {"options": [option("prod")]}
        return None

    app.answer = answer
    assert page.act(ada, "command", channel=ops.id, text="/sym")["ok"]
    (view,) = page.of(ada, "views")["views"]
    place = {"where": {"view": view["id"]}}
    refused = page.act(ada, "submit", view=view["id"])
    assert (refused["status"], refused["error"], set(refused["errors"])) == (
        200,
        "validation_errors",
        {"target", "why"},
    )
    assert set(page.of(ada, "views")["views"][0]["errors"]) == {"target", "why"}
    offered = page.act(ada, "typeahead", **place, block_id="target", action_id="s", typed="")
    assert offered["options"] == [option("prod")]
    picked = page.act(ada, "interact", **place, block_id="target", action_id="s", value="prod")
    assert (picked["ok"], picked["dispatched"]) == (True, False)
    page.act(ada, "interact", **place, block_id="why", action_id="typed", value="because")
    assert page.act(ada, "submit", view=view["id"]) == {"status": 200, "ok": True, "closed": True}
    assert page.of(ada, "views")["views"] == []
    gone = page.act(ada, "interact", **place, block_id="why", action_id="typed", value="x")
    assert (gone["status"], gone["error"]) == (404, "impossible")


def test_a_button_and_what_cannot_be_done(
    page: Page, app: AppUnderTest, client: WebClient, ada: Person, ops: Conversation
) -> None:
    posted = client.chat_postMessage(channel=ops.id, text="x", blocks=[actions(button("go"))])
    where = {"channel": ops.id, "ts": posted["ts"]}
    assert page.act(ada, "interact", where=where, block_id="row", action_id="go")["dispatched"] is True
    assert page.act(ada, "interact", where=where, block_id="row", action_id="stop")["status"] == 400
    assert page.act(ada, "interact")["status"] == 400
    assert page.act(ada, "fly")["status"] == 404
    app.answer = lambda taken: 500
    failed = page.act(ada, "command", channel=ops.id, text="/sym")
    assert (failed["status"], failed["error"]) == (200, "dispatch_failed")
    assert failed["message"] == '/sym failed with the error "dispatch_failed"'


def test_messages_and_conversations(page: Page, ada: Person, ben: Person, ops: Conversation) -> None:
    ts = page.act(ada, "message", channel=ops.id, text="hello")["ts"]
    page.act(ben, "message", channel=ops.id, text="reply", thread_ts=ts)
    thread = page.of(ada, f"messages?channel={ops.id}&thread={ts}")["messages"]
    assert [message["text"] for message in thread] == ["hello", "reply"]
    assert (thread[0]["reply_count"], thread[0]["reply_users"]) == (1, [ben.id])
    channel = page.act(ada, "conversation", people=[ben.id])["channel"]
    assert channel.startswith("D")
    assert page.act(ada, "conversation", people=["U0"])["status"] == 400


def test_the_home_tab(page: Page, app: AppUnderTest, client: WebClient, ada: Person) -> None:
    assert page.of(ada, "home")["view"] is None
    assert page.act(ada, "home")["ok"]
    client.views_publish(user_id=ada.id, view={"type": "home", "blocks": [{"type": "divider"}]})
    assert page.of(ada, "home")["view"]["type"] == "home"


def test_another_site_may_not_ask(page: Page, simulator: Simulator) -> None:
    assert page.get("workspaces", Origin="http://evil.test")["status"] == 403
    assert page.get("workspaces", Origin=simulator.url)["status"] == 200


def test_the_log_says_what_was_called_and_how_it_went(page: Page, client: WebClient, ops: Conversation) -> None:
    from slack_sdk.errors import SlackApiError

    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel=ops.id, text="x", blocks=[{"type": "section"}])
    entry = page.get("log")["entries"][-1]
    assert (entry["kind"], entry["what"], entry["outcome"]) == ("call", "chat.postMessage", "invalid_blocks")
    assert "json-pointer:/blocks/0" in entry["details"][0]
    assert page.get(f"log?after={entry['n']}")["entries"] == []


def test_changes_come_as_a_stream(simulator: Simulator, page: Page, client: WebClient, ops: Conversation) -> None:
    after = simulator.slack.changes.last
    with urllib.request.urlopen(f"{simulator.url}/simulator/changes?after={after}", timeout=10) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        ts = client.chat_postMessage(channel=ops.id, text="x")["ts"]
        change = next_change(stream)
        assert (change["kind"], change["channel"], change["ts"], change["person"]) == (
            "message.posted", ops.id, ts, None,
        )  # fmt: skip
    with urllib.request.urlopen(f"{simulator.url}/simulator/changes?after=999999", timeout=10) as stream:
        assert next_change(stream)["kind"] == "reload"


def next_change(stream: Any) -> dict[str, Any]:
    while True:
        line = stream.readline().decode()
        if line.startswith("data: "):
            change: dict[str, Any] = json.loads(line.removeprefix("data: "))
            if change["kind"] != "log":
                return change


def test_no_file_outside_of_the_page_is_served(simulator: Simulator) -> None:
    for path in ("nothing.js", "%2e%2e/server.py", "..%2fserver.py", "a//b"):
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(f"{simulator.url}/{path}")
        assert refusal.value.code == 404
        refusal.value.close()


def test_somebody_is_deactivated_and_let_in_again(
    simulator: Simulator, page: Page, app: AppUnderTest, ada: Person, ben: Person
) -> None:
    for is_deleted in (True, False):
        assert page.act(ada, "account", user=ben.id, is_deleted=is_deleted)["ok"]
        (workspace,) = page.get("workspaces")["workspaces"]
        assert {person["id"]: person for person in workspace["people"]}[ben.id]["is_deleted"] is is_deleted
        simulator.settle()
        told = [each.payload["event"] for each in app.events if each.payload["event"]["type"] == "user_change"]
        assert (told[-1]["user"]["id"], told[-1]["user"]["deleted"]) == (ben.id, is_deleted)
    bot = simulator.installation.bot_user
    for nobody in (ada.id, bot, "U0NOBODY"):
        assert page.act(ada, "account", user=nobody, is_deleted=True)["status"] == 400
