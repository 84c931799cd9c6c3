"""A small app on slack_bolt that the page is tried with: a form, a card with buttons, a home tab."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk import WebClient

Json = dict[str, Any]
HOSTILE = (
    "&lt;img src=x onerror=alert(1)&gt; <javascript:alert(1)|a trap> *bold* <https://example.com/?a=1&amp;b=2|a link>"
)


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str, label: str | None = None) -> Json:
    return {"text": plain(label or value), "value": value}


def field(block_id: str, label: str, element: Json, **more: Any) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": "value", **element},
        **more,
    }


DATABASES = [f"orders-{number}" for number in range(40)]


def form(kind: str = "read", *, channel: str) -> Json:
    """The request form; with ``kind`` "write" it asks for one field more."""
    kinds = [option("read", "Read"), option("write", "Write")]
    blocks = [
        {"type": "section", "block_id": "intro", "text": mrkdwn("Access to a *database*."),
         "accessory": {"type": "button", "action_id": "about", "text": plain("About")}},
        field("kind", "Kind", {"type": "radio_buttons", "options": kinds, "initial_option": kinds[kind == "write"]},
              dispatch_action=True),
        field("database", "Database",
              {"type": "external_select", "min_query_length": 1, "placeholder": plain("Search")}),
        field("reason", "Reason", {"type": "plain_text_input", "multiline": True},
              hint=plain("Everybody in the channel reads it.")),
        field("tables", "Tables",
              {"type": "multi_static_select", "options": [option(name) for name in ("orders", "customers", "parts")]},
              optional=True),
        field("witness", "Witness", {"type": "users_select"}, optional=True),
        field("rows", "Rows", {"type": "number_input", "is_decimal_allowed": False}, optional=True),
        field("day", "Day", {"type": "datepicker"}, optional=True),
        field("hour", "Hour", {"type": "timepicker"}, optional=True),
        field("start", "Start", {"type": "datetimepicker"}, optional=True),
    ]  # fmt: skip
    if kind == "write":
        blocks.insert(2, field("change", "Change number", {"type": "plain_text_input"}))
    return {
        "type": "modal", "callback_id": "form", "title": plain("Request access"), "submit": plain("Request"),
        "close": plain("Cancel"), "private_metadata": channel, "blocks": blocks,
    }  # fmt: skip


LOADING: Json = {
    "type": "modal", "title": plain("Request access"), "close": plain("Cancel"),
    "blocks": [{"type": "section", "text": plain("One moment…")}],
}  # fmt: skip
ABOUT: Json = {
    "type": "modal", "title": plain("About"), "close": plain("Back"),
    "blocks": [{"type": "section", "text": plain("Databases hold data.")}],
}  # fmt: skip


def card(who: str, database: str, reason: str) -> list[Json]:
    """The request's card while it waits."""
    confirm = {
        "title": plain("Deny this request?"), "text": mrkdwn("*Everybody* will see it."), "confirm": plain("Deny it"),
        "deny": plain("Go back"), "style": "danger",
    }  # fmt: skip
    approve = {"type": "button", "action_id": "approve", "text": plain("Approve"), "style": "primary"}
    deny = {"type": "button", "action_id": "deny", "text": plain("Deny"), "style": "danger", "confirm": confirm}
    end = ":key: expires <!date^1773500966^{date_short_pretty} at {time}|soon>"
    return [
        {"type": "header", "block_id": "head", "text": plain("Database access")},
        {"type": "section", "block_id": "facts",
         "fields": [mrkdwn(f"*Who*\n<@{who}>"), mrkdwn(f"*Database*\n{database}")]},
        {"type": "section", "block_id": "why", "text": mrkdwn(f"*Reason*\n>{reason}")},
        field("note", "Decision message", {"type": "plain_text_input"}, optional=True),
        {"type": "actions", "block_id": "decide", "elements": [approve, deny]},
        {"type": "context", "block_id": "small", "elements": [mrkdwn(end)]},
    ]  # fmt: skip


def decided(blocks: list[Json], words: str) -> list[Json]:
    """The card without its buttons."""
    kept = [block for block in blocks if block["block_id"] in {"head", "facts", "why"}]
    return [*kept, {"type": "section", "block_id": "decision", "text": mrkdwn(words)}]


EVERYTHING: list[Json] = [
    {"type": "header", "block_id": "e1", "text": plain("Everything :tada:")},
    {"type": "section", "block_id": "e2", "text": mrkdwn(HOSTILE)},
    {"type": "divider", "block_id": "e3"},
    {"type": "section", "block_id": "e4", "text": mrkdwn("```\nSELECT 1;\n```\n• one\n• two"), "accessory": {
        "type": "overflow", "action_id": "more", "options": [option("copy", "Copy"), option("hide", "Hide")]}},
    {"type": "rich_text", "block_id": "e5", "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "rich", "style": {"bold": True}}]},
        {"type": "rich_text_list", "style": "ordered", "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "first"}]}]},
    ]},
    {"type": "actions", "block_id": "e6", "elements": [
        {"type": "static_select", "action_id": "pick", "placeholder": plain("Pick one"),
         "options": [option("a"), option("b")]},
        {"type": "datepicker", "action_id": "day"},
        {"type": "checkboxes", "action_id": "boxes", "options": [option("x"), option("y")]},
    ]},
]  # fmt: skip


class Product:
    """The app, and what it was told: ``told`` lists the actions with their values."""

    def __init__(self, client: WebClient, signing_secret: str) -> None:
        self.app = App(
            client=client, signing_secret=signing_secret, token_verification_enabled=False, process_before_response=True
        )
        self.told: list[tuple[str, Any]] = []
        self._begin()
        self._fill_in()
        self._decide()

    def _begin(self) -> None:
        app = self.app

        @app.command("/sym")
        def command(ack: Callable[..., Any], command: Json, client: WebClient) -> None:
            text = command.get("text", "")
            if text == "slow":
                time.sleep(4)
            ack(f"You are <@{command['user_id']}>." if text == "whoami" else "")
            if text == "everything":
                client.chat_postMessage(channel=command["channel_id"], text="Everything", blocks=EVERYTHING)
            if text == "later":
                opened = client.views_open(trigger_id=command["trigger_id"], view=LOADING)["view"]
                client.views_update(view_id=opened["id"], view=form(channel=command["channel_id"]))
            if text in {"", "req"}:
                client.views_open(trigger_id=command["trigger_id"], view=form(channel=command["channel_id"]))

        @app.shortcut("sym_request")
        def shortcut(ack: Callable[..., Any], shortcut: Json, client: WebClient) -> None:
            ack()
            client.views_open(trigger_id=shortcut["trigger_id"], view=form(channel=""))

        @app.event("app_home_opened")
        def home(event: Json, client: WebClient) -> None:
            blocks = [
                {"type": "header", "block_id": "h1", "text": plain("Your access")},
                {"type": "section", "block_id": "h2", "text": mrkdwn("Nothing yet.")},
                {
                    "type": "actions",
                    "block_id": "h3",
                    "elements": [{"type": "button", "action_id": "new", "text": plain("New request")}],
                },
            ]
            client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

        @app.event("message")
        def message() -> None:
            return

    def _fill_in(self) -> None:
        app = self.app

        @app.action({"block_id": "kind", "action_id": "value"})
        def kind(ack: Callable[..., Any], body: Json, action: Json, client: WebClient) -> None:
            ack()
            self.told.append(("kind", action["selected_option"]["value"]))
            view = form(action["selected_option"]["value"], channel=body["view"]["private_metadata"])
            client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)

        @app.options({"block_id": "database", "action_id": "value"})
        def databases(ack: Callable[..., Any], payload: Json) -> None:
            ack(options=[option(name) for name in DATABASES if payload["value"] in name])

        @app.view("form")
        def submitted(ack: Callable[..., Any], body: Json, client: WebClient) -> None:
            values = body["view"]["state"]["values"]
            reason, database = (
                values["reason"]["value"]["value"],
                values["database"]["value"]["selected_option"]["value"],
            )
            if reason == "this takes too long":
                time.sleep(4)
            if len(reason) < 10:
                ack(response_action="errors", errors={"reason": "Say a little more: ten letters at least."})
                return
            ack()
            self.told.append(("submitted", values))
            channel = body["view"]["private_metadata"]
            blocks = card(body["user"]["id"], database, reason)
            client.chat_postMessage(channel=channel, text=f"Access to {database} is asked for", blocks=blocks)
            client.chat_postEphemeral(channel=channel, user=body["user"]["id"], text="Your request is on its way.")

    def _decide(self) -> None:
        app = self.app

        @app.action("approve")
        def approve(ack: Callable[..., Any], body: Json, client: WebClient) -> None:
            ack()
            note = body["state"]["values"]["note"]["value"]["value"]
            self.told.append(("approve", note))
            words = f":white_check_mark: *Approved* by <@{body['user']['id']}>" + (f": {note}" if note else "")
            place = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
            client.chat_update(**place, text="Approved", blocks=decided(body["message"]["blocks"], words))
            client.chat_postMessage(channel=place["channel"], thread_ts=place["ts"], text="Access begins.")

        @app.action("deny")
        def deny(ack: Callable[..., Any], body: Json, client: WebClient) -> None:
            ack()
            self.told.append(("deny", None))
            place = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
            client.chat_update(**place, text="Denied", blocks=decided(body["message"]["blocks"], ":x: *Denied*"))

        @app.action("about")
        def about(ack: Callable[..., Any], body: Json, client: WebClient) -> None:
            ack()
            client.views_push(trigger_id=body["trigger_id"], view=ABOUT)

        @app.action({"block_id": "e6"})
        @app.action("more")
        @app.action("new")
        def other(ack: Callable[..., Any], action: Json) -> None:
            ack()
            self.told.append((action["action_id"], action))


class Serving:
    """The product behind an HTTP address on loopback."""

    def __init__(self, product: Product) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                answer = product.app.dispatch(BoltRequest(body=body, headers=dict(self.headers.items())))
                with contextlib.suppress(BrokenPipeError):  # whoever asked may have lost patience
                    self.answer(answer)

            def answer(self, answer: BoltResponse) -> None:
                self.send_response(answer.status)
                for name, values in answer.headers.items():
                    for value in values:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body.encode())))
                self.end_headers()
                self.wfile.write(answer.body.encode())

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in the standard library
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/slack/events"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
