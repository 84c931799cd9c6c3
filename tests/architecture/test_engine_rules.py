"""The rules by which the durable queue is used. Each of them is there because of what happens without it."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import subprocess
import sys
import textwrap

import pytest

from sym.engine import queue
from sym.engine.delivery import Delivery
from sym.engine.executor import Executor
from sym.store.database import Store
from sym.store.jobs import Job
from tests.architecture.sources import SOURCE_ROOTS

ENGINE = SOURCE_ROOTS["runtime"] / "engine"


def test_nothing_of_the_engine_unpickles() -> None:
    # Whoever can write to the database could run code.
    for path in sorted(ENGINE.rglob("*.py")):
        names = {name.name for node in ast.walk(ast.parse(path.read_text()))
                 if isinstance(node, (ast.Import, ast.ImportFrom)) for name in node.names}  # fmt: skip
        assert not names & {"pickle", "marshal", "shelve", "dill"}, path


def test_a_job_is_three_words_and_no_more() -> None:
    # Stored, and read by the version before and the version after this one.
    assert [field.name for field in dataclasses.fields(Job)] == [
        "subject_id", "phase", "attempt", "due_at", "claimed_by",
    ]  # fmt: skip
    assert list(inspect.signature(queue.Queue.enqueue).parameters) == [
        "self", "conn", "phase", "event_id", "attempt", "delay",
    ]  # fmt: skip


WORKS = textwrap.dedent("""
    import sys, threading
    from datetime import UTC, datetime
    from sym.engine.runtime import Runtime, RuntimeSettings
    from sym.errors import Conflict
    from sym.store.database import Store

    runtime = Runtime(Store(sys.argv[1]), settings=RuntimeSettings(), clock=lambda: datetime.now(UTC))
    try:
        runtime.start()
    except Conflict as error:
        print("refused:", error, flush=True)
    else:
        print("working", flush=True)
        sys.stdin.readline()
    finally:
        runtime.stop()
""")


def process(url: str) -> subprocess.Popen[str]:
    """A process that works on a store until its input ends."""
    command = [sys.executable, "-c", WORKS, url]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_second_process_on_a_sqlite_store_is_refused_until_the_first_is_gone(store: Store, store_url: str) -> None:
    first, second = process(store_url), None
    assert first.stdout is not None
    try:
        assert first.stdout.readline() == "working\n"
        second = process(store_url)
        said, _ = second.communicate(timeout=60)
        assert said.startswith("refused: Another process works on the store at ")
        assert "move to PostgreSQL" in said
        first.kill()
        first.wait()
        second = process(store_url)
        assert second.stdout is not None
        assert second.stdout.readline() == "working\n"
        second.communicate("\n", timeout=60)
        assert second.returncode == 0
    finally:
        for started in (first, second):
            if started is not None:
                started.kill()
                started.communicate()


def test_the_names_of_jobs_never_change() -> None:
    # Rows with these names are stored: a name may be added, and none taken away.
    assert queue.PHASES == ("decide", "perform", "after", "deliver")
    assert {name for name in (*dir(Executor), *dir(Delivery)) if name in queue.PHASES} == set(queue.PHASES)
