"""How soon people in Slack are answered: ``python -m bench.slack [--quick]``.

`symflow serve` on SQLite, over HTTP, before the simulated Slack, which signs and sends 50 interactions a second whether
or not the ones before were answered: four clicks on Approve, each of another request, to one typeahead. The same is
done with an app that verifies the signature and answers, and a third time while several people keep opening a form
whose author's prefetch takes two seconds. Each row has what Slack waited for an answer.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa

from bench.bare_slack import answering
from bench.product import now, wait
from bench.server import serving
from sym.audit.events import Actor
from sym.simulator.messages import Message
from sym.simulator.server import Person, Simulator
from sym.simulator.views import OpenView
from sym.slack.blocks import ids
from sym.store import resources
from sym.store.database import Store
from sym.store.domains import add_domain
from sym.store.tables import run as run_table

RATE = 50
EVERY = 5
"""Every fifth interaction is a typeahead."""
PEOPLE, WAITING = 8, 4
SLOW_SECONDS = 2
CODE = """
from sym.sdk import *
from sym.sdk.integrations import slack
from sym.sdk.notifications import Notification
from sym.sdk.request_permission import PermissionLevel, RequestPermission

@reducer
def get_permissions(event):
    return RequestPermission(webapp_view=PermissionLevel.MEMBER, approve_deny=PermissionLevel.MEMBER)

@reducer
def get_request_notifications(event):
    return [Notification(destinations=[slack.channel("#requests")])]

@prefetch(field_name="host")
def get_hosts(event):
    {pause}
    return [FieldOption(value=f"h{{number}}", label=f"Host {{number}}") for number in range(500)]
"""


class Town:
    """A Slack with people in it, and the product before it. ``cards`` are requests that wait for a click."""

    def __init__(self, simulator: Simulator, store: Store) -> None:
        self.simulator, self.store = simulator, store
        self.people = [simulator.add_person(f"P{number}", email=f"p{number}@bench.example") for number in range(PEOPLE)]
        self.waiting = [simulator.add_person(f"W{number}", email=f"w{number}@bench.example")
                        for number in range(WAITING)]  # fmt: skip
        everybody = [*self.people, *self.waiting]
        simulator.add_channel("#requests", members=everybody, has_app=True)
        simulator.add_channel("#ops", members=everybody, has_app=True)
        self._declare()

    def _declare(self) -> None:
        hosts = {"name": "host", "type": "string", "prefetch": True}
        with self.store.transaction() as conn:
            add_domain(conn, "bench.example", actor=Actor.SYSTEM, now=now())
            place = resources.save(conn, "environment", {"name": "bench", "integrations": {}}, actor=Actor.SYSTEM,
                                   now=now()).id  # fmt: skip
            for name, pause, fields in (("quick", "", [{**hosts, "required": False}]),
                                        ("slow", f"__import__('time').sleep({SLOW_SECONDS})", [hosts])):  # fmt: skip
                document = {"name": name, "environment_id": place, "implementation": CODE.format(pause=pause),
                            "params": [{"prompt_field": fields}]}  # fmt: skip
                resources.save(conn, "flow", document, actor=Actor.SYSTEM, now=now())

    def cards(self, count: int, access: dict[str, str]) -> list[Message]:
        """So many requests, as they are shown in Slack."""
        known, url = {"Authorization": f"Bearer {access['SYM_JWT']}"}, f"{access['SYM_API_URL']}/events/request"
        with requests.Session() as session:
            for _ in range(count):
                asked = {"flow_srn": "quick", "flow_inputs": {}}
                session.post(url, json=asked, headers=known, timeout=30).raise_for_status()
        channel = self.simulator.channel("requests")
        wait(lambda: sum(ids.APPROVE in str(message.blocks) for message in channel.messages) == count)
        return list(channel.messages)

    def forms(self) -> list[OpenView]:
        """A form in front of everybody, and an account for everybody who clicks."""
        return [self._form(person) for person in self.people]

    def _form(self, person: Person) -> OpenView:
        assert person.command("/sym req quick", "#ops")
        return person.wait_for(
            lambda: next((view for view in person.views() if view.document.get("callback_id") == ids.REQUEST_FORM), None)
        )  # fmt: skip

    def approved(self) -> int:
        """How many requests are approved."""
        query = sa.select(sa.func.count()).select_from(run_table).where(run_table.c.status == "approved")
        with self.store.reading() as conn:
            return int(conn.execute(query).scalar_one())


def load(town: Town, cards: list[Message], views: list[OpenView], seconds: float) -> dict[str, list[float]]:
    """What Slack waited, in milliseconds, for the answers to clicks and to typeaheads."""
    waited: dict[str, list[float]] = {"click": [], "typeahead": []}
    clicks, turns = iter(cards), itertools.cycle(zip(town.people, views, strict=True))
    journal = town.simulator.slack.journal
    last = journal.entries()[-1].n

    def act(number: int, person: Person, view: OpenView, card: Message | None) -> None:
        if card is None:
            (field,) = (block["block_id"] for block in view.blocks if ids.field_of(block.get("block_id")) == "host")
            person.type_ahead(view, str(field), f"host {number}")
        else:
            assert person.click(card, ids.APPROVE)

    begun = time.monotonic()
    with ThreadPoolExecutor(100) as pool:
        done = []
        for number in range(int(RATE * seconds)):
            person, view = next(turns)
            card = None if number % EVERY == 0 else next(clicks)
            time.sleep(max(0.0, begun + number / RATE - time.monotonic()))
            done.append(pool.submit(act, number, person, view, card))
        for each in done:
            each.result()
    for entry in journal.entries(last):
        if entry.kind == "delivery" and entry.what in ("block_actions", "block_suggestion"):
            waited["click" if entry.what == "block_actions" else "typeahead"].append(entry.milliseconds)
    return waited


def opening(town: Town, stopped: threading.Event) -> list[threading.Thread]:
    """People who open the slow form again and again."""

    def open_it(person: Person) -> None:
        while not stopped.is_set():
            person.command("/sym req slow", "#ops")
            stopped.wait(SLOW_SECONDS / 2)
            for view in person.views():
                person.close(view, whole_stack=True)

    threads = [threading.Thread(target=open_it, args=(person,)) for person in town.waiting]
    for thread in threads:
        thread.start()
    return threads


def beside_slow(town: Town, run: Callable[[], dict[str, list[float]]]) -> dict[str, list[float]]:
    """``run`` while people open the slow form."""
    stopped = threading.Event()
    threads = opening(town, stopped)
    try:
        time.sleep(SLOW_SECONDS / 2)
        return run()
    finally:
        stopped.set()
        for thread in threads:
            thread.join()


def measure(seconds: float) -> tuple[dict[str, dict[str, list[float]]], float]:
    """What was waited, by who was asked; and how long the product took until the last click was worked off."""
    with tempfile.TemporaryDirectory() as folder, Simulator() as simulator:
        settings = {"SYM_SLACK_BOT_TOKEN": simulator.bot_token, "SYM_SLACK_API_URL": simulator.api_url,
                    "SYM_SLACK_SIGNING_SECRET": simulator.signing_secret, "SYM_LOG_LEVEL": "WARNING"}  # fmt: skip
        with serving(Path(folder), "bench", **settings) as access, answering(simulator.signing_secret) as bare:
            served = f"{access['SYM_API_URL'].removesuffix('/api/v1')}/slack/events"
            town = Town(simulator, Store(f"sqlite:///{folder}/served/store.db"))
            simulator.connect(served)
            each = int(RATE * seconds) * (EVERY - 1) // EVERY
            cards, views = town.cards(2 * each, access), town.forms()
            first, second = cards[:each], cards[each:]
            simulator.connect(bare)
            load(town, first[: each // 2], views, seconds / 2)
            rows = {"an app that says yes": load(town, first, views, seconds)}
            simulator.connect(served)
            rows["product"] = load(town, first, views, seconds)
            begun = time.monotonic()
            wait(lambda: town.approved() == len(first))
            behind = time.monotonic() - begun
            rows["product, slow forms"] = beside_slow(town, lambda: load(town, second, views, seconds))
            wait(lambda: town.approved() == len(cards))
            town.store.close()
    return rows, behind


def show(rows: dict[str, dict[str, list[float]]], behind: float) -> None:
    """Print what was measured."""
    for kind in ("click", "typeahead"):
        least: Any = None
        for name, waited in rows.items():
            p50, p99 = statistics.median(waited[kind]), statistics.quantiles(waited[kind], n=100)[98]
            least = least or (p50, p99)
            ratio = "" if least == (p50, p99) else f"   {p50 / least[0]:5.1f} and {p99 / least[1]:5.1f} times"
            print(f"{kind:10} {name:22} p50 {p50:7.1f} ms   p99 {p99:7.1f} ms{ratio}")
    print(f"{'':10} all clicks were worked off {behind:.1f} s after the last one was answered")


def main(seconds: float) -> None:
    """Print what was measured in so many seconds of interactions each."""
    show(*measure(seconds))


if __name__ == "__main__":
    main(2 if "--quick" in sys.argv[1:] else 10)
