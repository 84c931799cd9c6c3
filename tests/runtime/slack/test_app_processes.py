"""The product as it is run: ``symflow serve`` in processes of its own, before a simulated Slack on real sockets."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import Popen

import pytest

from sym.engine.keys import KeyDirectory
from sym.simulator.faults import Fault
from sym.simulator.server import Simulator
from sym.slack.blocks import ids
from sym.store.database import Store
from tests.runtime.commands.conftest import Symflow
from tests.runtime.commands.test_serve import serving
from tests.runtime.slack.interactions.town import Town, real_time

DURATION = {"name": "duration", "type": "duration", "allowed_values": ["30m", "1h"]}


class Processes:
    """A town whose servers are processes; :meth:`serve` starts one."""

    def __init__(self, url: str, folder: Path, simulator: Simulator, *, socket_mode: bool) -> None:
        self.town = Town(url, folder, simulator)
        self.symflow = Symflow(folder)
        self.symflow.environment |= {
            "SYM_STORE_URL": url, "SYM_KEYS_DIR": str(folder / "keys"), "SYM_LEDGER_DIR": str(folder / "ledger"),
            "SYM_AUDIT_ANCHOR": str(folder / "anchor"), "SYM_SLACK_BOT_TOKEN": simulator.bot_token,
            "SYM_SLACK_API_URL": simulator.api_url, "SYM_HANDLER_MEMORY_MB": "96",
            "SYM_SLACK_APP_TOKEN": simulator.app_token if socket_mode else None,
            "SYM_SLACK_SIGNING_SECRET": None if socket_mode else simulator.signing_secret,
        }  # fmt: skip
        KeyDirectory(folder / "keys").create(real_time())
        self._socket_mode = socket_mode
        self._stack = ExitStack()

    def serve(self) -> Popen[str]:
        """Another server, which hears what people do once this returns."""
        process, url, _ = self._stack.enter_context(serving(self.symflow))
        if not self._socket_mode:
            self.town.simulator.connect(f"{url}/slack/events")
        return process

    def stop(self) -> None:
        self._stack.close()
        self.town.store.close()


@contextmanager
def processes(url: str, folder: Path, *, socket_mode: bool = False) -> Iterator[Processes]:
    with Simulator() as simulator:
        made = Processes(url, folder, simulator, socket_mode=socket_mode)
        try:
            yield made
        finally:
            simulator.connect(None)
            made.stop()


@pytest.fixture
def sqlite_url(tmp_path: Path, _sqlite_template: Path) -> str:
    """The URL of a migrated, empty store on SQLite."""
    path = tmp_path / "store.db"
    shutil.copy(_sqlite_template, path)
    path.chmod(0o600)
    return f"sqlite:///{path}"


def test_a_server_that_dies_while_slack_takes_its_card_leaves_one_card_and_its_successor_goes_on(
    sqlite_url: str, tmp_path: Path
) -> None:
    with processes(sqlite_url, tmp_path) as acme:
        town = acme.town
        town.flow(access=True, fields=[DURATION])
        first = acme.serve()
        view = town.form(town.ben)
        town.ben.pick(view, town.field(view, "target_id"), "Readers")
        town.ben.pick(view, town.field(view, "duration"), "1 hour")
        town.simulator.next_calls("chat.postMessage", [Fault.answer_late(60)])
        assert town.ben.submit(view) is None
        card = town.card()
        first.send_signal(signal.SIGKILL)
        first.wait(30)
        acme.serve()
        assert town.cleo.click(card, ids.APPROVE)
        town.status("escalated")
        town.ada.wait_for(lambda: ids.REVOKE in str(card.blocks), 60)
        assert town.ben.click(card, ids.REVOKE)
        town.status("deescalated")
        town.ada.wait_for(lambda: ids.REVOKE not in str(card.blocks), 60)
        assert town.ada.messages("#requests") == [card]


@pytest.mark.postgres
def test_of_twenty_who_decide_at_once_on_two_servers_over_sockets_one_does(postgres_url: str, tmp_path: Path) -> None:
    store = Store(postgres_url)
    store.migrate()
    store.close()
    with processes(postgres_url, tmp_path, socket_mode=True) as acme:
        town = acme.town
        town.flow()
        people = [town.person(f"P{number}") for number in range(20)]
        for person in people:
            town.simulator.invite(town.requests, person)
        acme.serve()
        acme.serve()
        sockets = town.simulator.delivery.sockets
        town.wait_for(lambda: len(sockets._connections) == 2, 30)
        town.ask(town.ben)
        card = town.card()
        with ThreadPoolExecutor(20) as together:
            clicks = [together.submit(person.click, card, ids.APPROVE) for person in people]
            assert all(click.result() for click in clicks)
        town.status("approved")

        def told() -> list[str]:
            return [person.id for person in people if person.ephemerals() or person.messages()]

        town.wait_for(lambda: len(told()) == 19, 60)
        assert len([event for event in town.events("approve") if event.status == "success"]) == 1
        town.ada.wait_for(lambda: ids.APPROVE not in str(card.blocks), 30)
        assert town.ada.messages("#requests") == [card]


def test_a_socket_that_slack_cuts_in_the_middle_of_a_request_is_opened_again(sqlite_url: str, tmp_path: Path) -> None:
    with processes(sqlite_url, tmp_path, socket_mode=True) as acme:
        town = acme.town
        town.flow()
        acme.serve()
        sockets = town.simulator.delivery.sockets
        town.wait_for(lambda: sockets.is_connected, 30)
        town.ask(town.ben)
        card = town.card()
        town.simulator.down()
        town.wait_for(lambda: not sockets.is_connected, 30)
        assert not town.cleo.click(card, ids.APPROVE)
        town.simulator.up()
        town.wait_for(lambda: sockets.is_connected, 60)
        assert town.cleo.click(card, ids.APPROVE)
        town.status("approved")
        town.ada.wait_for(lambda: ids.APPROVE not in str(card.blocks), 30)
