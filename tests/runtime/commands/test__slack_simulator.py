"""``symflow slack simulator`` as a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from slack_sdk import WebClient

RUN = ("-c", "from sym.commands import main; main()", "slack", "simulator")


@contextmanager
def simulating(*options: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """A running simulator and the variables it prints; killed at the end if it is still there."""
    process = subprocess.Popen(
        [sys.executable, *RUN, "--port", "0", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={"PATH": "/usr/bin:/bin", **environment},
    )  # fmt: skip
    late = threading.Timer(60, process.kill)
    late.start()
    assert process.stdout is not None
    variables = {}
    for line in process.stdout:
        name, _, value = line.removeprefix("export ").strip().partition("=")
        variables[name] = value
        if name == ("SYM_SLACK_SIGNING_SECRET" if "--request-url" in options else "SYM_SLACK_APP_TOKEN"):
            break
    try:
        yield process, variables
    finally:
        late.cancel()
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_what_the_server_needs_and_stops_cleanly(number: signal.Signals) -> None:
    with simulating() as (process, variables):
        client = WebClient(variables["SYM_SLACK_BOT_TOKEN"], base_url=variables["SYM_SLACK_API_URL"])
        assert client.auth_test()["team"] == "Acme"
        names = {member["real_name"] for member in client.users_list()["members"]}
        assert names >= {"Ada Park", "Ben Ruiz", "Cleo Tran", "Gil Moss", "Sam Ito"}
        opened = client.apps_connections_open(app_token=variables["SYM_SLACK_APP_TOKEN"])
        assert opened["url"].startswith("ws://127.0.0.1:")
        process.send_signal(number)
        assert process.wait(30) == 0


def test_secrets_are_new_at_every_start_and_given_ones_are_kept_and_not_printed() -> None:
    with simulating() as (_, first), simulating() as (_, second):
        assert first["SYM_SLACK_BOT_TOKEN"] != second["SYM_SLACK_BOT_TOKEN"]
        assert first["SYM_SLACK_SIGNING_SECRET"] != second["SYM_SLACK_SIGNING_SECRET"]
    with simulating(SYM_SLACK_BOT_TOKEN="xoxb-mine") as (_, variables):
        assert "SYM_SLACK_BOT_TOKEN" not in variables
        assert WebClient("xoxb-mine", base_url=variables["SYM_SLACK_API_URL"]).auth_test()["ok"]


def test_people_and_manifest_from_files(tmp_path: Path) -> None:
    people, manifest = tmp_path / "people.json", tmp_path / "manifest.json"
    people.write_text(json.dumps({"workspace": "Globex", "people": [{"name": "Zoe Li"}]}))
    bot = {"bot_user": {"display_name": "Access"}}
    scopes = {"scopes": {"bot": ["users:read"]}}
    manifest.write_text(
        json.dumps({"display_information": {"name": "Access"}, "features": bot, "oauth_config": scopes})
    )
    options = ("--people", str(people), "--manifest", str(manifest), "--request-url", "http://127.0.0.1:9/")
    with simulating(*options) as (_, variables):
        client = WebClient(variables["SYM_SLACK_BOT_TOKEN"], base_url=variables["SYM_SLACK_API_URL"])
        assert client.auth_test()["team"] == "Globex"
        assert {member["real_name"] for member in client.users_list()["members"]} == {"Access", "Zoe Li"}
        assert "SYM_SLACK_APP_TOKEN" not in variables


@pytest.mark.parametrize(
    ("option", "text", "problem"),
    [
        ("--people", "people: 3", "must be"),
        ("--people", '{"cats": 1}', "cats is not known"),
        ("--manifest", "x", "manifest"),
    ],
)
def test_a_file_with_a_mistake_is_named(tmp_path: Path, option: str, text: str, problem: str) -> None:
    file = tmp_path / "file.yaml"
    file.write_text(text)
    finished = subprocess.run(
        [sys.executable, *RUN, "--port", "0", option, str(file)], capture_output=True, text=True, timeout=60,
        check=False, env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert finished.returncode == 1
    assert option in finished.stderr
    assert problem in finished.stderr


def test_a_port_that_is_taken_is_named() -> None:
    with simulating() as (_, variables):
        port = variables["SYM_SLACK_API_URL"].rstrip("/").removesuffix("/api").rpartition(":")[2]
        finished = subprocess.run(
            [sys.executable, *RUN, "--port", port], capture_output=True, text=True, timeout=60, check=False,
            env={"PATH": "/usr/bin:/bin"},
        )  # fmt: skip
    assert finished.returncode == 1
    assert f"127.0.0.1:{port}" in finished.stderr


def test_a_request_url_without_a_path_is_the_servers() -> None:
    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    paths: list[str] = []
    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with simulating("--request-url", f"http://127.0.0.1:{server.server_port}") as (_, variables):
            page = variables["SYM_SLACK_API_URL"].removesuffix("/api/")
            with urllib.request.urlopen(f"{page}/simulator/workspaces") as answer:
                (workspace,) = json.load(answer)["workspaces"]
            person = next(one["id"] for one in workspace["people"] if one["name"] == "Ben Ruiz")
            channel = next(one["id"] for one in workspace["channels"] if one["name"] == "ops")
            said = json.dumps({"channel": channel, "text": "/sym help"}).encode()
            headers = {"Content-Type": "application/json"}
            request = urllib.request.Request(f"{page}/simulator/people/{person}/command", said, headers)
            urllib.request.urlopen(request).close()
        server.shutdown()
    assert paths == ["/slack/events"]


def test_a_request_url_that_is_none_is_refused() -> None:
    done = subprocess.run([sys.executable, *RUN, "--request-url", "sym.acme.test"], capture_output=True, text=True,
                          timeout=60, check=False)  # fmt: skip
    assert done.returncode == 1
    assert "--request-url: an address such as http://127.0.0.1:8000 is needed" in done.stderr
