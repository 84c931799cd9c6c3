"""Questions are asked at a terminal, and only there."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import click
import pytest

from sym.commands._asking import answer, choice, confirm
from tests.runtime.commands.conftest import VARIABLES, Symflow

OKTA = ("--service-type", "okta", "--external-id", "acme.okta.com")
SLACK = ("--service-type", "slack", "--external-id", "T1")


def at_a_terminal(symflow: Symflow, *arguments: str, types: str) -> tuple[int, str]:
    """Run ``symflow ARGUMENTS`` as a process at a terminal where ``types`` is typed; its exit code, and what the
    terminal shows of it."""
    master, slave = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key not in VARIABLES}
    environment |= {key: value for key, value in symflow.environment.items() if value is not None}
    command = [sys.executable, "-c", "from sym.commands import main; main()", *arguments]
    os.write(master, types.encode())
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment)
    os.close(slave)
    shown = b""
    while True:
        try:
            read = os.read(master, 4096)
        except OSError:  # the other end is closed: it is how a terminal ends on Linux
            break
        if not read:
            break
        shown += read
    os.close(master)
    return process.wait(60), shown.decode()


@pytest.fixture
def bot(symflow: Symflow) -> Symflow:
    """The bot ci is known in two services."""
    symflow("bots", "create", "ci")
    for place in (OKTA, SLACK):
        symflow("bots", "update-identity", "ci", *place, "--new-value", "old")
    return symflow


def test_a_wizard_asks_for_what_was_left_out(bot: Symflow) -> None:
    code, shown = at_a_terminal(bot, "bots", "update-identity", "ci", types="2\nU7\n")
    assert code == 0, shown
    assert "1  okta acme.okta.com" in shown
    assert "2  slack T1" in shown
    assert "(now old)" in shown
    assert [row["USER ID"] for row in bot.rows("bots", "list-identities", "ci")] == ["old", "U7"]


def test_somebody_may_still_say_no(bot: Symflow) -> None:
    code, shown = at_a_terminal(bot, "bots", "delete", "ci", types="n\n")
    assert (code, "revoke its tokens?" in shown) == (1, True)
    assert len(bot.rows("bots", "list")) == 1
    code, shown = at_a_terminal(bot, "services", "delete", "--service-type", "slack", types="y\n")
    assert code == 0, shown
    assert [row["TYPE"] for row in bot.rows("services", "list")] == ["okta"]


def test_elsewhere_the_option_is_named() -> None:
    confirm("Sure?", given=True)
    assert answer("x", "--label", "Label") == "x"
    assert choice("Which?", ["only"], "--external-id") == 0
    for ask in (
        lambda: confirm("Sure?", given=False), lambda: answer(None, "--yes", "Label"),
        lambda: choice("Which?", ["a", "b"], "--yes"),
    ):  # fmt: skip
        with pytest.raises(click.UsageError, match="--yes"):
            ask()
