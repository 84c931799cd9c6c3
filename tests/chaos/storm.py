"""A storm: people at work while servers are killed and frozen, the database goes away, the vendor misbehaves, and
nobody can be told anything. Afterwards everything comes to rest and both books are held against each other."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from sym.store import rows, tables
from sym.store.audit import entries
from sym.store.events import Event
from sym.store.grants import Lease, live_leases
from sym.store.messages import Message
from sym.store.runs import Run
from tests.chaos.crowd import Crowd
from tests.chaos.installation import Installation
from tests.chaos.server_process import ServerProcess
from tests.chaos.verdict import Books, Verdict, judge
from tests.postgres_server import PostgresServer

MOODS: dict[str, dict[str, float]] = {
    "well": {},
    "slow": {"slow": 0.5, "slow_seconds": 1.0},
    "throttled": {"throttled": 0.2},
    "broken": {"broken": 0.2},
    "losing answers": {"loses": 0.3},
    "lying": {"lies": 0.2},
    "asynchronous": {"works_on": 0.7, "work_seconds": 1.0, "gives_up": 0.1},
    "showing old things": {"stale_seconds": 0.7},
}
"""What can be the matter with the vendor, one at a time."""
REST_SECONDS = 240
"""How long everything may take to come to rest: longer than a call may be silent, and than the retries of an end."""


@dataclass
class Storm:
    """What happens to ``installation``, by the chances of ``seed``. ``kills`` is how often a server is killed;
    ``database`` is stopped and started ``outages`` times; ``freezes`` times a server stands still."""

    installation: Installation
    seed: int
    kills: int
    moods: tuple[str, ...] = tuple(MOODS)
    freezes: int = 0
    freeze_seconds: float = 14.0
    outages: int = 0
    database: PostgresServer | None = None
    crowd_size: int = 5
    pause: tuple[float, float] = (0.1, 1.0)
    minutes: float = 0.0
    tell: Callable[[str], None] = lambda _: None
    figures: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    def rage(self) -> Verdict:
        """Let it happen, wait for rest, and judge."""
        started = time.monotonic()
        for server in self.installation.servers:
            server.start()
        with Crowd(self.installation, self.seed, self.crowd_size) as crowd:
            time.sleep(1.0)
            self._happen(started, crowd)
            self._clear_up()
            for server in self.installation.servers:
                self._keep_up(server)
        self.come_to_rest()
        verdict = judge(books_of(self.installation, crowd.accepted), self.installation.vendor.ledger())
        for text, count in crowd.odd.items():
            verdict.complain("odd answers", f"{text} ({count} times)")
        verdict.figures.update(self.figures)
        verdict.figures["seconds"] = int(time.monotonic() - started)
        self._verify(verdict)
        return verdict

    def _happen(self, started: float, crowd: Crowd) -> None:
        """One thing after the other, until there were enough of them and the time is over."""
        plan = [self._kill] * self.kills + [self._freeze] * self.freezes + [self._outage] * self.outages
        self._chance.shuffle(plan)
        moods = [mood for mood in self.moods if mood in MOODS]
        for number, strike in enumerate(plan):
            if number * len(moods) // len(plan) != (number - 1) * len(moods) // len(plan) or not number:
                self._change_mood(moods[number * len(moods) // len(plan)])
            strike()
            time.sleep(self._chance.uniform(*self.pause))
            if number % 10 == 9:
                self.tell(f"{number + 1} of {len(plan)} blows, {len(crowd.accepted)} requests")
        while time.monotonic() - started < 60 * self.minutes:
            self._change_mood(self._chance.choice(moods))
            self._chance.choice(plan)()
            time.sleep(self._chance.uniform(*self.pause))

    def _change_mood(self, mood: str) -> None:
        self.installation.vendor.go_wrong(**MOODS[mood])
        self.figures["moods"] += 1
        down = self.installation.world / "outbound.down"
        if self._chance.random() < 0.4:
            down.touch()
            self.figures["untold"] += 1
        else:
            down.unlink(missing_ok=True)

    def _clear_up(self) -> None:
        self.installation.vendor.go_wrong()
        (self.installation.world / "outbound.down").unlink(missing_ok=True)

    def _keep_up(self, server: ServerProcess) -> None:
        """Wait until a server answers. It gives up if the database is away when it starts: whoever keeps it running
        starts it again."""
        for _ in range(5):
            if server.becomes_ready():
                return
            self.figures["starts in vain"] += 1
            server.launch()
        raise AssertionError(f"{server.name} does not start:\n{server.log()[-2000:]}")

    def _kill(self) -> None:
        server = self._chance.choice(self.installation.servers)
        if self._chance.random() < 0.7:
            self._keep_up(server)  # else it may be killed while it starts
        server.kill()
        self.figures["kills"] += 1
        time.sleep(self._chance.choice((0.0, 0.0, 1.5)))
        server.launch()

    def _freeze(self) -> None:
        server = self._chance.choice(self.installation.servers)
        self._keep_up(server)
        self.figures["freezes"] += 1
        url, server.url = server.url, ""  # people go where somebody answers
        server.freeze()
        time.sleep(self.freeze_seconds)
        server.thaw()
        server.url = url

    def _outage(self) -> None:
        assert self.database is not None, "there is a database to stop"
        self.figures["outages"] += 1
        self.database.restart(immediate=self._chance.random() < 0.5, away=self._chance.uniform(0.5, 4.0))

    def come_to_rest(self) -> None:
        """Wait until nothing moves any more. What is left moving then is for the verdict to complain about."""
        until = time.monotonic() + REST_SECONDS
        while time.monotonic() < until:
            with self.installation.store.reading() as conn:
                if not is_moving(conn):
                    break
            time.sleep(0.5)

    def _verify(self, verdict: Verdict) -> None:
        """The audit log's chain, sealed to its end by servers that were asked to stop, and the list of leases that is
        kept beside the store."""
        stops = [threading.Thread(target=server.stop) for server in self.installation.servers]
        for thread in stops:
            thread.start()
        for thread in stops:
            thread.join()
        try:
            self.installation.symflow("audit", "verify")
        except AssertionError as error:
            verdict.complain("audit", str(error))
        self._ask_what_people_were_told(verdict)
        folder = self.installation.environment["SYM_LEDGER_DIR"]
        kept = json.loads(self.installation.symflow("leases", "export", "--ledger", folder, "--json"))
        with self.installation.store.reading() as conn:
            stuck = {lease.run_id for lease in live_leases(conn)}
        for line in kept:
            if line["run_id"] not in stuck:
                verdict.complain("left", f"the ledger says that run {line['run_id']} holds access")

    def _ask_what_people_were_told(self, verdict: Verdict) -> None:
        lines = (self.installation.world / "told.jsonl").read_text().splitlines()
        told = {json.loads(line)["id"] for line in lines}
        with self.installation.store.reading() as conn:
            messages = rows.many(conn, Message, tables.message.select())
        verdict.figures["messages"] = len(messages)
        for message in messages:
            if message.status == "waiting":
                verdict.complain("unheard", f"a message of run {message.run_id} waits after {message.tries} tries")
            if message.status == "delivered" and message.id not in told:
                verdict.complain("unheard", f"a message of run {message.run_id} counts as delivered and nobody saw it")


def is_moving(conn: Any) -> bool:
    """Whether anything is in hand still; not what waits for people, or is retried every day."""
    event, lease, run, message = tables.event, tables.lease, tables.run, tables.message
    stuck = sa.select(lease.c.run_id).where(lease.c.status == "stuck")
    waiting = sa.select(run.c.id).where(run.c.status == "requested")
    queries = (
        sa.select(event.c.id).where(event.c.phase != "done", event.c.run_id.not_in(stuck), sa.or_(
            event.c.status != "scheduled", event.c.run_id.not_in(waiting))),
        sa.select(lease.c.id).where(lease.c.status.not_in(("ended", "stuck"))),
        sa.select(message.c.id).where(message.c.status == "waiting"),
    )  # fmt: skip
    return any(conn.execute(query.limit(1)).first() is not None for query in queries)


def books_of(installation: Installation, accepted: set[str]) -> Books:
    """What the product's store says."""
    with installation.store.reading() as conn:
        runs = rows.many(conn, Run, tables.run.select())
        trail: dict[str, list[dict[str, Any]]] = {}
        for run in runs:
            trail[run.id] = entries(conn, run_id=run.id)
        return Books(
            runs=runs,
            events=rows.many(conn, Event, tables.event.select()),
            leases=rows.many(conn, Lease, tables.lease.select()),
            trail=trail,
            accepted=set(accepted),
        )
