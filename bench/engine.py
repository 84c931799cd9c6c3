"""The engine beside a bare hand-written loop and the raw commit rate, in one run: `make bench`.

Only the ratios mean something; seconds are this machine's. Strategies are one call of a vendor on loopback, made in the
worker, so that the fork of authors' code is not what is measured; one row has an author's reducer.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from bench import audit, vendor
from bench.bare import Bare
from bench.parked import parked
from bench.planted import strategies_call
from bench.product import Product, declare, wait
from sym.engine.audit_keys import checking
from sym.engine.audit_log import verify_store
from sym.engine.keys import KeyDirectory
from sym.store.database import Store
from tests.postgres_server import PostgresServer

Row = tuple[str, float, str]
# What a prototype reached as a share of its own yardstick: it was told to do better.
FLOOR = {"sqlite": 0.11, "postgresql": 0.24}
AIM = 0.5


@contextmanager
def databases(folder: Path) -> Iterator[Callable[[str], str]]:
    """Gives the URL of a new database, ``sqlite`` or ``postgresql``, as durable as they are by default."""
    with PostgresServer(durable=True) as server:

        def make(kind: str) -> str:
            return server.create_database() if kind == "postgresql" else f"sqlite:///{folder}/{uuid.uuid4()}.db"

        yield make


def store_of(url: str) -> Store:
    """A migrated store with everything declared."""
    store = Store(url)
    store.migrate()
    declare(store)
    return store


def commits(url: str, count: int) -> float:
    """Commits of one row per second, one after the other."""
    bare = Bare(url, lambda *_: None, seconds=0)
    bare.create()
    began = time.monotonic()
    for number in range(count):
        bare.run("insert into bare_run values (?, 'x', 1)", str(number))
    return count / (time.monotonic() - began)


def bare_cycles(url: str, port: int, count: int) -> tuple[float, float, float]:
    """The bare loop's life cycles per second, and its p50 and p99 from approval to call in ms."""
    called: dict[str, float] = {}

    def act(method: str, run_id: str) -> None:
        if method == "escalate":
            called[run_id] = time.monotonic()
        vendor.call(port, method, run_id)

    bare = Bare(url, act, seconds=1.0)
    bare.create()
    threads = [threading.Thread(target=bare.work, daemon=True) for _ in range(1 if bare.is_sqlite else 4)]
    for thread in threads:
        thread.start()

    def waiting() -> list[str]:
        return [row[0] for row in bare.run("select id from bare_run where state='requested'").fetchall()]

    def left() -> int:
        return int(bare.run("select count(*) from bare_run where state<>'deescalated'").fetchone()[0])

    def request() -> str:
        run_id = str(uuid.uuid4())
        bare.submit(run_id, "prompted", "open")
        return run_id

    rate = _cycles(
        count, request, lambda run_id: bare.submit(run_id, "approved", "grant"), waiting, lambda: left() == 0
    )
    delays = _delays(count, request, lambda run_id: bare.submit(run_id, "approved", "grant"), waiting, called)
    bare.stopped = True
    return rate, *delays


def product_cycles(url: str, port: int, count: int, flow: str = "plain") -> tuple[float, float, float]:
    """The product's life cycles per second, and its p50 and p99 from approval to call in ms."""
    called: dict[str, float] = {}

    def note(method: str, run_id: str) -> None:
        if method == "escalate":
            called[run_id] = time.monotonic()

    store = store_of(url)
    with strategies_call(port, note):
        product = Product(store)
        product.runtime.start()
        try:
            rate = _cycles(count, lambda: product.request(1, flow), product.approve, lambda: product.runs("requested"),
                           lambda: len(product.runs("deescalated")) >= count)  # fmt: skip
            delays = _delays(count, lambda: product.request(1, flow), product.approve,
                             lambda: product.runs("requested"), called)  # fmt: skip
        finally:
            product.runtime.stop()
            store.close()
    return rate, *delays


def _cycles(count: int, request: Callable[[], str], approve: Callable[[str], None], waiting: Callable[[], list[str]],
            are_done: Callable[[], bool]) -> float:  # fmt: skip
    """Life cycles per second when all are asked for at once and approved as soon as they can be. The second for which
    the last one holds its access is not counted."""
    began = time.monotonic()

    def decide() -> None:
        seen: set[str] = set()
        while len(seen) < count:
            new = [run_id for run_id in waiting() if run_id not in seen]
            for run_id in new:
                approve(run_id)
            seen.update(new)
            if not new:
                time.sleep(0.02)

    decider = threading.Thread(target=decide)
    decider.start()
    for _ in range(count):
        request()
    decider.join()
    wait(are_done)
    return count / (time.monotonic() - began - 1.0)


def _delays(count: int, request: Callable[[], str], approve: Callable[[str], None], waiting: Callable[[], list[str]],
            called: dict[str, float]) -> tuple[float, float]:  # fmt: skip
    """p50 and p99 in ms from an approval to its strategy call, one after the other."""
    delays = []
    for _ in range(min(count, 100)):
        run_id = request()
        wait(lambda run_id=run_id: run_id in waiting())  # type: ignore[misc]
        time.sleep(0.02)
        began = time.monotonic()
        approve(run_id)
        wait(lambda run_id=run_id: run_id in called)  # type: ignore[misc]
        delays.append((called[run_id] - began) * 1000)
    delays.sort()
    return delays[len(delays) // 2], delays[int(len(delays) * 0.99)]


def two_workers(url: str, port: int, count: int) -> float:
    """The product's life cycles per second with a second worker process beside the one that takes the requests."""
    store = store_of(url)
    command = [sys.executable, "-m", "bench.worker", url, str(port)]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    other.stdout.readline()
    try:
        with strategies_call(port):
            product = Product(store)
            product.runtime.start()
            try:
                return _cycles(count, lambda: product.request(1), product.approve, lambda: product.runs("requested"),
                               lambda: len(product.runs("deescalated")) >= count)  # fmt: skip
            finally:
                product.runtime.stop()
    finally:
        other.communicate("\n")
        store.close()


def endings(url: str, port: int, count: int) -> tuple[float, float, float]:
    """``count`` leases that end in one second: seconds until all have ended divided by those of as many bare calls of
    the vendor one after the other, and p50 and p99 in ms of how late a call was."""
    store, late = store_of(url), []
    began = time.monotonic()
    for number in range(count):
        vendor.call(port, "deescalate", str(number))
    bare = time.monotonic() - began
    due = parked(store, count, in_seconds=2 + count / 100)

    def note(_method: str, _run: str) -> None:
        late.append((time.time() - due.timestamp()) * 1000)

    with strategies_call(port, note):
        product = Product(store)
        product.runtime.start()
        try:
            wait(lambda: product.count("ended") == count)
            took = time.time() - due.timestamp()
        finally:
            product.runtime.stop()
            store.close()
    late.sort()
    return took / bare, late[0], late[-1]


def idle(url: str, port: int, count: int, seconds: float) -> tuple[float, float, float, float]:
    """With ``count`` active leases: seconds from the start of a worker until the first due one has ended, MiB of its
    memory, and, when nothing is to do, percent of a processor and transactions per second."""
    store = store_of(url)
    parked(store, count, in_seconds=86_400)
    parked(store, 1, in_seconds=-1)
    before = time.monotonic()
    command = [sys.executable, "-m", "bench.worker", url, str(port), "no-ledger"]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    query = sa.text("select count(*) from sym_lease where status = 'ended'")

    def ended() -> bool:
        with store.reading() as conn:
            return conn.execute(query).scalar_one() == 1

    try:
        wait(ended)
        until_first = time.monotonic() - before
        # The server counts a connection's transactions when it is used again.
        time.sleep(min(2.0, seconds))
        _transactions(store)
        time.sleep(min(2.0, seconds))
        first, cpu = _transactions(store), _cpu(worker.pid)
        time.sleep(seconds)
        rate = (_transactions(store) - first - 1) / seconds
        busy = (_cpu(worker.pid) - cpu) / seconds * 100
        memory = int(Path(f"/proc/{worker.pid}/statm").read_text().split()[1]) * resource.getpagesize() / 2**20
    finally:
        worker.communicate("\n")
        store.close()
    return until_first, memory, busy, rate


def verification(url: str, count: int) -> tuple[float, float]:
    """Seconds that verifying ``count`` sealed audit entries takes, and times what parsing and hashing them alone
    takes."""
    store = Store(url)
    store.migrate()
    with tempfile.TemporaryDirectory() as folder:
        keys = KeyDirectory(Path(folder) / "keys")
        keys.create(audit.NOW)
        audit.fill(store, count)
        audit.seal_all(store, keys, 100)
        began = time.monotonic()
        verifier = verify_store(store, checking(keys.public_keys("audit")))
        took = time.monotonic() - began
    assert (verifier.bad, verifier.sealed) == (0, count)
    documents = audit.read_rows(store)
    store.close()
    began = time.monotonic()
    audit.hash_all(documents)
    return took, took / (time.monotonic() - began)


def _transactions(store: Store) -> float:
    if store.dialect == "sqlite":
        return 0.0
    with store.reading() as conn:
        counted = "select xact_commit + xact_rollback from pg_stat_database where datname = current_database()"
        return float(conn.execute(sa.text(counted)).scalar_one())


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(make: Callable[[str], str], port: int, size: int, ends: int) -> Iterator[Row]:
    """Every row: what, the figure, and what it is to be compared with."""
    for kind in ("sqlite", "postgresql"):
        raw = commits(make(kind), 10 * size)
        bare, bare50, bare99 = bare_cycles(make(kind), port, 2 * size)
        ours, ours50, ours99 = product_cycles(make(kind), port, size)
        yield f"{kind}: commits/s, one row each", raw, ""
        yield f"{kind}: bare loop, life cycles/s", bare, f"{bare * 5 / raw:.2f} of the commit rate (5 each)"
        share = f"{ours / bare:.2f} of the bare loop (prototype {FLOOR[kind]}, aim {AIM})"
        yield f"{kind}: life cycles/s", ours, share
        if kind == "postgresql":
            two = two_workers(make(kind), port, size)
            yield f"{kind}: life cycles/s, 2 workers", two, f"{two / ours:.2f} of 1 worker"
        authored = product_cycles(make(kind), port, max(4, size // 4), "authored")[0]
        yield f"{kind}: life cycles/s, with an author's reducer", authored, f"{authored / bare:.2f} of the bare loop"
        yield f"{kind}: approval to call, bare, ms p50", bare50, f"p99 {bare99:.1f}"
        aim = f"p99 {ours99:.1f}; p50 {ours50 / bare50:.1f} x, p99 {ours99 / bare99:.1f} x (aim 3)"
        yield f"{kind}: approval to call, ms p50", ours50, aim
        ratio, first, last = endings(make(kind), port, ends)
        yield f"{kind}: {ends} ends at once, x bare calls", ratio, f"first {first:.0f} ms, last {last:.0f} ms late"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small enough to see that it works")
    size, ends, many, seconds = (8, 20, 200, 1.0) if parser.parse_args().quick else (300, 1000, 100_000, 20.0)
    with tempfile.TemporaryDirectory() as folder, databases(Path(folder)) as make, vendor.vendor() as port:
        for name, figure, beside in measure(make, port, size, ends):
            print(f"{name:<52}{figure:>10.2f}  {beside}", flush=True)
        for kind in ("sqlite", "postgresql"):
            first, memory, busy, rate = idle(make(kind), port, many, seconds)
            beside = (
                f"{memory:.0f} MiB, {busy:.1f} % of a processor, {rate:.1f} idle transactions/s (prototype 50, aim 2)"
            )
            name = f"{kind}: {many} leases, start to first end, s"
            print(f"{name:<52}{first:>10.2f}  {beside}", flush=True)
        took, ratio = verification(make("sqlite"), 10 * many)
        name = f"sqlite: {10 * many} audit entries verified, s"
        print(f"{name:<52}{took:>10.2f}  {ratio:.1f} x parsing and hashing them", flush=True)


if __name__ == "__main__":
    main()
