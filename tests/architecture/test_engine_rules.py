"""The rules by which the durable queue is used. Each of them is there because of what happens without it."""

from __future__ import annotations

import ast
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from sym.engine import queue
from sym.engine.delivery import Delivery
from sym.engine.executor import Executor
from sym.store.database import Store
from tests.architecture.sources import SOURCE_ROOTS

ENGINE = SOURCE_ROOTS["runtime"] / "engine"
# What parks a workflow, ends one that grants or revokes, repeats steps by itself, or replays them.
FORBIDDEN = {
    "recv", "recv_async", "sleep_async", "get_event", "get_event_async", "cancel_workflow", "cancel_workflows",
    "step", "transaction_step", "run_step", "send", "set_event", "patch", "scheduled", "fork_workflow",
}  # fmt: skip


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the dotted name of what is called: ``DBOS.launch``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def keyword(call: ast.Call, name: str) -> str | None:
    """What a keyword argument of the call says, as source; None if it is not there."""
    return next((ast.unparse(item.value) for item in call.keywords if item.arg == name), None)


def engine_files() -> list[Path]:
    return sorted(ENGINE.rglob("*.py"))


def forbidden(source: str) -> list[str]:
    """What of DBOS is used and may not be."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Attribute):
            continue
        owner = ast.unparse(node.value)
        is_dbos = owner.rpartition(".")[2] in ("DBOS", "dbos", "client", "_client")
        if is_dbos and (node.attr in FORBIDDEN or node.attr == "sleep"):
            found.append(f"{owner}.{node.attr}")
    return found


def test_no_workflow_waits_is_cancelled_or_has_steps() -> None:
    assert {path.name: found for path in engine_files() if (found := forbidden(path.read_text()))} == {}
    for use in ("DBOS.recv('x')", "DBOS.sleep(1)", "@DBOS.step()\ndef f(): pass", "self._client.cancel_workflow('x')"):
        assert forbidden(use), use
    assert forbidden("time.sleep(1)") == []


def test_only_one_module_speaks_to_the_queue_library() -> None:
    texts = {path.name: path.read_text() for path in engine_files()}
    assert [name for name, text in texts.items() if "import dbos" in text or "from dbos" in text] == ["queue.py"]


QUEUE = ast.parse((ENGINE / "queue.py").read_text())


def only(name: str) -> ast.Call:
    """The one call of ``name`` in the queue."""
    (found,) = (call for called, call in calls(QUEUE) if called == name)
    return found


def test_the_version_jobs_are_stamped_with_never_changes() -> None:
    # Jobs of another version are never run: whoever changes this strands every timer of running access.
    assert queue.ENGINE_VERSION == "sym-engine-1"
    assert keyword(only("DBOSConfig"), "application_version") == "ENGINE_VERSION"
    stamps = [
        ast.unparse(value)
        for node in ast.walk(QUEUE)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "app_version"
    ]
    assert stamps == ["ENGINE_VERSION"]
    assert sum(called.endswith("enqueue_in_transaction") for called, _ in calls(QUEUE)) == 1
    assert not [called for called, _ in calls(QUEUE) if called.endswith((".enqueue", ".start_workflow"))
                and not called.startswith("self._queue")]  # fmt: skip


def test_no_job_is_given_up_after_many_restarts() -> None:
    registrations = [call for called, call in calls(QUEUE) if called == "DBOS.workflow"]
    assert registrations
    assert [keyword(call, "max_recovery_attempts") for call in registrations] == ["None"] * len(registrations)


def test_everything_is_stored_as_json() -> None:
    for name in ("DBOSConfig", "DBOSClient"):
        assert keyword(only(name), "serializer") == "JSONSerializer()"


def order(function: str) -> list[str]:
    """What a method of the worker calls, from its first line to its last."""
    (node,) = (item for item in ast.walk(QUEUE) if isinstance(item, ast.FunctionDef) and item.name == function)
    return [called for called, _ in sorted(calls(node), key=lambda pair: (pair[1].lineno, pair[1].col_offset))]


def test_the_worker_starts_in_the_only_order_that_is_safe() -> None:
    start = order("start")
    assert start.index("self._lock") < start.index("prepare") < start.index("self._launch")
    launch = order("_launch")
    # Pickling is off before anything is read; what the last process left begins with the launch and may enqueue; a
    # queue is noticed a second after it is registered, and only then is the worker ready.
    steps = [
        "_forbid_pickle", "DBOS", "_register", "self._queue.attach", "DBOS.launch", "DBOS.register_queue", "time.sleep",
    ]  # fmt: skip
    assert [called for called in launch if called in steps] == steps


def test_the_executor_has_the_same_name_after_every_restart() -> None:
    assert queue.EXECUTOR == "sym"
    assert keyword(only("DBOSConfig"), "executor_id") == "EXECUTOR"


def test_the_library_is_pinned_to_the_minor_version_that_was_tried() -> None:
    import tomllib

    from tests.architecture.sources import ROOT

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert [item for item in extras["worker"] if item.startswith("dbos")] == ["dbos==3.4.*"]


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


def test_a_second_process_on_the_same_store_is_refused_until_the_first_is_gone(store: Store, store_url: str) -> None:
    first, second = process(store_url), None
    assert first.stdout is not None
    try:
        assert first.stdout.readline() == "working\n"
        second = process(store_url)
        said, _ = second.communicate(timeout=60)
        assert said.startswith("refused: Another process works on the store at ")
        assert "stop the other one first" in said
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
