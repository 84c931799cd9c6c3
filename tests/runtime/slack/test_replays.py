"""What has come before does nothing."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from sym.slack import replays as module
from sym.slack.replays import EVENTS_KEPT, KEPT, STATE_KEPT, Replays
from sym.store.database import Store
from sym.store.surface_tables import slack_receipt as table

COMMAND = {"command": "/sym", "trigger_id": "1.2.secret", "user_id": "U1"}
CLICK = {"type": "block_actions", "trigger_id": "1.2.x", "user": {"id": "U1"}, "container": {"message_ts": "5.6"},
         "actions": [{"action_id": "approve", "action_ts": "7.8"}]}  # fmt: skip
EVENT = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "user_change"}}
SUBMISSION = {"type": "view_submission", "trigger_id": "9.9", "view": {"id": "V1"}}


@pytest.mark.parametrize("payload", [COMMAND, CLICK, EVENT, SUBMISSION])
def test_the_same_again_is_known(store: Store, now: datetime, payload: dict[str, Any]) -> None:
    assert Replays(store, lambda: now).is_first("T1", payload)
    assert not Replays(store, lambda: now).is_first("T1", payload)
    assert Replays(store, lambda: now).is_first("T2", payload)
    Replays(store, lambda: now).forget("T1", payload)
    assert Replays(store, lambda: now).is_first("T1", payload)


def test_the_same_action_under_another_trigger_is_known(store: Store, now: datetime) -> None:
    replays = Replays(store, lambda: now)
    assert replays.is_first("T1", CLICK)
    assert not replays.is_first("T1", {**CLICK, "trigger_id": "another"})
    assert replays.is_first("T1", {**CLICK, "trigger_id": "b", "user": {"id": "U2"}})
    assert replays.is_first("T1", {**CLICK, "trigger_id": "c", "container": {"message_ts": "9.9"}})
    later = [{"action_id": "approve", "action_ts": "7.9"}]
    assert replays.is_first("T1", {**CLICK, "trigger_id": "d", "actions": later})
    # What was refused as a whole left nothing behind.
    assert replays.is_first("T1", {**COMMAND, "trigger_id": "another"})


@pytest.mark.parametrize("payload", [{"type": "block_suggestion", "trigger_id": "1"}, {"type": "view_closed"},
                                     {"type": "event_callback"}, {}, {"actions": "x"}, {"actions": ["x"]}])  # fmt: skip
def test_what_only_asks_may_be_asked_again(store: Store, now: datetime, payload: dict[str, Any]) -> None:
    replays = Replays(store, lambda: now)
    assert replays.is_first("T1", payload)
    assert replays.is_first("T1", payload)


def test_of_many_at_once_one_is_first(store: Store, now: datetime) -> None:
    together = threading.Barrier(8)
    firsts: list[bool] = []

    def come() -> None:
        together.wait(10)
        firsts.append(Replays(store, lambda: now).is_first("T1", CLICK))

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(firsts) == [False] * 7 + [True]


def test_what_is_kept_names_no_secret_and_is_deleted_in_time(
    store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = [now]
    replays = Replays(store, lambda: moment[0])
    monkeypatch.setattr(module, "_PRUNE_SECONDS", -1.0)
    replays.is_first("T1", COMMAND)
    replays.is_first("T1", EVENT)
    with store.reading() as conn:
        kept = {row.key.partition(":")[0]: row.expires_at for row in conn.execute(table.select())}
        assert "secret" not in str(conn.execute(table.select()).all())
    assert kept == {"trigger": now + KEPT, "event": now + EVENTS_KEPT}
    moment[0] = now + KEPT
    replays.is_first("T1", SUBMISSION)
    with store.reading() as conn:
        keys = conn.execute(sa.select(table.c.key)).scalars().all()
    assert sorted(key.partition(":")[0] for key in keys) == ["event", "trigger"]
    assert not replays.is_first("T1", EVENT)


def test_a_state_is_good_once(store: Store, now: datetime) -> None:
    replays = Replays(store, lambda: now)
    assert replays.is_first_use("a")
    assert not replays.is_first_use("a")
    assert replays.is_first_use("b")
    assert timedelta(minutes=10) == STATE_KEPT
