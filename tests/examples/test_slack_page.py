"""The page about Slack: what it says to type works, in an empty folder, and what it lists is what there is."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from sym.config import VARIABLES
from sym.simulator import cast
from sym.simulator.server import Simulator
from sym.slack.blocks import said
from sym.slack.install_page import PURPOSES
from sym.slack.scopes import bot_scopes
from tests.architecture.sources import ROOT

PAGE = (ROOT / "runtime" / "docs" / "slack.md").read_text()
FILES = dict(re.findall(r"^```(?:hcl|python) (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
SCRIPTS = dict(re.findall(r"^```sh (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
QUICKSTART = ROOT / "examples" / "terraform" / "flows" / "quickstart" / "main.tf"
T = TypeVar("T")


def rows(title: str) -> dict[str, str]:
    """The first two columns of the first table below a heading."""
    part = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    found = re.findall(r"^\| (.+?) \| (.*?) \|", part, re.MULTILINE)
    return {name.strip("`"): meaning for name, meaning in found if name.startswith("`")}


def test_every_scope_is_listed_with_what_it_is_for() -> None:
    assert rows("What the app may do") == {scope: PURPOSES[scope] for scope in bot_scopes()}
    assert sorted(PURPOSES) == bot_scopes()


def test_every_command_is_listed() -> None:
    part = PAGE.split("\n## What people see\n")[1]
    for command in re.findall(r"`(/sym[^`]*)`", said.help()["text"]):
        assert f"`{command}`" in part, command


def test_every_variable_is_there() -> None:
    names = {variable.name for variable in VARIABLES if variable.name.startswith("SYM_SLACK_")}
    assert names
    assert {name for name in names if name not in PAGE} == set()


def test_the_workspace_is_the_simulators() -> None:
    simulator = Simulator()
    cast.bring(simulator, cast.DEFAULT)
    assert f'external_id = "{simulator.team_id}"' in FILES["main.tf"]
    assert f'default     = "{simulator.team_id}"' in QUICKSTART.read_text()


def test_links_within_the_page_lead_somewhere() -> None:
    titles = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= anchors


class Folder:
    """An empty folder with the page's files; what the page says to run is run there, on free ports."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.page, self.server = free_port(), free_port()
        (path / ".venv" / "bin").mkdir(parents=True)
        (path / ".venv" / "bin" / "activate").write_text("")
        for name, text in FILES.items():
            (path / name).write_text(text)

    def text(self, name: str) -> str:
        """One of the page's scripts."""
        text = SCRIPTS[name].replace("http://127.0.0.1:8000", f"http://127.0.0.1:{self.server}")
        text = text.replace("symflow slack simulator", f"exec symflow slack simulator --port {self.page}")
        return "set -e\n" + text.replace("symflow serve", f"exec symflow serve --port {self.server}")

    @property
    def environment(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {"PATH": path, "HOME": str(self.path), "CHECKPOINT_DISABLE": "1"}

    def run(self, name: str) -> None:
        subprocess.run(["bash", "-c", self.text(name)], cwd=self.path, env=self.environment, check=True, timeout=120)

    @contextmanager
    def running(self, name: str, ready: Callable[[], Any]) -> Iterator[None]:
        """One of the page's servers, from when it is ready."""
        process = subprocess.Popen(["bash", "-c", self.text(name)], cwd=self.path, env=self.environment,
                                   start_new_session=True)  # fmt: skip
        late = threading.Timer(120, process.kill)
        late.start()
        try:
            wait_for(ready)
            yield
        finally:
            late.cancel()
            os.killpg(process.pid, 15)
            process.wait(30)

    def ask(self, path: str, body: Any = None) -> Any:
        """Call the simulator's own API."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.page}/simulator/{path}", None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def simulator(self) -> Any:
        """What the simulator has, once it has written down what the server needs."""
        variables = self.path / "slack.env"
        return self.workspace() if variables.is_file() and "SYM_SLACK_SIGNING" in variables.read_text() else None

    def workspace(self) -> Any:
        try:
            return self.ask("workspaces")["workspaces"][0]
        except OSError:
            return None


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def wait_for(look: Callable[[], T | None], seconds: float = 60) -> T:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError("it never came")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    if shutil.which("terraform") is None:
        if os.environ.get("CI"):
            pytest.fail("Terraform is not installed")
        pytest.skip("TERRAFORM IS NOT INSTALLED")
    return Folder(tmp_path)


def approve(folder: Folder) -> None:
    """Ben asks with the command, Cleo approves with the button."""
    workspace = folder.workspace()
    people = {person["name"]: person["id"] for person in workspace["people"]}
    channels = {channel["name"]: channel["id"] for channel in workspace["channels"]}
    ben, cleo = people["Ben Ruiz"], people["Cleo Tran"]
    assert folder.ask(f"people/{ben}/command", {"channel": channels["ops"], "text": "/sym"})["ok"]

    def field() -> Any:
        views = folder.ask(f"people/{ben}/views")["views"]
        blocks = views[-1]["blocks"] if views else []
        return next(((views[-1]["id"], block) for block in blocks if block["type"] == "input"), None)

    view, block = wait_for(field)
    typed = {"where": {"view": view}, "block_id": block["block_id"], "action_id": block["element"]["action_id"]}
    assert folder.ask(f"people/{ben}/interact", {**typed, "value": "Customers wait"})["ok"]
    assert folder.ask(f"people/{ben}/submit", {"view": view})["closed"]

    def card(text: str) -> Any:
        shown = folder.ask(f"people/{cleo}/messages?channel={channels['access-requests']}")["messages"]
        return next((message for message in shown if text in message["text"]), None)

    asked = wait_for(lambda: card("Waiting for a decision"))
    row = next(block for block in asked["blocks"] if block["type"] == "actions")
    press = {"where": {"channel": channels["access-requests"], "ts": asked["ts"]}, "block_id": row["block_id"]}
    assert folder.ask(f"people/{cleo}/interact", {**press, "action_id": row["elements"][0]["action_id"]})["ok"]
    wait_for(lambda: card("Approved"))


@pytest.mark.timeout(300)
def test_what_the_page_says_to_type_works_with_both_ways_to_reach_the_server(folder: Folder) -> None:
    folder.run("setup")
    for before, by in (("", "socket"), ("http-", "http")):
        with folder.running(f"{before}simulator", folder.simulator):

            def is_up(by: str = by) -> bool:
                with socket.socket() as probe:
                    listens = probe.connect_ex(("127.0.0.1", folder.server)) == 0
                return listens and (folder.workspace() or {"app": {}})["app"].get("by") == by

            with folder.running(f"{before}server", is_up):
                approve(folder)
                doctor = subprocess.run(
                    ["bash", "-c", '. ./slack.env && SYM_STORE_URL="sqlite:///$PWD/store.db" symflow doctor --json'],
                    cwd=folder.path, env=folder.environment, capture_output=True, text=True, timeout=60, check=False,
                )  # fmt: skip
                found = {row["check"]: row["result"] for row in json.loads(doctor.stdout)}
                assert {result for check, result in found.items() if check.startswith("slack")} == {"ok"}
