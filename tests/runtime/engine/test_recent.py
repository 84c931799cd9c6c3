from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from sym.engine import recent as module
from sym.engine.recent import RecentWorlds


def test_a_world_is_given_once_and_not_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: passed[0])
    worlds, world = RecentWorlds(), object()
    worlds.keep(["a", "b"], world)  # type: ignore[arg-type]
    assert worlds.take("a") is world
    assert worlds.take("a") is None
    passed[0] += 2.1
    assert worlds.take("b") is None


def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    worlds, world = RecentWorlds(), object()
    worlds.keep(["a", "b", "c"], world)  # type: ignore[arg-type]
    assert [worlds.take(name) is world for name in "abc"] == [False, True, True]


def test_what_follows_at_once_reads_people_and_resources_only_once(engine: Any) -> None:
    engine.flow()
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    seen: list[str] = []
    listening = (engine.store._engine, "before_cursor_execute", lambda *event: seen.append(event[2]))
    sa.event.listen(*listening)
    engine.work()
    sa.event.remove(*listening)
    assert engine.run(run_id).status == "escalated"
    assert len([statement for statement in seen if "sym_identity.user_id IN" in statement]) == 1


def test_a_person_who_is_demoted_cannot_use_what_was_read_before(engine: Any) -> None:
    from sym.audit.events import Actor
    from sym.store.users import set_role

    engine.flow()
    run_id = engine.requested()
    engine.act("bob", "approve", run_id)
    with engine.store.transaction() as conn:
        set_role(conn, engine.users["bob"].id, "guest", actor=Actor.SYSTEM, now=engine.clock.now)
    engine.work()
    assert engine.run(run_id).status == "requested"
    assert "action.refused" in engine.trail(run_id)
