"""``make chaos``: the long storms, and a table of their figures. The exit code is 1 if anything is wrong."""

from __future__ import annotations

import contextlib
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

from tests.chaos.installation import Installation
from tests.chaos.knobs import Knobs
from tests.chaos.server_process import FAKETIME
from tests.chaos.storm import Storm
from tests.chaos.verdict import Verdict, percentile
from tests.postgres_server import PostgresServer

LINES = {
    "requests": "requests", "granted": "granted", "kills": "kill -9", "outages": "times PostgreSQL was stopped",
    "freezes": "times a worker was frozen for longer than the others wait",
    "moods": "changes of what was the matter with the vendor",
    "untold": "times nobody could be told anything", "repeats": "calls repeated, each with its entry in the audit log",
    "restored": "accesses that a late call took away, given back",
    "stuck": "accesses on the list of what people must remove",
    "lost": "requests lost", "early": "accesses that ended early", "left": "accesses left at the vendor",
    "taken": "accesses of others taken away", "doubles": "calls or entries that the audit log does not explain",
}  # fmt: skip


def main() -> int:
    """Run both storms; the seed that is printed repeats their chances, if not their timing."""
    knobs = Knobs.read(kills=200)
    print(f"CHAOS_SEED={knobs.seed} CHAOS_KILLS={knobs.kills} CHAOS_MINUTES={knobs.minutes:g}", flush=True)
    if not FAKETIME:
        print("NOT TRIED: a wrong clock. Install libfaketime (Debian: apt-get install libfaketime).", flush=True)
    begun = {"PostgreSQL, 2 servers": _storm_on_postgresql, "SQLite, 1 server": _storm_on_sqlite}
    with contextlib.ExitStack() as installed:
        storms = {name: installed.enter_context(begin(knobs)) for name, begin in begun.items()}
        raging = {name: _rage(name, storm) for name, storm in storms.items()}
        verdicts = {name: found.result() for name, found in raging.items()}
    print(table(verdicts))
    complaints = [f"{name}: {text}" for name, found in verdicts.items() for text in found.complaints]
    print("\n".join(complaints) or "Both books agree, and the audit log is sealed and whole.")
    return 1 if complaints else 0


def _rage(name: str, storm: Storm) -> Future[Verdict]:
    """What comes of a storm, in a thread that an impatient person may leave behind."""
    storm.tell = lambda text: print(f"{name}: {text}", flush=True)
    found: Future[Verdict] = Future()

    def run() -> None:
        try:
            found.set_result(storm.rage())
        except Exception as error:
            found.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return found


@contextlib.contextmanager
def _storm_on_postgresql(knobs: Knobs) -> Iterator[Storm]:
    clocks = ("", "+1h" if FAKETIME else "")
    with PostgresServer(durable=True) as database, _installed(database.create_database(), clocks, knobs.seed) as made:
        yield Storm(made, seed=knobs.seed, kills=knobs.kills, outages=max(1, knobs.kills // 20),
                    freezes=max(1, knobs.kills // 40), database=database, minutes=knobs.minutes)  # fmt: skip


@contextlib.contextmanager
def _storm_on_sqlite(knobs: Knobs) -> Iterator[Storm]:
    with _installed("", ("",), knobs.seed) as made:
        yield Storm(made, seed=knobs.seed, kills=max(1, knobs.kills // 4), freezes=max(1, knobs.kills // 50),
                    pause=(0.5, 8.0), minutes=knobs.minutes / 4)  # fmt: skip


@contextlib.contextmanager
def _installed(url: str, clocks: tuple[str, ...], seed: int) -> Iterator[Installation]:
    """An installation on the store at ``url``, "" for a SQLite file. Its folder is kept, for its logs."""
    folder = Path(tempfile.mkdtemp(prefix="sym-chaos-"))
    print(f"logs: {folder}/home/world", flush=True)
    made = Installation(folder / "home", url or f"sqlite:///{folder}/store.db", clocks=clocks, seed=seed)
    try:
        yield made
    finally:
        made.close()


def table(verdicts: dict[str, Verdict]) -> str:
    """The figures of each storm beside each other, in Markdown."""
    rows = [[text, *(str(found.figures[name]) for found in verdicts.values())] for name, text in LINES.items()]
    for text, share in (("p50", 0.5), ("p99", 0.99)):
        late = (f"{percentile(found.lateness, share):.1f} s" for found in verdicts.values())
        rows.append([f"lateness of endings, outages included, {text}", *late])
    lines = ["", *verdicts], ["---", *("---:" for _ in verdicts)], *rows
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
