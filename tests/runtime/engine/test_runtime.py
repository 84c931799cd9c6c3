"""Everything together, with the real queue and a real worker, in real time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sym.audit.events import Actor
from sym.engine.inbound import Action, Submission
from sym.engine.runtime import Runtime, RuntimeSettings, place_of
from sym.engine.sandbox.sandbox import Call
from sym.engine.secret_access import fetch_secret
from sym.errors import AuthorCodeFailed, Conflict, Unavailable
from sym.sdk.exceptions import SymException
from sym.sealing import SealingKeys
from sym.store.database import Store
from sym.store.declaring import Declaring
from sym.store.runs import get_run

Start = Callable[[], Runtime]


def real_time() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def start(engine: Any, authors_folder: Path) -> Iterator[Start]:
    """Starts a runtime on the engine's store; stops whatever runs at the end."""
    made: list[Runtime] = []

    def begin() -> Runtime:
        settings = RuntimeSettings(handler_memory_bytes=96 << 20, handler_folders=(authors_folder,))
        made.append(Runtime(engine.store, settings=settings, clock=real_time))
        made[-1].start()
        return made[-1]

    # Resources and people are older than what the runtime does.
    engine.clock.now = real_time()
    yield begin
    for runtime in made:
        runtime.stop()


def ask(engine: Any, runtime: Runtime, seconds: int = 600) -> str:
    inputs = {"duration": seconds, "target_srn": "acme:access_target:custom:readers:latest"}
    submission = Submission(flow_srn="flow", inputs=inputs, requester=engine.users["ada"], source="api")
    return runtime.inbound.request(submission, now=real_time()).run_id


def approve(engine: Any, runtime: Runtime, run_id: str) -> None:
    action = Action(name="approve", run_id=run_id, actor=engine.users["bob"], source="api")
    runtime.inbound.act(action, now=real_time())


def wait_for(engine: Any, run_id: str, status: str, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while engine.run(run_id).status != status:
        assert time.monotonic() < deadline, [(e.name, e.phase, e.attempt, e.error) for e in engine.events(run_id)]
        time.sleep(0.03)


SHORT: Any = {"fields": [{"name": "duration", "type": "duration", "allowed_values": ["1s", "3s", "10m"]}]}


def test_a_run_goes_its_way_by_itself(engine: Any, start: Start) -> None:
    engine.flow(**SHORT)
    runtime = start()
    assert runtime.problems() == []
    run_id = ask(engine, runtime, seconds=1)
    wait_for(engine, run_id, "requested")
    approve(engine, runtime, run_id)
    wait_for(engine, run_id, "escalated")
    assert engine.door.members == [("ada", "readers")]
    wait_for(engine, run_id, "deescalated")
    assert engine.door.members == []
    assert engine.trail(run_id) == ["run.requested", "run.approved", "run.escalated", "run.deescalated"]
    lease = engine.lease(run_id)
    assert lease.ended_at >= lease.ends_at


def test_access_ends_though_the_queues_own_tables_were_emptied(engine: Any, start: Start) -> None:
    engine.flow(**SHORT)
    runtime = start()
    granted, waiting = ask(engine, runtime, seconds=3), ask(engine, runtime)
    wait_for(engine, granted, "requested")
    wait_for(engine, waiting, "requested")
    approve(engine, runtime, granted)
    wait_for(engine, granted, "escalated")
    runtime.stop()
    with engine.store.transaction() as conn:
        conn.execute(sa.text("delete from sym_job"))
    time.sleep(3)
    runtime = start()
    wait_for(engine, granted, "deescalated")
    assert engine.trail(granted) == ["run.requested", "run.approved", "run.escalated", "run.deescalated"]
    approve(engine, runtime, waiting)
    wait_for(engine, waiting, "escalated")


def test_events_of_a_process_without_a_worker_are_taken_up(engine: Any, start: Start) -> None:
    engine.flow(**SHORT)
    start()
    engine.queue.attach(None)
    engine.clock.now = real_time()
    run_id = engine.request(duration=600).run_id
    wait_for(engine, run_id, "requested")


def test_a_hook_that_never_ends_does_not_keep_the_others_waiting(
    engine: Any, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sym.engine.sandbox.limits import DEADLINES

    monkeypatch.setitem(DEADLINES, "hook", 3.0)
    engine.flow(
        """
@hook
def on_request(event):
    while event.payload.fields["duration"] == 1: pass
""",
        **SHORT,
    )
    runtime = start()
    loop, quick = ask(engine, runtime, seconds=1), ask(engine, runtime)
    wait_for(engine, quick, "requested")
    assert engine.run(loop).status == "prompted"
    wait_for(engine, loop, "errored")
    wait_for(engine, ask(engine, runtime), "requested")


def test_what_is_in_hand_when_the_runtime_stops_is_as_if_it_had_not_begun(
    engine: Any, start: Start, authors_folder: Path
) -> None:
    entered, go = authors_folder / "entered", authors_folder / "go"
    for path in (entered, go):
        path.unlink(missing_ok=True)
    engine.flow(
        f"""
import os, time

@hook
def on_request(event):
    open({str(entered)!r}, "w").close()
    while not os.path.exists({str(go)!r}): time.sleep(0.02)
""",
        **SHORT,
    )
    runtime = start()
    run_id = ask(engine, runtime)
    deadline = time.monotonic() + 20
    while not entered.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    runtime.stop()
    assert engine.run(run_id).status == "prompted"
    assert engine.trail(run_id) == []
    go.touch()
    start()
    wait_for(engine, run_id, "requested")
    assert engine.trail(run_id) == ["run.requested"]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_second_runtime_on_a_sqlite_store_is_refused(engine: Any, start: Start, store_url: str) -> None:
    first = start()
    other = Store(store_url)
    second = Runtime(other, settings=RuntimeSettings(), clock=real_time)
    try:
        with pytest.raises(Conflict, match="already"):
            second.start()
        assert second.problems() == ["the worker is not running"]
        second.stop()
    finally:
        other.close()
    engine.flow(**SHORT)
    wait_for(engine, ask(engine, first), "requested")


def test_a_store_that_is_not_there_is_said_so_and_nothing_is_left_running(tmp_path: Path) -> None:
    runtime = Runtime(Store(f"sqlite:///{tmp_path}/none.db"), settings=RuntimeSettings(), clock=real_time)
    with pytest.raises(Unavailable, match="symflow store migrate"):
        runtime.start()
    assert runtime._sandbox._zygote is None
    runtime.stop()


def test_what_is_closed_to_authors_code_is_closed_by_the_runtime(engine: Any) -> None:
    settings = RuntimeSettings(closed=(("", 8080),))
    runtime = Runtime(engine.store, settings=settings, clock=real_time)
    text = "from sym.sdk.annotations import hook\n@hook\ndef on_request(event):\n    import socket\n"
    text += "    socket.create_connection(('127.0.0.1', 8080), 2)\n"
    call = Call(source="impl.py", text=text, kind="hook", function="on_request", arguments=[None])
    nobody: Any = None
    try:
        with pytest.raises(AuthorCodeFailed, match="own ports"):
            runtime._sandbox.call(call, nobody)
    finally:
        runtime._sandbox.close()


def test_a_runtime_that_lost_its_store_says_so(engine: Any, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = start()

    def gone() -> None:
        raise Unavailable("The store is on the moon.")

    monkeypatch.setattr(engine.store, "check", gone)
    assert runtime.problems() == ["The store is on the moon."]
    monkeypatch.undo()
    with engine.store.reading() as conn:
        assert get_run(conn, "nothing") is None


def test_what_the_store_keeps_can_be_had_with_its_keys_alone(engine: Any, tmp_path: Path) -> None:
    keys = SealingKeys(tmp_path / "keys")
    source = engine.save("secrets", "source", {"type": "local", "name": "local"})
    document = {"path": "door", "source_id": source, "value_wo_version": 1}
    with engine.store.transaction() as conn:
        declaring = Declaring(actor=Actor.SYSTEM, now=engine.clock.now, keys=keys)
        secret_id = declaring.save(conn, "secret", document, {"value_wo": "hunter2"}).id
    view = {"id": secret_id, "path": "door", "settings": {}, "source": {"type": "local", "settings": {}}}
    place = place_of(RuntimeSettings(keys_dir=keys.path), engine.store)
    assert fetch_secret(view, place) == "hunter2"
    with pytest.raises(SymException, match="folder of keys"):
        fetch_secret(view, place_of(RuntimeSettings(), engine.store))


def test_forms_are_shown_and_submitted_beside_the_worker(engine: Any, start: Start) -> None:
    engine.flow(access=False, fields=PREFETCHED, code=PREFETCH)
    runtime = start()
    form = runtime.forms.open(engine.users["ada"], "flow", channel_identifier="C1", now=runtime.clock())
    assert [option.label for option in form.fields[0].options] == ["The web team"]
    accepted = runtime.forms.submit(form.id, engine.users["ada"], {"team": "web"}, now=runtime.clock())
    until = time.monotonic() + 60
    while engine.run(accepted.run_id).status != "requested" and time.monotonic() < until:
        time.sleep(0.02)
    assert engine.run(accepted.run_id).status == "requested"


@pytest.mark.parametrize("store_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_forms_are_shown_where_requests_are_only_taken(engine: Any) -> None:
    engine.flow(access=False, fields=PREFETCHED, code=PREFETCH)
    runtime = Runtime(engine.store, settings=RuntimeSettings(works=False), clock=real_time)
    runtime.start()
    try:
        form = runtime.forms.open(engine.users["ada"], "flow", channel_identifier=None, now=runtime.clock())
        assert [option.value for option in form.fields[0].options] == ["web"]
    finally:
        runtime.stop()


PREFETCHED = [{"name": "team", "type": "string", "prefetch": True}]
PREFETCH = """
@reducer
def get_permissions(event):
    return RequestPermission(webapp_view="member", approve_deny="member")

@prefetch(field_name="team")
def teams(event):
    return [FieldOption(value="web", label="The web team")]
"""
