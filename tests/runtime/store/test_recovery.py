from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sym.store.audit import entries
from sym.store.database import Store
from sym.store.recovery import enter_recovery, lease_versions, leave_recovery, recoveries


def test_recovery_mode_begins_once_and_ends_for_each_source(store: Store, now: datetime) -> None:
    with store.transaction() as conn:
        assert recoveries(conn) == []
        enter_recovery(conn, "one", "it is older", now)
        enter_recovery(conn, "one", "it is much older", now + timedelta(hours=1))
        enter_recovery(conn, "two", "it is older", now)
        assert [(item.source, item.reason, item.entered_at) for item in recoveries(conn)] == [
            ("one", "it is much older", now), ("two", "it is older", now),
        ]  # fmt: skip
        assert leave_recovery(conn, "one", leases=3, now=now)
        assert not leave_recovery(conn, "one", leases=3, now=now)
        assert [item.source for item in recoveries(conn)] == ["two"]
        trail = entries(conn)
    assert [entry["name"] for entry in trail] == ["recovery.entered", "recovery.entered", "recovery.ended"]
    assert trail[-1]["fields"] == {"recovery": {"reason": "it is much older", "leases": 3}}


def test_versions_of_leases_nobody_has_are_left_out(store: Store) -> None:
    with store.reading() as conn:
        assert lease_versions(conn, [str(uuid.uuid4()) for _ in range(1200)]) == {}
